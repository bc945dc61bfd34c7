// What an edit since the last compilation comes to: the machines that have to be compiled again. Where anything is in doubt,
// there is no answer, and all are.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { digestOf } from '../../model/seal.js'
import { isOfPackage, packagePrefix, packageRoot } from '../package-root.js'
import type { Contents } from '../site/file-reader.js'
import { lockFile } from '../site/lock-file.js'
import { readPlainLock } from '../site/plain-lock.js'
import { asOfNow, type ComeAndGone, comeAndGone, nothingOther } from './come-and-gone.js'
import { machineOf, machinesConcerned } from './concerned.js'
import {
  type Changes,
  changesBetween,
  type Listing,
  listAgain,
  listInputs,
  otherDirectories,
  settledSince,
  shownPath,
  unsettledAt,
} from './inputs.js'
import type { Kept } from './kept.js'
import { hostsConcerned, type Moving, movingAsKept, movingBy } from './kept-moves.js'
import { areOfAll } from './kept-warnings.js'
import { type Memory, watchAnew } from './memory.js'

export type Edit = {
  readonly inputs: Listing
  /** Of the files that have another content now. */
  readonly digests: ReadonlyMap<string, string>
  /** Of what has come or gone. */
  readonly other: ComeAndGone
  /** By who enclosed whom when it was kept. */
  readonly moving: Moving
  /** To be compiled. */
  readonly machines: readonly string[]
}

/** The files as they are, and when they were listed. */
export type Look = {
  readonly inputs: Listing
  readonly madeAt: number
  /** The paths of those that may be others than are kept, where these are known. */
  readonly changed?: readonly string[]
}

/** Looks at the files; undefined where that is not enough. */
export const lookAt = (loadpath: readonly string[], site: string): Look | undefined => {
  const madeAt = Date.now()
  const inputs = listInputs(site, loadpath)
  return inputs === undefined ? undefined : { inputs, madeAt }
}

/** The same of what has changed since the files were as is kept, where the watch can name it. */
export const lookAgain = (kept: Kept, site: string, memory: Memory): Look | undefined => {
  const { inputs, watch } = memory
  const files = inputs === kept.inputs ? watch?.files() : undefined
  const again = files && listAgain(kept.inputs, site, kept.loadpath, files)
  if (again !== undefined) return { ...again, madeAt: Date.now() }
  watchAnew(memory, otherDirectories(site, kept.loadpath))
  return lookAt(kept.loadpath, site)
}

/** Undefined where all machines have to be compiled. */
export const editSince = (kept: Kept, site: string, look: Look): Edit | undefined => {
  const { changed, come, gone } = shownChanges(kept.inputs, look)
  const other = come.length + gone.length === 0 ? nothingOther : comeAndGone(kept, { come, gone })
  // One that came while all were compiled may be known, and be another one by now.
  const files = [...changed, ...come]
  const lock = files.includes(lockFile) ? lockSince(kept, site) : { moving: movingAsKept(kept), digests: [] }
  const others = other && newDigests(kept, site, withoutLock(files))
  if (other === undefined || lock === undefined || others === undefined) return undefined
  const digests = new Map([...others, ...lock.digests])
  const hosts = hostsOf(lock.moving, asOfNow(kept, other), kept)
  const concerned = { ...other, concerned: new Set([...other.concerned, ...hosts]) }
  const machines = machinesConcerned(kept, digests.keys(), mostConcerned(kept), concerned)
  if (machines === undefined) return undefined
  const isAnything = machines.length + other.gone.size + digests.size > 0
  if (isAnything && areOfAll(kept.warnings())) return undefined
  return { inputs: settledInputs(kept.inputs, look), digests, other, moving: lock.moving, machines }
}

const withoutLock = (files: readonly string[]): readonly string[] => files.filter(file => file !== lockFile)

/** What a lock file that was saved says; undefined where that is more than plain entries. */
const lockSince = (
  kept: Kept,
  site: string,
): { readonly moving: Moving; readonly digests: readonly (readonly [string, string])[] } | undefined => {
  const content = contentOfFile(site, lockFile)
  const digest = content && digestOf(content)
  if (digest === kept.digest(lockFile)) return { moving: movingAsKept(kept), digests: [] }
  const residences = content && readPlainLock(content.toString())
  if (digest === undefined || residences === undefined) return undefined
  return { moving: movingBy(residences, kept), digests: [[lockFile, digest]] }
}

/** The machines that are told of what another lock file says, and those whose guests it lacks. */
const hostsOf = ({ moves, unrecorded }: Moving, now: Kept, before: Kept): readonly string[] =>
  [...hostsConcerned(before.moves, moves), ...unrecorded.flatMap(guest => now.parent(guest) ?? [])].filter(
    name => now.profile(name) !== undefined,
  )

const settledInputs = (before: Listing, { inputs, madeAt, changed }: Look): Listing =>
  changed === undefined ? settledSince(before, inputs, madeAt) : unsettledAt(changed, inputs)

const shownChanges = (before: Listing, { inputs, changed: known }: Look): Changes => {
  const { changed, come, gone } = known ? { changed: known, come: [], gone: [] } : changesBetween(before, inputs)
  // A file below two directories of the load path is listed twice.
  const shown = (paths: readonly string[]): readonly string[] => [...new Set(paths.map(shownPath))]
  return { changed: shown(changed), come: shown(come), gone: shown(gone) }
}

/** Up to so many are compiled alone, even where that is most of the site; of more, the workers get their share. */
const few = 400

/** How many machines are compiled alone. */
export const mostConcerned = ({ machines }: Pick<Kept, 'machines'>): number => Math.max(few, machines / 2)

/**
 * The digests of files that have another content than is kept, where these hold what they do in `contents`, or else in the
 * directory. Undefined where one of them is no file that machines are made from, or cannot be read.
 */
export const newDigests = (
  kept: Kept,
  site: string,
  files: Iterable<string>,
  contents: Contents = new Map(),
): ReadonlyMap<string, string> | undefined => {
  const isOfMachines = (file: string): boolean => kept.isTemplate(file) || machineOf(file, kept).length > 0
  const digests = new Map<string, string>()
  for (const file of files) {
    const before = kept.digest(file)
    // A template that nobody includes.
    if (before === undefined && file.endsWith('.yaml')) continue
    const content = contents.get(file) ?? contentOfFile(site, file)
    const now = content && digestOf(content)
    if (now !== undefined && now === before) continue
    if (now === undefined || !isOfMachines(file) || file.includes('policies/')) return undefined
    digests.set(file, now)
  }
  return digests
}

/** Whether the lock file holds what it did when it was read; `digest` is undefined where there was none. */
export const isLockStill = (site: string, digest: string | undefined): boolean => {
  const content = contentOfFile(site, lockFile)
  return (content && digestOf(content)) === digest
}

/** Of a file as diagnostics show it; undefined where it is gone or unreadable by now: the compilation of all machines says so. */
export const contentOfFile = (site: string, file: string): Buffer | undefined => {
  try {
    return readFileSync(
      isOfPackage(file) ? resolve(packageRoot(), file.slice(packagePrefix.length)) : resolve(site, file),
    )
  } catch {
    return undefined
  }
}
