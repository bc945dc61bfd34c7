// The names of files that are written beside those whose place they take. They say whose they are, so that what a process left that
// was killed is known as that.
import { readdirSync, rmSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** Of this process alone. */
export const temporaryName = (path: string): string => `${path}.${hostname()}.${process.pid}.tmp`

/**
 * Removes from a directory what nobody will put in place any more, of the names that are meant: this machine's whose process
 * is gone, and those of other machines, which may share the directory, once they are old.
 */
export const removeLeftOver = (dir: string, isMeant: (name: string) => boolean): void => {
  for (const name of readdirSync(dir))
    if (isMeant(name) && isLeftOver(dir, name)) rmSync(join(dir, name), { recursive: true, force: true })
}

const isLeftOver = (dir: string, name: string): boolean => {
  const [end, pid] = /\.(\d+)\.tmp$/.exec(name) ?? []
  if (end === undefined) return false
  if (name.endsWith(`.${hostname()}${end}`)) return Number(pid) !== process.pid && !isAlive(Number(pid))
  const written = statSync(join(dir, name), { throwIfNoEntry: false })?.mtimeMs
  return written !== undefined && Date.now() - written > abandoned
}

/** Milliseconds: no file is written for an hour. */
const abandoned = 3_600_000

/** Whether there is a process of that number on this machine. */
export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
