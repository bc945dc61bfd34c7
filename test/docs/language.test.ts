// docs/language.md, held to what it says: its blocks are played (play.ts says how), its tables of examples compiled, and its
// tables of codes, tags and limits compared with the code. After a change of what commands print,
// `UPDATE_DOCS=1 npx tap test/docs/language.test.ts` writes their output into the page: review it as a diff.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/compiler/package-root.js'
import { tagNames } from '../../src/compiler/parse/tags.js'
import { units } from '../../src/model/quantity.js'
import { checkLimits } from './limits.js'
import { codeIn, partsOf, type Table } from './markdown.js'
import { play } from './play.js'
import { openShell } from './shell.js'

const page = 'docs/language.md'
const text = readFileSync(join(packageRoot(), page), 'utf8')
const shell = await openShell()
// Some forty commands, each a process of its own.
t.setTimeout(5 * 60_000)

t.test('every block and every table of examples', async t => {
  play(t, page, shell)
})

/** The table whose header begins with these cells. */
const tableOf = (...header: readonly string[]): Table => {
  const found = partsOf(text).find(
    part => part.kind === 'table' && header.every((cell, at) => part.header[at] === cell),
  )
  if (found?.kind !== 'table') throw new Error(`${page} has no table of ${header.join(', ')}`)
  return found
}

t.test('no block is left out', async t => {
  t.same(
    partsOf(text).filter(part => part.kind === 'directive' && part.word === 'not run'),
    [],
  )
})

t.test('the table of diagnostics has every code, and no other', async t => {
  const source = readFileSync(join(packageRoot(), 'src/model/diagnostic.ts'), 'utf8')
  const codes = [...source.matchAll(/^ {2}\| '([a-z-]+)'$/gm)].map(([, code]) => code)
  t.ok(codes.length > 30)
  t.same(
    tableOf('code', 'means').rows.map(({ cells }) => codeIn(cells[0] ?? '')[0]),
    codes,
  )
})

t.test('the limits are what they are said to be', async t => checkLimits(t, tableOf('of', 'at most')))

t.test('every tag and every unit has its place on the page', async t => {
  const spans = codeIn(text.replaceAll('\n', ' '))
  for (const tag of tagNames)
    t.ok(
      spans.some(code => code.includes(tag)),
      tag,
    )
  for (const unit of Object.values(units).flat()) t.ok(spans.includes(unit), unit)
})
