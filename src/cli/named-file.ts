// The files and directories that the command line names: what is wrong with one is a mistake in the command (exit 2), said
// with its path and what to do about it.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
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
  if (isDirectory(path)) throw new InvalidArgumentError(`${path}: this is a directory; name a file in it`)
  return inDirectory(path)
}

/** A directory that is there. */
export const namedDirectory =
  (remedy: string) =>
  (path: string): string => {
    if (isDirectory(path)) return path
    throw new InvalidArgumentError(`${path}: there is no such directory; ${remedy}`)
  }

/** A file whose directory is there. */
const inDirectory = (path: string): string => {
  if (isDirectory(dirname(path))) return path
  throw new InvalidArgumentError(`${path}: there is no directory ${dirname(path)}; make it, or name another file`)
}

/** A directory that is there or can be made: throws where a file stands in its place, or above it. */
export const requireDirectory = (option: string, path: string): void => {
  const file = fileOnTheWayTo(resolve(path))
  if (file !== undefined) throw new Error(`${option} ${path}: ${file} is not a directory; name another`)
}

const fileOnTheWayTo = (path: string): string | undefined => {
  if (isDirectory(path)) return undefined
  return existsSync(path) ? path : fileOnTheWayTo(dirname(path))
}

const isDirectory = (path: string): boolean => existsSync(`${path}/.`)
