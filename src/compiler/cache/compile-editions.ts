// Editions of a site that are to be compared: the files as they are, or as a revision of git has them. By what is kept of any
// compilation of the site, only the machines are compiled that something concerns which one of the editions has otherwise than
// what was compiled then: all others are the same in each. Where anything is in doubt, there is no answer.
import type { AnyComponent } from '../../model/component.js'
import { digestOf } from '../../model/seal.js'
import type { CompiledSite } from '../compile.js'
import { type GuestMove, movesOf } from '../enclose/moves.js'
import { packageRoot } from '../package-root.js'
import { lockFile } from '../site/lock-file.js'
import { readPlainLock } from '../site/plain-lock.js'
import type { Revision } from '../site/revision.js'
import { type OtherFiles, otherFiles, trackedFiles } from '../site/revision-contents.js'
import { nothingOther } from './come-and-gone.js'
import { compileKept, type KeptEdition, type MemoryOfEditions } from './compile-kept.js'
import { machinesConcerned } from './concerned.js'
import { changesBetween, isListed, listedPaths, shownPath, withoutFile } from './inputs.js'
import type { Kept } from './kept.js'
import { hostsConcerned, hostsElsewhere } from './kept-moves.js'
import { keptParses } from './kept-parses.js'
import { contentOfFile, lookAt, mostConcerned, newDigests } from './look.js'

/** An edition: a revision, or the files as they are. */
export type EditionAsked = Revision | 'files'

/** The files as they are. */
type Here = {
  readonly dir: string
  readonly kept: Kept
  /** All that are listed. */
  readonly paths: readonly string[]
  /** Those that may be others than when the site was compiled. */
  readonly changed: readonly string[]
  /** Those that git tracks. */
  readonly tracked: ReadonlySet<string>
}

/**
 * The editions as far as they differ, in the order in which they were asked for; undefined where all machines have to be compiled.
 * Throws NotWhole; rejects with GitFailed.
 */
export const compileEditions = async (
  dir: string,
  components: readonly AnyComponent[],
  kept: Kept,
  asked: readonly EditionAsked[],
): Promise<readonly CompiledSite[] | undefined> => {
  // Then the standard templates are files of the site, and not the same for each edition.
  if (`${packageRoot()}/`.startsWith(`${dir}/`)) return undefined
  // Who compares files that have anything to tell is told it, of all machines.
  if (kept.warnings().length > 0) return undefined
  const asking = Promise.all([
    trackedFiles(dir),
    ...asked.map(edition => (edition === 'files' ? noOthers : otherFiles(dir, edition))),
  ])
  // While git is at it.
  const look = lookAt(kept.loadpath, dir)
  const [tracked, ...others] = await asking
  if (look === undefined) return undefined
  const paths = listedPaths(look.inputs)
  const { changed, come, gone } = changesBetween(withoutFile(lockFile, kept.inputs), withoutFile(lockFile, look.inputs))
  if (come.length + gone.length > 0 || !kept.loadpath.every(root => paths.some(path => isBelow(path, root))))
    return undefined
  const here: Here = { dir, kept, paths, tracked, changed: changed.map(shownPath) }
  const editions = others.map((other, index) => other && editionOf(other, asked[index] === 'files', here))
  if (!editions.every(edition => edition !== undefined)) return undefined
  const most = mostConcerned(kept)
  const concerned = editions.map(({ digests, moves }) => {
    const hosts = new Set(hostsConcerned(kept.moves, moves))
    return machinesConcerned(kept, digests.keys(), most, { ...nothingOther, concerned: hosts })
  })
  if (!concerned.every(names => names !== undefined)) return undefined
  const names = [...new Set(concerned.flat())]
  const memory: MemoryOfEditions = { parses: keptParses(kept.lines), rules: undefined }
  const compiled = editions.map(edition => compileKept(dir, components, kept, edition, names, memory))
  return compiled.every(site => site !== undefined) ? compiled : undefined
}

const noOthers: OtherFiles = { contents: new Map(), added: [], removed: new Map() }

const isBelow = (path: string, root: string): boolean => root === '.' || path.startsWith(`${root}/`)

/** Undefined where it has other files than those that are here, or where it cannot be known here who moves in it. */
const editionOf = (
  { contents: all, added, removed }: OtherFiles,
  isHere: boolean,
  { dir, kept, paths, changed, tracked }: Here,
): KeptEdition | undefined => {
  const untracked = isHere ? [] : paths.filter(path => !tracked.has(path))
  const comeOrGone = [...added, ...removed.keys(), ...untracked].filter(path => isListed(path, kept.loadpath))
  if (comeOrGone.some(path => path !== lockFile)) return undefined
  const contents = new Map([...all].filter(([path]) => path !== lockFile && isListed(path, kept.loadpath)))
  const lock = all.get(lockFile) ?? removed.get(lockFile)
  const isWithoutLock = lock === undefined && [...added, ...untracked].includes(lockFile)
  const moves = movesBy(isWithoutLock ? undefined : (lock ?? contentOfFile(dir, lockFile)), kept)
  const digests = newDigests(kept, dir, new Set([...changed, ...contents.keys()]), contents)
  return digests && moves && { contents, digests, moves, lock }
}

/** By a lock file, where there is one; undefined where it says more than plain entries, or there is anything to tell of a move. */
const movesBy = (lock: Buffer | undefined, kept: Kept): readonly GuestMove[] | undefined => {
  const isAsKept = lock !== undefined && digestOf(lock) === kept.digest(lockFile)
  if (isAsKept && kept.moves.length === 0) return []
  const residences = readPlainLock(lock?.toString())
  const moves = residences && movesOf(residences, hostsElsewhere(residences, kept))
  return moves?.every(({ from }) => kept.profile(from) !== undefined) ? moves : undefined
}
