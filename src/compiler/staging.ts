// Staging: where the documents of a large site wait until all of them are known to be sound: in files, not in memory, in a
// directory below the one that they are published into, so that each is put in place by a rename.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Document } from '../model/document.js'
import { canonicalJson } from '../model/json.js'
import { digestOf } from '../model/seal.js'
import { removeLeftOver, temporaryName } from '../system/temporary.js'

export type StagedDocument = { readonly name: string; readonly sha256: string }

export type Staging = {
  /** The directory that has `NAME.json` of each. */
  readonly dir: string
  readonly documents: readonly StagedDocument[]
}

const name = '.staged'

/** Where this process stages what is going to be published into a directory. */
export const stagingIn = (out: string): string => temporaryName(join(out, name))

/** Makes the place, and removes those of processes that are gone. Throws what the file system throws. */
export const openStaging = (out: string): void => {
  removeLeftOver(out, entry => entry.startsWith(`${name}.`))
  mkdirSync(stagingIn(out), { recursive: true })
}

/** Writes documents there. They are not on the disk yet, which is the publisher's to see to. */
export const stage = (dir: string, documents: readonly Document[]): readonly StagedDocument[] =>
  documents.map(document => {
    const bytes = canonicalJson(document)
    writeFileSync(stagedFile(dir, document), bytes)
    return { name: document.name, sha256: digestOf(bytes) }
  })

export const stagedFile = (dir: string, { name }: Pick<StagedDocument, 'name'>): string => join(dir, `${name}.json`)

/** Whatever was not put in place. */
export const removeStaging = (dir: string): void => rmSync(dir, { recursive: true, force: true })
