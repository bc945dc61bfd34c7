// A command of this machine that a stream runs through, or ends in. It sees the end of its input when the agent dies, and
// then ends, too; a later run waits for that.
import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { CommandFailed } from '../../model/system.js'
import { childOf } from '../child.js'
import { type ChildRecorder, failureOf, reasonOf } from '../command.js'
import { hasCode } from '../has-code.js'

export type Filter = {
  /** Undefined where it could not be started. */
  readonly pid: number | undefined
  readonly stdin: Writable
  readonly stdout: Readable | null
  /** Resolves at its end; throws CommandFailed where that is not exit code 0, or it could not be recorded. */
  ended(): Promise<void>
  /** Why its stream broke: what it says itself, where it ended before its input did; else `error`. It has ended then. */
  failure(error: unknown): Promise<unknown>
}

/** Of what a command says. */
const maxSaid = 4096

export const startFilter = (
  argv: readonly string[],
  recorder: ChildRecorder | undefined,
  output: 'pipe' | 'ignore',
): Filter => {
  const [file = '', ...parameters] = argv
  const child = spawn(file, parameters, {
    detached: true,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['pipe', output, 'pipe'],
  })
  const { stdin, stdout, stderr } = child
  if (stdin === null || stderr === null) throw new Error('bug: a filter without pipes')
  const recorded = child.pid === undefined ? undefined : childOf(child.pid)
  const unrecorded = recorded === undefined ? undefined : failureOf(() => recorder?.started(recorded))
  if (unrecorded !== undefined) for (const stream of [stdin, stdout]) stream?.destroy()
  let said = ''
  stderr.on('data', chunk => {
    said = `${said}${chunk}`.slice(0, maxSaid)
  })
  const end = new Promise<CommandFailed | undefined>(resolve => {
    child.once('error', error => resolve(new CommandFailed(argv, { reason: reasonOf(error, file), cause: error })))
    child.once('close', (code, signal) => {
      const lost = unrecorded ?? (recorded === undefined ? undefined : failureOf(() => recorder?.ended(recorded)))
      if (lost !== undefined) {
        const reason = `cannot be recorded: ${lost instanceof Error ? lost.message : String(lost)}`
        return resolve(new CommandFailed(argv, { reason, stderr: said, cause: lost }))
      }
      const reason = code === null ? `ended by ${signal}` : `exit code ${code}`
      resolve(code === 0 ? undefined : new CommandFailed(argv, { reason, stderr: said, ...(code && { code }) }))
    })
  })
  return {
    pid: child.pid,
    stdin,
    stdout,
    ended: async () => {
      const failed = await end
      if (failed !== undefined) throw failed
    },
    failure: async error => {
      stdin.destroy()
      stdout?.destroy()
      const failed = await end
      return isBroken(error) || unrecorded !== undefined ? (failed ?? error) : error
    },
  }
}

/** The other end of a pipe went away: the command did, and says why. */
const isBroken = (error: unknown): boolean => hasCode(error, 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ENOENT')
