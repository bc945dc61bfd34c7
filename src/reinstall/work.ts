// What each step of a reinstallation does to its machine. Looks first: what is done already, by this order, is not done
// again, so a tool that was killed has only to be called again. Nothing is remembered here.
import { askAgent, namesOfWaits, waitsText } from '../intervene/ask-agent.js'
import type { Finding } from '../intervene/carry-out.js'
import type { Power } from '../intervene/ipmi.js'
import {
  already,
  answers,
  becomes,
  done,
  failed,
  isSilent,
  left,
  type MachineParts,
  notInTime,
  tell,
  told,
} from '../intervene/machine.js'
import { digestOf } from '../model/seal.js'
import { HostKeyRefused } from '../remote/remote-host.js'
import { withHost } from '../remote/with-host.js'
import type { Entries } from './entries.js'
import type { Step } from './plan.js'
import type { Target } from './target.js'

export type WorkParts = MachineParts & {
  readonly order: string
  /** What is not begun by it until then (ISO 8601), is not installed. */
  readonly until: string
  readonly targets: ReadonlyMap<string, Target>
  /** Undefined where no machine needs a provisioner. */
  readonly entries: Entries | undefined
  /** Milliseconds for an installation. */
  readonly limit: number
  /** A host that does not answer is installed, too: what runs on it is lost. */
  readonly isForced: boolean
  /** As an intervention takes the guests of a host down. */
  readonly takeDown: (host: string) => Promise<Finding>
  /** The time of day. */
  readonly today: () => Date
}

/** Does a step. What can be expected to go wrong is its finding; a bug throws. */
export const createWork =
  (parts: WorkParts) =>
  (step: Step): Promise<Finding> => {
    const target = parts.targets.get(step.machine)
    if (target === undefined) throw new Error(`bug: ${step.machine} is not to be installed`)
    return told(() => doWork(step.work, target, parts))
  }

const doWork = (work: Step['work'], target: Target, parts: WorkParts): Promise<Finding> => {
  switch (work) {
    case 'guests down':
      return guestsDown(target, parts)
    case 'install':
      return target.host === undefined ? installMachine(target, parts) : installGuest(target, target.host, parts)
    case 'installed':
      return target.host === undefined ? entryOver(target, parts) : guestInstalled(target, target.host, parts)
    case 'guests up':
      return guestsUp(target.name, parts)
  }
}

/** Where the machine stands by its entry: another order's is none. */
type Standing = 'not ordered' | 'ordered' | 'installed'

/** One that is ordered may have its installer at work, also when the time to begin it has passed: it is not ordered twice. */
const standingOf = ({ document }: Target, { entries, order }: WorkParts): Standing => {
  const entry = entries?.entryOf(document)
  if (entry === undefined || entry.order !== order) return 'not ordered'
  if (entry.state === 'local') return 'installed'
  return entry.state === 'install' && entry.installation !== undefined ? 'ordered' : 'not ordered'
}

const orderEntry = ({ document }: Target, { entries, order, until }: WorkParts): Promise<void> => {
  if (entries === undefined) throw new Error('bug: there is no TFTP server')
  return entries.order(document, order, until)
}

/** Until then its installer may still be begun, where it is not at work. */
const keepOrdered = async ({ document }: Target, { entries, order, until }: WorkParts): Promise<void> =>
  entries?.prolong(document, order, until)

/** Milliseconds that are left to begin something. */
const timeLeft = ({ until, today }: WorkParts): number => Date.parse(until) - today().getTime()

const tooLate = ({ until }: WorkParts): Finding => left(`this order is not gone on with after ${until}`)

const installedAlready = already('it is installed')

/** Before it is ordered: from then on its guests are down with it. */
const guestsDown = async (target: Target, parts: WorkParts): Promise<Finding> => {
  if (standingOf(target, parts) !== 'not ordered') return already('it is ordered to be installed')
  if (timeLeft(parts) <= 0) return tooLate(parts)
  if (parts.isForced && (await isSilent(target.name, parts))) return already('nothing answers')
  return parts.takeDown(target.name)
}

const installMachine = async (target: Target, parts: WorkParts): Promise<Finding> => {
  const standing = standingOf(target, parts)
  if (standing === 'installed') return installedAlready
  const power = parts.powerOf(target.name)
  if (standing === 'not ordered') return orderMachine(target, power, parts)
  await keepOrdered(target, parts)
  if (power !== undefined && !(await power.isOn())) {
    await power.on()
    return done
  }
  if (await answers(target.name, parts)) return rebooted(target.name, parts)
  return already('its installer is at work, or waits for a hand that switches it on')
}

/**
 * With a controller it is off when it is ordered, so that one that is off and ordered was not switched on yet. Without one
 * it has to be told while it answers: it answers no more while its installer runs. Throws NotLetIn where it cannot be told.
 */
const orderMachine = async (target: Target, power: Power | undefined, parts: WorkParts): Promise<Finding> => {
  if (timeLeft(parts) <= 0) return tooLate(parts)
  if (power !== undefined) {
    if (!(await isSwitchedOff(target.name, power, parts))) return notInTime('still on', parts)
    await orderEntry(target, parts)
    await power.on()
    return done
  }
  const isDead = await isSilent(target.name, parts)
  await orderEntry(target, parts)
  if (!isDead) return rebooted(target.name, parts)
  return { ...done, message: 'switch it on by hand: nothing answers, and it declares no /hardware/console/ipmi' }
}

const rebooted = async (machine: string, parts: WorkParts): Promise<Finding> => {
  await withHost(parts.reach, machine, host => tell(host, ['systemctl', 'reboot']))
  return done
}

/** Its system is told to end, while it answers; else its power is cut. */
const isSwitchedOff = async (machine: string, power: Power, parts: WorkParts): Promise<boolean> => {
  const isOff = async (): Promise<boolean> => !(await power.isOn())
  if (await isOff()) return true
  if (!(await isSilent(machine, parts))) {
    await withHost(parts.reach, machine, host => tell(host, ['systemctl', 'poweroff']))
    if (await becomes(isOff, parts)) return true
  }
  if (parts.signal.aborted) return false
  await power.off()
  return becomes(isOff, parts)
}

/** The provisioner notes in the entry that the machine has told it so. */
const entryOver = async (target: Target, parts: WorkParts): Promise<Finding> => {
  const isOver = async (): Promise<boolean> => standingOf(target, parts) === 'installed'
  if (await isOver()) return installedAlready
  return (await becomes(isOver, parts, parts.limit)) ? done : notInTime('not installed', parts, parts.limit)
}

const askForGuest = (guest: string, host: string, order: string, parts: WorkParts) =>
  withHost(parts.reach, host, async remote => {
    // One that has begun is asked for until it is over.
    const seconds = Math.max(1, Math.floor(timeLeft(parts) / 1000))
    const words = ['reinstall', guest, '--order', order, '--within', `${seconds}s`]
    const { code, report, error } = await askAgent(remote, words, parts)
    const waits = namesOfWaits(report, guest)
    return {
      code,
      error,
      waits,
      isAtWork: code === 3 && waits.length > 0 && waits.every(one => one === `install:${guest}`),
    }
  })

type Asked = Awaited<ReturnType<typeof askForGuest>>

const notBegun = ({ code, error, waits }: Asked): Finding => {
  if (code !== 3) return failed(error)
  return left(waits.length === 0 ? 'something else is to be done first: agent status' : `waits for ${waits.join(', ')}`)
}

/** To the host's agent, an order of the provisioner is one of its own: a new token is another order. */
const restartOrder = ({ document }: Target, { entries }: WorkParts): string =>
  digestOf(entries?.entryOf(document)?.installation?.token ?? '').slice(0, 16)

const installGuest = async (target: Target, host: string, parts: WorkParts): Promise<Finding> => {
  const { name, way } = target
  if (way === 'agent') {
    if (timeLeft(parts) <= 0) return tooLate(parts)
    const asked = await askForGuest(name, host, parts.order, parts)
    if (asked.code === 0) return installedAlready
    return asked.isAtWork ? done : notBegun(asked)
  }
  const standing = standingOf(target, parts)
  if (standing === 'installed') return installedAlready
  if (standing === 'ordered') await keepOrdered(target, parts)
  else if (timeLeft(parts) <= 0) return tooLate(parts)
  else await orderEntry(target, parts)
  const asked = await askForGuest(name, host, restartOrder(target, parts), parts)
  return asked.code === 0 ? done : notBegun(asked)
}

/** Milliseconds between two runs of the host's agent. */
const betweenRuns = 15_000

const guestInstalled = async (target: Target, host: string, parts: WorkParts): Promise<Finding> => {
  const { name, way } = target
  if (way === 'provisioner') return entryOver(target, parts)
  const last: { asked?: Asked } = {}
  const isSettled = async (): Promise<boolean> => {
    last.asked = await askForGuest(name, host, parts.order, parts)
    return !last.asked.isAtWork
  }
  const pause = (): Promise<void> => parts.pause(betweenRuns)
  if (!(await becomes(isSettled, { ...parts, pause }, parts.limit)))
    return notInTime('not installed', parts, parts.limit)
  return last.asked?.code === 0 ? done : notBegun(last.asked as Asked)
}

/**
 * Its agent has its document when it has made its first run; before, it rejects what it is asked (2). A guest whose installer
 * runs has its own steps. A new system has new host keys: where that is for a hand, nothing is waited for.
 */
const guestsUp = async (machine: string, parts: WorkParts): Promise<Finding> => {
  const last: { finding: Finding; code?: number; isRefused: boolean } = {
    finding: failed('nothing answers'),
    isRefused: false,
  }
  const note = (error: Error): string => {
    last.isRefused = error instanceof HostKeyRefused
    return last.isRefused ? '; then call this again' : ''
  }
  const isSettled = async (): Promise<boolean> => {
    last.finding = await told(async () => {
      const { code, report, error } = await withHost(parts.reach, machine, host => askAgent(host, ['up'], parts))
      last.code = code
      if (code === 0) return done
      if (code === 3 && namesOfWaits(report).every(one => one.startsWith('install:'))) return done
      return code === 3 ? left(`something waits${waitsText(report)}`) : failed(error)
    }, note)
    return last.isRefused || (last.code !== undefined && last.code !== 2)
  }
  if (await becomes(isSettled, parts)) return last.finding
  return notInTime(`not up (${last.finding.message})`, parts)
}
