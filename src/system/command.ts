// Runs one command of this machine to its end, or kills its whole process group when its time is over.
import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { CommandFailed, type ExecOptions, type ExecResult } from '../model/system.js'
import { type Child, childOf } from './child.js'
import { hasCode } from './has-code.js'
import { fileOutput, NoPlace, type Output, pipeOutput } from './output.js'
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

/** Milliseconds between two looks whether a process group is gone. */
const look = 100

/**
 * Runs argv without a shell, LC_ALL=C. A non-zero exit is a result. Throws CommandFailed where there is no such
 * command, a signal or the timeout ended it, or it could not be recorded: it has run to its end all the same. After a
 * timeout nothing of its group is at work any more, but for what not even SIGKILL ends, in the kernel with a disk that
 * does not answer: such a command stays recorded, and nobody waits for it here.
 */
export const runCommand = async (
  argv: readonly string[],
  options: ExecOptions,
  recorder?: ChildRecorder,
): Promise<ExecResult> => {
  const [file = '', ...parameters] = argv
  const shown = options.sensitive === true ? [file, '...'] : argv
  const timeout = options.timeout ?? defaultTimeout
  const output = outputOf(options, shown)
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
  let [timer, ending]: [NodeJS.Timeout | undefined, Promise<void> | undefined] = [undefined, undefined]
  const isStuck = new Promise<true>((resolve, reject) => {
    timer = setTimeout(() => {
      ending = endGroup(group).then(() => {
        // A descendant outside the group may still hold the pipes.
        for (const stream of child.stdio) stream?.destroy()
        if (child.exitCode !== null || child.signalCode !== null) return
        child.unref()
        resolve(true)
      })
      ending.catch(reject)
    }, timeout)
  })

  try {
    const end = await Promise.race([ended(child), isStuck])
    await ending
    if (recorded !== undefined && end !== true) recorder?.ended(recorded)
    if (unrecorded !== undefined) throw unrecorded
    const { stdout, stderr } = output.read()
    const said = options.sensitive === true ? '' : stderr
    if (end === true) {
      throw new CommandFailed(shown, { reason: `cannot be killed, after ${timeout / 1000} s`, stderr: said })
    }
    const { code, signal } = end
    if (ending !== undefined)
      throw new CommandFailed(shown, { reason: `killed after ${timeout / 1000} s`, stderr: said })
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
export const failureOf = (work: () => void): unknown => {
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

const outputOf = ({ effect }: ExecOptions, shown: readonly string[]): Output => {
  if (effect !== 'change') return pipeOutput()
  try {
    return fileOutput()
  } catch (error) {
    if (!(error instanceof NoPlace)) throw error
    throw new CommandFailed(shown, { reason: `not begun, for ${error.message}`, cause: error })
  }
}

/** Asks all of it to end, and kills what does not; returns when it is gone, or when even that has not helped. */
const endGroup = async (group: number): Promise<void> => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (let waited = 0; waited < grace && signalGroup(group, waited === 0 ? signal : 0); waited += look)
      await delay(look)
  }
}

/** Whether it was there. */
const signalGroup = (group: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(group, signal)
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false
    throw error
  }
}
