import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { formatFile } from '../../../src/compiler/format/format.js'
import { formatFiles } from '../../../src/compiler/format/format-files.js'
import { packageRoot } from '../../../src/compiler/package-root.js'
import { loadYaml } from '../../../src/compiler/parse/load.js'
import { collectProblems } from '../../../src/compiler/problems.js'
import { openNearestSite } from '../../../src/compiler/site/site.js'
import { runs } from '../../property-runs.js'

const formatted = (text: string): string | undefined => formatFile('a.yaml', text, collectProblems())

t.test('the layout: two spaces, 120 columns, { a: b } and [a, b]; what was typed stays', async t => {
  const rows: readonly (readonly [string, string, string])[] = [
    [
      'indents',
      'a:\n    b:   1\n    c:\n    - x\n    -   y: 1\n        z: 2\n',
      'a:\n  b: 1\n  c:\n    - x\n    - y: 1\n      z: 2\n',
    ],
    ['flow', 'a: {b: [1,2], c: {}}\nd: [ {e: f} ]\n', 'a: { b: [1, 2], c: {} }\nd: [{ e: f }]\n'],
    ['scalars', 'a: 0755\nb: 1.10\nc: ~\nd: True\ne: 0x1F\nf:\n', 'a: 0755\nb: 1.10\nc: ~\nd: True\ne: 0x1F\nf:\n'],
    ['quotes', `a: "x"\nb: 'x'\nc: "\${X}"\n"\${N}": 1\n`, `a: "x"\nb: 'x'\nc: "\${X}"\n"\${N}": 1\n`],
    [
      'tags',
      'a: !default   5\nb: !remove   \nc: !force:append [1]\nd: !replace\n    x: 1\n',
      'a: !default 5\nb: !remove\nc: !force:append [1]\nd: !replace\n  x: 1\n',
    ],
    ['a comment behind a tag', 'a: !replace # why\n  x: 1\n', 'a: !replace\n  # why\n  x: 1\n'],
    ['anchors', 'a: &x {b: 1}\nc: *x\n', 'a: &x { b: 1 }\nc: *x\n'],
    ['comments', '# top\n\na: 1   # one\n     # two\n# end\n', '# top\n\na: 1\n  # one\n  # two\n\n# end\n'],
    ['block text', 'a: |-\n     x\n       # not a comment\n', 'a: |-\n  x\n    # not a comment\n'],
    ['line ends', 'a: 1\r\nb: 2', 'a: 1\nb: 2\n'],
    ['comments alone', '# to come\n', '# to come\n'],
  ]
  for (const [what, written, expected] of rows) t.equal(formatted(written), expected, what)
})

t.test('a file that is wrong is left alone, and why is said', async t => {
  const problems = collectProblems()
  t.equal(formatFile('a.yaml', 'a: [1\n', problems), undefined)
  t.match(problems.list(), [{ code: 'syntax', position: { file: 'a.yaml' } }])
  t.equal(formatted('a:   1\nb: !foce 2\n'), undefined, 'an unknown tag')
  const dir = t.testdir({ 'latin1.yaml': Buffer.from('a: \xe9', 'latin1') })
  const unreadable = collectProblems()
  t.same(formatFiles([join(dir, 'latin1.yaml'), join(dir, 'none.yaml')], unreadable), [])
  t.match(unreadable.list(), [
    { code: 'file', message: /not UTF-8/ },
    { code: 'file', message: /ENOENT/ },
  ])
})

t.test('the example site is laid out already', async t => {
  const site = openNearestSite(packageRoot(), collectProblems())
  const files = site?.ownFiles() ?? []
  t.ok(files.length > 20)
  for (const { path, changed } of formatFiles(
    files.map(file => join(packageRoot(), file)),
    collectProblems(),
  ))
    t.notOk(changed, path)
})

// Files with every style and a numbered comment wherever one can stand.
type Tree =
  | { readonly text: string; readonly note: boolean }
  | { readonly flow: string; readonly note: boolean }
  | {
      readonly tag: string
      readonly note: boolean
      readonly step: number
      readonly entries: readonly Tree[]
      readonly list: boolean
    }

const texts = [
  '1',
  '0755',
  '1.10',
  '~',
  'on',
  'plain words',
  '"a: # b"',
  "'it''s'",
  '2 GiB',
  '${X}',
  '"${X:-y}"',
  '!default 5',
  '!remove',
  '!literal "${x}"',
  '|\n    x\n     y',
  '>-\n    folded\n    text',
  `"${'long '.repeat(40)}"`,
  'word '.repeat(40).trim(),
]
const flows = [
  '{}',
  '[]',
  '[1,2]',
  '{a: 1,b: [x]}',
  '[ {a: !force 1 , b: "${X}"} ]',
  `[${'item,'.repeat(40)}last]`,
  '{a: 1, # noted\n    b: 2}',
]

const note = fc.boolean()
const { tree } = fc.letrec<{ tree: Tree; branch: Tree }>(tie => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.record({ text: fc.constantFrom(...texts), note }),
    fc.record({ flow: fc.constantFrom(...flows), note }),
    tie('branch'),
  ),
  branch: fc.record({
    tag: fc.constantFrom('', '!replace', '!default', '!force:replace'),
    note,
    step: fc.integer({ min: 1, max: 4 }),
    list: fc.boolean(),
    entries: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
  }),
}))

const print = (entries: readonly Tree[], list: boolean, indent: string, count: { notes: number }): string =>
  entries
    .map((entry, index) => {
      const mark = () => `# note ${count.notes++}`
      const before = entry.note && index % 2 === 1 ? `${indent}${mark()}\n` : ''
      const key = `${before}${indent}${list ? '-' : `key${index}:`}`
      const hasLines = 'text' in entry && entry.text.includes('\n')
      const after = entry.note && !hasLines ? `   ${mark()}` : ''
      if ('text' in entry) return `${key}  ${entry.text.replaceAll('\n', `\n${indent}`)}${after}\n`
      if ('flow' in entry) return `${key} ${entry.flow.replaceAll('\n', `\n${indent}`)}${after}\n`
      const below = print(entry.entries, entry.list, indent + ' '.repeat(entry.step), count)
      return `${key} ${entry.tag}${after}\n${below}`
    })
    .join('')

/** What a file says, without the places. */
const meaning = (text: string): string =>
  JSON.stringify(loadYaml('a.yaml', text, collectProblems()), (key, value) => (key === 'position' ? undefined : value))

t.test('whatever is laid out keeps its meaning and every comment, and stays as it is the second time', async () => {
  fc.assert(
    fc.property(fc.array(tree, { minLength: 1, maxLength: 5 }), entries => {
      const count = { notes: 0 }
      const text = print(entries, false, '', count)
      const once = formatted(text)
      if (once === undefined) throw new Error(`not formatted:\n${text}`)
      const notes = [...once.matchAll(/# note (\d+)/g)].map(([, number]) => Number(number))
      return meaning(once) === meaning(text) && new Set(notes).size === count.notes && formatted(once) === once
    }),
    runs(1000),
  )
})
