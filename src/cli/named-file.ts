// The files that options name: what is wrong with one is a mistake in the command (exit 2), said with the file and what
// to do about it.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { whyUnreadable } from '../system/unreadable.js'

/** The text of a file; throws what an option's parser throws. */
export const readNamedFile = (path: string, remedy: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new InvalidArgumentError(`${path}: ${whyUnreadable(error)}; ${remedy}`)
  }
}

/** A file that is going to be written: that its directory is there is known before anything is done. */
export const writableFile = (path: string): string => {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new InvalidArgumentError(`${path}: this is a directory; name a file in it`)
  return inDirectory(path)
}

/** A file whose directory is there. */
const inDirectory = (path: string): string => {
  if (existsSync(`${dirname(path)}/.`)) return path
  throw new InvalidArgumentError(`${path}: there is no directory ${dirname(path)}; make it, or name another file`)
}
