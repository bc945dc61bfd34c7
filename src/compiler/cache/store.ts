// The cache on disk: for each pair of a site and a directory for its documents a file, and one with lines (segment.ts). A mark
// takes its place before the documents are touched, and it is put in place when all are there, so whoever is killed in between
// leaves none. It may be deleted at any time.
import {
  accessSync,
  constants,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { parseJson } from '../../model/json.js'
import { digestOf } from '../../model/seal.js'
import { isAlive, removeLeftOver, temporaryName } from '../../system/temporary.js'
import { makeDirectory } from '../make-directory.js'
import { type Kept, type KeptSite, readLines } from './kept.js'
import { continued, emptyJournal, type Journal, type Lines, withJournal } from './lines.js'
import { openSegment, type Segment, writeSegment } from './segment.js'

export type Store = {
  /** What is kept, as long as nobody has touched the documents since; undefined where nothing is, or not whole. */
  readonly read: () => KeptThere | undefined
  /** Before documents are written; `since`: what was kept when an edit of it was found. */
  readonly begin: (since?: KeptThere) => Publishing
}

/** Asking for lines that are not there as they were written throws NotWhole. */
export type KeptThere = {
  readonly kept: Kept
  /** Whether it is kept still, where this stands in its place. */
  readonly isStill: (content: string) => boolean
  /** The same where what was compiled as a whole is the same. */
  readonly base: string
  /** What is kept when lines have changed. */
  readonly changed: (change: Journal) => ToKeep
}

/** The lines of a site: all of them, or a file of them and what has changed since. */
export type ToKeep = { readonly all: readonly string[] } | { readonly segment: Segment; readonly journal: Journal }

/** Of this process. */
export type Publishing = {
  /** To be called when all is written; keeps nothing where another process published at the same time. */
  readonly end: (site: KeptSite, lines: ToKeep) => void
}

export type Place = {
  /** The directory of all caches, which is there and one's own (`cacheFault`). */
  readonly cache: string
  readonly site: string
  /** The directory of the documents; undefined for who writes none. */
  readonly out: string | undefined
  /** Who compiles: what another one kept is not looked at. */
  readonly by: string
}

/** Why nothing can be kept in a directory, which is made where it is missing; undefined where it can. */
export const cacheFault = (cache: string): string | undefined => {
  try {
    makeDirectory(cache, 0o700)
    accessSync(cache, constants.W_OK)
  } catch (error) {
    return (error as Error).message
  }
  // What another one has written there would be published as if it were the site's.
  const { uid, mode } = statSync(cache)
  if (uid !== process.geteuid?.()) return `${cache} belongs to another user`
  return (mode & 0o022) === 0 ? undefined : `others may write into ${cache}`
}

export const openStore = ({ cache, site, out, by }: Place): Store => {
  const path = join(cache, `${nameOf(realpathSync(site))}-${out === undefined ? '' : nameOf(realDirectory(out))}`)
  const write = (text: string): boolean => inPlace(() => replace(path, text))
  /** What was read or written last: who compiles again and again finds it there again. */
  let last: { readonly content: string; readonly head: Head; readonly written: Lines } | undefined
  const remember = (content: string, head: Head): void => {
    const { segment } = head
    const isSame = last?.head.segment.digest === segment.digest
    const written = last && isSame ? last.written : openSegment(segmentPath(path, segment), segment)
    last = { content, head, written }
  }
  return {
    read: () => {
      const content = contentOf(path) ?? ''
      if (content !== last?.content) {
        const head = parseHead(content)
        if (head === undefined) return undefined
        remember(content, head)
      }
      if (last === undefined || last.head.by !== by || last.head.published !== lookOf(out)) return undefined
      const { segment, journal, published, ...kept } = last.head
      const { written } = last
      const lines = withJournal(written, journal)
      return {
        kept: { ...kept, ...readLines(lines) },
        isStill: now => now === content && lookOf(out) === published,
        base: segment.digest,
        changed: change => {
          const now = continued(journal, change)
          const isLong = now.come.length + now.gone.length > longestJournal
          return isLong ? { all: withJournal(written, now).startingWith('') } : { segment, journal: now }
        },
      }
    },
    begin: since => {
      const mark = `publishing ${hostname()} ${process.pid} ${process.hrtime.bigint()}`
      const found = contentOf(path) ?? ''
      // What another one has published since may be of files that are again as they were.
      const isAlone = !isOfLiving(found) && since?.isStill(found) !== false
      const isMarked = write(mark)
      inPlace(() => removeLeftOver(cache, name => name.startsWith(`${basename(path)}.`)))
      return {
        end: ({ by, site, loadpath, machines, moves, inputs }, lines) => {
          // Looked at first: whoever begins hereafter makes it void.
          const published = lookOf(out)
          if (!isMarked || contentOf(path) !== mark) return
          // The other one may be at it still: who comes next is to know, and it is not to take its own mark for a sign that it was alone.
          if (!isAlone || published === undefined) write(isOfLiving(found) ? `${found} and another` : '')
          else
            inPlace(() => {
              const { segment, journal } = 'all' in lines ? written(lines.all, path) : lines
              const head = { by, site, loadpath, machines, moves, inputs, published, segment, journal }
              const text = printHead(head)
              replace(path, text)
              remember(text, head)
              removeSegments(path, segmentPath(path, segment))
              removeOldest(cache)
            })
        },
      }
    },
  }
}

/**
 * The newest of what is kept of a site, whatever directory its documents are in: it holds of the site's files as they were, also
 * when the documents have gone. `isBy` says of who kept it whether that is a compiler like this one.
 */
export const keptOfSite = (cache: string, site: string, isBy: (by: string) => boolean): Kept | undefined => {
  const start = `${nameOf(realpathSync(site))}-`
  for (const path of newestFirst(cache, name => name.startsWith(start))) {
    const found = parseHead(contentOf(path) ?? '')
    if (found === undefined || !isBy(found.by)) continue
    const { segment, journal, published: _, ...kept } = found
    return { ...kept, ...readLines(withJournal(openSegment(segmentPath(path, segment), segment), journal)) }
  }
  return undefined
}

/** The files of pairs whose names are asked for. */
const newestFirst = (cache: string, isAsked: (name: string) => boolean): readonly string[] =>
  readdirSync(cache)
    .filter(name => ofPair.test(name) && isAsked(name))
    .map(name => ({ path: join(cache, name), at: savedAt(join(cache, name)) }))
    .sort((a, b) => b.at - a.at)
    .map(({ path }) => path)

const savedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

/** Of a directory. */
const nameOf = (dir: string): string => digestOf(dir).slice(0, 32)

/** What a pair of a site and a directory is called, which may be none. */
const ofPair = /^[0-9a-f]{32}-([0-9a-f]{32})?$/

const segmentPath = (path: string, { digest }: Segment): string => `${path}.${digest.slice(0, 16)}${ofSegment}`

/** What stands in the file of a cache. */
type Head = KeptSite & {
  /** What the directory of the documents looked like when they had been published. */
  readonly published: string
  readonly segment: Segment
  readonly journal: Journal
}

/** Lines; what is read at each start is to stay short. */
const longestJournal = 5000

const ofSegment = '.lines'

/** A line with the digest of all that follows, a line with what is known, and the listing. */
const printHead = ({ inputs, ...head }: Head): string => {
  const text = `${JSON.stringify(head)}\n${inputs}`
  return `${digestOf(text)}\n${text}`
}

/** Undefined where the text is not whole. */
const parseHead = (text: string): Head | undefined => {
  const start = text.indexOf('\n') + 1
  const rest = text.slice(start)
  if (start === 0 || digestOf(rest) !== text.slice(0, start - 1)) return undefined
  const end = rest.indexOf('\n')
  return { ...(parseJson(rest.slice(0, end)) as unknown as Omit<Head, 'inputs'>), inputs: rest.slice(end + 1) }
}

const written = (lines: readonly string[], path: string): Pick<Head, 'segment' | 'journal'> => {
  const temporary = temporaryName(path)
  const segment = writeSegment(temporary, lines)
  renameSync(temporary, segmentPath(path, segment))
  return { segment, journal: emptyJournal }
}

const replace = (path: string, text: string): void => {
  writeFileSync(temporaryName(path), text)
  renameSync(temporaryName(path), path)
}

/** Who still reads one of them finds that it is gone, and compiles all machines. */
const removeSegments = (path: string, but?: string): void => {
  for (const name of readdirSync(dirname(path))) {
    const other = join(dirname(path), name)
    if (name.startsWith(`${basename(path)}.`) && name.endsWith(ofSegment) && other !== but)
      rmSync(other, { force: true })
  }
}

/** How many pairs are kept: a CI's directories come and go, and each is a KB for every machine. */
const mostPairs = 20

/** Whoever comes back to one of them compiles all machines. */
const removeOldest = (cache: string): void => {
  for (const path of newestFirst(cache, () => true).slice(mostPairs)) {
    rmSync(path, { force: true })
    removeSegments(path)
  }
}

/** A directory that is still to come has no links in its own name. */
const realDirectory = (dir: string): string => {
  const path = resolve(dir)
  try {
    return realpathSync(path)
  } catch {
    return path === dirname(path) ? path : join(realDirectory(dirname(path)), basename(path))
  }
}

/** Without a cache, every compilation is of all machines: one that cannot be written is no failure. */
const inPlace = (write: () => void): boolean => {
  try {
    write()
    return true
  } catch {
    return false
  }
}

const contentOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // none is kept
  }
}

/**
 * Of a directory of documents: which one it is, when something in it was put in place or removed, and its index, which comes
 * last. Undefined where there is none.
 */
const lookOf = (out: string | undefined): string | undefined => {
  if (out === undefined) return ''
  try {
    const dir = statSync(out, { bigint: true })
    const index = join(out, 'index.json')
    const { ino, ctimeNs } = statSync(index, { bigint: true })
    return `${dir.dev} ${dir.ino} ${dir.mtimeNs} ${ino} ${ctimeNs}`
  } catch {
    return undefined // nothing was published there
  }
}

/** Whether it is the mark of a process that still publishes; of another machine's, nobody here knows. */
const isOfLiving = (content: string): boolean => {
  const [, host, pid] = /^publishing (\S+) (\d+) /.exec(content) ?? []
  if (host === undefined || host !== hostname()) return host !== undefined
  return Number(pid) !== process.pid && isAlive(Number(pid))
}
