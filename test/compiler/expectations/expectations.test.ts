// What a site expects of itself: what holds, what does not and how that is told, and files that are wrong.
import t, { type Test } from 'tap'
import { components } from '../../../components/index.js'
import { junitOf } from '../../../src/cli/expectations/junit.js'
import { tapOf } from '../../../src/cli/expectations/tap.js'
import { judgeExpectations, type Outcome } from '../../../src/compiler/expectations/judge-expectations.js'
import { readExpectations } from '../../../src/compiler/expectations/read-expectations.js'
import { collectProblems } from '../../../src/compiler/problems.js'
import { openNearestSite } from '../../../src/compiler/site/site.js'
import { siteIn } from '../../fixtures/site-in.js'
import { site } from '../../fixtures/two-hosts.js'

const file = 'test/site/all.yaml'

const read = (t: Test, text: string) => {
  const { dir, result } = siteIn(t, { ...site, [file]: text }, components)
  const problems = collectProblems()
  const opened = openNearestSite(dir, problems)
  if (opened === undefined || result.compiled === undefined) throw new Error('no site')
  const expectations = readExpectations(opened, problems)
  const found = problems
    .list()
    .map(({ code, position }) => `${code} ${position?.file}:${position?.line}:${position?.column}`)
  return { found, hints: problems.list().map(({ hint }) => hint), expectations, compiled: result.compiled }
}

const outcomes = (t: Test, text: string): readonly Outcome[] => {
  const { found, expectations, compiled } = read(t, text)
  t.same(found, [])
  const problems = collectProblems()
  const judged = judgeExpectations(expectations, compiled, components, problems)
  t.same(problems.list(), [])
  return judged
}

/** One expectation of the machine b. */
const ofB = (text: string): string => `e:\n  machine: b\n${text.replace(/^/gm, '  ')}\n`

t.test('what is as expected', async t => {
  for (const text of [
    'at: /hardware/ram/0/size\nis: 1 GiB',
    'at: /hardware/ram\nis: [{ size: 1 GiB }]',
    'at: /system/network/hostname\nis: b',
    'at: /system/function\nis: null',
    'children: []',
    'holds: parent.name == "h1"',
    'at: /hardware/ram/0/size\nholds: value == 1024',
    'given: { hardware: { ram: [{ size: 1536 MiB }] } }\nat: /hardware/ram/0/size\nis: 1.5 GiB',
    'given: { hardware: { ram: !append [{ size: 512 MiB }] } }\nat: /hardware/ram\nholds: size(value) == 2',
    'given: { hardware: { ram: [{ size: 2 G }] } }\nfails: { code: quantity }',
    'given: { hardware: { ram: [{ size: 9 GiB }] } }\nfails: { message: no memory is left }',
  ])
    t.match(outcomes(t, ofB(text)), [{ failure: undefined }], text)
})

t.test('what is not as expected: how it differs, and where it comes from', async t => {
  const rows: readonly (readonly [string, RegExp, readonly string[]])[] = [
    ['at: /hardware/ram/0/size\nis: 2 GiB', /another value/, ['- 2048', '+ 1024']],
    ['at: /hardware/ram\nis: [{ size: 2 GiB }]', /another value/, ['- /0/size: 2048', '+ /0/size: 1024']],
    ['at: /hardware/rom\nis: 2', /has no rom: did you mean "ram"/, ['- 2', '+ null']],
    ['children: [a]', /other children/, ['- /0: "a"']],
    ['holds: machine.name == "a"', /does not hold/, ['- machine.name == "a"']],
    ['holds: machine.nam == "a"', /no such key/, ['- machine.nam == "a"']],
    ['holds: machin.name == "a"', /unknown variable: machin: known: machine, value/, ['- machin.name == "a"']],
    ['at: /system/function\nholds: value > 1', /overload.*: value is null where/, ['- value > 1']],
    ['given: { hardware: { ram: [{ size: 2 G }] } }\nchildren: []', /wrong with what is given/, []],
    ['given: { variables: {} }\nfails: { code: policy }', /fail/, ['- [policy]', '+ nothing is wrong']],
  ]
  for (const [text, message, diff] of rows) {
    const [outcome] = outcomes(t, ofB(text))
    t.match(outcome?.failure?.message, message, text)
    t.same(outcome?.failure?.diff, diff, text)
  }
  const [one] = outcomes(t, ofB('at: /hardware/ram/0/size\nis: 2 GiB'))
  t.match(one?.failure?.explanation?.story, [{ file: 'templates/guest.yaml', line: 2 }])
  t.match(one?.expectation.position, { file, line: 1, column: 1 })
})

t.test('a path that no document can have is misspelt, not a value that is none', async t => {
  for (const path of ['/hardwere/ram', '/hardware/rams'])
    for (const expected of ['is: null', 'holds: value != 1'])
      t.match(
        outcomes(t, ofB(`at: ${path}\n${expected}`)),
        [{ failure: { message: /^there is no .*: did you mean/ } }],
        `${path} ${expected}`,
      )
})

t.test('wrong files: each at its own place', async t => {
  const rows: readonly (readonly [string, string, RegExp?])[] = [
    ['e: { machine: b, childern: [] }\n', 'key-unknown :1:18', /did you mean "children"/],
    ['e: { machine: bb, children: [] }\n', 'machine-unknown :1:15', /did you mean "b"/],
    ['e: { children: [] }\n', 'schema :1:4'],
    ['e: { machine: b }\n', 'schema :1:1'],
    ['e: { machine: b, children: [], holds: "true" }\n', 'schema :1:1'],
    ['e: { machine: b, is: 1 }\n', 'schema :1:1'],
    ['e: { machine: b, fails: { code: policy } }\n', 'schema :1:1'],
    ['e: { machine: b, given: {}, fails: {} }\n', 'schema :1:36'],
    ['e: { machine: b, at: /hardware/ram, children: [] }\n', 'schema :1:1'],
    ['e: { machine: b, at: /hardware/ram/*/size, holds: value != 1 }\n', 'schema :1:22', /path of one value/],
    ['e: { machine: b, at: /hardware/ram/*/size, is: null }\n', 'schema :1:22', /path of one value/],
    ['e: { machine: b, children: a }\n', 'type :1:28'],
    ['e: { machine: b, holds: "1 +" }\n', 'expression :1:29', /expected an expression/],
    ['e: { machine: b, holds: !force "true" }\n', 'tag-unknown :1:32'],
    ['e: {\n', 'syntax :2:1'],
  ]
  for (const [text, expected, hint] of rows) {
    const { found, hints } = read(t, text)
    t.same(found, [expected.replace(' ', ` ${file}`)], text)
    if (hint !== undefined) t.match(hints[0], hint, text)
  }
})

t.test('a mistake in an expectation hides none of the others of its file, and no other expectation', async t => {
  const { found, expectations } = read(
    t,
    `one: { machine: b, childern: [] }
two: { machine: bb, children: [] }
three: 5
four: { machine: b, holds: 1 + }
five: { machine: b, children: [] }
`,
  )
  t.same(found, [
    `key-unknown ${file}:1:20`,
    `machine-unknown ${file}:2:17`,
    `type ${file}:3:8`,
    `expression ${file}:4:31`,
  ])
  t.match(expectations, [{ name: 'five' }])
})

t.test('a value that the schema cannot read is a mistake of the file, at its place', async t => {
  const rows: readonly (readonly [string, string])[] = [
    ['at: /hardware/ram/0/size\nis: 2 G', 'quantity :4:7 expected'],
    ['at: /hardware/ram\nis:\n  - { size: 1 GiB }\n  - { size: 2 G }', 'quantity :6:15 expected'],
    ['at: /hardware/ram\nis: [{ size: 1 G }]\ngiven: { hardware: {} }', 'quantity :4:16 expected'],
  ]
  for (const [text, expected] of rows) {
    const { expectations, compiled } = read(t, ofB(text))
    const problems = collectProblems()
    judgeExpectations(expectations, compiled, components, problems)
    const told = problems.list().map(({ code, message, position }) => {
      return `${code} ${position?.file}:${position?.line}:${position?.column} ${message.split(' ')[0]}`
    })
    t.same(told, [expected.replace(' ', ` ${file}`)], text)
  }
})

t.test('what was told when it was compiled comes with what helps, and a message stays on its line', async t => {
  const misspelt = outcomes(t, ofB('given: { hardwere: {} }\nchildren: []'))
  const hostile = outcomes(t, ofB('at: "/hardware/\\n---\\nok 2 \\x9b"\nis: null'))
  for (const printed of [tapOf, junitOf]) {
    t.match(
      printed(misspelt, () => undefined),
      /all\.yaml:3:12: unknown key hardwere \[key-unknown\]\n +did you mean (&quot;|")hardware/,
    )
    t.notMatch(
      printed(hostile, () => undefined),
      /^---|^ok 2|\x9b/m,
    )
  }
})

t.test('TAP and JUnit', async t => {
  const all = outcomes(t, `${ofB('children: []')}"<#1>":\n  machine: a\n  children: [b]\n`)
  t.equal(
    tapOf(all, () => undefined),
    `TAP version 14
1..2
ok 1 - b: e
not ok 2 - a: <\\#1>
  ---
  at: "${file}:4:1"
  message: "a has other children"
  story: |2
    - /0: "b"
  ...
`,
  )
  t.equal(
    junitOf(all, () => undefined),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1">
<testsuite name="${file}" tests="2" failures="1">
<testcase name="e" classname="b" file="${file}" line="1"></testcase>
<testcase name="&lt;#1&gt;" classname="a" file="${file}" line="4">
<failure message="a has other children">${file}:4:1
- /0: &quot;b&quot;</failure>
</testcase>
</testsuite>
</testsuites>
`,
  )
})
