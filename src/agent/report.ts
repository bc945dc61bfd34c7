// report: what a run found, did and left, as plain JSON; what monitoring, `agent status` and the next run read. Pure.
import type { Action, GatedAction, Status } from '../model/action.js'
import { conceal } from './conceal.js'
import type { RejectionCode } from './document-rejected.js'
import type { Result } from './events.js'
import type { Survey } from './look.js'
import type { LastReport } from './state.js'
import type { Accepted } from './verify.js'

export type ReportedAction = GatedAction & Result

export type Report = {
  /** The machine's name in its document. */
  readonly host: string
  /** serial and commit are null for a document that has no seal. */
  readonly document: { readonly sha256: string; readonly serial: number | null; readonly commit: string | null }
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
  readonly orphans: readonly string[]
  /** The guests that the document names as moved to another host, and that are still on this one. */
  readonly misplaced: readonly string[]
  /** The ids of actions that are due though nothing new was declared: somebody or something changed the host. */
  readonly drift: readonly string[]
  /** Nothing is left to change. */
  readonly converged: boolean
  readonly error?: RunError
}

export type Fallback = {
  readonly code: RejectionCode
  readonly message: string
  /** When the last good document was first accepted here; null where that is not recorded. */
  readonly accepted: string | null
  /** Seconds since then. */
  readonly age: number | null
}

export type RunError = {
  readonly code: 'action-failed' | 'did-not-converge' | 'not-verified' | 'report-not-kept'
  readonly message: string
  /** The ids of the actions. */
  readonly actions: readonly string[]
}

export type RunFacts = {
  readonly accepted: Accepted
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
  const { accepted, fallback, before, results, after } = facts
  const carriedOut = before.actions.flatMap(action => {
    const result = results.get(action.id)
    return result === undefined ? [] : [{ ...action, ...result, status: statusAfter(action, result) }]
  })
  const left = after.actions.filter(action => !results.has(action.id))
  const error = errorOf(facts)
  return {
    host: accepted.document.name,
    document: {
      sha256: accepted.sha256,
      serial: accepted.seal?.serial ?? null,
      commit: accepted.seal?.commit ?? null,
    },
    ...(fallback === undefined ? {} : { fallback }),
    unsealed: accepted.seal === undefined,
    ignored: accepted.ignored,
    observed: after.observed,
    actions: [...carriedOut, ...left.map(action => ({ ...action, outcome: 'not applied' as const }))].map(conceal),
    orphans: after.orphans,
    misplaced: after.misplaced,
    drift: driftOf(facts),
    converged: after.actions.length === 0,
    ...(error === undefined ? {} : { error }),
  }
}

/** What waits for something of the host is pending: the next run resumes it. */
const statusAfter = ({ status }: GatedAction, { outcome }: Result): Status =>
  outcome === 'waiting' ? 'pending' : status

/**
 * Drift: the due actions of a run whose document is the same as that of the last report, which had done all that was
 * due, and had not left them pending or refused. After a new document, or a run that failed, a due action says nothing
 * about the host.
 */
const driftOf = ({ accepted, lastReport, before }: RunFacts): readonly string[] => {
  if (lastReport === undefined || !lastReport.succeeded || lastReport.sha256 !== accepted.sha256) return []
  return idsOf(withStatus(before, 'due')).filter(id => !lastReport.left.includes(id))
}

const errorOf = ({ results, after, noaction }: RunFacts): RunError | undefined => {
  if (noaction) return undefined
  const failed = [...results].filter(([, result]) => result.outcome === 'failed').map(([id]) => id)
  if (failed.length > 0) return { code: 'action-failed', message: `failed: ${failed.join(', ')}`, actions: failed }
  const due = idsOf(withStatus(after, 'due')).filter(id => results.get(id)?.outcome !== 'waiting')
  if (due.length === 0) return undefined
  return { code: 'did-not-converge', message: `did not converge: still to do: ${due.join(', ')}`, actions: due }
}

const withStatus = (survey: Survey, status: Status): readonly GatedAction[] =>
  survey.actions.filter(action => action.status === status)

const idsOf = (actions: readonly Action[]): readonly string[] => actions.map(action => action.id)
