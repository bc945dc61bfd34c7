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

/** Nobody lets us in, and the controller, where there is one, says that it is off. */
export const isGone = async (machine: string, parts: MachineParts): Promise<boolean> =>
  !(await answers(machine, parts)) && (await parts.powerOf(machine)?.isOn()) !== true

export const answers = (machine: string, parts: MachineParts): Promise<boolean> =>
  reached(machine, parts, async () => true)

/** Throws NotLetIn where something answers, and does not let us in. */
export const isSilent = async (machine: string, parts: MachineParts): Promise<boolean> => {
  try {
    return await withHost(parts.reach, machine, async () => false)
  } catch (error) {
    if (error instanceof NotLetIn) throw error
    if (error instanceof HostUnreachable || error instanceof HostLost) return true
    throw error
  }
}

export const reached = async (
  machine: string,
  parts: MachineParts,
  look: (host: RemoteHost) => Promise<boolean>,
): Promise<boolean> => {
  try {
    return await withHost(parts.reach, machine, look)
  } catch (error) {
    if (error instanceof HostUnreachable || error instanceof HostLost) return false
    throw error
  }
}

/** Its connection may end before it says so. */
export const tell = async (host: RemoteHost, argv: readonly string[]): Promise<void> => {
  try {
    await succeeding(host, argv)
  } catch (error) {
    if (!(error instanceof HostLost)) throw error
  }
}

export const becomes = async (
  look: () => Promise<boolean>,
  { pause, now, signal }: Pick<MachineParts, 'pause' | 'now' | 'signal'>,
  within = machineLimit,
): Promise<boolean> => {
  const end = now() + within
  while (!(await look())) {
    if (signal.aborted || now() >= end) return false
    await pause(interval)
  }
  return true
}

/** What a command says that has to succeed. */
export const succeeding = async (host: RemoteHost, argv: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await host.exec(argv, { timeout: short })
  if (code !== 0) throw new CommandFailed([`${host.name}:`, ...argv], { reason: `exit ${code}`, code, stderr })
  return stdout
}
