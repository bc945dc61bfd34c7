// publish: documents, seals and the index into a directory, each renamed into place. A document whose bytes have not
// changed keeps its seal, that of the edition in which it last changed; the index comes last.
import { createPublicKey } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Document, Index, Seal } from '../../model/document.js'
import { canonicalJson, isMap, parseJson } from '../../model/json.js'
import {
  digestOf,
  isSignedBy,
  parseSeal,
  printSeal,
  type Edition as SealedEdition,
  sealOf,
  sealOfDigest,
  signSeal,
} from '../../model/seal.js'
import {
  isInPlace,
  isMoreOpen,
  type NewFile,
  placeFiles,
  replaceFile,
  usualMode,
  type WaitingFile,
} from '../../system/replace-file.js'
import { removeLeftOver } from '../../system/temporary.js'
import { chunksOf } from '../chunks.js'
import type { Hosts } from '../enclose/moves.js'
import { makeDirectory } from '../make-directory.js'
import type { Edition } from '../site/edition.js'
import { printLock } from '../site/lock.js'
import { lockFile } from '../site/lock-file.js'
import { indexOf, indexPath, indexWith, readIndex } from './index-file.js'
import { isStaging, removeStaging, type Staging, stagedFile } from './staging.js'

export type Publication = {
  readonly dir: string
  readonly site: string
  readonly documents: ReadonlyMap<string, Document>
  /** More documents, which wait in files; what is left of these is removed. */
  readonly staged?: Staging | undefined
  readonly edition: Edition
  readonly compiler: string
  /** The private ed25519 key (PEM) to sign with. */
  readonly key?: string | undefined
  /** Only these machines are written; the index keeps what it said of the others. */
  readonly only?: readonly string[] | undefined
  /** Of machines that are no more, beside these. */
  readonly gone?: readonly string[] | undefined
  /** Machines that are broken now: their last documents stay and are marked in the index. */
  readonly stale?: readonly string[] | undefined
}

export type Published = {
  readonly written: readonly string[]
  readonly unchanged: readonly string[]
  readonly removed: readonly string[]
}

/** The directory holds the documents of another site, which this one would remove. */
export class OtherSitePublished extends Error {
  override readonly name = 'OtherSitePublished'
}

/**
 * Sees to it that a directory can take the documents of a site; the directories that had to be made for that, the innermost
 * first. Throws OtherSitePublished or UnusableDirectory.
 */
export const prepareDirectory = (dir: string, site: string): readonly string[] => {
  const { site: other } = readIndex(dir)
  if (other !== undefined && other !== site)
    throw new OtherSitePublished(`${dir} holds the documents of the site ${other}, not of ${site}`)
  return makeDirectory(dir)
}

/** Writes what has changed, into a prepared directory. Throws what the file system throws; every file is whole at any time. */
export const publish = (publication: Publication): Published => {
  const { dir, site, documents, staged, only, stale = [] } = publication
  if (indexOf(dir, site) === undefined) prepareDirectory(dir, site)
  // Not for a few machines: looking at the names of all takes longer than writing those, and whoever was killed leaves no cache.
  if (only === undefined) removeLeftOver(dir, name => /\.(json|seal)\./.test(name) || isStaging(name))
  const chosen = [...documents].filter(([name]) => (only === undefined || only.includes(name)) && !stale.includes(name))
  const results = [
    ...chunksOf(chosen, chunkSize).flatMap(some => publishSome(publication, some)),
    ...(staged === undefined ? [] : publishStaged(publication, staged)),
  ]
  if (staged !== undefined) removeStaging(staged)
  const removed = publishIndex(publication, results)
  for (const name of removed) {
    rmSync(join(dir, `${name}.seal`), { force: true })
    rmSync(join(dir, `${name}.json`), { force: true })
  }
  const names = (changed: boolean) => results.filter(result => result.changed === changed).map(({ name }) => name)
  return { written: names(true), unchanged: names(false), removed }
}

/** The machines that are no longer in it. */
const publishIndex = (
  { dir, site, only, gone = [], stale = [] }: Publication,
  results: readonly Result[],
): readonly string[] => {
  const index = only === undefined || gone.length + stale.length > 0 ? undefined : indexOf(dir, site)
  const edited = index === undefined ? undefined : indexWith(index, results)
  if (edited !== undefined) {
    replaceFile(indexPath(dir), edited)
    return []
  }
  const { machines: before } = readIndex(dir)
  const isGone = new Set(gone)
  const kept =
    only === undefined ? {} : Object.fromEntries(Object.entries(before).filter(([name]) => !isGone.has(name)))
  const marked = stale.flatMap(name => (before[name] === undefined ? [] : [[name, { ...before[name], stale: true }]]))
  const machines: Index['machines'] = {
    ...kept,
    ...Object.fromEntries(marked),
    ...Object.fromEntries(results.map(({ name, sha256 }) => [name, { sha256 }])),
  }
  replaceFile(indexPath(dir), canonicalJson({ site, machines }))
  return Object.keys(before).filter(name => !Object.hasOwn(machines, name))
}

/** The documents of a directory by machine; undefined where there is none, or not as its seal has it. */
export const publishedDocument =
  (dir: string) =>
  (machine: string): Document | undefined => {
    const path = join(dir, `${machine}.json`)
    const bytes = existsSync(path) ? readFileSync(path, 'utf8') : ''
    const document = parseJson(bytes)
    const isWhole = readSeal(join(dir, `${machine}.seal`))?.sha256 === digestOf(bytes)
    return isWhole && isMap(document) && document.name === machine ? { ...document, name: machine } : undefined
  }

/** Records in xenclosure.lock.yaml where the guests live; false where it says so already. */
export const recordHosts = (siteDir: string, hosts: Hosts): boolean => writeLock(siteDir, printLock(hosts))

/** The same, of the text that is to stand there. */
export const writeLock = (siteDir: string, text: string): boolean => replaceFile(join(siteDir, lockFile), text)

/** Few enough that what is killed leaves little behind; many enough to wait for the disk only now and then. */
const chunkSize = 2000

type Result = { readonly name: string; readonly sha256: string; readonly changed: boolean }

/** A document that is about to be put in place, from its content or from where it waits, unless it is there already. */
type Placed = Result & { readonly file: NewFile | WaitingFile }

const publishSome = (
  publication: Publication,
  documents: readonly (readonly [string, Document])[],
): readonly Result[] =>
  placeSealed(
    publication,
    documents.map(([name, document]) => {
      const file = { path: join(publication.dir, `${name}.json`), content: canonicalJson(document) }
      return { name, sha256: digestOf(file.content), changed: !isInPlace(file), file }
    }),
  )

const publishStaged = (publication: Publication, { dir, documents }: Staging): readonly Result[] =>
  chunksOf(documents, chunkSize).flatMap(some =>
    placeSealed(
      publication,
      some.map(({ name, sha256 }) => {
        const file = { path: join(publication.dir, `${name}.json`), temporary: stagedFile(dir, { name }) }
        return { name, sha256, changed: !hasDigest(file.path, sha256), file }
      }),
    ),
  )

const hasDigest = (path: string, sha256: string): boolean =>
  existsSync(path) && !isMoreOpen(path, usualMode) && digestOf(readFileSync(path)) === sha256

/** Each seal behind its document: one that does not fit it is that of an older one, never of one that is still to come. */
const placeSealed = (publication: Publication, placed: readonly Placed[]): readonly Result[] => {
  const { dir, key } = publication
  const sealed = placed.map(({ name, sha256, changed, file }) => {
    const path = join(dir, `${name}.seal`)
    const seal = sealOfDigest(sha256, editionOf(publication, name))
    const isNew = changed || !isStillGood(readSeal(path), seal, key)
    const files = [...(changed ? [file] : []), ...(isNew ? [{ path, content: printSeal(signed(seal, key)) }] : [])]
    return { name, sha256, changed: isNew, files }
  })
  placeFiles(sealed.flatMap(({ files }) => files))
  return sealed.map(({ name, sha256, changed }) => ({ name, sha256, changed }))
}

/** The seal of a machine's document in an edition, signed where there is a key. */
export const sealedBy = (by: Pick<Publication, 'edition' | 'compiler' | 'key'>, name: string, bytes: string): Seal =>
  signed(sealOf(bytes, editionOf(by, name)), by.key)

const editionOf = (
  { edition: { serial, commit }, compiler }: Pick<Publication, 'edition' | 'compiler'>,
  name: string,
): SealedEdition => ({ name, serial, commit, compiler })

const signed = (seal: Seal, key: string | undefined): Seal => (key === undefined ? seal : signSeal(seal, key))

/** An earlier seal of the same bytes stands, unless this time it must be signed by another key. */
const isStillGood = (earlier: Seal | undefined, seal: Seal, key: string | undefined): boolean => {
  if (earlier?.sha256 !== seal.sha256 || earlier.name !== seal.name) return false
  if (key === undefined) return true
  return isSignedBy(earlier, createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString())
}

const readSeal = (path: string): Seal | undefined =>
  existsSync(path) ? parseSeal(readFileSync(path, 'utf8')) : undefined
