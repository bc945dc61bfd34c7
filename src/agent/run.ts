// A run of the agent: the host is looked at, changed, and looked at again. Each phase is one file of this folder.
//
//   fetch -> verify -> look (observe, plan, order, gate) -> apply -> look again -> report
//
// Whatever is still due at the second look did not converge: planning twice is the verification.
import type { GatedAction } from '../model/action.js'
import type { AnyComponent, Validate } from '../model/component.js'
import { timelinessOfOrder } from '../model/reinstallation.js'
import { CommandFailed, type System } from '../model/system.js'
import { accept, nowOf } from './accept.js'
import { applyActions } from './apply.js'
import { awaitChildren } from './children.js'
import { conceal } from './conceal.js'
import type { Listener } from './events.js'
import {
  forgetEndedIntervention,
  type Holds,
  holdFile,
  readHolds,
  readReinstallations,
  reinstallationFile,
  settleHold,
} from './guests.js'
import { withLock } from './lock.js'
import { offReason, SwitchedOff } from './off.js'
import { asReviewed, type Look, plan } from './plan.js'
import type { Plan } from './plan-file.js'
import { isUnderWay, type Report, type RunFacts, reportOf } from './report.js'
import { recall, rememberDocument, rememberReport } from './state.js'

export type RunRequest = {
  readonly system: System
  readonly components: readonly AnyComponent[]
  readonly validate: Validate
  /** Of this agent, for the report. */
  readonly version: string
  /**
   * Where the document is looked for, first first: paths and URLs; its seal stands beside it. Without any, the last good
   * one counts.
   */
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
 * SwitchedOff, StateDamaged, PlanOutdated, CommandFailed (the host could not be observed), the signal's reason, and
 * faults of the program. exitCode (exit-code.ts) knows them all.
 */
export const run = (asked: RunRequest): Promise<Report> =>
  withLock(asked.system, asked.state, async () => {
    const request = asReviewed(asked)
    const { system, state, noaction, version, events } = request
    const off = await offReason(system)
    if (off !== undefined && !noaction) throw new SwitchedOff(off)
    await awaitChildren(system, state, request)
    const memory = await recall(system, state)
    const { origin, ...basis } = await accept(request, memory)
    await settleHolds(request)
    const untimely = await untimelyOrders(request)
    const hidden = async (): Promise<readonly string[]> => [...untimely, ...(await pastHoldFiles(request))]
    const { before, lookAgain } = await plan(request, basis.accepted, hidden)
    events({ event: 'planned', actions: before.actions.map(conceal) })
    const time = nowOf(request)
    const known = { ...basis, time, version, lastReport: memory.lastReport, before, noaction }
    const inForce = async () => (await holdsNow(request)).inForce
    if (noaction) return reportOf({ ...known, holds: await inForce(), results: new Map(), after: before })

    if (origin !== undefined) await rememberDocument(system, state, basis.accepted, origin)
    const results = await applyActions(before.actions, { ...request, planAgain: planAgain(lookAgain) })
    const facts = { ...known, holds: await inForce(), results }
    const report = results.size === 0 ? reportOf({ ...facts, after: before }) : await verified(lookAgain, facts)
    if (request.only !== undefined) return report
    if (report.error === undefined && !isUnderWay(report)) await forgetEndedIntervention(system, state)
    return keepReport(request, report)
  })

const holdsNow = (request: RunRequest): Promise<Holds> => readHolds(request.system, request.state, nowOf(request))

/**
 * The files that a look leaves out. Asked for before each one: the file of a hold that is over may be that of a new one
 * since.
 */
const pastHoldFiles = async (request: RunRequest): Promise<readonly string[]> =>
  (await holdsNow(request)).past.map(({ guest }) => holdFile(request.state, guest))

/** That a hold is over is told once. A look leaves no trace, and tells it where no run has. */
const settleHolds = async (request: RunRequest): Promise<void> => {
  const { system, state, noaction, events } = request
  for (const hold of (await holdsNow(request)).past) {
    const isNews = noaction ? hold.over === null : await settleHold(hold, system, state, nowOf(request))
    if (isNews) events({ event: 'hold-over', guest: hold.guest })
  }
}

/**
 * The files of orders to install a guest anew that nothing came of in their time: likewise. One that is yet to come by the
 * clock stays, and is left out: a host may have started with a wrong clock that is put right soon.
 */
const untimelyOrders = async (request: RunRequest): Promise<readonly string[]> => {
  const { system, state, noaction, events } = request
  const now = nowOf(request)
  const files: string[] = []
  for (const order of await readReinstallations(system, state)) {
    const timeliness = timelinessOfOrder(order, now)
    if (timeliness === 'in time') continue
    const file = reinstallationFile(state, order.guest)
    if (timeliness === 'too late' && !noaction) await system.remove(file)
    const event = timeliness === 'too late' ? 'order-overdue' : 'order-ahead'
    events({ event, guest: order.guest, order: order.order })
    files.push(file)
  }
  return files
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

/** Where it is not planned any more, but what it was to provide has to wait for somebody now, that is in its place. */
const planAgain =
  (lookAgain: Look) =>
  async ({ id, component, provides }: GatedAction): Promise<GatedAction | undefined> => {
    const { actions } = await lookAgain(component)
    const isInstead = (other: GatedAction): boolean =>
      other.status !== 'due' && other.provides.some(key => provides.includes(key))
    return actions.find(action => action.id === id) ?? actions.find(isInstead)
  }
