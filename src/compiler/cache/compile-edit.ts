// Compiles the machines that an edit concerns, as long as nothing is in doubt: whatever would have to be told, and whatever
// might concern other machines, leaves it to a compilation of all of them.
import type { AnyComponent, Unique } from '../../model/component.js'
import type { Document } from '../../model/document.js'
import { reachedFrom } from '../../model/reached.js'
import { digestOf } from '../../model/seal.js'
import { type Facts, isSameEnclosure } from '../enclose/parentage.js'
import { haveRivals, rivalsOf } from '../judge/check-site.js'
import { collectProblems } from '../problems.js'
import { readRules } from '../rules.js'
import { openShare, type Share } from '../shares/share.js'
import { lockFile } from '../site/lock-file.js'
import { openSite, type Profiles } from '../site/site.js'
import { asOfNow } from './come-and-gone.js'
import { inOrder } from './concerned.js'
import { enclosedAnew, hostsToRecord, mayBeEnclosed, type Recording } from './enclosed-anew.js'
import { judgeConcerned } from './judge-concerned.js'
import { factsOf, type Kept, linesToChange } from './kept.js'
import { keptParentage } from './kept-parentage.js'
import { keptParses, parsesToChange } from './kept-parses.js'
import type { Journal } from './lines.js'
import { type Edit, mostConcerned } from './look.js'
import type { Memory } from './memory.js'
import type { KeptThere } from './store.js'

export type CompiledEdit = {
  readonly site: string
  /** Of the machines that are concerned. */
  readonly documents: ReadonlyMap<string, Document>
  /** Of guests that are not on record. */
  readonly recording: Recording | undefined
  /** Of what is kept. */
  readonly change: Journal
}

/** `published` gives the document of a machine that is not concerned. */
export const compileEdit = (
  dir: string,
  components: readonly AnyComponent[],
  { kept: before, base }: Pick<KeptThere, 'kept' | 'base'>,
  edit: Edit,
  memory: Memory,
  published: (machine: string) => Document | undefined,
): CompiledEdit | undefined => {
  const { gone, goneFiles } = edit.other
  const kept = asOfNow(before, edit.other)
  const problems = collectProblems()
  const site = openSite(dir, problems, {
    parses: keptParses(before.lines, memory.parses),
    profiles: keptProfiles(kept),
  })
  if (site === undefined) return undefined
  // Another schema or policy is no edit that is compiled here.
  const known = memory.rules?.base === base ? memory.rules.rules : undefined
  const rules = known ?? readRules(site, components, problems, { areSound: true })
  // Policies may look at machines that are not compiled.
  const areFew = edit.machines.length <= few
  const share = openShare({ site, rules, components, problems, policies: [], areFew })
  const surveyed = surveyEdit(share.survey, before, kept, edit)
  if (surveyed === undefined) return undefined
  const { facts, anew } = surveyed
  const parentage = keptParentage(kept, facts)
  const isMachine = (name: string): boolean => kept.profile(name) !== undefined
  if (!mayBeEnclosed([...anew, ...gone], facts, parentage, before, isMachine)) return undefined
  const recording = hostsToRecord(anew, parentage, site)
  if (recording === undefined) return undefined
  const names = facts.map(({ name }) => name)
  const compiled = share.compileIn(inOrder(names, kept), parentage)
  if (compiled?.trace === undefined || !isAsSeen(compiled.trace.digests, kept, edit.digests)) return undefined
  const documents = new Map(compiled.documents.map(document => [document.name, document]))
  const { uniques, capacities } = compiled
  if (haveRivals(uniques) || areUsedTwice(uniques, kept)) return undefined
  const members = judgeConcerned(rules.policies, {
    ...{ documents, parentage, published, kept: before, gone, most: mostConcerned(kept) },
  })
  if (members === undefined) return undefined
  memory.rules = { base, rules }
  const isRecorded = recording.guests.length === 0
  const lock = isRecorded ? [] : [[lockFile, digestOf(recording.text)] as const]
  const digests = new Map([...compiled.trace.digests, ...edit.digests, ...lock])
  const change = linesToChange({ trace: compiled.trace, facts, uniques, capacities }, digests, {
    kept: before,
    gone,
    goneFiles,
  })
  const parses = parsesToChange(dir, { ...compiled.trace, digests }, { kept: before, goneFiles })
  return {
    ...{ site: site.name, documents },
    recording: isRecorded ? undefined : recording,
    change: {
      come: [...change.come, ...members.come, ...parses.come],
      gone: [...change.gone, ...members.gone, ...parses.gone],
    },
  }
}

type Surveyed = {
  readonly facts: readonly Facts[]
  /** The machines whose parent is another one than is kept. */
  readonly anew: readonly string[]
}

/**
 * Of the machines that an edit concerns, and of those that it encloses anew, with all below them: a child does not know its parent.
 * `before` is what is kept, `kept` the same as of now.
 */
const surveyEdit = (survey: Share['survey'], before: Kept, kept: Kept, edit: Edit): Surveyed | undefined => {
  const found = survey(edit.machines)
  const anew = found && enclosedAnew(found, before, edit.other.gone)
  if (found === undefined || anew === undefined) return undefined
  const { children } = keptParentage(kept, found)
  const known = new Set(edit.machines)
  const below = [...reachedFrom(anew, name => children(name).map(child => child.name))]
  const more = survey(below.filter(name => !known.has(name)))
  return more?.every(one => isEnclosedAsKept(one, kept)) ? { facts: [...found, ...more], anew } : undefined
}

/** What is known of so many machines takes little memory. */
const few = 100

/** By machine, the file of its profile. */
export const keptProfiles = ({ profile, names }: Kept): Profiles => ({
  get: profile,
  keys: () => names().values(),
  values: () =>
    names()
      .flatMap(name => profile(name) ?? [])
      .values(),
})

/** Whether it encloses what is kept of it. */
export const isEnclosedAsKept = (facts: Facts, kept: Kept): boolean => {
  const machine = kept.machine(facts.name)
  return machine !== undefined && isSameEnclosure(facts, factsOf(facts.name, machine))
}

/**
 * Whether every file was read as it was when the edit was found, by the digests of those that it changed; one that was not read
 * before is new to nobody else.
 */
export const isAsSeen = (
  digests: ReadonlyMap<string, string>,
  kept: Kept,
  changed: ReadonlyMap<string, string>,
): boolean =>
  [...digests].every(([file, digest]) => {
    const seen = changed.get(file) ?? kept.digest(file)
    return seen === undefined || seen === digest
  })

/** Whether another machine, which is not compiled, has what only one may have. */
export const areUsedTwice = (uniques: ReadonlyMap<string, readonly Unique[]>, kept: Kept): boolean => {
  const others = new Set([...uniques.values()].flat().flatMap(kept.owners))
  return (
    rivalsOf(
      uniques,
      [...others].map(name => [name, kept.machine(name)?.unique ?? []]),
    ).length > 0
  )
}
