import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { compileSite } from '../../../src/compiler/compile.js'
import { loadYaml } from '../../../src/compiler/parse/load.js'
import { collectProblems } from '../../../src/compiler/problems.js'
import { siteIn } from '../../fixtures/site-in.js'

t.test('what a file may not be is said where it is', async t => {
  const deep = `hardware: ${'{ a: '.repeat(120)}1${' }'.repeat(120)}\n`
  // The line ends within what the parser has not read to its end.
  const deepAndBroken = `{ a: b },\n": ${'[a, '.repeat(120)}`
  const bomb = `a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n${'bcdefgh'
    .split('')
    .map((key, index) => `${key}: &${key} [${Array(10).fill(`*${'abcdefgh'[index]}`).join(', ')}]`)
    .join('\n')}\n`
  const table: readonly [string, string, string][] = [
    ['broken YAML', 'hardware: { model: x\n', 'syntax profiles/m.yaml:2:1'],
    ['a key twice', 'hardware: { model: x }\nhardware: { model: y }\n', 'duplicate-key profiles/m.yaml:2:1'],
    ['not a map', '- a\n', 'type profiles/m.yaml:1:1'],
    ['an unknown tag', 'hardware: { model: !defualt x }\n', 'tag-unknown profiles/m.yaml:1:20'],
    ['the prototype', 'hardware: { __proto__: { model: x } }\n', 'forbidden-key profiles/m.yaml:1:13'],
    ['its constructor', 'hardware: { constructor: x }\n', 'forbidden-key profiles/m.yaml:1:13'],
    ['a YAML merge', 'hardware: { <<: { model: x } }\n', 'forbidden-key profiles/m.yaml:1:13'],
    ['nesting without end', deep, 'alias-limit profiles/m.yaml:1:511'],
    ['nesting without end, in broken YAML', deepAndBroken, 'alias-limit profiles/m.yaml:2:404'],
    ['an alias bomb', bomb, 'alias-limit profiles/m.yaml:5:8'],
    ['an alias of nothing', 'hardware: { model: *x }\n', 'syntax profiles/m.yaml:1:20'],
    ['a list as a key', 'hardware:\n  model: x\n  ? [a]\n  : 1\n', 'type profiles/m.yaml:3:5'],
    ['a tag on a key', 'hardware: { !force model: x }\n', 'tag-unknown profiles/m.yaml:1:20'],
    ['a tag on the file', '!force\nhardware: { model: x }\n', 'tag-unknown profiles/m.yaml:2:1'],
    ["a type beyond YAML's core", 'hardware: { cpu: !!omap [a: 1] }\n', 'tag-unknown profiles/m.yaml:1:18'],
    ['an unknown key', 'hardwear: { model: x }\n', 'key-unknown profiles/m.yaml:1:1'],
    ['nothing where something should be', 'hardware: { model: }\n', 'null-value profiles/m.yaml:1:20'],
    ['nothing where a whole part should be', 'hardware:\n', 'null-value profiles/m.yaml:1:10'],
    ['variables that are a list', 'variables: [1]\n', 'type profiles/m.yaml:1:12'],
    ['parameters of a profile', 'parameters: { A: {} }\n', 'include-parameters profiles/m.yaml:1:1'],
  ]
  for (const [say, profile, expected] of table) {
    const { found } = siteIn(t, { 'profiles/m.yaml': profile })
    t.ok(found.includes(expected), `${say}: ${expected}`, { found })
  }
})

t.test('an empty profile, a comment, Windows line ends and a byte-order mark are fine', async t => {
  for (const text of ['', '# nothing yet\n', '\ufeffhardware:\r\n  model: x\r\n'])
    t.same(siteIn(t, { 'profiles/m.yaml': text }).found, [], JSON.stringify(text))
})

t.test('what is no file, or not of the site, is said where it stands', async t => {
  const table: readonly [string, Readonly<Record<string, string>>, readonly string[]][] = [
    ['profiles is a file', { profiles: '' }, ['file profiles:1:1']],
    ['components is a file', { components: '' }, ['file components:1:1']],
    ['a profile is a directory', { 'profiles/m.yaml/x': '' }, ['file profiles/m.yaml:1:1']],
    [
      'a directory of the load path is missing',
      { 'xenclosure.yaml': 'site: t\nloadpath: [none]' },
      ['file xenclosure.yaml:2:12'],
    ],
    [
      'the load path leaves the site',
      { 'xenclosure.yaml': 'site: t\nloadpath: [../x]' },
      ['include-outside xenclosure.yaml:2:12'],
    ],
    ['a list of variables', { 'xenclosure.yaml': 'site: t\nvariables: [1]' }, ['type xenclosure.yaml:2:12']],
    ['a site without a name', { 'xenclosure.yaml': 'site: ""' }, ['schema xenclosure.yaml:1:7']],
  ]
  for (const [say, files, expected] of table) t.same(siteIn(t, files).found, expected, say)

  const { dir } = siteIn(t, { 'profiles/m.yaml': '' })
  symlinkSync('.', join(dir, 'profiles/loop'))
  symlinkSync('/etc/hostname', join(dir, 'profiles/n.yaml'))
  const { diagnostics } = compileSite(dir, [])
  t.match(diagnostics, [{ code: 'file', position: { file: 'profiles/n.yaml' }, message: /leaves the site/ }])
  t.equal(diagnostics.length, 1, 'and a link to a directory is no second profile')
})

t.test('a schema of the site that is none is said at its file, once', async t => {
  const table: readonly (readonly [string, string, string])[] = [
    ['null', 'schema', '1:1'],
    ['[1]', 'schema', '1:1'],
    ['{', 'syntax', '1:2'],
    ['{"type": "strin"}', 'schema', '1:10'],
    ['{"$ref": "#/$defs/none"}', 'schema', '1:10'],
    ['{"patternProperties": {"(": {}}}', 'schema', '1:1'],
    ['{"type": "array", "x-merge": "apend"}', 'schema', '1:30'],
    ['{"type": "integer", "x-quantity": {"kind": "size", "unit": "M"}}', 'schema', '1:35'],
    ['{"$async": true}', 'schema', '1:2'],
  ]
  const profile = { 'profiles/m.yaml': 'variables: { A: x }\nsoftware: { components: { x: { a: 1 } } }\n' }
  const declared = { 'variables.schema.json': '{"A": {"doc": "a"}}' }
  for (const [schema, code, place] of table) {
    const component = siteIn(t, { ...profile, ...declared, 'components/x/schema.json': schema })
    t.same(component.found, [`${code} components/x/schema.json:${place}`], schema)
  }
  for (const [declaration, place] of [
    ['5', '1:7'],
    ['{"type": "string"}', '1:7'],
    ['{"typ": "string", "doc": "a"}', '1:8'],
    ['{"pattern": "(", "doc": "a"}', '1:7'],
  ] as const) {
    const files = { ...profile, 'components/x/schema.json': '{}', 'variables.schema.json': `{"A": ${declaration}}` }
    t.same(siteIn(t, files).found, [`schema variables.schema.json:${place}`], declaration)
  }
})

t.test('an alias is what it names', async t => {
  const { value, found } = siteIn(t, { 'profiles/m.yaml': 'hardware: { model: &model x1, location: *model }\n' })
  t.same(found, [])
  t.equal(value('m', '/hardware/location'), 'x1')
  const hardware = '{ cpu: &x [{ model: &y a }], model: *y, location: &y b, serialnumber: *y }'
  const again = siteIn(t, { 'profiles/m.yaml': `hardware: ${hardware}\n` })
  t.same(again.found, [])
  t.same(
    ['model', 'location', 'serialnumber'].map(key => again.value('m', `/hardware/${key}`)),
    ['a', 'b', 'b'],
    'the last of that name before it',
  )
  t.same(
    siteIn(t, { 'profiles/m.yaml': 'hardware: { cpu: &x [*x] }\n' }).found,
    ['alias-limit profiles/m.yaml:1:22'],
    'one of what it stands in has no end',
  )
  const many = Array.from({ length: 4000 }, (_, index) => `a${index}: &a${index} 1\nb${index}: *a${index}\n`)
  t.equal(loadYaml('a.yaml', many.join(''), collectProblems())?.entries.length, 8000, 'one look for all of them')
})

t.test('the names of machines are the names of their files, each once', async t => {
  t.same(siteIn(t, { 'profiles/a/m.yaml': '', 'profiles/b/m.yaml': '' }).found, ['machine-name profiles/b/m.yaml:1:1'])
  t.same(siteIn(t, { 'profiles/index.yaml': '' }).found, ['machine-name profiles/index.yaml:1:1'])
})

t.test('xenclosure.yaml says what the site is', async t => {
  t.same(siteIn(t, { 'xenclosure.yaml': 'sites: test\n', 'profiles/m.yaml': '' }).found, [
    'key-unknown xenclosure.yaml:1:1',
  ])
})

t.test("YAML's mistakes are told in words for people", async t => {
  const table: readonly [string, RegExp][] = [
    ['system:\n  function: a: b\n', /lacks its quotes, or the next line is indented too far$/],
    ['system:\n  function: a\n   os: {}\n', /lacks its quotes, or the next line is indented too far$/],
    ['system:\n  network\n  function: a\n', /^a key without its colon, or a text over several lines without quotes$/],
    ['hardware: { model: x ${A} }\n', /^inside \{ \} and \[ \], a text with \$\{ is written in quotes$/],
    ['hardware: { cpu: [a ${A}] }\n', /^inside \{ \} and \[ \], a text with \$\{ is written in quotes$/],
  ]
  for (const [profile, message] of table) {
    const { diagnostics } = siteIn(t, { 'profiles/m.yaml': profile }).result
    t.match(diagnostics, [{ code: 'syntax', message }], profile)
    t.equal(diagnostics.length, 1)
  }
})
