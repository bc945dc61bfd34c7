// What is to be kept of a compilation of all machines, which was sound.
import { digestOf } from '../../model/seal.js'
import { movesUnderWay, recordedHosts } from '../enclose/moves.js'
import { isOfPackage } from '../package-root.js'
import { collectProblems } from '../problems.js'
import type { TracedCompilation } from '../shares/compile-in-shares.js'
import type { Trace } from '../shares/trace.js'
import { printLock } from '../site/lock.js'
import { lockFile } from '../site/lock-file.js'
import { openNearestSite } from '../site/site.js'
import {
  changesBetween,
  type Listing,
  listInputs,
  pathOf,
  settledListing,
  shownPath,
  unsettledAt,
  withFileOf,
} from './inputs.js'
import { type KeptSite, linesToKeep } from './kept.js'
import { linesOfParses } from './kept-parses.js'
import { type Look, lookAt } from './look.js'
import { membersOf } from './members.js'
import type { ToKeep } from './store.js'

/** The files of a site before they are read. */
export type Before = Look & { readonly loadpath: readonly string[] }

/** Undefined where there is no site, or it cannot be known what is read. */
export const beforeReading = (dir: string): Before | undefined => {
  const site = openNearestSite(dir, collectProblems())
  if (site === undefined) return undefined
  const loadpath = ownLoadpath(site.loadpath)
  const look = lookAt(loadpath, site.dir)
  return look && { ...look, loadpath }
}

/**
 * `isRecorded`: whether the lock file has been written since, for guests that it lacked. Undefined where it is not known what the
 * documents were made from.
 */
export const keep = (
  compilation: TracedCompilation,
  before: Before,
  by: string,
  isRecorded: boolean,
): { readonly site: KeptSite; readonly lines: ToKeep } | undefined => {
  const { site, residences, parentage, trace } = compilation
  if (trace === undefined) return undefined
  const { loadpath } = before
  if (String(loadpath) !== String(ownLoadpath(site.loadpath))) return undefined
  const later = listInputs(site.dir, loadpath)
  if (later === undefined || !isKnown(before.inputs, later, trace, compilation.facts.length)) return undefined
  const settled = settledListing(before.inputs, before.madeAt)
  // Who has saved it meanwhile may have written another one: it is looked at again.
  const lock = `./${lockFile}`
  const inputs = isRecorded ? unsettledAt([lock], withFileOf(lock, settled, later)) : settled
  const digests = new Map(trace.digests)
  if (isRecorded) digests.set(lockFile, digestOf(printLock(recordedHosts(residences, parentage.hosts))))
  const members = compilation.groups.flatMap(([policy, group]) => membersOf(policy, group))
  const parses = linesOfParses(site.dir, trace)
  const moves = movesUnderWay(residences, parentage.hosts)
  return {
    site: { by, site: site.name, loadpath, machines: compilation.facts.length, moves, inputs },
    lines: { all: linesToKeep({ ...compilation, trace, members, parses }, digests) },
  }
}

/**
 * Whether it is known of all files what was found of them, while some may have been away, or there, for a moment: what was read was
 * listed, every profile that was listed was found, and of what has changed since it was listed, a digest tells what was read.
 */
const isKnown = (before: Listing, later: Listing, { digests }: Pick<Trace, 'digests'>, machines: number): boolean => {
  const listed = new Set(before.split('\0').map(entry => shownPath(pathOf(entry))))
  const profiles = [...listed].filter(path => path.startsWith('profiles/') && path.endsWith('.yaml'))
  const changed = changesBetween(before, later).changed.map(shownPath)
  return (
    profiles.length === machines &&
    [...digests.keys()].every(file => listed.has(file)) &&
    changed.every(file => file === lockFile || digests.has(file))
  )
}

/** Those of a site's directories, as `listInputs` takes them. */
const ownLoadpath = (loadpath: readonly string[]): readonly string[] =>
  loadpath.filter(path => !isOfPackage(path)).map(path => (path === '' ? '.' : path))
