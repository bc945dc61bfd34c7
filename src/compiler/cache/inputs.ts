// Everything that a compilation may read, listed with what changes whenever a file does: inode, size and ctime, as git's index
// has them. One call of find(1) does it: a stat for each of 30,000 files from JavaScript takes twice the time.
import { spawnSync } from 'node:child_process'
import { type BigIntStats, lstatSync, realpathSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { fileOutput, NoPlace, type Output } from '../../system/output.js'
import { packagePrefix, packageRoot } from '../package-root.js'
import { isHidden, isThere } from '../site/file-reader.js'

/** An entry for each file, ended by NUL: `INODE SIZE CTIME PATH`. */
export type Listing = string

export type Changes = {
  readonly changed: readonly string[]
  /** Then another template may be meant by a name, and another machine be there. */
  readonly come: readonly string[]
  readonly gone: readonly string[]
}

/**
 * Undefined where it cannot be known: by links, which lead to other files; by what is called NAME.yaml and is no file; by
 * directories that cannot be read; without GNU find.
 */
export const listInputs = (site: string, loadpath: readonly string[]): Listing | undefined => {
  const isHere = (path: string): boolean => isThere(join(site, path))
  const [own, directories] = [siteFiles.filter(isHere), loadpath.filter(isHere)]
  const ours = packageFiles.map(path => join(packageRoot(), path))
  const roots = [...[...own, ...directories].map(path => join(site, path)), ...ours]
  if (roots.some(path => !isPlain(path))) return undefined
  // A directory of the load path may have a hidden name: as `NAME/.` it is not left out.
  const found = [...own.map(path => `./${path}`), ...directories.map(path => `./${path}/.`), ...ours]
  const output = placeForOutput()
  if (output === undefined) return undefined
  try {
    // In bytes, as names are: in a locale of UTF-8 they are made into wide characters for every test.
    const env = { ...process.env, LC_ALL: 'C' }
    const { status } = spawnSync('find', [...found, ...listed], { cwd: site, env, stdio: ['ignore', ...output.stdio] })
    const { stdout } = output.read()
    if (status !== 0 || stdout.includes(linkMark)) return undefined
    // That one has gone is told, also of one that had no files.
    const missing = loadpath.filter(path => !directories.includes(path))
    return missing.map(path => `${unsettled(`./${path}`)}\0`).join('') + stdout
  } finally {
    output.close()
  }
}

/** No link, and none above it; nor one that has gone meanwhile. */
const isPlain = (path: string): boolean => {
  try {
    return realpathSync(path) === path
  } catch {
    return false
  }
}

/** Files: through a pipe, a megabyte takes twice the time. */
const placeForOutput = (): Output | undefined => {
  try {
    return fileOutput()
  } catch (error) {
    if (error instanceof NoPlace) return undefined
    throw error
  }
}

const siteFiles = [
  'xenclosure.yaml',
  'xenclosure.lock.yaml',
  'variables.schema.json',
  'components',
  'profiles',
  // Beside the load path they are a mistake.
  'policies',
]
const packageFiles = ['templates', 'components', 'src/model/schemas']

/** The directories beside the site's own of which files are listed. */
export const otherDirectories = (site: string, loadpath: readonly string[]): readonly string[] => [
  ...loadpath.map(path => join(site, path)),
  ...packageFiles.map(path => join(packageRoot(), path)),
]

const linkMark = 'link\0'
const schemaNames = ['schema.json', 'variables.schema.json', 'hardware.json', 'system.json', 'software.json']
const printed = ['-printf', '%i %s %C@ %p\\0']
const doubtful = ['-printf', 'link\\0']
const listed = [
  // First what nearly all of them are: each name that is asked for costs. A directory may be called as if it were a file.
  ...['-name', '*.yaml', '!', '-name', '.*', '(', '-type', 'f', ...printed, '-o', ...doubtful, ')'],
  ...['-o', '-name', '.?*', '-prune', '-o', '-type', 'l', ...doubtful],
  ...['-o', '-type', 'f', '(', ...schemaNames.flatMap(name => ['-name', name, '-o'])],
  // Names that are nearly right are a mistake, and JSON where every file counts for itself.
  ...['-iname', '*.yml', '-o', '-iname', '*.yaml', '-o', '-iname', '*.json'],
  ...['(', '-path', '*/profiles/*', '-o', '-path', '*/policies/*', ')', ')', ...printed],
]

/** The same of a path in a site. */
const hasListedName = (path: string): boolean =>
  /\.ya?ml$/i.test(path) ||
  schemaNames.includes(basename(path)) ||
  (/(^|\/)(profiles|policies)\//.test(path) && /\.json$/i.test(path))

/** Whether a file of a site, by its path there, is one that is listed wherever it is. */
export const isListed = (path: string, loadpath: readonly string[]): boolean =>
  hasListedName(path) &&
  [...siteFiles, ...loadpath].some(root => {
    if (path === root) return true
    const below = root === '.' ? path : path.slice(root.length + 1)
    return (root === '.' || path.startsWith(`${root}/`)) && !below.split('/').some(isHidden)
  })

/** The paths in a site that a listing has. */
export const listedPaths = (listing: Listing): readonly string[] =>
  listing.split('\0').flatMap(entry => {
    const path = pathOf(entry)
    return path.startsWith('./') ? [shownPath(path)] : []
  })

/** The same without one file of the site. */
export const withoutFile = (path: string, listing: Listing): Listing => withEntry(listing, `./${path}`, '')

/** The same with another entry for a path that it has. */
const withEntry = (listing: Listing, path: string, entry: string): Listing => {
  const end = listing.indexOf(` ${path}\0`)
  if (end < 0) return listing
  return listing.slice(0, listing.lastIndexOf('\0', end) + 1) + entry + listing.slice(listing.indexOf('\0', end) + 1)
}

/** The same as nothing but some files of the site have changed it since; undefined where that is not enough to know it. */
export const listAgain = (
  listing: Listing,
  site: string,
  loadpath: readonly string[],
  files: Iterable<string>,
): { readonly inputs: Listing; readonly changed: readonly string[] } | undefined => {
  let inputs = listing
  const changed: string[] = []
  for (const file of files) {
    const path = relative(site, file)
    const known = pathsListed(path, loadpath).filter(one => listing.includes(` ${one}\0`))
    const entry = entryOf(file)
    const isOfPackage = path.startsWith('..')
    // What is not listed and not there was a draft.
    if (!isOfPackage && known.length === 0 && (entry === undefined || (entry.isFile() && !isListed(path, loadpath))))
      continue
    if (isOfPackage || known.length === 0 || !entry?.isFile()) return undefined
    for (const one of known) inputs = withEntry(inputs, one, printEntry(entry, one))
    changed.push(...known)
  }
  return { inputs, changed }
}

/** As a listing may have a file of the site: once for each directory of the load path that it is in, too. */
const pathsListed = (path: string, loadpath: readonly string[]): readonly string[] => {
  const roots = loadpath.filter(root => root === '.' || path.startsWith(`${root}/`))
  return [`./${path}`, ...roots.map(root => `./${root}/./${root === '.' ? path : path.slice(root.length + 1)}`)]
}

/** Undefined where there is none, or that cannot be known. */
const entryOf = (path: string): BigIntStats | undefined => {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false })
  } catch {
    return undefined // find will tell
  }
}

/** As find prints it. */
const printEntry = ({ ino, size, ctimeNs }: BigIntStats, path: string): string => {
  const nanoseconds = `${ctimeNs % 1_000_000_000n}`.padStart(9, '0')
  return `${ino} ${size} ${ctimeNs / 1_000_000_000n}.${nanoseconds}0 ${path}\0`
}

/** What has changed from one listing to another. */
export const changesBetween = (before: Listing, now: Listing): Changes => {
  const differing = differingPart(before, now)
  const [known, current] = [differing.before.split('\0'), differing.now.split('\0')]
  const isSameFile = (entry: string, index: number): boolean =>
    entry === known[index] || pathOf(entry) === pathOf(known[index] ?? '')
  if (known.length !== current.length || !current.every(isSameFile)) return changesAnywhere(known, current)
  return { changed: current.filter((entry, index) => entry !== known[index]).map(pathOf), come: [], gone: [] }
}

type Differing = {
  /** Entries of the two listings, and nothing else. */
  readonly before: string
  readonly now: string
  /** What both begin and end with. */
  readonly begin: string
  readonly end: string
}

/** The part in which two listings differ: an edit is of a few entries among thousands. */
const differingPart = (before: Listing, now: Listing): Differing => {
  const most = Math.min(before.length, now.length)
  const isSame = (inBefore: number, inNow: number): boolean =>
    before.slice(inBefore, inBefore + piece) === now.slice(inNow, inNow + piece)
  let head = 0
  while (head + piece <= most && isSame(head, head)) head += piece
  const start = now.slice(0, head).lastIndexOf('\0') + 1
  let tail = piece
  while (start + tail <= most && isSame(before.length - tail, now.length - tail)) tail += piece
  const rest = now.slice(now.length - tail + piece)
  const end = rest.slice(rest.indexOf('\0') + 1)
  return {
    before: before.slice(start, before.length - end.length),
    now: now.slice(start, now.length - end.length),
    begin: now.slice(0, start),
    end,
  }
}

/** Characters that are compared at once. */
const piece = 4096

/** Where the order of files is another one. */
const changesAnywhere = (before: readonly string[], now: readonly string[]): Changes => {
  const [known, current] = [new Set(before), new Set(now)]
  const here = [...current].filter(entry => !known.has(entry)).map(pathOf)
  const there = [...known].filter(entry => !current.has(entry)).map(pathOf)
  const [are, were] = [new Set(here), new Set(there)]
  return {
    changed: here.filter(path => were.has(path)),
    come: here.filter(path => !were.has(path)),
    gone: there.filter(path => !are.has(path)),
  }
}

/** The same, but for one file, which is as a later listing has it. */
export const withFileOf = (path: string, listing: Listing, later: Listing): Listing => {
  const before = new Map(listing.split('\0').map(entry => [pathOf(entry), entry]))
  const entries = later
    .split('\0')
    .flatMap(entry => (pathOf(entry) === path ? [entry] : (before.get(pathOf(entry)) ?? [])))
  return entries.join('\0')
}

/** As diagnostics show a path of a listing (file-reader.ts), which has `/.` behind each directory of the load path. */
export const shownPath = (path: string): string =>
  path.startsWith('./')
    ? path.replace(/^(\.\/)+/, '').replace('/./', '/')
    : packagePrefix + relative(packageRoot(), path)

/** Of an entry of a listing. */
export const pathOf = (entry: string): string => {
  const sizeAt = entry.indexOf(' ') + 1
  return entry.slice(entry.indexOf(' ', entry.indexOf(' ', sizeAt) + 1) + 1)
}

/**
 * A listing without the times of files that were saved just before it was made: one saved once more within the same tick of
 * the clock would look the same.
 */
export const settledListing = (listing: Listing, madeAt: number): Listing =>
  listing
    .split('\0')
    .map(entry => (isSettled(secondsOf(entry), madeAt) ? entry : unsettled(pathOf(entry))))
    .join('\0')

/** The same of a listing that was made after another one, which was settled when it was made. */
export const settledSince = (before: Listing, now: Listing, madeAt: number): Listing => {
  const differing = differingPart(before, now)
  return differing.begin + settledListing(differing.now, madeAt) + differing.end
}

/** The same without the times of some files, which have just been saved. */
export const unsettledAt = (paths: readonly string[], listing: Listing): Listing =>
  paths.reduce((inputs, path) => withEntry(inputs, path, `${unsettled(path)}\0`), listing)

/** The entry of a path, without times. */
const unsettled = (path: string): string => `0 0 0 ${path}`

/** Of the change of a file. */
const secondsOf = (entry: string): number => {
  const start = entry.indexOf(' ', entry.indexOf(' ') + 1) + 1
  return Number(entry.slice(start, entry.indexOf(' ', start)))
}

const isSettled = (seconds: number, madeAt: number): boolean =>
  seconds * 1000 < madeAt - (Number.isInteger(seconds) ? coarseTick : tick)

/** Milliseconds; the kernel's clock of files ticks every 1 to 10. */
const tick = 50

/** Of file systems that keep whole seconds, or every second one. */
const coarseTick = 2100
