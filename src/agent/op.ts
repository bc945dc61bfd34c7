// The table of operations: what each kind of Op is on a System. The only place where the agent changes a host's
// configuration.
import type { Op, Probe } from '../model/action.js'
import { CommandFailed, type System } from '../model/system.js'
import { nowOf } from './accept.js'
import { isHeldBy } from './guests.js'
import { pause } from './pause.js'

export type Circumstances = {
  readonly signal?: AbortSignal
  /** The clock; the machine's own where absent. */
  readonly now?: () => Date
}

/** Carries one operation out; throws CommandFailed where the machine did not do it. */
export const carryOut = async (system: System, op: Op, circumstances: Circumstances = {}): Promise<void> => {
  switch (op.op) {
    case 'exec':
      return execute(system, op)
    case 'write':
      return onFile(op, system.write(op.path, op.content, op.mode, op.encoding))
    case 'mkdir':
      return onFile(op, system.mkdir(op.path, op.mode))
    case 'link':
      return onFile(op, system.link(op.path, op.target))
    case 'remove':
      return onFile(op, system.remove(op.path))
    case 'fill': {
      const { op: _kind, ...fill } = op
      return system.fill(fill, circumstances.signal)
    }
    case 'await':
      return awaitProbe(system, op, circumstances)
  }
}

type Exec = Extract<Op, { op: 'exec' }>
type Await = Extract<Op, { op: 'await' }>
type Fill = Extract<Op, { op: 'fill' }>

/** What an operation awaits has not come in time. */
export class StillWaiting extends Error {
  override readonly name = 'StillWaiting'
}

/** Milliseconds between two questions: `xl list` takes 10 ms on real hosts, 300 on emulated ones. */
const firstInterval = 500
const longestInterval = 5000

/** Asks less and less often. A system that has a time of its own says when it has passed. */
const awaitProbe = async (system: System, op: Await, circumstances: Circumstances): Promise<void> => {
  const { signal } = circumstances
  const started = performance.now()
  let passed = 0
  let interval = firstInterval
  while (!(await holds(system, op.probe, circumstances))) {
    const left = op.within - (system.pause === undefined ? performance.now() - started : passed)
    if (left <= 0) return giveUp(system, op, circumstances)
    const time = Math.min(interval, left)
    await (system.pause === undefined ? pause(time, signal) : system.pause(time, signal))
    passed += time
    interval = Math.min(interval * 1.5, longestInterval)
  }
}

const giveUp = async (system: System, op: Await, circumstances: Circumstances): Promise<void> => {
  const { probe, within, otherwise, failure } = op
  if (otherwise.length === 0)
    throw new StillWaiting(
      `${within === 0 ? 'waits for' : `has not come within ${within / 1000} s:`} ${describe(probe)}`,
    )
  for (const next of otherwise) await carryOut(system, next, circumstances)
  if (failure !== undefined) throw new CommandFailed([describe(probe)], { reason: failure })
}

const holds = async (system: System, probe: Probe, circumstances: Circumstances): Promise<boolean> => {
  if (probe.kind === 'listening') return system.connects(probe.host, probe.port)
  if (probe.kind === 'absent') return (await system.stat(probe.path)) === null
  if (probe.kind === 'unheld') return !(await isHeldBy(system, probe.path, nowOf(circumstances)))
  const { code } = await system.exec(probe.argv, { effect: 'observe' })
  return (probe.expect ?? [0]).includes(code)
}

const describe = (probe: Probe): string => {
  switch (probe.kind) {
    case 'exec':
      return probe.argv.join(' ')
    case 'listening':
      return `a connection to ${probe.host} port ${probe.port}`
    case 'absent':
      return `the removal of ${probe.path}`
    case 'unheld':
      return `the end of the hold ${probe.path}`
  }
}

const execute = async (system: System, op: Exec): Promise<void> => {
  const { argv, timeout, stdin, sensitive = false, expect = [0] } = op
  const options = { effect: 'change', timeout, sensitive, ...(stdin === undefined ? {} : { stdin }) } as const
  const { code, stderr } = await system.exec(argv, options)
  if (expect.includes(code)) return
  const shown = sensitive ? [...argv.slice(0, 1), '...'] : argv
  throw new CommandFailed(shown, { reason: `exit code ${code}`, code, ...(sensitive ? {} : { stderr }) })
}

/** A full disk or a read-only file system is the machine's fault and the action's outcome, as a failed command is. */
const onFile = async (op: Exclude<Op, Exec | Await | Fill>, pending: Promise<void>): Promise<void> => {
  try {
    await pending
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new CommandFailed([op.op, op.path], { reason: error.message, cause: error })
  }
}
