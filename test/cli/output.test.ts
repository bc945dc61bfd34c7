import t, { type Test } from 'tap'
import { printDiagnostics } from '../../src/cli/output.js'
import type { Diagnostic } from '../../src/model/diagnostic.js'

const mistake: Diagnostic = {
  severity: 'error',
  code: 'schema',
  message: 'this is wrong',
  machines: ['a'],
  pointer: '/x',
  position: { file: 'templates/t.yaml', line: 2, column: 4 },
}

const printed = (t: Test, diagnostic: Partial<Diagnostic>, json = false, line = 'x: y'): string => {
  const written = t.capture(process.stderr, 'write', () => true)
  printDiagnostics([{ ...mistake, ...diagnostic }], json, () => line)
  const text = written().map(({ args }) => args[0])
  written.restore()
  return text.join('')
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`)
const way = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ file: `t${index}.yaml`, line: index + 1, column: 5 }))

t.test('a diagnostic as text', async t => {
  const table: readonly (readonly [say: string, diagnostic: Partial<Diagnostic>, text: string])[] = [
    ['for one machine', {}, '  for a\n'],
    ['for some', { machines: names(5) }, '  for m0, m1, m2, m3, m4\n'],
    ['for many', { machines: names(7) }, '  for m0, m1, m2, m3, m4 and 2 more\n'],
    ['through an include', { includes: way(1) }, '  for a, through t0.yaml:1\n'],
    [
      'for some, through includes',
      { machines: names(4), includes: way(3) },
      '  for m0 and 3 more, through t0.yaml:1 -> t1.yaml:2 -> t2.yaml:3\n',
    ],
    [
      'a long way',
      { includes: way(99) },
      '  for a, through t0.yaml:1 -> t1.yaml:2 -> 95 more -> t97.yaml:98 -> t98.yaml:99\n',
    ],
    ['for nobody', { machines: [], hint: 'do \u0007that' }, '  do \\x07that\n'],
  ]
  for (const [say, diagnostic, text] of table) {
    const expected = `templates/t.yaml:2:4: error: this is wrong [schema]\n  x: y\n     ^\n${text}1 error, 0 warnings\n`
    t.equal(printed(t, diagnostic), expected, say)
  }
})

t.test('a message without end is cut, a file name keeps its control characters to itself', async t => {
  const position = { file: 'a\u001b[2J.yaml', line: 1, column: 1 }
  const text = printed(t, { message: 'm'.repeat(9999), position })
  t.equal(text.split('\n')[0], `a\\x1b[2J.yaml:1:1: error: ${'m'.repeat(999)}… [schema]`)
})

t.test('a diagnostic as a JSON line: the keys that it always had, and the includes', async t => {
  t.same(JSON.parse(printed(t, { includes: way(1), hint: 'h' }, true)), {
    severity: 'error',
    code: 'schema',
    message: 'this is wrong',
    machines: ['a'],
    pointer: '/x',
    includes: [{ file: 't0.yaml', line: 1, column: 5 }],
    hint: 'h',
    file: 'templates/t.yaml',
    line: 2,
    column: 4,
  })
  t.notOk('includes' in JSON.parse(printed(t, {}, true)), 'none where there are none')
})
