// How the agent's verbs speak on stderr: progress and errors, as lines for people or as JSON lines; in the journal each
// with its priority.
import { fstatSync } from 'node:fs'
import { ChildrenAtWork } from '../../agent/children.js'
import { DocumentRejected } from '../../agent/document-rejected.js'
import type { AgentEvent } from '../../agent/events.js'
import { LockHeld, LockTaken } from '../../agent/lock.js'
import { SwitchedOff } from '../../agent/off.js'
import { ActionCycle } from '../../agent/order.js'
import { PlanOutdated } from '../../agent/plan-file.js'
import { printEvent, severityOf } from '../../agent/print.js'
import { StateDamaged } from '../../agent/state.js'
import { CommandFailed } from '../../model/system.js'

export class Interrupted extends Error {
  override readonly name = 'Interrupted'

  readonly signal: string

  constructor(signal: string) {
    super(`interrupted by ${signal}: what was under way has ended, the next run goes on`)
    this.signal = signal
  }
}

/** Does work that Ctrl-C and SIGTERM ask to end; it decides itself how. */
export const interruptible = async <Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> => {
  const interruption = new AbortController()
  const interrupt = (name: string): void => interruption.abort(new Interrupted(name))
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    return await work(interruption.signal)
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}

/** A broken world or input; everything else is a bug and shows its stack. */
export const isExpected = (error: unknown): error is Error =>
  [
    DocumentRejected,
    LockHeld,
    LockTaken,
    StateDamaged,
    PlanOutdated,
    SwitchedOff,
    ChildrenAtWork,
    CommandFailed,
    ActionCycle,
    Interrupted,
  ].some(kind => error instanceof kind) ||
  (error instanceof Error && 'syscall' in error)

/** The result, or the error where it is one that can be expected. */
export const attempt = async <Result>(work: () => Promise<Result>): Promise<Result | Error> => {
  try {
    return await work()
  } catch (error) {
    if (isExpected(error)) return error
    throw error
  }
}

type Severity = ReturnType<typeof severityOf>

export const tell = (event: AgentEvent, json: boolean): void => {
  const line = printEvent(event)
  const severity = severityOf(event)
  if (json) print(severity, JSON.stringify({ severity, message: line ?? event.event, ...event }))
  else if (line !== undefined) print(severity, line)
}

export const complain = (error: Error, json: boolean): void => {
  const { code, hint } =
    error instanceof DocumentRejected
      ? { code: error.code, hint: error.remedy }
      : { code: error.name, hint: hintOf(error) }
  const severity = error instanceof SwitchedOff ? 'warning' : 'error'
  if (json) print(severity, JSON.stringify({ severity, code, message: error.message, hint }))
  else print(severity, `${severity}: ${error.message}${hint === undefined ? '' : `\n  ${hint}`}`)
}

const hintOf = (error: Error): string | undefined => {
  if (error instanceof SwitchedOff) return error.remedy
  return error instanceof PlanOutdated ? 'save a new plan, and review that' : undefined
}

/** What the command itself has to say, beside events and errors. */
export const say = (severity: Severity, message: string, json: boolean): void =>
  print(severity, json ? JSON.stringify({ severity, message }) : message)

/** The journal's priorities (sd-daemon(3)), one before each line. */
const priorities: Readonly<Record<Severity, string>> = { error: '<3>', warning: '<4>', info: '<6>' }

const print = (severity: Severity, text: string): void => {
  const prefix = isJournal() ? priorities[severity] : ''
  process.stderr.write(`${prefix}${text.replaceAll('\n', `\n${prefix}`)}\n`)
}

/** Whether stderr is the journal: JOURNAL_STREAM names its device and inode (systemd.exec(5)), and is inherited by all. */
const isJournal = (): boolean => {
  const stream = process.env.JOURNAL_STREAM
  if (stream === undefined) return false
  const { dev, ino } = fstatSync(2)
  return stream === `${dev}:${ino}`
}
