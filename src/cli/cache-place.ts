// Where the compiler's cache is, and whose.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Place } from '../compiler/cache/store.js'
import { packageRoot } from '../compiler/package-root.js'
import { digestOf } from '../model/seal.js'
import { cacheDirectory } from './cache-directory.js'

/** Undefined where nothing can be kept: without a home, or of a compiler that was not built as a whole. */
export const cachePlace = (): Pick<Place, 'cache' | 'by'> | undefined => {
  const cache = cacheDirectory()
  const digest = join(packageRoot(), 'dist/compiler-digest')
  if (cache === undefined || !existsSync(digest)) return undefined
  return { cache, by: `${readFileSync(digest, 'utf8')} node ${process.version}` }
}

/** A document that was signed by another key is to be written anew. */
export const signedBy = (by: string, key: string | undefined): string =>
  key === undefined ? by : `${by} key ${digestOf(key)}`

/** Whether a compilation that was kept is of this compiler, whatever key it signed with. */
export const isSameCompiler = (kept: string, by: string): boolean => kept === by || kept.startsWith(`${by} key `)
