// Where the compiler's cache is, and whose: $XDG_CACHE_HOME/xenclosure, or ~/.cache/xenclosure.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Place } from '../compiler/cache/store.js'
import { packageRoot } from '../compiler/package-root.js'
import { digestOf } from '../model/seal.js'

/** Undefined where nothing can be kept: without a home, or of a compiler that was not built as a whole. */
export const cachePlace = (): Pick<Place, 'cache' | 'by'> | undefined => {
  const { XDG_CACHE_HOME: given, HOME: home } = process.env
  const above = given || (home && join(home, '.cache'))
  const digest = join(packageRoot(), 'dist/compiler-digest')
  if (above === undefined || above === '' || !existsSync(digest)) return undefined
  return { cache: join(above, 'xenclosure'), by: `${readFileSync(digest, 'utf8')} node ${process.version}` }
}

/** A document that was signed by another key is to be written anew. */
export const signedBy = (by: string, key: string | undefined): string =>
  key === undefined ? by : `${by} key ${digestOf(key)}`
