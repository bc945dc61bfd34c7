// Editions of a site that are compared: as far as they differ, where a compilation of the site has been kept.
import { components } from '../../components/index.js'
import { compileEditions, type EditionAsked } from '../compiler/cache/compile-editions.js'
import { NotWhole } from '../compiler/cache/segment.js'
import { cacheFault, keptOfSite } from '../compiler/cache/store.js'
import type { CompiledSite } from '../compiler/compile.js'
import { GitFailed } from '../compiler/site/git.js'
import { cachePlace, isSameCompiler } from './cache-place.js'

/** In the order in which they are asked for; undefined where each has to be compiled as a whole, which tells what is wrong with it. */
export const compiledEditions = async (
  site: string,
  asked: readonly EditionAsked[],
): Promise<readonly CompiledSite[] | undefined> => {
  const place = cachePlace()
  if (place === undefined || cacheFault(place.cache) !== undefined) return undefined
  try {
    const kept = keptOfSite(place.cache, site, by => isSameCompiler(by, place.by))
    return kept && (await compileEditions(site, components, kept, asked))
  } catch (error) {
    if (error instanceof NotWhole || error instanceof GitFailed) return undefined
    throw error
  }
}
