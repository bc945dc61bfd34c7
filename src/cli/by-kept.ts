// What is answered by what is kept of the last compilation of a site, whatever directory its documents are in.
import type { Kept } from '../compiler/cache/kept.js'
import { NotWhole } from '../compiler/cache/segment.js'
import { cacheFault, keptOfSite } from '../compiler/cache/store.js'
import { findSite } from '../compiler/site/find-site.js'
import { cachePlace, isSameCompiler } from './cache-place.js'

/** Undefined where nothing is kept, or that is no answer. */
export const byKept = <Answer>(
  start: string,
  answer: (dir: string, kept: Kept) => Answer | undefined,
): Answer | undefined => {
  const [dir, place] = [findSite(start), cachePlace()]
  if (dir === undefined || place === undefined || cacheFault(place.cache) !== undefined) return undefined
  try {
    const kept = keptOfSite(place.cache, dir, by => isSameCompiler(by, place.by))
    return kept && answer(dir, kept)
  } catch (error) {
    if (error instanceof NotWhole) return undefined
    throw error
  }
}
