// What each kind of step does to its machine: the host's own agent takes its guests down and up, its system ends when it
// is told to, its controller switches it on. Looks first: what is done already is not done again.
import type { Intervention, OngoingIntervention } from '../model/intervention.js'
import { isMap, type Json, parseJson } from '../model/json.js'
import { CommandFailed } from '../model/system.js'
import { HostLost, HostUnreachable, type Reach, type RemoteHost } from '../remote/remote-host.js'
import { ownOptions } from '../remote/run-there.js'
import type { Finding } from './carry-out.js'
import type { Power } from './ipmi.js'
import type { Step, Verb } from './plan.js'
import type { GuestsOf } from './print.js'

export type WorkParts = {
  readonly verb: Verb
  readonly reach: Reach
  /** Undefined for a machine that declares no controller. */
  readonly powerOf: (machine: string) => Power | undefined
  /** For `agent down`: --limit, --on-timeout, --reason. */
  readonly downArguments: (machine: string) => readonly string[]
  readonly signal: AbortSignal
  readonly pause: (milliseconds: number) => Promise<void>
}

/** Until a machine has ended or come up: a server's own tests of its memory take minutes. */
const machineLimit = 20 * 60_000
/** Graceful shutdowns have limits of their own; this is where something hangs. */
const agentLimit = 24 * 60 * 60_000
const short = 60_000
const interval = 3000

/** Does a step. What can be expected to go wrong is its finding; a bug throws. */
export const createWork =
  (parts: WorkParts) =>
  async (step: Step): Promise<Finding> => {
    try {
      return await doWork(step, parts)
    } catch (error) {
      if (isExpected(error)) return { outcome: 'failed', message: error.message }
      throw error
    }
  }

const isExpected = (error: unknown): error is Error =>
  [HostUnreachable, HostLost, CommandFailed].some(kind => error instanceof kind)

const doWork = (step: Step, parts: WorkParts): Promise<Finding> => {
  switch (step.work) {
    case 'guests down':
      return guestsDown(step.machine, parts)
    case 'power off':
      return powerOff(step.machine, parts)
    case 'switch off':
      return switchOff(step.machine, parts)
    case 'power on':
      return powerOn(step.machine, parts)
    case 'reboot':
      return reboot(step.machine, parts)
    case 'guests up':
      return guestsUp(step.machine, parts)
  }
}

const done: Finding = { outcome: 'done', message: '' }
const already = (message: string): Finding => ({ outcome: 'already', message })
const left = (message: string): Finding => ({ outcome: 'left', message })

const guestsDown = async (machine: string, parts: WorkParts): Promise<Finding> => {
  if (await isSwitchedOff(machine, parts)) return already('it is off')
  return withHost(machine, parts, async host => {
    if (parts.verb === 'reboot' && (await ongoingOn(host, parts))?.isEnding === true)
      return already('its guests are coming up again')
    const { code, report, error } = await askAgent(host, ['down', ...parts.downArguments(machine)], parts)
    const ongoing = interventionOf(report)
    if (code === 0) return done
    if (code !== 3 || ongoing === undefined) return { outcome: 'failed', message: error }
    return left(`still up: ${ongoing.up.join(', ')}${waitsText(report)}`)
  })
}

const guestsUp = (machine: string, parts: WorkParts): Promise<Finding> =>
  withHost(machine, parts, async host => {
    const { code, report, error } = await askAgent(host, ['up'], parts)
    if (code === 0) return done
    return code === 3 ? left(`something waits${waitsText(report)}`) : { outcome: 'failed', message: error }
  })

/** Only the guests' agent knows that none is left; it said so just before. */
const powerOff = async (machine: string, parts: WorkParts): Promise<Finding> => {
  if (await isSwitchedOff(machine, parts)) return already('it is off')
  await withHost(machine, parts, host => tell(host, ['systemctl', 'poweroff']))
  return (await becomes(() => isGone(machine, parts), parts)) ? done : notInTime('still on')
}

const switchOff = async (machine: string, { powerOf }: WorkParts): Promise<Finding> => {
  const power = powerOf(machine)
  if (power === undefined) return left('switch it off by hand: it declares no /hardware/console/ipmi')
  if (!(await power.isOn())) return already('it is off')
  await power.off()
  return done
}

const powerOn = async (machine: string, parts: WorkParts): Promise<Finding> => {
  const power = parts.powerOf(machine)
  if (power === undefined) {
    if (await answers(machine, parts)) return already('it is on')
    return left('switch it on by hand, and call this again: nothing answers, and it declares no /hardware/console/ipmi')
  }
  const wasOn = await power.isOn()
  if (!wasOn) await power.on()
  if (!(await becomes(() => answers(machine, parts), parts))) return notInTime('nothing answers')
  return wasOn ? already('it is on') : done
}

/** The intervention knows in which boot it began; one that is ending has its reboot behind it. */
const reboot = async (machine: string, parts: WorkParts): Promise<Finding> => {
  const begun = await withHost(machine, parts, async host => {
    const { boot = null, isEnding = false } = (await ongoingOn(host, parts)) ?? {}
    const isNow = !isEnding && (await bootOf(host)) === boot
    if (isNow) await tell(host, ['systemctl', 'reboot'])
    return { boot, isNow }
  })
  if (begun.boot === null) return { outcome: 'failed', message: 'its agent does not know of the intervention' }
  if (!begun.isNow) return already('it was rebooted since the intervention began')
  const isAnother = () => reached(machine, parts, async host => (await bootOf(host)) !== begun.boot)
  return (await becomes(isAnother, parts)) ? done : notInTime('it has not come up in another boot')
}

const notInTime = (what: string): Finding => ({
  outcome: 'failed',
  message: `${what} after ${machineLimit / 60_000} min`,
})

const isSwitchedOff = async (machine: string, { powerOf }: WorkParts): Promise<boolean> =>
  (await powerOf(machine)?.isOn()) === false

/** Nobody lets us in, and the controller, where there is one, says that it is off. */
const isGone = async (machine: string, parts: WorkParts): Promise<boolean> =>
  !(await answers(machine, parts)) && (await parts.powerOf(machine)?.isOn()) !== true

const answers = (machine: string, parts: WorkParts): Promise<boolean> => reached(machine, parts, async () => true)

const reached = async (
  machine: string,
  parts: WorkParts,
  look: (host: RemoteHost) => Promise<boolean>,
): Promise<boolean> => {
  try {
    return await withHost(machine, parts, look)
  } catch (error) {
    if (error instanceof HostUnreachable || error instanceof HostLost) return false
    throw error
  }
}

const withHost = async <Result>(
  machine: string,
  { reach }: WorkParts,
  work: (host: RemoteHost) => Promise<Result>,
): Promise<Result> => {
  const host = await reach(machine)
  try {
    return await work(host)
  } finally {
    await host.close()
  }
}

/** Its connection may end before it says so. */
const tell = async (host: RemoteHost, argv: readonly string[]): Promise<void> => {
  try {
    const { code, stderr } = await host.exec(argv, { timeout: short })
    if (code !== 0) throw new CommandFailed([`${host.name}:`, ...argv], { reason: `exit ${code}`, code, stderr })
  } catch (error) {
    if (!(error instanceof HostLost)) throw error
  }
}

const becomes = async (look: () => Promise<boolean>, { pause, signal }: WorkParts): Promise<boolean> => {
  for (let waited = 0; waited < machineLimit && !signal.aborted; waited += interval) {
    if (await look()) return true
    await pause(interval)
  }
  return false
}

const bootOf = async (host: RemoteHost): Promise<string> => {
  const argv = ['cat', '/proc/sys/kernel/random/boot_id']
  const { code, stdout, stderr } = await host.exec(argv, { timeout: short })
  if (code !== 0) throw new CommandFailed([`${host.name}:`, ...argv], { reason: `exit ${code}`, code, stderr })
  return stdout.trim()
}

/** What the last report on a host says of its guests: which could be migrated, and why others could not. */
export const askMigration = async (machine: string, reach: Reach): Promise<Pick<GuestsOf, 'migration' | 'unknown'>> => {
  try {
    const host = await reach(machine)
    try {
      const { report: status } = await askAgent(host, ['status'], { signal: AbortSignal.timeout(short) })
      const report = isMap(status) ? status.report : undefined
      if (!isMap(report) || !isMap(report.migration)) return { unknown: 'there is no report of its agent' }
      return { migration: report.migration as NonNullable<GuestsOf['migration']> }
    } finally {
      await host.close()
    }
  } catch (error) {
    if (isExpected(error)) return { unknown: error.message }
    throw error
  }
}

/** As the host's state has it, also where its guests are coming up again. */
const ongoingOn = async (host: RemoteHost, parts: WorkParts): Promise<Intervention | undefined> => {
  const { report: status } = await askAgent(host, ['status'], parts)
  return isMap(status) && isMap(status.intervention) ? (status.intervention as unknown as Intervention) : undefined
}

type Answer = { readonly code: number; readonly report: Json | undefined; readonly error: string }

/** By the options that the host's own administrators gave its agent. */
const askAgent = async (
  host: RemoteHost,
  [verb = '', ...more]: readonly string[],
  { signal }: Pick<WorkParts, 'signal'>,
): Promise<Answer> => {
  const errors: string[] = []
  const hear = (line: string): void => {
    const said = parseJson(line)
    if (isMap(said) && said.severity === 'error') errors.push(String(said.message))
  }
  const own = await ownOptions(host)
  const options = verb === 'status' ? own.filter((_, at) => own[at] !== '--trust' && own[at - 1] !== '--trust') : own
  const { code, stdout } = await host.agent([verb, ...options, ...more, '--json'], {
    timeout: agentLimit,
    signal,
    onLine: hear,
  })
  const report = parseJson(stdout)
  const failure = isMap(report) && isMap(report.error) ? String(report.error.message) : undefined
  return { code, report, error: failure ?? errors.at(-1) ?? `its agent ended with ${code}` }
}

/** What the agent prints is its own report: it is the same program. */
const interventionOf = (report: Json | undefined): OngoingIntervention | undefined =>
  isMap(report) && isMap(report.intervention) ? (report.intervention as unknown as OngoingIntervention) : undefined

const waitsText = (report: Json | undefined): string => {
  const waits = isMap(report) && Array.isArray(report.waits) ? report.waits : []
  const names = waits.flatMap(wait => (isMap(wait) ? [String(wait.for)] : []))
  return names.length === 0 ? '' : `; waits for ${names.join(', ')}`
}
