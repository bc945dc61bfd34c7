// Compiles the machines that an edit concerns, as long as nothing is in doubt: whatever would have to be told, and whatever
// might concern other machines, leaves it to a compilation of all of them.
import type { AnyComponent } from '../../model/component.js'
import type { Document } from '../../model/document.js'
import { hasFaults, rivalsOf, uniquesOf } from '../check-site.js'
import { type Facts, isSameEnclosure, parentageOf } from '../parentage.js'
import { collectProblems } from '../problems.js'
import { readRules } from '../rules.js'
import { openShare } from '../share.js'
import { openSite } from '../site.js'
import { judgeConcerned } from './judge-concerned.js'
import { factsOf, type Kept, keepMachines } from './kept.js'
import type { Edit } from './look.js'
import type { Memory } from './memory.js'

export type CompiledEdit = {
  readonly site: string
  /** Of the machines that are concerned. */
  readonly documents: ReadonlyMap<string, Document>
  readonly kept: Omit<Kept, 'published'>
}

/** `published` gives the document of a machine that is not concerned. */
export const compileEdit = (
  dir: string,
  components: readonly AnyComponent[],
  kept: Kept,
  edit: Edit,
  memory: Memory,
  published: (machine: string) => Document | undefined,
): CompiledEdit | undefined => {
  const problems = collectProblems()
  const site = openSite(dir, problems, memory.parses)
  if (site === undefined || !isSame([...site.profiles.keys()], Object.keys(kept.machines))) return undefined
  // Another schema or policy is no edit that is compiled here.
  const rules = memory.rules ?? readRules(site, components, problems)
  const names = edit.machines
  const share = openShare({ site, rules: { ...rules, residences: new Map() }, components, names, problems })
  const surveyed = share.survey()
  if (surveyed === undefined || !surveyed.every(facts => isEnclosedAsKept(facts, kept))) return undefined
  const bySurvey = new Map(surveyed.map(facts => [facts.name, facts]))
  const facts = Object.entries(kept.machines).map(([name, machine]) => bySurvey.get(name) ?? factsOf(name, machine))
  const compiled = share.compile(facts)
  if (compiled?.trace === undefined || !isAsSeen(compiled.trace.digests, kept, edit)) return undefined
  const documents = new Map(compiled.documents.map(document => [document.name, document]))
  const uniques = uniquesOf(rules.judged, documents)
  if (hasFaults(rules.judged, documents)) return undefined
  const others = Object.entries(kept.machines).map(([name, { unique }]) => [name, unique] as const)
  if (rivalsOf(uniques, others).length > 0) return undefined
  const parentage = parentageOf(facts)
  if (!judgeConcerned(rules.policies, { documents, parentage, published })) return undefined
  memory.rules = rules
  const digests = { ...kept.digests, ...Object.fromEntries(compiled.trace.digests) }
  const machines = keepMachines({ trace: compiled.trace, facts: surveyed, uniques }, kept)
  return { site: site.name, documents, kept: { ...kept, ...machines, digests, inputs: edit.inputs } }
}

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((name, index) => name === others[index])

const isEnclosedAsKept = (facts: Facts, { machines }: Kept): boolean => {
  const machine = machines[facts.name]
  return machine !== undefined && isSameEnclosure(facts, factsOf(facts.name, machine))
}

/** Whether every file was read as it was when the edit was found; one that was not read before is new to nobody else. */
const isAsSeen = (digests: ReadonlyMap<string, string>, kept: Kept, edit: Edit): boolean =>
  [...digests].every(([file, digest]) => {
    const seen = edit.digests.get(file) ?? kept.digests[file]
    return seen === undefined || seen === digest
  })
