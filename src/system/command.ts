// Runs one command of this machine to its end, or kills its whole process group when its time is over.

import { spawn } from 'node:child_process'
import { CommandFailed, type ExecOptions, type ExecResult } from '../model/system.js'
import { type Child, childOf } from './child.js'
import { hasCode } from './has-code.js'
import { fileOutput, pipeOutput } from './output.js'
import { packagesOf } from './packages.js'

/** Keeps, on disk, which commands run, so that a later run can wait for those of a run that was killed. */
export type ChildRecorder = {
  /** Called right after the start; what it writes must be on disk when it returns. */
  started(child: Child): void
  ended(child: Child): void
}

const defaultTimeout = 120_000

/** Between the polite signal and the other one: LVM and update-grub tidy up when they are asked to end. */
const grace = 5_000

/**
 * Runs argv without a shell, LC_ALL=C. A non-zero exit is a result. Throws CommandFailed where there is no such
 * command, a signal or the timeout ended it, or it could not be recorded: it has run to its end all the same.
 */
export const runCommand = async (
  argv: readonly string[],
  options: ExecOptions,
  recorder?: ChildRecorder,
): Promise<ExecResult> => {
  const [file = '', ...parameters] = argv
  const shown = options.sensitive === true ? [file, '...'] : argv
  const timeout = options.timeout ?? defaultTimeout
  const output = options.effect === 'change' ? fileOutput() : pipeOutput()
  const child = spawn(file, parameters, {
    detached: true,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', ...output.stdio],
  })
  const recorded = child.pid === undefined || recorder === undefined ? undefined : childOf(child.pid)
  const unrecorded = recorded === undefined ? undefined : failureOf(() => recorder?.started(recorded))
  output.follow(child)
  // A command may end without having read its input (EPIPE): its exit code tells.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(options.stdin)

  const group = -(child.pid ?? 0)
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    signalGroup(group, 'SIGTERM')
    setTimeout(() => signalGroup(group, 'SIGKILL'), grace).unref()
    // A descendant outside the group may still hold the pipes.
    setTimeout(() => [child.stdout, child.stderr].map(stream => stream?.destroy()), 2 * grace).unref()
  }, timeout)

  try {
    const { code, signal } = await ended(child)
    if (recorded !== undefined) recorder?.ended(recorded)
    if (unrecorded !== undefined) throw unrecorded
    const { stdout, stderr } = output.read()
    const said = options.sensitive === true ? '' : stderr
    if (timedOut) throw new CommandFailed(shown, { reason: `killed after ${timeout / 1000} s`, stderr: said })
    if (code === null) throw new CommandFailed(shown, { reason: `ended by ${signal}`, stderr: said })
    return { code, stdout, stderr }
  } catch (error) {
    if (error instanceof CommandFailed) throw error
    // What it was to be asked is no matter where it is not there, and may be long.
    throw new CommandFailed(hasCode(error, 'ENOENT') ? [file] : shown, { reason: reasonOf(error, file), cause: error })
  } finally {
    clearTimeout(timer)
    output.close()
  }
}

/** A full disk must not leave the command alone: it is waited for, and then fails. */
const failureOf = (work: () => void): unknown => {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

const ended = (child: ReturnType<typeof spawn>): Promise<{ code: number | null; signal: string | null }> =>
  new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })

/** Why a command did not start. */
export const reasonOf = (error: unknown, command: string): string => {
  if (hasCode(error, 'ENOENT')) {
    const packages = packagesOf(command)
    return packages === undefined ? 'no such command' : `no such command: install ${packages}`
  }
  return error instanceof Error ? error.message : String(error)
}

const signalGroup = (group: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(group, signal)
  } catch (error) {
    // Gone in the meantime, which is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
