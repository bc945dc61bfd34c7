// A machine as a step finds it: whether it answers, is on, has come up; and what a step says of it. Looking is all that is
// remembered: what was found is not kept.
import { CommandFailed } from '../model/system.js'
import { HostLost, HostUnreachable, NotLetIn, type Reach, type RemoteHost } from '../remote/remote-host.js'
import { isHostFailure, withHost } from '../remote/with-host.js'
import type { Finding } from './carry-out.js'
import type { Power } from './ipmi.js'

export type MachineParts = {
  readonly reach: Reach
  /** Undefined for a machine that declares no controller. */
  readonly powerOf: (machine: string) => Power | undefined
  readonly signal: AbortSignal
  readonly pause: (milliseconds: number) => Promise<void>
  /** Milliseconds from anywhere on. */
  readonly now: () => number
}

/** Until a machine has ended or come up: a server's own tests of its memory take minutes. */
export const machineLimit = 20 * 60_000
const short = 60_000
const interval = 3000

export const done: Finding = { outcome: 'done', message: '' }
export const already = (message: string): Finding => ({ outcome: 'already', message })
export const left = (message: string): Finding => ({ outcome: 'left', message })
export const failed = (message: string): Finding => ({ outcome: 'failed', message })

/** `within` in milliseconds. */
export const notInTime = (what: string, { signal }: Pick<MachineParts, 'signal'>, within = machineLimit): Finding =>
  failed(signal.aborted ? `interrupted: ${what} yet` : `${what} after ${within / 60_000} min`)

/** What can be expected to go wrong is a finding, with more to it; a bug throws. */
export const told = async (
  work: () => Promise<Finding>,
  more: (error: Error) => string = () => '',
): Promise<Finding> => {
  try {
    return await work()
  } catch (error) {
    if (isHostFailure(error)) return failed(error.message + more(error))
    throw error
  }
}

export const isSwitchedOff = async (machine: string, { powerOf }: MachineParts): Promise<boolean> =>
  (await powerOf(machine)?.isOn()) === false

/** What comes of looking at a machine: one that answers and does not let us in is not off, and says nothing else of itself. */
type Sight<Found> =
  | { readonly is: 'seen'; readonly found: Found }
  | { readonly is: 'denied'; readonly error: NotLetIn }
  | { readonly is: 'silent' }

const lookAt = async <Found>(
  machine: string,
  { reach }: MachineParts,
  look: (host: RemoteHost) => Promise<Found>,
): Promise<Sight<Found>> => {
  try {
    return { is: 'seen', found: await withHost(reach, machine, look) }
  } catch (error) {
    if (error instanceof NotLetIn) return { is: 'denied', error }
    if (error instanceof HostUnreachable || error instanceof HostLost) return { is: 'silent' }
    throw error
  }
}

/** Whether a look finds it so; not where it is not seen. */
export const reached = async (
  machine: string,
  parts: MachineParts,
  look: (host: RemoteHost) => Promise<boolean>,
): Promise<boolean> => {
  const sight = await lookAt(machine, parts, look)
  return sight.is === 'seen' && sight.found
}

export const answers = (machine: string, parts: MachineParts): Promise<boolean> =>
  reached(machine, parts, async () => true)

/** Throws NotLetIn where something answers, and does not let us in. */
export const isSilent = async (machine: string, parts: MachineParts): Promise<boolean> => {
  const sight = await lookAt(machine, parts, async () => true)
  if (sight.is === 'denied') throw sight.error
  return sight.is === 'silent'
}

/** Its controller says that it is off; where it has none, nothing answers. One that is going down lets nobody in any more. */
export const isGone = async (machine: string, parts: MachineParts): Promise<boolean> => {
  const { is } = await lookAt(machine, parts, async () => true)
  const isOn = await parts.powerOf(machine)?.isOn()
  return isOn === undefined ? is === 'silent' : is !== 'seen' && !isOn
}

/** Its connection may end before it says so. */
export const tell = async (host: RemoteHost, argv: readonly string[]): Promise<void> => {
  try {
    await succeeding(host, argv)
  } catch (error) {
    if (!(error instanceof HostLost)) throw error
  }
}

/**
 * Waits until a look finds it so; false where the time is over first. A command that fails meanwhile is no answer yet (a controller
 * may take no session while its machine ends): of the last look, that is thrown.
 */
export const becomes = async (
  look: () => Promise<boolean>,
  { pause, now, signal }: Pick<MachineParts, 'pause' | 'now' | 'signal'>,
  within = machineLimit,
): Promise<boolean> => {
  const end = now() + within
  for (;;) {
    const seen = await answerOf(look)
    if (seen === true) return true
    if (signal.aborted) return false
    if (now() >= end) {
      if (seen instanceof CommandFailed) throw seen
      return false
    }
    await pause(interval)
  }
}

const answerOf = async (look: () => Promise<boolean>): Promise<boolean | CommandFailed> => {
  try {
    return await look()
  } catch (error) {
    if (error instanceof CommandFailed) return error
    throw error
  }
}

/** What a command says that has to succeed. */
export const succeeding = async (host: RemoteHost, argv: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await host.exec(argv, { timeout: short })
  if (code !== 0) throw new CommandFailed([`${host.name}:`, ...argv], { reason: `exit ${code}`, code, stderr })
  return stdout
}
