// The cache on disk: a file for each pair of a site and a directory for its documents. A mark takes its place before the documents
// are touched, and it is put in place when all are there, so whoever is killed in between leaves none. It may be deleted at any time.
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { digestOf } from '../../model/seal.js'
import { isAlive, removeLeftOver, temporaryName } from '../../system/temporary.js'
import { type Kept, type KeptHead, parseBody, parseHead, printKept } from './kept.js'

export type Store = {
  /** What is kept, as long as nobody has touched the documents since; undefined where nothing is, or not whole. */
  readonly read: () => KeptThere | undefined
  /** Before documents are written. */
  readonly begin: () => Publishing
}

export type KeptThere = {
  readonly head: KeptHead
  /** Undefined where it is not whole. */
  readonly all: () => Kept | undefined
}

/** Of this process. */
export type Publishing = {
  /** To be called when all is written; keeps nothing where another process published at the same time. */
  readonly end: (kept: Omit<Kept, 'published'>) => Kept | undefined
}

export type Place = {
  /** The directory of all caches. */
  readonly cache: string
  readonly site: string
  readonly out: string
  /** Who compiles: what another one kept is not looked at. */
  readonly by: string
}

export const openStore = ({ cache, site, out, by }: Place): Store => {
  const path = join(cache, digestOf(`${realpathSync(site)}\n${realDirectory(out)}`))
  const write = (text: string): boolean =>
    inPlace(() => {
      const temporary = temporaryName(path)
      writeFileSync(temporary, text)
      renameSync(temporary, path)
    })
  return {
    read: () => {
      const found = parseHead(startOf(path))
      if (found === undefined || found.head.by !== by || found.head.published !== lookOf(out)) return undefined
      const { head, length } = found
      return { head, all: () => parseBody(contentOf(path)?.slice(length) ?? '', head) }
    },
    begin: () => {
      const mark = `publishing ${hostname()} ${process.pid} ${process.hrtime.bigint()}`
      const found = contentOf(path) ?? ''
      const isAlone = !isOfLiving(found)
      const isMarked = inPlace(() => mkdirSync(cache, { recursive: true, mode: 0o700 })) && write(mark)
      inPlace(() => removeLeftOver(cache, name => name.startsWith(`${basename(path)}.`)))
      return {
        end: kept => {
          if (!isMarked || contentOf(path) !== mark) return undefined
          const published = lookOf(out)
          if (isAlone && published !== undefined) {
            const all = { ...kept, published }
            return write(printKept(all)) ? all : undefined
          }
          // The other one may be at it still: who comes next is to know.
          write(found)
          return undefined
        },
      }
    },
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

/** As much as a head may take. */
const startOf = (path: string): string => {
  const bytes = Buffer.alloc(1 << 14)
  try {
    const file = openSync(path, 'r')
    const length = readSync(file, bytes)
    closeSync(file)
    return bytes.toString('utf8', 0, length)
  } catch {
    return '' // none is kept
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
const lookOf = (out: string): string | undefined => {
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
