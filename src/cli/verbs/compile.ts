// `compile`: the site's documents, seals and index into a directory. Nothing is written while anything is wrong. The compiler
// is loaded when there is something to compile: mostly there is nothing, and that is to be answered at once.
import { type Command, Option } from 'commander'
import { emptyMemory, isOvertaken, type Memory, watchAnew } from '../../compiler/cache/memory.js'
import { publishEdit } from '../../compiler/cache/publish-edit.js'
import { cacheFault, openStore } from '../../compiler/cache/store.js'
import { findSite } from '../../compiler/site/find-site.js'
import { watchSite } from '../../compiler/site/watch.js'
import { goWay } from '../../launcher/ways.js'
import { cachePlace, signedBy } from '../cache-place.js'
import type { Cache } from '../compile-all.js'
import { type CompileOptions, printMoves, printPublished, printSummary } from '../compile-answer.js'
import { beginEdition, withEditionOptions } from '../edition-options.js'
import { wholeNumber } from '../option-values.js'
import { printDiagnostics, printNotice } from '../output.js'
import { siteCommand } from '../site-command.js'
import { version } from '../version.js'

export const compileCommand = (): Command =>
  withEditionOptions(
    siteCommand('compile', 'compile the site into one sealed document per machine')
      .argument('[name...]', 'write these machines only')
      .requiredOption('--out <dir>', 'where the documents go'),
  )
    .option('--locked', 'fail where xenclosure.lock.yaml lacks a guest, instead of adding it', false)
    .option('--keep-going', 'publish the sound machines, keep the last good documents of the broken ones', false)
    .option(
      '--workers <n>',
      'so many threads compile (default: by the number of machines and of processors)',
      wholeNumber(1, 64),
    )
    .option('--no-cache', 'compile all machines, whatever was compiled before, and look at every published document')
    .addOption(
      new Option('--watch', 'compile again whenever a file of the site is saved, until it is interrupted')
        .default(false)
        .conflicts('json'),
    )
    .action((names: readonly string[], options: CompileOptions) =>
      options.watch ? compileAgainAndAgain(names, options) : compileOnce(names, options),
    )

/** What a mistake keeps from being published is told, and the next change may mend it. */
const compileAgainAndAgain = async (names: readonly string[], options: CompileOptions): Promise<void> => {
  const dir = findSite(options.site)
  if (dir === undefined) {
    await compileOnce(names, options)
    return
  }
  const { refusesOutput } = await import('../refuse-output.js')
  if (refusesOutput(options)) return
  const stop = new AbortController()
  const end = (): void => stop.abort()
  process.once('SIGINT', end).once('SIGTERM', end)
  const watch = watchSite(dir, options.out)
  const [cache, memory] = [cacheOf(options), emptyMemory(watch)]
  try {
    do await compileOnce(names, options, cache, memory)
    while (await watch.changed(stop.signal))
  } finally {
    watch.close()
  }
  process.exitCode = 0
}

const compileOnce = async (
  names: readonly string[],
  options: CompileOptions,
  cache = cacheOf(options),
  memory = emptyMemory(),
): Promise<void> => {
  const isCached = options.cache && names.length === 0
  if (isCached && cache !== undefined && (await compileEdited(cache, options, memory))) return
  if (await isOvertaken(memory)) return
  watchAnew(memory)
  const { compileAll } = await import('../compile-all.js')
  await compileAll(names, options, cache)
}

/** Undefined where nothing can be kept, which is told of a directory that cannot be used for that. */
const cacheOf = ({ site: start, out, sign, cache: isWanted, json }: CompileOptions): Cache | undefined => {
  const site = findSite(start)
  const place = cachePlace()
  if (place === undefined || site === undefined) return undefined
  const fault = cacheFault(place.cache)
  if (fault !== undefined) {
    const hint = 'XDG_CACHE_HOME names another place; --no-cache does without'
    if (isWanted) printNotice(`nothing is kept for the next time: ${fault}`, hint, json)
    return undefined
  }
  const by = signedBy(place.by, sign)
  return { site, by, store: openStore({ ...place, site, out, by }) }
}

/** Compiles what was edited since the last compilation; false where all machines have to be compiled, and nothing is done. */
const compileEdited = async ({ store, site }: Cache, options: CompileOptions, memory: Memory): Promise<boolean> => {
  const { out, sign: key, json } = options
  const edition = (edited?: string) => beginEdition(site, options, edited)
  const components = async () => (await import('../../../components/index.js')).components
  const how = { dir: out, compiler: version, key, components, edition, locked: options.locked }
  const done = await publishEdit(store, site, how, memory)
  if (done === undefined || typeof done === 'string') return done !== undefined
  if ('wrong' in done) {
    if (options.keepGoing) return false
    printDiagnostics(done.wrong.diagnostics, json, done.wrong.sourceLine)
    process.exitCode = 2
    return true
  }
  const { written, removed, recorded, warnings } = done
  if (written.length > 0) goWay('edit')
  const tell = async (): Promise<void> => {
    if (warnings.length > 0) (await import('../print-warnings.js')).printWarnings(site, warnings, json)
  }
  if (!json && key === undefined && recorded.length === 0) {
    await tell()
    printSummary(out, { written: written.length, unchanged: done.unchanged, removed: removed.length })
    printMoves(done.moving)
    return true
  }
  const unchanged = done.unchangedNames()
  if (unchanged === undefined) return false
  await tell()
  const its = done.edition ?? (await edition()())
  if (its === undefined) return true
  const published = { written, unchanged, removed }
  printPublished(options, { ...done, edition: its, recorded, broken: [], published })
  return true
}
