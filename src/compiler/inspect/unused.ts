// check --unused: what nobody would miss. The package's standard templates and their variables are never counted.
import type { Diagnostic } from '../../model/diagnostic.js'
import { isMap } from '../../model/json.js'
import type { CompiledSite } from '../compile.js'
import { collectProblems, type Problems } from '../problems.js'
import { declarationPlace } from '../schema/variables.js'
import type { Site } from '../site/site.js'
import { type UsedFile, usedFiles } from './usage.js'

/**
 * Warns of templates that no machine includes, of variables that are declared, or set, and never read, and of guests that the lock
 * file records and that have no profile.
 */
export const findUnused = (compiled: CompiledSite): readonly Diagnostic[] => {
  const problems = collectProblems()
  const { site, machines } = compiled
  const files = usedFiles(compiled)
  for (const file of unusedTemplates(site, files))
    problems.warning('unused', 'no machine includes this template', { position: { file, line: 1, column: 1 } })
  tellForsaken(compiled, problems)

  const isReadBy = (machine: string, name: string): boolean =>
    machines.asked(machine).has(name) || (readers.get(name)?.has(machine) ?? false)
  const readers = readersIn(files)
  const all = [...compiled.compositions.keys()]
  const reported = new Set<string>()
  for (const { file, value } of site.jsonFiles('variables.schema.json')) {
    if (site.isStandard(file) || !isMap(value)) continue
    for (const name of Object.keys(value).filter(name => !all.some(machine => isReadBy(machine, name)))) {
      reported.add(name)
      problems.warning('unused', `nothing reads the variable ${name}`, { position: declarationPlace(name, file, site) })
    }
  }
  for (const { mentions, machines: holds } of files.filter(({ file }) => !site.isStandard(file))) {
    for (const { name, position } of mentions.filter(({ how }) => how === 'set')) {
      if (reported.has(name) || holds.some(machine => isReadBy(machine, name))) continue
      const message = `no machine that this file is part of reads the variable ${name}`
      problems.warning('unused', message, {
        position,
        hint: `xenclosure uses ${name} shows which machines read it, and where it is set`,
      })
    }
  }
  return problems.list()
}

/** No mistake: as long as the domain may run there, the entry keeps a guest of that name from being started on another host. */
const tellForsaken = ({ site, residences }: CompiledSite, problems: Problems): void => {
  for (const [guest, { host, position }] of residences) {
    if (site.profiles.get(guest) !== undefined) continue
    const hint = `when it has left ${host}: xenclosure release ${guest}`
    problems.warning('unused', `${guest} is recorded on ${host}, and has no profile`, { position, hint })
  }
}

const unusedTemplates = (site: Site, files: readonly UsedFile[]): readonly string[] => {
  const policies = site.policies().map(({ file }) => file)
  const used = new Set([...files.map(({ file }) => file), ...policies, ...site.profiles.values()])
  return site.ownFiles().filter(file => !used.has(file) && !site.isStandard(file))
}

/** By variable, the machines that have a file which reads it. */
const readersIn = (files: readonly UsedFile[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const readers = new Map<string, Set<string>>()
  for (const { mentions, machines } of files) {
    for (const { name } of mentions.filter(({ how }) => how === 'read'))
      readers.set(name, new Set([...(readers.get(name) ?? []), ...machines]))
  }
  return readers
}
