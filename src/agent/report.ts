// report: what a run found, did and left, as plain JSON; what monitoring, `agent status` and the next run read. Pure.
import type { Action, GatedAction, Status } from '../model/action.js'
import type { OngoingIntervention } from '../model/intervention.js'
import { isOpen, type Maintenance, nextOpening } from '../model/maintenance.js'
import type { Misplaced } from '../model/misplaced.js'
import type { GuestInstallation } from '../model/reinstallation.js'
import { conceal } from './conceal.js'
import type { RejectionCode } from './document-rejected.js'
import type { Result } from './events.js'
import { comesInWindow } from './gate.js'
import type { Hold } from './guests.js'
import type { Survey } from './look.js'
import { graphOf } from './order.js'
import type { LastReport } from './state.js'
import type { Accepted } from './verify.js'

export type ReportedAction = GatedAction & Result

export type Report = {
  /** When the run was, as ISO 8601 text. */
  readonly time: string
  /** The machine's name in its document. */
  readonly host: string
  readonly document: {
    readonly sha256: string
    /** serial and commit are null for a document that has no seal. */
    readonly serial: number | null
    readonly commit: string | null
    /** When it was first accepted here; null where that is not recorded. */
    readonly accepted: string | null
  }
  /** Of this agent, and of the compiler that made the document; null for one without a seal. */
  readonly versions: { readonly agent: string; readonly compiler: string | null }
  /** The document is the last good one, for the one that was asked for is not there or is rejected. */
  readonly fallback?: Fallback
  /** The document had no seal, and no trust key is set. */
  readonly unsealed: boolean
  /** Declared, but nothing here acts on it. */
  readonly ignored: readonly string[]
  /** The digest of what each component saw last. */
  readonly observed: { readonly [component: string]: string }
  /** What was carried out in this run, and what is left. */
  readonly actions: readonly ReportedAction[]
  /** What the actions that are left wait for, `restart:se` or a consent, and why: which options differ. */
  readonly waits: readonly Wait[]
  /** The guests that an administrator has told the agent to leave alone. */
  readonly holds: readonly Hold[]
  readonly orphans: readonly string[]
  /** The guests that the document names as moved to another host, and that are still on this one. */
  readonly misplaced: readonly Misplaced[]
  /** By guest that runs: what keeps it from being migrated live; nothing where it can be. */
  readonly migration: { readonly [guest: string]: readonly string[] }
  /** By guest: how its installation stands, where anything is known of one. */
  readonly installations: { readonly [guest: string]: GuestInstallation }
  /** No guest is to run for now (`agent down`); absent where there is no intervention. */
  readonly intervention?: OngoingIntervention
  /** The ids of actions that are due though nothing new was declared: somebody or something changed the host. */
  readonly drift: readonly string[]
  /** Nothing is left to change. */
  readonly converged: boolean
  readonly error?: RunError
}

export type Wait = {
  readonly for: string
  readonly actions: readonly string[]
  readonly reasons: readonly string[]
  /** Where a maintenance window lets it happen and none is open: when the next one opens, as ISO 8601 text; null: never. */
  readonly opens?: string | null
}

export type Fallback = {
  readonly code: RejectionCode
  readonly message: string
  /** Seconds since the last good document was first accepted here; null where that is not recorded. */
  readonly age: number | null
}

export type RunError = {
  readonly code: 'action-failed' | 'did-not-converge' | 'not-verified' | 'report-not-kept'
  readonly message: string
  /** The ids of the actions. */
  readonly actions: readonly string[]
}

export type RunFacts = {
  readonly time: Date
  /** Of this agent. */
  readonly version: string
  readonly accepted: Accepted
  /** When the document was first accepted here. */
  readonly acceptedAt: string | null
  readonly holds: readonly Hold[]
  readonly fallback?: Fallback
  readonly lastReport: LastReport | undefined
  /** What was planned at first. */
  readonly before: Survey
  readonly results: ReadonlyMap<string, Result>
  /** What is left; the same as `before` where nothing was carried out. */
  readonly after: Survey
  readonly noaction: boolean
}

export const reportOf = (facts: RunFacts): Report => {
  const { time, version, accepted, acceptedAt, fallback, holds, before, results, after } = facts
  const carriedOut = before.actions.flatMap(action => {
    const result = results.get(action.id)
    return result === undefined ? [] : [{ ...action, ...result, status: statusAfter(action, result) }]
  })
  const left = after.actions.filter(action => !(results.has(action.id) && isIn(before, action)))
  const error = errorOf(facts)
  return {
    time: time.toISOString(),
    host: accepted.document.name,
    document: {
      sha256: accepted.sha256,
      serial: accepted.seal?.serial ?? null,
      commit: accepted.seal?.commit ?? null,
      accepted: acceptedAt,
    },
    versions: { agent: version, compiler: accepted.seal?.compiler ?? null },
    ...(fallback === undefined ? {} : { fallback }),
    unsealed: accepted.seal === undefined,
    ignored: accepted.ignored,
    observed: after.observed,
    actions: [...carriedOut, ...left.map(action => ({ ...action, outcome: 'not applied' as const }))].map(conceal),
    waits: waitsOf(after.actions, accepted.maintenance, time),
    holds,
    orphans: after.orphans,
    misplaced: after.misplaced,
    migration: after.migration,
    installations: after.installations,
    ...(after.intervention === undefined ? {} : { intervention: after.intervention }),
    drift: driftOf(facts),
    converged: after.actions.length === 0,
    ...(error === undefined ? {} : { error }),
  }
}

/** Grouped by what is waited for, in the plan's order. */
const waitsOf = (left: readonly GatedAction[], maintenance: Maintenance, now: Date): readonly Wait[] => {
  const nameOf = ({ status, consent, waitsFor }: GatedAction): string | undefined =>
    ({ due: undefined, rejected: undefined, refused: consent, pending: waitsFor })[status]
  const isShut = !isOpen(maintenance, now)
  const names = [...new Set(left.map(nameOf))].filter(name => name !== undefined)
  return names.map(name => {
    const actions = left.filter(action => nameOf(action) === name)
    const inWindow = isShut && comesInWindow(name) && actions.some(({ ops }) => ops.length > 0)
    return {
      for: name,
      actions: idsOf(actions),
      reasons: actions.flatMap(action => action.reasons),
      ...(inWindow ? { opens: openingOf(maintenance, now) } : {}),
    }
  })
}

/** When a maintenance window is open next, as ISO 8601 text; null where the document has none. */
export const openingOf = (maintenance: Maintenance, now: Date): string | null =>
  nextOpening(maintenance, now)?.toISOString() ?? null

/** What waits for something of the host is pending: the next run resumes it. */
const statusAfter = ({ status }: GatedAction, { outcome }: Result): Status =>
  outcome === 'waiting' ? 'pending' : status

/**
 * Drift: what would be mended in a run whose document is the same as that of the last report, and was not left to do by
 * that one, whether it is done at once or has to wait. What follows from a reboot or an order is none, nor what goes on
 * since somebody did what that one waited for. After a new document, or where nobody saw what the last run left, an action
 * says nothing about the host.
 */
const driftOf = ({ accepted, lastReport, before }: RunFacts): readonly string[] => {
  if (lastReport?.left === undefined || lastReport.sha256 !== accepted.sha256) return []
  const { left, awaited } = lastReport
  const waiting = idsOf(before.actions.filter(hasNothingToDo))
  const goingOn = awaited.filter(({ id }) => !waiting.includes(id)).map(subjectOf)
  const mended = before.actions.filter(action => isMend(action) && !goingOn.includes(subjectOf(action)))
  return idsOf(mended).filter(id => !left.includes(id))
}

/** What an action is about, of all components. */
const subjectOf = ({ component, resource }: Pick<Action, 'component' | 'resource'>): string =>
  `${component}/${resource}`

/** It waits for somebody or something else, and all that is known of it is that. */
export const hasNothingToDo = ({ status, ops }: Pick<GatedAction, 'status' | 'ops'>): boolean =>
  status === 'pending' && ops.length === 0

const isMend = ({ routine, status, ops }: GatedAction): boolean =>
  routine !== true && (status === 'due' || (status !== 'rejected' && ops.length > 0))

/**
 * What is due at the second look did not converge, unless the run could not do it: it ended waiting, what it lacked at
 * the first look has come since, as memory or space that was given back, or it follows from what came in between. The
 * next run goes on there.
 */
const errorOf = (facts: RunFacts): RunError | undefined => {
  const { before, results, after, noaction } = facts
  if (noaction) return undefined
  const failed = [...results].filter(([, result]) => result.outcome === 'failed').map(([id]) => id)
  if (failed.length > 0) return { code: 'action-failed', message: `failed: ${failed.join(', ')}`, actions: failed }
  const lacking = before.actions.filter(({ status }) => status !== 'due')
  const awaited = new Set([...awaitedIn(results, after), ...idsOf(lacking)])
  const due = idsOf(withStatus(after, 'due').filter(action => !awaited.has(action.id) && !isNew(action, facts)))
  if (due.length === 0) return undefined
  return { code: 'did-not-converge', message: `did not converge: still to do: ${due.join(', ')}`, actions: due }
}

/**
 * Whether it was not to be done at the first look, and is since somebody gave an order, held back or let go what it is
 * about, or what the run waited for there came when it had given up.
 */
const isNew = (action: GatedAction, { before, results, after }: RunFacts): boolean => {
  if (isIn(before, action)) return false
  if (action.routine === true || obstacles(action, before) !== obstacles(action, after)) return true
  const waited = before.actions.filter(({ id }) => results.get(id)?.outcome === 'waiting')
  return waited.some(other => subjectOf(other) === subjectOf(action))
}

const isIn = ({ actions }: Survey, { id, kind }: GatedAction): boolean =>
  actions.some(other => other.id === id && other.kind === kind)

/** What the subject of an action waits for. */
const obstacles = (action: GatedAction, { actions }: Survey): string =>
  idsOf(actions.filter(other => hasNothingToDo(other) && subjectOf(other) === subjectOf(action))).join()

/** What a run ended waiting for, and all that needs it. `after` is in order. */
const awaitedIn = (results: RunFacts['results'], { actions }: Survey): ReadonlySet<string> => {
  const graph = graphOf(actions)
  const awaited = new Set([...results].filter(([, { outcome }]) => outcome === 'waiting').map(([id]) => id))
  for (const { id } of actions) {
    if (graph.get(id)?.some(({ provider }) => awaited.has(provider))) awaited.add(id)
  }
  return awaited
}

const withStatus = (survey: Survey, status: Status): readonly GatedAction[] =>
  survey.actions.filter(action => action.status === status)

const idsOf = (actions: readonly Action[]): readonly string[] => actions.map(action => action.id)

/** The run ended waiting, or what it lacked has come since: another run has something to do at once. */
export const isUnderWay = ({ actions }: Report): boolean =>
  actions.some(({ outcome, status }) => outcome === 'waiting' || (status === 'due' && outcome === 'not applied'))
