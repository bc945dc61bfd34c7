// The exit code of a run, for every way in which it can end. The one table of them; the command line only applies it.
import { DocumentRejected } from './document-rejected.js'
import { LockHeld } from './lock.js'
import { SwitchedOff } from './off.js'
import { PlanOutdated } from './plan-file.js'
import type { Report } from './report.js'

/**
 * | code | when |
 * | ---- | ---- |
 * | 0  | nothing is left to change |
 * | 1  | an action failed, something is still due after it was applied, or the run could not be finished |
 * | 1  | no source answers, and there is no last good document |
 * | 2  | the document that was asked for or an action is rejected, or the plan to be applied does not hold any more |
 * | 3  | something is pending or refused, or (noaction) due; the agent is switched off |
 * | 75 | another run holds the lock (EX_TEMPFAIL of sysexits.h) |
 */
export const exitCode = (outcome: Report | Error): 0 | 1 | 2 | 3 | 75 => {
  if (outcome instanceof LockHeld) return 75
  if (outcome instanceof SwitchedOff) return 3
  if (outcome instanceof PlanOutdated) return 2
  if (outcome instanceof DocumentRejected) return outcome.code === 'unreachable' ? 1 : 2
  if (outcome instanceof Error || outcome.error !== undefined) return 1
  if (outcome.fallback !== undefined && outcome.fallback.code !== 'unreachable') return 2
  if (outcome.actions.some(action => action.status === 'rejected')) return 2
  return outcome.converged ? 0 : 3
}
