// Makes the directories that a command writes into. Step by step: Node's own recursive way comes to no end where the
// system says of a directory that is there that it is not (mkdir below /proc).
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** What was named as a directory cannot be one. */
export class UnusableDirectory extends Error {
  override readonly name = 'UnusableDirectory'
}

/**
 * Makes a directory and those above it where they are missing; those that it has made, the innermost first. Throws
 * UnusableDirectory where that cannot be.
 */
export const makeDirectory = (path: string, mode = 0o777): readonly string[] => makeBelow(resolve(path), path, mode)

const makeBelow = (path: string, wanted: string, mode: number): readonly string[] => {
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw new UnusableDirectory(`${wanted} cannot be a directory: ${path} is a file`)
    return []
  }
  const above = makeBelow(dirname(path), wanted, mode)
  try {
    mkdirSync(path, mode)
    return [path, ...above]
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST' || !existsSync(path))
      throw new UnusableDirectory(`the directory ${wanted} cannot be made: ${message}`)
    return above
  }
}
