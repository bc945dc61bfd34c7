// What each kind of step does to its machine: the host's own agent takes its guests down and up, its system ends when it
// is told to, its controller switches it on. Looks first: what is done already is not done again.
import { isMap } from '../model/json.js'
import { HostUnreachable, NotLetIn, type RemoteHost } from '../remote/remote-host.js'
import { withHost } from '../remote/with-host.js'
import { bootIdFile } from '../system/boot-id.js'
import { askAgent, interventionOf, ongoingOn, waitsText } from './ask-agent.js'
import type { Finding } from './carry-out.js'
import {
  already,
  answers,
  becomes,
  done,
  failed,
  isGone,
  isSilent,
  isSwitchedOff,
  left,
  type MachineParts,
  notInTime,
  reached,
  succeeding,
  tell,
  told,
} from './machine.js'
import type { Step, Verb } from './plan.js'
import { putNote, type RebootOrder, readNoteOn } from './reboot-notes.js'

export type WorkParts = MachineParts & {
  readonly verb: Verb
  /** Of a reboot: which one it is. */
  readonly order?: RebootOrder
  /** For `agent down`: --limit, --on-timeout, --reason. */
  readonly downArguments: (machine: string) => readonly string[]
}

/** Does a step. What can be expected to go wrong is its finding; a bug throws. */
export const createWork =
  (parts: WorkParts) =>
  (step: Step): Promise<Finding> =>
    told(
      () => doWork(step, parts),
      error => doubtOf(error, step, parts),
    )

/** Where nobody says whether a host that nothing answers for is off. */
const doubtOf = (error: Error, { machine, work, guestOf }: Step, { verb, powerOf }: WorkParts): string =>
  verb === 'down' &&
  work === 'guests down' &&
  guestOf === undefined &&
  error instanceof HostUnreachable &&
  !(error instanceof NotLetIn) &&
  !powerOf(machine)
    ? '; off or cut off: it declares no /hardware/console/ipmi that says which'
    : ''

const doWork = (step: Step, parts: WorkParts): Promise<Finding> => {
  switch (step.work) {
    case 'guests down':
      return guestsDown(step, parts)
    case 'power off':
      return powerOff(step, parts)
    case 'switch off':
      return switchOff(step, parts)
    case 'switch on':
      return switchOn(step.machine, parts)
    case 'power on':
      return powerOn(step.machine, parts)
    case 'reboot':
      return reboot(step, parts)
    case 'guests up':
      return guestsUp(step, parts)
  }
}

const guestsDown = async ({ machine, guestOf }: Step, parts: WorkParts): Promise<Finding> => {
  const isOff = guestOf === undefined ? isSwitchedOff(machine, parts) : isDownAsGuest(machine, guestOf, parts)
  if (await isOff) return already('it is off')
  return withHost(parts.reach, machine, async host => {
    if (parts.verb === 'reboot' && (await ongoingOn(host, parts))?.isEnding === true)
      return already('its guests are coming up again')
    const { code, report, error } = await askAgent(host, ['down', ...parts.downArguments(machine)], parts)
    const ongoing = interventionOf(report)
    if (code === 0) return done
    if (code !== 3 || ongoing === undefined) return failed(error)
    return left(`still up: ${ongoing.up.join(', ')}${waitsText(report)}`)
  })
}

/** One that is itself a guest has only just been started. */
const guestsUp = async ({ machine, guestOf }: Step, parts: WorkParts): Promise<Finding> => {
  if (guestOf !== undefined && !(await becomes(() => answers(machine, parts), parts)))
    return notInTime('nothing answers', parts)
  return withHost(parts.reach, machine, async host => {
    const { order } = parts
    if (order !== undefined && (await isTakenDownAgain(host, order, parts))) return left(takenDownAgain)
    const { code, report, error } = await askAgent(host, ['up'], parts)
    if (code === 0 && order?.hosts.includes(machine)) await putNote(host, { ...order, stage: 'through', since: null })
    if (code === 0) return done
    if (code !== 3) return failed(error)
    return left(interventionOf(report) === undefined ? `something waits${waitsText(report)}` : takenDownAgain)
  })
}

const takenDownAgain = 'somebody has its guests down again: call this again when that is over'

/** By an intervention that is not the one that the host was rebooted in: that is not this reboot's to end. */
const isTakenDownAgain = async (host: RemoteHost, order: RebootOrder, parts: WorkParts): Promise<boolean> => {
  const note = await readNoteOn(host, order.enclosure)
  if (note?.begun !== order.begun) return false
  const ongoing = await ongoingOn(host, parts)
  return ongoing?.isEnding === false && ongoing.since !== note.since
}

/** Its agent said just before that no guest is left; but somebody may have called them up since. */
const powerOff = async ({ machine, hasGuests }: Step, parts: WorkParts): Promise<Finding> => {
  if (await isSwitchedOff(machine, parts)) return already('it is off')
  const isTold = await withHost(parts.reach, machine, async host => {
    if (hasGuests === true && (await ongoingOn(host, parts))?.isEnding !== false) return false
    await tell(host, ['systemctl', 'poweroff'])
    return true
  })
  if (!isTold) return failed('somebody has called its guests up: call this again to have them down')
  return (await becomes(() => isGone(machine, parts), parts)) ? done : notInTime('still on', parts)
}

/** At once, so only where all in it are known to be off: one that merely answers no more may still be writing its disks. */
const switchOff = async ({ machine, encloses = [] }: Step, { powerOf }: WorkParts): Promise<Finding> => {
  const power = powerOf(machine)
  if (power === undefined) return left('switch it off by hand: it declares no /hardware/console/ipmi')
  if (!(await power.isOn())) return already('it is off')
  const silent = encloses.filter(name => powerOf(name) === undefined)
  if (silent.length > 0)
    return left(
      `switch it off by hand once ${silent.join(', ')} are off: they answer no more, and declare no /hardware/console/ipmi that says so`,
    )
  await power.off()
  return done
}

/** It has no system that could answer. */
const switchOn = async (machine: string, parts: WorkParts): Promise<Finding> => {
  const power = parts.powerOf(machine)
  if (power === undefined)
    return already('it is not known, for it declares no /hardware/console/ipmi: what is in it shows')
  if (await power.isOn()) return already('it is on')
  await power.on()
  return (await becomes(power.isOn, parts)) ? done : notInTime('still off', parts)
}

const powerOn = async (machine: string, parts: WorkParts): Promise<Finding> => {
  const power = parts.powerOf(machine)
  if (power === undefined) {
    if (!(await isSilent(machine, parts))) return already('it is on')
    return left('switch it on by hand, and call this again: nothing answers, and it declares no /hardware/console/ipmi')
  }
  const wasOn = await power.isOn()
  if (!wasOn) await power.on()
  if (!(await becomes(() => answers(machine, parts), parts))) return notInTime('nothing answers', parts)
  return wasOn ? already('it is on') : done
}

/** The intervention knows in which boot it began; one that is ending has its reboot behind it. */
const reboot = async ({ machine, isOver }: Step, parts: WorkParts): Promise<Finding> => {
  if (isOver) return already('it was rebooted')
  const begun = await withHost(parts.reach, machine, async host => {
    const { boot = null, since = null, isEnding = false } = (await ongoingOn(host, parts)) ?? {}
    const isNow = !isEnding && (await bootOf(host)) === boot
    if (isNow) await tell(host, ['systemctl', 'reboot'])
    else if (boot !== null) await noteReboot(host, since, parts)
    return { boot, since, isNow }
  })
  if (begun.boot === null) return failed('its agent does not know of the intervention any more: call this again')
  if (!begun.isNow) return already('it was rebooted since the intervention began')
  const isAnother = () =>
    reached(machine, parts, async host => {
      if ((await bootOf(host)) === begun.boot) return false
      await noteReboot(host, begun.since, parts)
      return true
    })
  return (await becomes(isAnother, parts)) ? done : notInTime('it has not come up in another boot', parts)
}

const noteReboot = async (host: RemoteHost, since: string | null, { order }: WorkParts): Promise<void> => {
  if (order !== undefined) await putNote(host, { ...order, stage: 'rebooted', since })
}

/** A host that is a guest is down where it does not answer, and its own host's agent saw it go. */
const isDownAsGuest = async (machine: string, guestOf: string, parts: WorkParts): Promise<boolean> => {
  if (await answers(machine, parts)) return false
  if (await isSwitchedOff(guestOf, parts)) return true
  return withHost(parts.reach, guestOf, async host => {
    const { report: status } = await askAgent(host, ['status'], parts)
    const { intervention, report = null } = isMap(status) ? status : {}
    if (isMap(intervention) && intervention.isEnding === true) return true
    const up = isMap(intervention) ? interventionOf(report)?.up : undefined
    return up !== undefined && !up.includes(machine)
  })
}

const bootOf = async (host: RemoteHost): Promise<string> => (await succeeding(host, ['cat', bootIdFile])).trim()
