// A run of the agent: the host is looked at, changed, and looked at again. Each phase is one file of this folder.
//
//   fetch -> verify -> look (observe, plan, order, gate) -> apply -> look again -> report
//
// Whatever is still due at the second look did not converge: planning twice is the verification.
import type { GatedAction } from '../model/action.js'
import type { AnyComponent, Validate } from '../model/component.js'
import { CommandFailed, type System } from '../model/system.js'
import { accept, nowOf } from './accept.js'
import { applyActions } from './apply.js'
import { awaitChildren } from './children.js'
import { conceal } from './conceal.js'
import type { Listener } from './events.js'
import { withLock } from './lock.js'
import { look, type Survey } from './look.js'
import { type Report, type RunFacts, reportOf } from './report.js'
import { recall, rememberDocument, rememberReport } from './state.js'
import type { Accepted } from './verify.js'

export type RunRequest = {
  readonly system: System
  readonly components: readonly AnyComponent[]
  readonly validate: Validate
  /** Where the document is looked for, first first: paths and URLs; its seal stands beside it. */
  readonly sources: readonly string[]
  /** The public keys (PEM) of which one must have signed; without any, unsigned documents are accepted. */
  readonly trust: readonly string[]
  /** Certificate authorities (PEM) for https, beside those of this machine. */
  readonly ca?: string
  /** The state directory, on the system. */
  readonly state: string
  /** Look and report, change nothing. */
  readonly noaction: boolean
  /** The one component to run; all where absent. */
  readonly only?: string
  /** The consents given: `destroy:lvm/vg0/se`. */
  readonly allow: ReadonlySet<string>
  readonly signal?: AbortSignal
  /** The clock; the machine's own where absent. */
  readonly now?: () => Date
  readonly events: Listener
}

/**
 * One run. Its outcome is the report; thrown are DocumentRejected (and there is no last good document), LockHeld,
 * StateDamaged, CommandFailed (the host could not be observed), the signal's reason, and faults of the program.
 * exitCode (exit-code.ts) knows them all.
 */
export const run = (request: RunRequest): Promise<Report> =>
  withLock(request.system, request.state, async () => {
    const { system, state, noaction, events } = request
    await awaitChildren(system, state, request)
    const memory = await recall(system, state)
    const { accepted, origin, fallback } = await accept(request, memory)
    const before = await survey(request, accepted)
    events({ event: 'planned', actions: before.actions.map(conceal) })
    const known = { accepted, lastReport: memory.lastReport, before, noaction, ...(fallback && { fallback }) }
    if (noaction) return reportOf({ ...known, results: new Map(), after: before })

    if (origin !== undefined) await rememberDocument(system, state, accepted, origin)
    const results = await applyActions(before.actions, { ...request, planAgain: planAgain(request, accepted) })
    const facts = { ...known, results }
    const report = results.size === 0 ? reportOf({ ...facts, after: before }) : await verified(request, facts)
    return request.only === undefined ? keepReport(request, report) : report
  })

/** What was done is told even where the host cannot be looked at again; what is left is then not known. */
const verified = async (request: RunRequest, facts: Omit<RunFacts, 'after'>): Promise<Report> => {
  const { before, results } = facts
  try {
    return reportOf({ ...facts, after: await survey(request, facts.accepted) })
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    const left = before.actions.filter(action => !results.has(action.id))
    const report = reportOf({ ...facts, after: { ...before, actions: left } })
    const message = `what was done cannot be verified: ${error.message}`
    return { ...report, converged: false, error: report.error ?? { code: 'not-verified', message, actions: [] } }
  }
}

/** What was done is told even where the state cannot be written any more, on a full disk. */
const keepReport = async ({ system, state }: RunRequest, report: Report): Promise<Report> => {
  try {
    await rememberReport(system, state, report)
    return report
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    const message = `the report cannot be kept: ${error.message}`
    return { ...report, error: report.error ?? { code: 'report-not-kept', message, actions: [] } }
  }
}

const survey = (request: RunRequest, { desired, maintenance }: Accepted): Promise<Survey> => {
  const { system, components, only, allow, state } = request
  return look({
    system,
    components: components.filter(component => only === undefined || component.name === only),
    desired,
    leave: { consents: allow, maintenance, now: nowOf(request) },
    state,
  })
}

const planAgain =
  (request: RunRequest, accepted: Accepted) =>
  async ({ id, component }: GatedAction): Promise<GatedAction | undefined> => {
    const { actions } = await survey({ ...request, only: component }, accepted)
    return actions.find(action => action.id === id)
  }
