// Files that are no text, no YAML 1.2, or too much of it: each is one diagnostic at the first place where it shows.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { compileSite } from '../../../src/compiler/compile.js'
import { siteIn } from '../../fixtures/site-in.js'
import { b, check, conf, edits, type Files, guest, h1, site } from '../../fixtures/two-hosts.js'

const text = guest('b', 2)

t.test('bytes that are no UTF-8', async t => {
  const bigEndian = (written: string): Buffer => Buffer.from(written, 'utf16le').swap16()
  const wide = (written: string): Buffer =>
    Buffer.concat([...written].map(one => Buffer.from([0, 0, 0, one.charCodeAt(0)])))
  const withBytes = (place: string, ...bytes: readonly number[]): Buffer => {
    const [before = '', after = ''] = text.split(place)
    return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)])
  }
  const table: readonly (readonly [string, Uint8Array, string, RegExp])[] = [
    ['UTF-16, little end first', Buffer.from(text, 'utf16le'), '1:1', /UTF-16/],
    ['UTF-16, big end first', bigEndian(text), '1:1', /UTF-16/],
    ['UTF-16 with its mark', bigEndian(`\ufeff${text}`), '1:1', /UTF-16/],
    ['UTF-32', wide(text), '1:1', /UTF-32/],
    ['a stray byte in a value', withBytes('b\n    interfaces', 0xff), '10:15', /not UTF-8/],
    [
      'half a character at the end',
      Buffer.concat([Buffer.from(`${text}# `), Buffer.from([0xc3])]),
      '13:3',
      /not UTF-8/,
    ],
    ['a long form of NUL', withBytes('hostname: b', 0xc0, 0x80), '10:5', /not UTF-8/],
    ['half of a pair in three bytes', withBytes('hostname: b', 0xed, 0xa0, 0x80), '10:5', /not UTF-8/],
    ['a NUL', Buffer.from(text.replace('hostname: b', 'hostname: \0')), '10:15', /U\+0000/],
    ['an escape sequence of a terminal', Buffer.from(text.replace('name: b', 'name: \x1b[2J')), '10:15', /U\+001B/],
    ['a byte-order mark in the middle', Buffer.from(text.replace('    host', '    \ufeffhost')), '10:5', /mark/],
    ['two byte-order marks', Buffer.from(`\ufeff\ufeff${text}`), '1:1', /mark/],
  ]
  for (const [say, bytes, place, message] of table) {
    const { dir } = siteIn(t, site)
    writeFileSync(join(dir, b), bytes)
    const [line, column] = place.split(':').map(Number)
    t.match(
      compileSite(dir, []).diagnostics.filter(({ code }) => code !== 'component-unknown'),
      [{ code: 'file', message, position: { file: b, line, column } }],
      say,
    )
  }
})

t.test('line ends and marks that are fine', async t => {
  check(t, 'carriage returns alone', { [b]: text.replaceAll('\n', '\r') }, [])
  check(t, 'tabs between a key and its value', { [b]: text.replace('hostname: b', 'hostname:\tb') }, [])
  check(t, '%YAML 1.2', { [b]: `%YAML 1.2\n---\n${text}...\n` }, [])
  check(t, 'an empty document', { 'profiles/d.yaml': '---\n' }, [])
  const wrong = text.replace('hostname', 'hostnam').replaceAll('\n', '\r')
  check(t, 'a mistake behind carriage returns', { [b]: wrong }, ['key-unknown profiles/b.yaml:10:5'])
})

t.test('what YAML 1.2 has, and the language has not', async t => {
  edits(t, [
    ['%YAML 1.1', b, 'include', '%YAML 1.1\n---\ninclude', 'syntax profiles/b.yaml:1:1'],
    ['another %TAG', b, 'include', '# x\n%TAG ! tag:x,2000:\n---\ninclude', 'syntax profiles/b.yaml:2:1'],
    ['an unknown directive', b, 'include', '%YAML 1.2\n%FOO\n---\ninclude', 'syntax profiles/b.yaml:2:1'],
    ['a set', b, 'hostname: b', 'hostname: !!set { a, b }', 'tag-unknown profiles/b.yaml:10:15'],
    ['bytes', b, 'hostname: b', 'hostname: !!binary aGk=', 'tag-unknown profiles/b.yaml:10:15'],
    ['code', b, 'hostname: b', 'hostname: !!js/function "f()"', 'tag-unknown profiles/b.yaml:10:15'],
    ['a tag by its whole name', b, 'hostname: b', 'hostname: !<tag:x> b', 'tag-unknown profiles/b.yaml:10:15'],
    ['a type that the value has not', b, 'hostname: b', 'hostname: !!int b', 'type profiles/b.yaml:10:15'],
    ['a map that is none', b, 'hostname: b', 'hostname: !!map b', 'type profiles/b.yaml:10:15'],
    ['an alias as a key', b, 'hostname: b', 'hostname: &n b\n    *n : c', 'type profiles/b.yaml:11:5'],
    ['an empty key', b, 'hostname: b', 'hostname: b\n    "": c', 'type profiles/b.yaml:11:5'],
    ['nothing as a key', b, 'hostname: b', 'hostname: b\n    ~: c', 'type profiles/b.yaml:11:5'],
    ['a key with a control character', b, 'hostname: b', 'hostname: b\n    "\\e[2J": c', 'type profiles/b.yaml:11:5'],
    [
      'a key twice in other quotes',
      b,
      'hostname: b',
      "hostname: b\n    'hostname': c",
      'duplicate-key profiles/b.yaml:11:5',
    ],
    ['an escaped NUL', b, 'hostname: b', 'hostname: "b\\0"', 'type profiles/b.yaml:10:15'],
    ['half of a pair', b, 'hostname: b', 'hostname: "\\uD800"', 'type profiles/b.yaml:10:15'],
    ['__proto__ in disguise', b, '4 GiB', '4 GiB, "\\x5f_proto__": x', 'forbidden-key profiles/b.yaml:4:30'],
    ['hasOwnProperty', b, '4 GiB', '4 GiB, hasOwnProperty: x', 'forbidden-key profiles/b.yaml:4:30'],
  ])
  const twice = {
    'components/any/schema.json': '{}',
    [b]: `${text}software: { components: { any: { 1: x, "1": y } } }\n`,
  }
  check(t, 'a number and a word that are one key', twice, ['duplicate-key profiles/b.yaml:13:40'])
})

t.test('tags where they mean nothing', async t => {
  edits(t, [
    ['on the name of the site', conf, 'test', '!force test', 'tag-unknown xenclosure.yaml:1:14'],
    ['on the load path', conf, '[templates]', '!append [templates]', 'tag-unknown xenclosure.yaml:2:19'],
    ['on a directory of it', conf, '[templates]', '[!force templates]', 'tag-unknown xenclosure.yaml:2:19'],
    ['on the template of an include', h1, 'volume,', '!force volume,', 'tag-unknown profiles/h1.yaml:2:24'],
    ['on a condition', h1, 'with: {', 'when: !literal true, with: {', 'tag-unknown profiles/h1.yaml:2:40'],
    ['on a parameter', h1, 'NAME: data', 'NAME: !force data', 'tag-unknown profiles/h1.yaml:2:46'],
    ['a value that is removed', b, 'hostname: b', 'domainname: !remove { a: 1 }', 'type profiles/b.yaml:10:25'],
  ])
  const declared = (more: string) => ({
    'templates/volume.yaml': `${site['templates/volume.yaml']}`.replace('NAME: {', more),
  })
  check(t, 'on a declaration', declared('NAME: !force {'), ['tag-unknown templates/volume.yaml:2:16'])
  check(t, 'on a default', declared('X: { default: !force x }\n  NAME: {'), ['tag-unknown templates/volume.yaml:2:24'])
  const lock = 'guests:\n  a: !force h1\n  b: h1\n  c: h2\n'
  check(t, 'in the lock file', { 'xenclosure.lock.yaml': lock }, ['tag-unknown xenclosure.lock.yaml:2:13'])
})

t.test('more than a file may hold ends the reading, not the compiler', async t => {
  const most = 4 * 1024 * 1024
  const fill = (part: string): string => part.repeat(most / part.length)
  const lines = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => line(index)).join('\n')
  const table: readonly (readonly [string, string, string])[] = [
    ['line ends', fill('\n'), 'alias-limit profiles/d.yaml:1000001:1'],
    ['open brackets', fill('['), 'alias-limit profiles/d.yaml:1:101'],
    ['closed brackets', fill(']'), 'syntax profiles/d.yaml:1:1'],
    ['lists in lists', fill('- '), 'alias-limit profiles/d.yaml:1:1000000'],
    ['directives', fill('%A\n'), 'syntax profiles/d.yaml:1:1'],
    ['keys', lines(200_000, index => `k${index}: 1`), 'alias-limit profiles/d.yaml:142858:1'],
  ]
  for (const [say, content, expected] of table) {
    const files: Files = { 'profiles/d.yaml': content }
    check(t, say, files, [expected])
  }
})

t.test('many keys and aliases take time by their number, not by its square', async t => {
  const count = 20_000
  const keys = Array.from({ length: count }, (_, index) => `k${index}: *x`).join(', ')
  const profile = `software: { components: { any: { x: &x 1, ${keys} } } }\n`
  const start = process.cpuUsage()
  const { found, value } = siteIn(t, { 'components/any/schema.json': '{}', 'profiles/d.yaml': profile })
  t.same(found, [])
  t.equal(value('d', `/software/components/any/k${count - 1}`), 1)
  t.ok(process.cpuUsage(start).user < 10e6, 'in seconds')
})
