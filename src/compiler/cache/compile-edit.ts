// Compiles the machines that an edit concerns, as long as nothing is in doubt: a mistake, and whatever
// might concern other machines, leaves it to a compilation of all of them.
import type { AnyComponent, Unique } from '../../model/component.js'
import type { Document } from '../../model/document.js'
import { reachedFrom } from '../../model/reached.js'
import { digestOf } from '../../model/seal.js'
import type { GuestMove, MoveUnderWay } from '../enclose/moves.js'
import { type Facts, isSameEnclosure } from '../enclose/parentage.js'
import { haveRivals, rivalsOf } from '../judge/check-site.js'
import { readRules } from '../rules.js'
import { openShare, type Share } from '../shares/share.js'
import { collectWarnings, type Warning } from '../shares/warnings.js'
import type { Profiles } from '../site/find-files.js'
import { printLock } from '../site/lock.js'
import { lockFile } from '../site/lock-file.js'
import { readPlainLock } from '../site/plain-lock.js'
import { openSite, type Site } from '../site/site.js'
import { asOfNow } from './come-and-gone.js'
import { inOrder, machinesConcerned } from './concerned.js'
import { enclosedAnew, mayBeEnclosed } from './enclosed-anew.js'
import { judgeConcerned } from './judge-concerned.js'
import { factsOf, type Kept, linesToChange } from './kept.js'
import { hostsConcerned, type Moving, movingAfter, residencesToRecord } from './kept-moves.js'
import { keptParentage } from './kept-parentage.js'
import { keptParses, parsesToChange } from './kept-parses.js'
import { areOfAll, warningsAfter } from './kept-warnings.js'
import type { Journal } from './lines.js'
import { type Edit, mostConcerned } from './look.js'
import type { Memory } from './memory.js'
import type { KeptThere } from './store.js'

export type CompiledEdit = {
  readonly site: string
  /** Of the machines that are concerned. */
  readonly documents: ReadonlyMap<string, Document>
  /** The guests that were not on record, and, where there are any, what the lock file is to say. */
  readonly recording: { readonly guests: readonly string[]; readonly text: string } | undefined
  readonly moves: readonly MoveUnderWay[]
  /** All that there is to tell of the site. */
  readonly warnings: readonly Warning[]
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
  const problems = collectWarnings()
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
  const surveyed = surveyEdit(share.survey, site, before, kept, edit)
  if (surveyed === undefined) return undefined
  const { facts, anew, moving } = surveyed
  const parentage = keptParentage(kept, facts)
  const isMachine = (name: string): boolean => kept.profile(name) !== undefined
  if (!mayBeEnclosed([...anew, ...gone], facts, parentage, before, isMachine)) return undefined
  // That a guest comes from a host which has no profile is told.
  if (!moving.moves.every(({ from }) => isMachine(from))) return undefined
  const names = facts.map(({ name }) => name)
  const moves = moving.moves.map(placed)
  const compiled = share.compileIn(inOrder(names, kept), parentage, moves)
  if (compiled?.trace === undefined) return undefined
  const documents = new Map(compiled.documents.map(document => [document.name, document]))
  const { uniques, capacities } = compiled
  if (haveRivals(uniques) || areUsedTwice(uniques, kept)) return undefined
  const judged = judgeConcerned(rules.policies, {
    ...{ documents, parentage, published, kept: before, gone, most: mostConcerned(kept) },
  })
  const ofPolicies = judged && share.warningsOf(judged.findings, parentage, moves)
  if (judged === undefined || ofPolicies === undefined) return undefined
  // Where a warning stands is read from files of machines that are not compiled, too: one may be gone, or another one, by now.
  if (problems.hasErrors() || !isAsSeen(site.digests, kept, edit.digests)) return undefined
  const found = [...compiled.warnings, ...ofPolicies]
  if (areOfAll(found)) return undefined
  const { warnings, change: toTell } = warningsAfter(before.warnings(), found, {
    compiled: name => documents.has(name) || gone.has(name),
    judged: judged.machines,
    groups: judged.groups,
  })
  memory.rules = { base, rules }
  const guests = moving.unrecorded
  const recording = guests.length === 0 ? undefined : { guests, text: printLock(residencesToRecord(moving, parentage)) }
  const lock = recording === undefined ? [] : [[lockFile, digestOf(recording.text)] as const]
  const digests = new Map([...compiled.trace.digests, ...edit.digests, ...lock])
  const change = linesToChange({ trace: compiled.trace, facts, uniques, capacities }, digests, {
    kept: before,
    gone,
    goneFiles,
  })
  const parses = parsesToChange(dir, { ...compiled.trace, digests }, { kept: before, goneFiles })
  return {
    ...{ site: site.name, documents, recording, moves: moving.moves, warnings },
    change: {
      come: [...change.come, ...judged.members.come, ...parses.come, ...toTell.come],
      gone: [...change.gone, ...judged.members.gone, ...parses.gone, ...toTell.gone],
    },
  }
}

type Surveyed = {
  readonly facts: readonly Facts[]
  /** The machines whose parent is another one than is kept. */
  readonly anew: readonly string[]
  readonly moving: Moving
}

/**
 * Of the machines that an edit concerns, and of those that it encloses anew, with all below them: a child does not know its parent.
 * Also of the hosts that are to be told otherwise of guests that move. `before` is what is kept, `kept` the same as of now.
 */
const surveyEdit = (
  survey: Share['survey'],
  site: Pick<Site, 'text'>,
  before: Kept,
  kept: Kept,
  edit: Edit,
): Surveyed | undefined => {
  const { gone } = edit.other
  const found = survey(edit.machines)
  const anew = found && enclosedAnew(found, before, gone)
  if (found === undefined || anew === undefined) return undefined
  const parentage = keptParentage(kept, found)
  const moving = movingAfter(edit.moving, anew, gone, parentage, () => residencesNow(site, kept))
  const concerned = moving && withHosts(moving, before, kept, edit)
  if (moving === undefined || concerned === undefined) return undefined
  const known = new Set(edit.machines)
  const below = reachedFrom(anew, name => parentage.children(name).map(child => child.name))
  const more = survey([...new Set([...concerned, ...below])].filter(name => !known.has(name)))
  return more?.every(one => isEnclosedAsKept(one, kept)) ? { facts: [...found, ...more], anew, moving } : undefined
}

/** Undefined where the lock file says more than plain entries, or has gone. */
const residencesNow = (site: Pick<Site, 'text'>, kept: Kept) => {
  const text = site.text(lockFile)
  return text === undefined && kept.digest(lockFile) !== undefined ? undefined : readPlainLock(text)
}

/** The machines that an edit concerns, with the hosts of guests that it makes move, and who reads these. */
const withHosts = ({ moves }: Moving, before: Kept, kept: Kept, edit: Edit): readonly string[] | undefined => {
  const known = new Set(edit.machines)
  const hosts = hostsConcerned(before.moves, moves).filter(host => kept.profile(host) !== undefined && !known.has(host))
  if (hosts.length === 0) return edit.machines
  const concerned = new Set([...edit.machines, ...hosts])
  return machinesConcerned(before, edit.digests.keys(), mostConcerned(kept), { ...edit.other, concerned })
}

/** Where its entry stands is told by a compilation of the whole, and by nothing else (areOfAll). */
export const placed = (move: MoveUnderWay): GuestMove => ({ ...move, position: { file: lockFile, line: 1, column: 1 } })

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
