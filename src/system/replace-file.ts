// Files put in place whole: who reads one meanwhile, or after the power failed, finds the old one or the new one.
import { spawnSync } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { hasCode } from './has-code.js'
import { temporaryName } from './temporary.js'

/** By a rename; false where it already had this content and mode. */
export const replaceFile = (path: string, content: string, mode: number = usualMode): boolean => {
  const file = { path, content, mode }
  const changed = !isInPlace(file)
  if (changed) placeFiles([file])
  return changed
}

export type NewFile = {
  readonly path: string
  readonly content: string
  /** Default: `usualMode`. */
  readonly mode?: number
}

/** Of files that all may read. */
export const usualMode = 0o644

/** What waits under a temporary name, written already. */
export type WaitingFile = { readonly path: string; readonly temporary: string }

/** Many of one file system, all of them on the disk before the first is renamed; the others follow in their order. */
export const placeFiles = (files: readonly (NewFile | WaitingFile)[]): void => {
  const placed = files.map(file => ({
    ...file,
    temporary: 'temporary' in file ? file.temporary : temporaryName(file.path),
  }))
  try {
    for (const file of placed)
      if ('content' in file) writeFileSync(file.temporary, file.content, { mode: file.mode ?? usualMode })
    putInPlace(placed)
  } catch (error) {
    // A disk that is full gets back what they took.
    for (const { temporary } of placed) rmSync(temporary, { force: true })
    throw error
  }
}

/**
 * A file of the user's own, whose owner, group and mode stay; a link to it stays a link. Where they cannot be kept, or nothing
 * may be put beside it, it is written in place.
 */
export const rewriteFile = (path: string, content: string): void => {
  const real = realpathSync(path)
  // A rename asks the directory alone.
  accessSync(real, constants.W_OK)
  const { mode, uid, gid } = statSync(real)
  const temporary = temporaryName(real)
  try {
    writeFileSync(temporary, content, { mode: 0o600 })
    chownSync(temporary, uid, gid)
    chmodSync(temporary, mode & 0o7777)
    putInPlace([{ temporary, path: real }])
  } catch (error) {
    rmSync(temporary, { force: true })
    if (!hasCode(error, 'EPERM', 'EACCES')) throw error
    writeFileSync(real, content)
  }
}

/** Files that have been written, all of them of one file system: on the disk, then renamed. */
const putInPlace = (files: readonly WaitingFile[]): void => {
  flush(files.map(({ temporary }) => temporary))
  for (const { temporary, path } of files) renameSync(temporary, path)
}

/** To the disk: one by one, or where there are many the whole file system at once, where the machine has a command for it. */
const flush = (paths: readonly string[]): void => {
  const [first, ...more] = paths
  if (first === undefined) return
  if (more.length >= many && spawnSync('sync', ['-f', dirname(first)]).status === 0) return
  paths.forEach(flushOne)
}

/** A file, or a folder: a rename is on the disk when its folder is (fsync(2)). */
export const flushOne = (path: string): void => {
  const opened = openSync(path, 'r')
  fsyncSync(opened)
  closeSync(opened)
}

/** From here on, starting a command takes less time than the disk. */
const many = 20

/** Whether it has this content and mode already. An umask may have taken from the mode; it must not give more. */
export const isInPlace = ({ path, content, mode = usualMode }: NewFile): boolean =>
  existsSync(path) && !isMoreOpen(path, mode) && readFileSync(path, 'utf8') === content

/** Whether a file's mode gives what another does not. */
export const isMoreOpen = (path: string, mode: number): boolean => (statSync(path).mode & 0o777 & ~mode) !== 0
