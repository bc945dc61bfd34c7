// Where a command's output goes. What observes writes to pipes: they never fill up, and a list that was cut short would
// lie. What changes the host writes to files without a name: it outlives the agent that is killed, where a broken pipe
// (SIGPIPE) would end it in the middle of its work.
import type { ChildProcess } from 'node:child_process'
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

export const fileOutput = (): Output => {
  const [stdout, stderr] = [openUnnamed(), openUnnamed()]
  return {
    stdio: [stdout, stderr],
    follow: () => undefined,
    read: () => ({ stdout: readWhole(stdout), stderr: readWhole(stderr) }),
    close: () => [stdout, stderr].forEach(closeSync),
  }
}

let opened = 0

/** Gone from the directory before anything is in it. */
const openUnnamed = (): number => {
  opened += 1
  const path = join(tmpdir(), `xenclosure-output-${process.pid}-${opened}`)
  const file = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  return file
}

const readWhole = (file: number): string => {
  const bytes = Buffer.alloc(fstatSync(file).size)
  return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0)).toString()
}
