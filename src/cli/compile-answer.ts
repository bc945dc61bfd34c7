// What `compile` takes and what it answers, whatever it had to compile.

import type { MoveUnderWay } from '../compiler/enclose/moves.js'
import type { Published } from '../compiler/publish/publish.js'
import type { Edition } from '../compiler/site/edition.js'
import { lockFile } from '../compiler/site/lock-file.js'
import { namesText } from '../model/shorten.js'
import type { EditionOptions } from './edition-options.js'
import { plural, printJson } from './output.js'
import type { SiteOptions } from './site-command.js'

export type CompileOptions = SiteOptions &
  EditionOptions & {
    readonly out: string
    readonly locked: boolean
    readonly keepGoing: boolean
    readonly watch: boolean
    readonly cache: boolean
    readonly workers?: number
  }

type Answer = {
  readonly site: string
  readonly edition: Edition
  /** The guests whose hosts have been recorded. */
  readonly recorded: readonly string[]
  readonly moving: readonly MoveUnderWay[]
  readonly broken: readonly string[]
  readonly published: Published
}

export const printPublished = (
  { out, json }: CompileOptions,
  { site, edition: { serial, commit }, recorded, moving, broken, published }: Answer,
): void => {
  if (json) {
    printJson({ site, serial, commit, recorded, moving, broken, ...published })
    return
  }
  const { written, unchanged, removed } = published
  printSummary(out, { written: written.length, unchanged: unchanged.length, removed: removed.length })
  if (broken.length > 0) process.stderr.write(`${plural(broken.length, 'machine')} broken: ${namesText(broken)}\n`)
  if (recorded.length > 0) process.stderr.write(`${lockFile}: ${namesText(recorded)} recorded, commit it\n`)
  printMoves(moving)
}

export const printMoves = (moving: readonly MoveUnderWay[]): void => {
  for (const { guest, from, to } of moving)
    process.stderr.write(`${guest} moves from ${from} to ${to}: when it has left, xenclosure release ${guest}\n`)
}

/** How many documents there are of which sort. */
export const printSummary = (
  out: string,
  { written, unchanged, removed }: Readonly<Record<'written' | 'unchanged' | 'removed', number>>,
): void => {
  const gone = removed === 0 ? '' : `, ${removed} removed`
  process.stdout.write(`${out}: ${plural(written, 'document')} written, ${unchanged} unchanged${gone}\n`)
}
