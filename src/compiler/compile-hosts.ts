// The hosts of a site compiled by themselves: of their guests no more is computed than they take from them, and nothing is
// told. For an edition that was judged when it was made, and for one that only its lock file differs from.
import type { AnyComponent } from '../model/component.js'
import type { Document } from '../model/document.js'
import { canonicalJson } from '../model/json.js'
import { chunksOf } from './chunks.js'
import type { Compilation } from './compile-in-shares.js'
import { type CompiledMachine, createMachineCompiler } from './compile-machine.js'
import { enclose, surveyMachines } from './enclose.js'
import { createComposer } from './include.js'
import type { Residences } from './lock.js'
import { ownTrees } from './own-trees.js'
import { type Parentage, parentageOf } from './parentage.js'
import { collectProblems, type Problems } from './problems.js'
import { remember } from './remember.js'
import { type Rules, readRules } from './rules.js'
import { openSite, type Site } from './site.js'

/** By host of the site in a directory, its document's bytes; undefined where anything is wrong with one. */
export const compileHosts = (
  dir: string,
  components: readonly AnyComponent[],
): ReadonlyMap<string, string> | undefined => {
  const problems = collectProblems()
  const site = openSite(dir, problems)
  if (site === undefined) return undefined
  const { residences, ...workshop } = openWorkshop(site, components, problems)
  const names = [...site.profiles.keys()]
  const facts = chunksOf(names, surveyedAtOnce).flatMap(part =>
    surveyMachines(part, { own: workshop.freshTrees(), ...workshop.reading }),
  )
  const parentage = parentageOf(facts)
  const hosts = names.filter(parentage.isHypervisor)
  const sound = chunksOf(hosts, compiledAtOnce).flatMap(part => {
    const compile = workshop.compilerFor(parentage, residences)
    const compiled = part.map(compile)
    return compiled.flatMap(one => (one === undefined || one.mistakes.length > 0 ? [] : [bytesOf(one.document)]))
  })
  const isWrong = problems.list().length > 0 || sound.length < hosts.length
  return isWrong ? undefined : new Map(sound)
}

const bytesOf = (document: Document): readonly [name: string, bytes: string] => [document.name, canonicalJson(document)]

/** What is known of the machines of a part is forgotten with it: a host brings its guests. */
const surveyedAtOnce = 400
const compiledAtOnce = 60

/** Of a site that has compiled without an error: the document of a host when these guests live where they are enclosed. */
export const releasedCompiler = (
  { site, residences, parentage }: Pick<Compilation, 'site' | 'residences' | 'parentage'>,
  components: readonly AnyComponent[],
): ((released: ReadonlySet<string>, host: string) => Document | undefined) => {
  const workshop = openWorkshop(site, components, collectProblems())
  return (released, host) => {
    const homes: Residences = new Map(
      [...residences].map(([guest, residence]) => {
        const home = released.has(guest) ? parentage.hosts.get(guest) : undefined
        return [guest, home === undefined ? residence : { ...residence, host: home }]
      }),
    )
    return workshop.compilerFor(parentage, homes)(host)?.document
  }
}

const openWorkshop = (site: Site, components: readonly AnyComponent[], problems: Problems) => {
  const rules: Rules = readRules(site, components, problems)
  const { root, declarations, residences } = rules
  const reading = { root, declarations, problems }
  const compose = createComposer(site, declarations, problems)
  const machineNames = (): readonly string[] => [...site.profiles.keys()]
  const freshTrees = () => ownTrees({ composition: remember(compose), machineNames, ...reading })
  return {
    ...{ residences, reading, freshTrees },
    compilerFor: (parentage: Parentage, homes: Residences): ((host: string) => CompiledMachine | undefined) => {
      const own = freshTrees()
      const machines = enclose({ site: site.name, own, parentage, components, residences: homes, ...reading })
      const compile = createMachineCompiler(rules, machines, problems)
      return host => {
        const composition = own.composition(host)
        return composition && compile(composition)
      }
    },
  }
}
