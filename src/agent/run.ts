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
import { gate, type Leave } from './gate.js'
import { withLock } from './lock.js'
import { look, type Survey } from './look.js'
import { leaveOf, type Plan, requirePlan } from './plan-file.js'
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
  /** A reviewed plan, to be applied as it is: it brings its own `only` and `allow`. */
  readonly plan?: Plan
  readonly signal?: AbortSignal
  /** The clock; the machine's own where absent. */
  readonly now?: () => Date
  readonly events: Listener
}

/**
 * One run. Its outcome is the report; thrown are DocumentRejected (and there is no last good document), LockHeld,
 * StateDamaged, PlanOutdated, CommandFailed (the host could not be observed), the signal's reason, and faults of the program.
 * exitCode (exit-code.ts) knows them all.
 */
export const run = (asked: RunRequest): Promise<Report> =>
  withLock(asked.system, asked.state, async () => {
    const request = asRequested(asked)
    const { system, state, noaction, events } = request
    await awaitChildren(system, state, request)
    const memory = await recall(system, state)
    const { accepted, origin, fallback } = await accept(request, memory)
    const { before, leave } = await plan(request, accepted)
    events({ event: 'planned', actions: before.actions.map(conceal) })
    const known = { accepted, lastReport: memory.lastReport, before, noaction, ...(fallback && { fallback }) }
    if (noaction) return reportOf({ ...known, results: new Map(), after: before })

    if (origin !== undefined) await rememberDocument(system, state, accepted, origin)
    const lookAgain: Look = only => survey({ ...request, ...(only && { only }) }, accepted, leave())
    const results = await applyActions(before.actions, { ...request, planAgain: planAgain(lookAgain) })
    const facts = { ...known, results }
    const report = results.size === 0 ? reportOf({ ...facts, after: before }) : await verified(lookAgain, facts)
    return request.only === undefined ? keepReport(request, report) : report
  })

const asRequested = (request: RunRequest): RunRequest => {
  const { plan: reviewed, only: _, ...rest } = request
  if (reviewed === undefined) return request
  return { ...rest, plan: reviewed, allow: new Set(reviewed.allow), ...(reviewed.only && { only: reviewed.only }) }
}

/** Looks at the host once more; at what one component sees of it, where that is named. */
type Look = (only?: string) => Promise<Survey>

type Planned = { readonly before: Survey; readonly leave: () => Leave }

/** What is to be done, and by which leave: that of the hour, or that of a reviewed plan, which must still hold. */
const plan = async (request: RunRequest, accepted: Accepted): Promise<Planned> => {
  const { plan: reviewed, allow } = request
  const leaveAt = (now: Date): Leave => ({ consents: allow, maintenance: accepted.maintenance, now })
  const before = await survey(request, accepted, leaveAt(reviewed ? new Date(reviewed.made) : nowOf(request)))
  if (reviewed === undefined) return { before, leave: () => leaveAt(nowOf(request)) }
  requirePlan(reviewed, accepted, before)
  const given = leaveOf(before.actions)
  return { before: { ...before, actions: gate(before.planned, given) }, leave: () => given }
}

/** What was done is told even where the host cannot be looked at again; what is left is then not known. */
const verified = async (lookAgain: Look, facts: Omit<RunFacts, 'after'>): Promise<Report> => {
  const { before, results } = facts
  try {
    return reportOf({ ...facts, after: await lookAgain() })
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

const survey = (request: RunRequest, { desired }: Accepted, leave: Leave): Promise<Survey> => {
  const { system, components, only, state } = request
  return look({
    system,
    components: components.filter(component => only === undefined || component.name === only),
    desired,
    leave,
    state,
  })
}

const planAgain =
  (lookAgain: Look) =>
  async ({ id, component }: GatedAction): Promise<GatedAction | undefined> => {
    const { actions } = await lookAgain(component)
    return actions.find(action => action.id === id)
  }
