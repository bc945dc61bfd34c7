import t from 'tap'
import { siteIn } from '../fixtures/site-in.js'

t.test('what a file may not be is said where it is', async t => {
  const deep = `hardware: ${'{ a: '.repeat(120)}1${' }'.repeat(120)}\n`
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
    ['an alias bomb', bomb, 'alias-limit profiles/m.yaml:6:8'],
    ['an unknown key', 'hardwear: { model: x }\n', 'key-unknown profiles/m.yaml:1:1'],
    ['nothing where something should be', 'hardware: { model: }\n', 'null-value profiles/m.yaml:1:20'],
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

t.test('an alias is what it names', async t => {
  const { value, found } = siteIn(t, { 'profiles/m.yaml': 'hardware: { model: &model x1, location: *model }\n' })
  t.same(found, [])
  t.equal(value('m', '/hardware/location'), 'x1')
})

t.test('the names of machines are the names of their files, each once', async t => {
  t.same(siteIn(t, { 'profiles/a/m.yaml': '', 'profiles/b/m.yaml': '' }).found, ['machine-name profiles/b/m.yaml:1:1'])
  t.same(siteIn(t, { 'profiles/index.yaml': '' }).found, ['machine-name profiles/index.yaml:1:1'])
})

t.test('xenclosure.yaml says what the site is', async t => {
  t.same(siteIn(t, { 'xenclosure.yaml': 'sites: test\n', 'profiles/m.yaml': '' }).found, [
    'key-unknown xenclosure.yaml:1:1',
    'schema xenclosure.yaml:1:1',
  ])
})
