// Staging: where the documents of a large site wait until all of them are known to be sound: in files, not in memory, in a
// directory below the one that they are published into, so that each is put in place by a rename.
import { mkdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Document } from '../../model/document.js'
import { canonicalJson } from '../../model/json.js'
import { digestOf } from '../../model/seal.js'
import { usualMode } from '../../system/replace-file.js'
import { removeLeftOver, temporaryName } from '../../system/temporary.js'
import { encode } from '../encode.js'

export type StagedDocument = { readonly name: string; readonly sha256: string }

export type StagingPlace = {
  /** The directory that has `NAME.json` of each. */
  readonly dir: string
  /** The directories above that had to be made for it, the innermost first. */
  readonly made: readonly string[]
}

export type Staging = StagingPlace & {
  readonly documents: readonly StagedDocument[]
}

const name = '.staged'

/** Where this process stages what is going to be published into a directory. */
export const stagingIn = (out: string): string => temporaryName(join(out, name))

/** Of an entry of the directory that is published into: whether a process stages there. */
export const isStaging = (entry: string): boolean => entry.startsWith(`${name}.`)

/**
 * Makes the place in a prepared directory (`prepareDirectory`, which says what it had to make), and removes those of processes
 * that are gone. Throws what the file system throws.
 */
export const openStaging = (out: string, made: readonly string[]): StagingPlace => {
  const dir = stagingIn(out)
  // One that is gone had the number of this process.
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir)
  removeLeftOver(out, isStaging)
  return { dir, made }
}

/** Writes documents there. They are not on the disk yet, which is the publisher's to see to. */
export const stage = (dir: string, documents: readonly Document[]): readonly StagedDocument[] =>
  documents.map(document => {
    const bytes = encode(canonicalJson(document))
    writeFileSync(stagedFile(dir, document), bytes, { mode: usualMode })
    return { name: document.name, sha256: digestOf(bytes) }
  })

export const stagedFile = (dir: string, { name }: Pick<StagedDocument, 'name'>): string => join(dir, `${name}.json`)

/** Whatever was not put in place; where nothing was published, also the directories that were made for that. */
export const removeStaging = ({ dir, made }: StagingPlace): void => {
  rmSync(dir, { recursive: true, force: true })
  for (const path of made) if (!wasEmpty(path)) return
}

/** Removes an empty directory; false where there is something in it, which another one may have put there just now. */
const wasEmpty = (path: string): boolean => {
  try {
    rmdirSync(path)
    return true
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}
