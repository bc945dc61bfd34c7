// `compile` of all machines of a site, and what is kept of it for the next time.
import { type Before, beforeReading, keep } from '../compiler/cache/keep.js'
import type { Store } from '../compiler/cache/store.js'
import { movesUnderWay, recordedHosts, unrecordedGuests } from '../compiler/enclose/moves.js'
import { soundnessOf } from '../compiler/judge/sound.js'
import { prepareDirectory, publish, recordHosts } from '../compiler/publish/publish.js'
import { removeStaging } from '../compiler/publish/staging.js'
import type { Compilation, TracedCompilation } from '../compiler/shares/compile-in-shares.js'
import { lockFile } from '../compiler/site/lock-file.js'
import { type CompileOptions, printPublished } from './compile-answer.js'
import { compileByWorkers } from './compile-by-workers.js'
import { compiledWholly, compiledWithMistakes, documentOf } from './compiled.js'
import { askedEdition } from './edition-options.js'
import { mayRecord } from './may-record.js'
import { printWarnings } from './print-warnings.js'
import { refusesOutput } from './refuse-output.js'
import { version } from './version.js'

/** What is kept of the compilations of a site into a directory. */
export type Cache = { readonly store: Store; readonly site: string; readonly by: string }

/** Nothing is kept without a cache, nor where it is not wanted; but one that publishes beside this is to see the mark. */
export const compileAll = async (
  names: readonly string[],
  options: CompileOptions,
  cache: Cache | undefined,
): Promise<void> => {
  if (refusesOutput(options)) return
  const isKept = options.cache && names.length === 0
  const before = isKept && cache !== undefined ? beforeReading(cache.site) : undefined
  const shared = await sharedSite(options, before !== undefined, names.length === 0)
  try {
    await publishAll(names, options, { shared, cache, before })
  } finally {
    if (shared?.staged !== undefined) removeStaging(shared.staged)
  }
}

const publishAll = async (
  names: readonly string[],
  options: CompileOptions,
  {
    shared,
    cache,
    before,
  }: { readonly shared: Shared | undefined; readonly cache: Cache | undefined; readonly before: Before | undefined },
): Promise<void> => {
  const { out, sign: key, json } = options
  const found = shared ?? (options.keepGoing ? soundPart(options) : soundSite(options))
  if (found === undefined || names.some(name => documentOf(found, name, json) === undefined)) return
  const { site, documents, residences, parentage, broken } = found
  const edition = await askedEdition(site.dir, options)
  if (edition === undefined) return
  const recorded = unrecordedGuests(residences, parentage.hosts)
  if (recorded.length > 0 && !mayRecord(site.dir, site.digests.get(lockFile), json)) return
  prepareDirectory(out, site.name)
  const publishing = cache?.store.begin()
  // First: a host is told of a guest only when that is on record.
  if (recorded.length > 0) recordHosts(site.dir, recordedHosts(residences, parentage.hosts))
  const only = names.length === 0 ? undefined : names
  const staged = shared?.staged
  const publication = {
    dir: out,
    site: site.name,
    documents,
    staged,
    edition,
    compiler: version,
    key,
    only,
    stale: broken,
  }
  const published = publish(publication)
  const kept = cache && before && shared && keep(shared, before, cache.by, recorded.length > 0)
  if (kept !== undefined) publishing?.end(kept.site, kept.lines)
  if (broken.length > 0) process.exitCode = 1
  const moving = movesUnderWay(residences, parentage.hosts)
  printPublished(options, { site: site.name, edition, recorded, moving, broken, published })
}

type Found = Compilation & { readonly broken: readonly string[] }
type Shared = Found & TracedCompilation

const sharedSite = async (
  { site, locked, workers, out, json }: CompileOptions,
  always: boolean,
  isWhole: boolean,
): Promise<Shared | undefined> => {
  const compiled = await compileByWorkers(site, { locked, always, workers, out: isWhole ? out : undefined })
  if (compiled === undefined) return undefined
  printWarnings(compiled.site.dir, compiled.warnings, json)
  return { ...compiled, broken: [] }
}

const soundSite = (options: CompileOptions): Found | undefined => {
  const compiled = compiledWholly(options, { locked: options.locked })
  return compiled && { ...compiled, parentage: compiled.machines.parentage, broken: [] }
}

/** With --keep-going; undefined (and exit code 2) where a mistake leaves no machine to be trusted. */
const soundPart = (options: CompileOptions): Found | undefined => {
  const result = compiledWithMistakes(options, { locked: options.locked })
  const soundness = soundnessOf(result)
  if (result.compiled !== undefined && soundness !== undefined) {
    const { compiled } = result
    return { ...compiled, parentage: compiled.machines.parentage, broken: soundness.broken }
  }
  process.exitCode = 2
  return undefined
}
