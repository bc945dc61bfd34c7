// Where a command's output goes. What observes writes to pipes: they never fill up, and a list that was cut short would
// lie. What changes the host writes to files without a name: it outlives the agent that is killed, where a broken pipe
// (SIGPIPE) would end it in the middle of its work.
import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Output = {
  /** For spawn: stdout, stderr. */
  readonly stdio: readonly ['pipe', 'pipe'] | readonly [number, number]
  /** Called once, right after the start. */
  follow(child: ChildProcess): void
  /** What the command wrote; after its end. */
  read(): { readonly stdout: string; readonly stderr: string }
  close(): void
}

export const pipeOutput = (): Output => {
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
  return {
    stdio: ['pipe', 'pipe'],
    follow: child => {
      child.stdout?.on('data', chunk => stdout.push(chunk))
      child.stderr?.on('data', chunk => stderr.push(chunk))
    },
    read: () => ({ stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    close: () => undefined,
  }
}

/** There is no place for files. */
export class NoPlace extends Error {
  override readonly name = 'NoPlace'
}

/** Throws NoPlace. */
export const fileOutput = (): Output => {
  const stdout = openUnnamed()
  const stderr = openUnnamed(stdout)
  return {
    stdio: [stdout, stderr],
    follow: () => undefined,
    read: () => ({ stdout: readWhole(stdout), stderr: readWhole(stderr) }),
    close: () => [stdout, stderr].forEach(closeSync),
  }
}

/** Gone from the directory before anything is in it, and of a name that nobody knows before, for others write there, too. */
const openUnnamed = (...before: readonly number[]): number => {
  const path = join(tmpdir(), `xenclosure-output-${randomUUID()}`)
  try {
    const file = openSync(path, 'wx+', 0o600)
    unlinkSync(path)
    return file
  } catch (error) {
    before.forEach(closeSync)
    throw new NoPlace(`its output has no place in ${tmpdir()} (${(error as NodeJS.ErrnoException).code})`, {
      cause: error,
    })
  }
}

const readWhole = (file: number): string => {
  const bytes = Buffer.alloc(fstatSync(file).size)
  return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0)).toString()
}
