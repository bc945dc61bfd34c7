// An intervention on this host: its guests down, in order and within their time, and up again. The intervention is state
// of the host, by which every run plans; here runs follow each other until there is nothing left to wait for. A process
// that is killed at any point has only to be called again.
import type { Intervention } from '../model/intervention.js'
import { readBootId } from '../system/boot-id.js'
import { nowOf } from './accept.js'
import { exitCode } from './exit-code.js'
import { putIntervention, readIntervention } from './guests.js'
import { LockHeld } from './lock.js'
import { requireOn, SwitchedOff } from './off.js'
import { pause } from './pause.js'
import { isUnderWay, type Report } from './report.js'
import { type RunRequest, run } from './run.js'

export type Order = Omit<Intervention, 'since' | 'boot' | 'isEnding'>

/** Milliseconds until a lock that another run holds is tried again. */
const lockPause = 1000

/**
 * No guest of this host is to run from now on, and those that do are shut down. Returns when all are, or when what is
 * left waits for somebody. One that has begun keeps its beginning, and its reason where no other is given; where its file
 * is damaged, it begins now.
 */
export const takeDown = async (request: RunRequest, ordered: Order): Promise<Report> => {
  const { system, state } = request
  await requireOn(system)
  const known = await readIntervention(system, state)
  const begun = known?.isEnding === true ? null : known
  const since = begun?.since ?? nowOf(request).toISOString()
  const boot = begun?.boot ?? (await readBootId(system))
  const reason = ordered.reason ?? begun?.reason ?? null
  await putIntervention({ ...ordered, since, boot, reason, isEnding: false }, system, state)
  return runToItsEnd(request)
}

/**
 * What is to run on this host is started; holds stay as they are. That there was an intervention is known until a run has
 * done all: a host that was rebooted for it is not rebooted again.
 */
export const bringUp = async (request: RunRequest): Promise<Report> => {
  const { system, state } = request
  await requireOn(system)
  const intervention = await readIntervention(system, state)
  if (intervention !== null) await putIntervention({ ...intervention, isEnding: true }, system, state)
  return runToItsEnd(request)
}

/** A run that ended waiting is followed by another one, which knows whose time is over. */
export const runToItsEnd = async (request: RunRequest): Promise<Report> => {
  for (;;) {
    const report = await runWhenFree(request)
    if (report.error !== undefined || !isUnderWay(report)) return report
  }
}

const runWhenFree = async (request: RunRequest): Promise<Report> => {
  for (let attempts = 0; ; attempts += 1) {
    try {
      return await run(request)
    } catch (error) {
      if (error instanceof SwitchedOff)
        throw new SwitchedOff(error.reason, 'the order stands: it is carried out when that file is removed')
      if (!(error instanceof LockHeld)) throw error
      if (attempts === 0) request.events({ event: 'locked' })
      await pause(lockPause, request.signal)
    }
  }
}

/**
 * | code | when                                                               |
 * | ---- | ------------------------------------------------------------------ |
 * | 0    | no domain is left: the host may be switched off                    |
 * | 1    | an action failed                                                   |
 * | 3    | a domain still runs: it was told to wait, is held, paused, or not ours |
 */
export const downCode = ({ error, intervention }: Report): 0 | 1 | 3 => {
  if (error !== undefined) return 1
  return intervention !== undefined && intervention.up.length === 0 ? 0 : 3
}

/** As a run ends; 3 where somebody has begun an intervention meanwhile. */
export const upCode = (report: Report): ReturnType<typeof exitCode> => {
  const code = exitCode(report)
  return code === 0 && report.intervention !== undefined ? 3 : code
}
