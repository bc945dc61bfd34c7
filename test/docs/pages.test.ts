// README.md and every page of docs/: their blocks are played (play.ts says how), their links lead somewhere, and the
// commands in their text exist with the options that they are given. docs/language.md is played by language.test.ts.
// After a change of what commands print, `UPDATE_DOCS=1 npx tap test/docs/pages.test.ts` writes it into the pages.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/compiler/package-root.js'
import { isMap } from '../../src/model/json.js'
import { valueAt } from '../../src/model/pointer.js'
import { codeIn, partsOf } from './markdown.js'
import { play } from './play.js'
import { openShell } from './shell.js'

const docs = readdirSync(join(packageRoot(), 'docs'), { recursive: true, encoding: 'utf8' })
const pages = ['README.md', ...docs.filter(path => path.endsWith('.md')).map(path => join('docs', path))].sort()
const textOf = (page: string): string => readFileSync(join(packageRoot(), page), 'utf8')
const shell = await openShell()
t.setTimeout(5 * 60_000)

for (const page of pages.filter(page => page !== 'docs/language.md')) {
  t.test(page, async t => {
    play(t, page, shell)
  })
}

/** As GitHub makes it of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

t.test('every link within the repository leads to a file, and to a heading of it', async t => {
  let links = 0
  for (const page of pages) {
    const prose = textOf(page).replace(/^```[\s\S]*?^```$/gm, '')
    for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue
      links += 1
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? page : join(dirname(page), path)
      t.ok(existsSync(join(packageRoot(), file)), `${page}: ${target}`)
      if (anchor === undefined) continue
      const headings = partsOf(textOf(file)).flatMap(part => (part.kind === 'heading' ? [anchorOf(part.text)] : []))
      t.ok(headings.includes(anchor), `${page}: ${target} is a heading`)
    }
  }
  t.ok(links > 30)
})

t.test('enclosures.md names every key of a domain, and every variable of the package', async t => {
  const keysUnder = (...headers: readonly string[]): readonly string[] =>
    partsOf(textOf('docs/enclosures.md'))
      .flatMap(part => (part.kind === 'table' && headers.includes(part.header[0] ?? '') ? part.rows : []))
      .flatMap(({ cells: [key = ''] }) => key.replaceAll('`', '').split(', '))
      .sort()
  const keysOf = (path: string, ...pointer: readonly string[]): readonly string[] => {
    const at = valueAt(JSON.parse(textOf(path)), pointer)
    return isMap(at) ? Object.keys(at).sort() : []
  }
  t.same(keysUnder('domain key'), keysOf('components/xen/schema.json', '$defs', 'domain', 'properties'))
  t.same(keysUnder('variable'), keysOf('templates/variables.schema.json'))
})

type Mention = { readonly page: string; readonly words: readonly string[] }

/** `xenclosure VERB ...` anywhere in the text, and the table of verbs in the README. */
const mentions: readonly Mention[] = pages.flatMap(page => {
  const text = textOf(page)
  const inText = codeIn(text.replace(/^```[\s\S]*?^```$/gm, '').replaceAll('\n', ' '))
    .filter(code => code.startsWith('xenclosure '))
    .map(code => code.split(' ').slice(1))
  const tables = partsOf(text).flatMap(part => (part.kind === 'table' && part.header[0] === 'verb' ? part.rows : []))
  const inTables = tables.flatMap(({ cells }) => codeIn(cells[0] ?? '').map(code => code.split(' ')))
  const options = tables.flatMap(({ cells }) => {
    const [verb] = codeIn(cells[0] ?? '')
    return codeIn(cells[1] ?? '').flatMap(code => (code.startsWith('--') ? [`${verb} ${code}`.split(' ')] : []))
  })
  return [...inText, ...inTables, ...options].map(words => ({ page, words }))
})

t.test('every command in the text exists, with its options', async t => {
  t.ok(mentions.length > 30)
  const helps = new Map<string, string>()
  const helpOf = (verb: string): string => {
    const help = helps.get(verb) ?? shell.run([`xenclosure ${verb} --help`])[0]?.output ?? ''
    helps.set(verb, help)
    return help
  }
  for (const { page, words } of mentions) {
    const [verb = '', second = ''] = words
    if (!/^[a-z]+$/.test(verb)) continue
    const isGroup = ['agent', 'keys'].includes(verb) && /^[a-z]+$/.test(second)
    const help = helpOf(isGroup ? `${verb} ${second}` : verb)
    t.ok(help.startsWith(`Usage: xenclosure ${verb}`), `${page}: xenclosure ${verb}`)
    for (const option of words.join(' ').match(/--[a-z-]+/g) ?? [])
      t.ok(help.includes(option), `${page}: xenclosure ${verb} ${option}`)
  }
})
