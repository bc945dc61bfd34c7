// `compile`: the site's documents, seals and index into a directory. Nothing is written while anything is wrong.
import { availableParallelism } from 'node:os'
import { type Command, Option } from 'commander'
import { components } from '../../../components/index.js'
import { type Compilation, compileInShares } from '../../compiler/compile-in-shares.js'
import { lockFile } from '../../compiler/lock.js'
import { movesOf, recordedHosts, unrecordedGuests } from '../../compiler/moves.js'
import { type Published, prepareDirectory, publish, recordHosts } from '../../compiler/publish.js'
import { defaultWorkers } from '../../compiler/share-out.js'
import { shareInThread } from '../../compiler/share-thread.js'
import { findSite } from '../../compiler/site.js'
import { soundnessOf } from '../../compiler/sound.js'
import { watchSite } from '../../compiler/watch.js'
import { namesText } from '../../model/shorten.js'
import { compiledSite, compiledWithMistakes, documentOf, type SiteOptions, siteCommand } from '../compiled.js'
import { askedEdition, type EditionOptions, withEditionOptions } from '../edition-options.js'
import { plural, printJson } from '../output.js'
import { version } from '../version.js'
import { wholeNumber } from '../whole-number.js'

type CompileOptions = SiteOptions &
  EditionOptions & {
    readonly out: string
    readonly locked: boolean
    readonly keepGoing: boolean
    readonly watch: boolean
    readonly workers?: number
  }

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
  const stop = new AbortController()
  const end = (): void => stop.abort()
  process.once('SIGINT', end).once('SIGTERM', end)
  const watch = watchSite(dir, options.out)
  try {
    do {
      watch.follow()
      await compileOnce(names, options)
    } while (await watch.changed(stop.signal))
  } finally {
    watch.close()
  }
  process.exitCode = 0
}

const compileOnce = async (names: readonly string[], options: CompileOptions): Promise<void> => {
  const { out, sign, json } = options
  const found = (await sharedSite(options)) ?? (options.keepGoing ? soundPart(options) : soundSite(options))
  if (found === undefined || names.some(name => documentOf(found, name, json) === undefined)) return
  const { site, documents, residences, parentage, broken } = found
  const edition = askedEdition(site.dir, options)
  if (edition === undefined) return
  prepareDirectory(out, site.name)
  // First: a host is told of a guest only when that is on record.
  const recorded = unrecordedGuests(residences, parentage.hosts)
  if (recorded.length > 0) recordHosts(site.dir, recordedHosts(residences, parentage.hosts))
  const only = names.length === 0 ? undefined : names
  const published = publish({
    dir: out,
    site: site.name,
    documents,
    edition,
    compiler: version,
    key: sign,
    only,
    stale: broken,
  })
  if (broken.length > 0) process.exitCode = 1
  const moving = movesOf(residences, parentage.hosts).map(({ guest, from, to }) => ({ guest, from, to }))
  const { serial, commit } = edition
  if (json) printJson({ site: site.name, serial, commit, recorded, moving, broken, ...published })
  else {
    process.stdout.write(`${out}: ${summaryOf(published)}\n`)
    if (broken.length > 0) process.stderr.write(`${plural(broken.length, 'machine')} broken: ${namesText(broken)}\n`)
    if (recorded.length > 0) process.stderr.write(`${lockFile}: ${namesText(recorded)} recorded, commit it\n`)
    for (const { guest, from, to } of moving)
      process.stderr.write(`${guest} moves from ${from} to ${to}: when it has left, xenclosure release ${guest}\n`)
  }
}

type Found = Compilation & { readonly broken: readonly string[] }

/** By several workers; undefined where it is one worker's work, or there is something to tell. */
const sharedSite = async ({ site, locked, workers }: CompileOptions): Promise<Found | undefined> => {
  const compiled = await compileInShares(site, components, {
    locked,
    workers: machines => workers ?? defaultWorkers(machines, availableParallelism()),
    elsewhere: task => shareInThread(new URL('../compile-thread.js', import.meta.url), task),
  })
  return compiled && { ...compiled, broken: [] }
}

const soundSite = (options: CompileOptions): Found | undefined => {
  const compiled = compiledSite(options, { locked: options.locked })
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

const summaryOf = ({ written, unchanged, removed }: Published): string => {
  const gone = removed.length === 0 ? '' : `, ${removed.length} removed`
  return `${plural(written.length, 'document')} written, ${unchanged.length} unchanged${gone}`
}
