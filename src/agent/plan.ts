// plan: what a run is to do, and by which leave: that of the hour (consents and maintenance windows), or that of a plan
// that was reviewed, which must still hold.

import { nowOf } from './accept.js'
import { gate, type Leave } from './gate.js'
import { look, type Survey } from './look.js'
import { leaveOf, requirePlan } from './plan-file.js'
import type { RunRequest } from './run.js'
import type { Accepted } from './verify.js'

/** Looks at the host once more, by the same leave; at what one component sees of it, where that is named. */
export type Look = (only?: string) => Promise<Survey>

export type Planned = { readonly before: Survey; readonly lookAgain: Look }

/** A reviewed plan brings its own component and consents. */
export const asReviewed = (request: RunRequest): RunRequest => {
  const { plan: reviewed, only: _, ...rest } = request
  if (reviewed === undefined) return request
  return { ...rest, plan: reviewed, allow: new Set(reviewed.allow), ...(reviewed.only && { only: reviewed.only }) }
}

/** For each look, the files of `hidden` are as if they were not there. Throws PlanOutdated. */
export const plan = async (
  request: RunRequest,
  accepted: Accepted,
  hidden: () => Promise<readonly string[]>,
): Promise<Planned> => {
  const { plan: reviewed, allow } = request
  const lookBy = async (leave: Leave, only = request.only): Promise<Survey> =>
    look({
      system: request.system,
      components: request.components.filter(component => only === undefined || component.name === only),
      desired: accepted.desired,
      leave,
      state: request.state,
      hidden: await hidden(),
    })
  const leaveAt = (now: Date): Leave => ({ consents: allow, maintenance: accepted.maintenance, now })
  if (reviewed === undefined) {
    const lookAgain: Look = only => lookBy(leaveAt(nowOf(request)), only)
    return { before: await lookAgain(), lookAgain }
  }
  const seen = await lookBy(leaveAt(new Date(reviewed.made)))
  requirePlan(reviewed, accepted, seen)
  const leave = leaveOf(seen.actions)
  return { before: { ...seen, actions: gate(seen.planned, leave) }, lookAgain: only => lookBy(leave, only) }
}
