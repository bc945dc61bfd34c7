// What administrators get wrong in the language, one mistake at a time, in a site that is otherwise right: each is found
// at its place and nowhere else, and nothing is thrown. wrong-machines.test.ts has what is wrong with what they say.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { components } from '../../components/index.js'
import { compileSite } from '../../src/compiler/compile.js'
import { siteIn } from '../fixtures/site-in.js'
import { a, b, c, check, conf, edits, type Files, guest, h1, h2, site } from '../fixtures/two-hosts.js'

t.test('a site with nothing wrong', async t => check(t, 'as it is', {}, []))

t.test('YAML', async t => {
  edits(t, [
    ['a quote that does not end', b, 'hostname: b', 'hostname: "b', 'syntax profiles/b.yaml:13:1'],
    ['a tab as indentation', b, '    hostname', '\thostname', 'syntax profiles/b.yaml:10:1'],
    ['no space after the colon', b, 'hostname: b', 'hostname:b', 'syntax profiles/b.yaml:10:5'],
    ['a bracket too many', b, '4 GiB }', '4 GiB }]', 'syntax profiles/b.yaml:4:30'],
    ['a second document', b, 'system:', '---\nsystem:', 'syntax profiles/b.yaml:8:1'],
    ['an alias of nothing', b, 'hostname: b', 'hostname: *name', 'syntax profiles/b.yaml:10:15'],
    ['an alias of itself', b, 'hostname: b', 'hostname: &x [*x]', 'alias-limit profiles/b.yaml:10:19'],
    ['a key twice', b, 'hostname: b', 'hostname: b\n    hostname: c', 'duplicate-key profiles/b.yaml:11:5'],
    ['a key twice in a line', b, '4 GiB', '4 GiB, capacity: 5 GiB', 'duplicate-key profiles/b.yaml:4:30'],
    ['a list as a key', b, 'hostname: b', '? [hostname]\n    : b', 'type profiles/b.yaml:10:7'],
    ['a tag on a key', b, 'hostname: b', '!force hostname: b', 'tag-unknown profiles/b.yaml:10:12'],
    ['an unknown tag', b, 'hostname: b', 'hostname: !defualt b', 'tag-unknown profiles/b.yaml:10:15'],
    ['__proto__', b, '4 GiB', '4 GiB, __proto__: { boot: true }', 'forbidden-key profiles/b.yaml:4:30'],
    ['constructor', b, '4 GiB', '4 GiB, constructor: x', 'forbidden-key profiles/b.yaml:4:30'],
    ['a YAML merge', b, '4 GiB', '4 GiB, <<: { boot: true }', 'forbidden-key profiles/b.yaml:4:30'],
    ['nothing where a value should be', b, 'hostname: b', 'hostname:', 'null-value profiles/b.yaml:10:14'],
    ['not a number', h1, 'vcpus: 1', 'vcpus: .nan', 'type profiles/h1.yaml:32:29'],
    ['a size that is not a number', h1, '20 GiB', '.nan', 'quantity profiles/h1.yaml:7:22'],
    ['an infinite number', h1, 'vcpus: 1', 'vcpus: -.inf', 'type profiles/h1.yaml:32:29'],
    ['a number that no document can hold', h1, 'vcpus: 1', 'vcpus: 9007199254740993', 'type profiles/h1.yaml:32:29'],
  ])
})

t.test('files', async t => {
  const at = (expected: string): readonly string[] => [expected]
  const bomb = `a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n${'bcdefg'
    .split('')
    .map((key, index) => `${key}: &${key} [${Array(10).fill(`*${'abcdef'[index]}`).join(', ')}]\n`)
    .join('')}`
  const table: readonly (readonly [string, Files, readonly string[]])[] = [
    ['a list', { [b]: '- a\n' }, at('type profiles/b.yaml:1:1')],
    ['a word', { [b]: 'hello\n' }, at('type profiles/b.yaml:1:1')],
    ['an alias bomb', { [b]: bomb }, at('alias-limit profiles/b.yaml:5:8')],
    [
      'maps 10,000 deep',
      { [b]: `hardware: ${'{a: '.repeat(1e4)}1${'}'.repeat(1e4)}\n` },
      at('alias-limit profiles/b.yaml:1:411'),
    ],
    [
      'lists 10,000 deep',
      { [b]: `hardware: ${'['.repeat(1e4)}${']'.repeat(1e4)}\n` },
      at('alias-limit profiles/b.yaml:1:111'),
    ],
    ['50 MB', { [b]: '#'.repeat(5e7) }, at('file profiles/b.yaml:1:1')],
    ['a directory as a profile', { 'profiles/d.yaml/x': '' }, at('file profiles/d.yaml:1:1')],
    [
      'a directory as a template',
      { 'templates/dir.yaml/x': '', [b]: guest('b', 2).replace('[guest]', '[guest, dir]') },
      at('file templates/dir.yaml:1:1'),
    ],
    ['a directory as xenclosure.lock.yaml', { 'xenclosure.lock.yaml/x': '' }, at('file xenclosure.lock.yaml:1:1')],
    ['a directory as a schema', { 'components/own/schema.json/x': '' }, at('file components/own/schema.json:1:1')],
    [
      'a schema that leads back to itself',
      {
        'components/own/schema.json': '{ "$ref": "#" }',
        [b]: `${guest('b', 2)}software: { components: { own: { a: 1 } } }\n`,
      },
      at('schema profiles/b.yaml:13:32'),
    ],
    [
      'a schema with a pattern that goes back and forth',
      {
        'components/own/schema.json': '{ "type": "string", "pattern": "^(a+)+$" }',
        [b]: `${guest('b', 2)}software: { components: { own: ${'a'.repeat(50)}! } }\n`,
      },
      at('schema profiles/b.yaml:13:32'),
    ],
    [
      'a value that has not the format of a schema',
      {
        'components/own/schema.json': '{ "type": "string", "format": "email" }',
        [b]: `${guest('b', 2)}software: { components: { own: me } }\n`,
      },
      at('schema profiles/b.yaml:13:32'),
    ],
    ['a schema that is not JSON', { 'components/own/schema.json': '{' }, at('syntax components/own/schema.json:1:2')],
    [
      'a schema that is none',
      { 'components/own/schema.json': '{"type": "strin"}' },
      at('schema components/own/schema.json:1:10'),
    ],
    ['two profiles of one machine', { 'profiles/x/b.yaml': '' }, at('machine-name profiles/x/b.yaml:1:1')],
    ['a profile that would be passed over', { 'profiles/x/d.yml': '' }, at('file profiles/x/d.yml:1:1')],
    ['one whose name has other letters', { 'profiles/x/d.YAML': '' }, at('file profiles/x/d.YAML:1:1')],
    ['one in JSON', { 'profiles/x/d.json': '{}' }, at('file profiles/x/d.json:1:1')],
    ['what only lies among the profiles', { 'profiles/x/README.md': '', 'profiles/x/yaml': '' }, []],
    ['policies beside the load path', { 'policies/x/a.yaml': '' }, at('file policies/x/a.yaml:1:1')],
    [
      'templates of that name',
      { 'policies/a.yaml': '', 'xenclosure.yaml': site[conf]?.replace('[templates]', '[templates, policies]') ?? '' },
      [],
    ],
    ['policies that would be', { 'templates/policies/a.yml': '' }, at('file templates/policies/a.yml:1:1')],
    [
      'a machine called as JavaScript calls its own',
      { 'profiles/constructor.yaml': '' },
      at('machine-name profiles/constructor.yaml:1:1'),
    ],
    ['a machine with a space', { 'profiles/a b.yaml': '' }, at('machine-name profiles/a b.yaml:1:1')],
    [
      'a lock file of other keys',
      { 'xenclosure.lock.yaml': 'guest: {}\n' },
      at('key-unknown xenclosure.lock.yaml:1:1'),
    ],
    [
      'a lock file without hosts',
      { 'xenclosure.lock.yaml': 'guests:\n  a: [h1]\n' },
      at('type xenclosure.lock.yaml:2:6'),
    ],
    ['Windows line ends and a byte-order mark', { [b]: `\ufeff${guest('b', 2).replaceAll('\n', '\r\n')}` }, []],
    [
      'Windows line ends before a mistake',
      { [b]: guest('b', 2).replace('4 GiB', '4 G').replaceAll('\n', '\r\n') },
      at('quantity profiles/b.yaml:4:23'),
    ],
  ]
  for (const [say, files, expected] of table) check(t, say, files, expected)
})

t.test('names with a dot in front: what editors leave beside the files is not read', async t => {
  const { dir } = siteIn(t, {
    ...site,
    'profiles/.b.yaml': 'nonsense',
    'profiles/.b.yaml.swp': 'nonsense',
    'profiles/.old/b.yaml': 'nonsense',
    'templates/.guest.yaml': 'nonsense',
    'components/.grub/schema.json': 'nonsense',
  })
  for (const lock of ['profiles/.#b.yaml', 'templates/.#guest.yaml']) symlinkSync('me@here.1:2', join(dir, lock))
  const { compiled, diagnostics } = compileSite(dir, components)
  t.same(diagnostics, [])
  t.same([...(compiled?.documents.keys() ?? [])].sort(), ['a', 'b', 'c', 'h1', 'h2'])
  t.notMatch(compiled?.site.ownFiles().join('\n'), /\/\./, 'nor laid out, nor counted as unused')
  const included = { 'templates/.x.yaml': '', [b]: guest('b', 2).replace('[guest]', '[guest, .x]') }
  check(t, 'nor included', included, ['include-missing profiles/b.yaml:1:18'])
})

t.test('what no text can show: bytes, links, rights', async t => {
  const text = guest('b', 2)
  const table: readonly (readonly [string, (dir: string) => void, string])[] = [
    ['UTF-16', dir => writeFileSync(join(dir, b), `\ufeff${text}`, 'utf16le'), 'file profiles/b.yaml:1:1'],
    [
      'Latin-1',
      dir => writeFileSync(join(dir, b), text.replace('hostname: b', 'hostname: \u00e9'), 'latin1'),
      'file profiles/b.yaml:10:15',
    ],
    [
      'a profile that is a link out of the site',
      dir => symlinkSync('/etc/hostname', join(dir, 'profiles/d.yaml')),
      'file profiles/d.yaml:1:1',
    ],
    [
      'a profile that is a link to nothing',
      dir => symlinkSync('nothing', join(dir, 'profiles/d.yaml')),
      'file profiles/d.yaml:1:1',
    ],
    [
      'a profile that is a link to itself',
      dir => symlinkSync('d.yaml', join(dir, 'profiles/d.yaml')),
      'file profiles/d.yaml:1:1',
    ],
    [
      'a profile that is a pipe',
      dir => execFileSync('mkfifo', [join(dir, 'profiles/d.yaml')]),
      'file profiles/d.yaml:1:1',
    ],
    [
      'profiles that are a link out of the site',
      dir => {
        rmSync(join(dir, 'profiles'), { recursive: true })
        symlinkSync('/etc', join(dir, 'profiles'))
      },
      'file profiles:1:1',
    ],
    [
      'a lock file that is a link to nothing',
      dir => symlinkSync('nothing', join(dir, 'xenclosure.lock.yaml')),
      'file xenclosure.lock.yaml:1:1',
    ],
    [
      'a template that is a link out of the site',
      dir => {
        symlinkSync('/etc/hostname', join(dir, 'templates/out.yaml'))
        writeFileSync(join(dir, b), text.replace('[guest]', '[guest, out]'))
      },
      'include-outside profiles/b.yaml:1:18',
    ],
    [
      'a directory of templates that is a link out of the site',
      dir => {
        symlinkSync('/etc', join(dir, 'templates/etc'))
        mkdirSync(join(dir, 'x'))
        writeFileSync(join(dir, b), text.replace('[guest]', '[guest, etc/out]'))
      },
      'include-missing profiles/b.yaml:1:18',
    ],
  ]
  const found = (dir: string): readonly string[] =>
    compileSite(dir, components).diagnostics.map(
      ({ severity, code, position }) => `${severity} ${code} ${position?.file}:${position?.line}:${position?.column}`,
    )
  for (const [say, spoil, expected] of table) {
    const { dir } = siteIn(t, site)
    spoil(dir)
    t.same(found(dir), [`error ${expected}`], say)
  }
  const { dir } = siteIn(t, site)
  chmodSync(join(dir, b), 0)
  const isRoot = process.getuid?.() === 0
  t.same(found(dir), isRoot ? [] : ['error file profiles/b.yaml:1:1'], 'a file that only root may read')
})

t.test('keys and types', async t => {
  edits(t, [
    ['an unknown part', b, 'system:', 'sytem: {}\nsystem:', 'key-unknown profiles/b.yaml:8:1'],
    ['an unknown key', b, 'hostname: b', 'hostnam: b', 'key-unknown profiles/b.yaml:10:5'],
    ['an unknown key deep down', b, '2.12', '2.12, netmsk: 255.255.255.0', 'key-unknown profiles/b.yaml:12:31'],
    ['an unknown component', h1, '    grub:', '    gurb:', 'component-unknown profiles/h1.yaml:24:5'],
    ['an unknown key of software', h1, 'software:', 'software:\n  compnents: {}', 'key-unknown profiles/h1.yaml:23:3'],
    ['an option that xl would ignore', h1, 'vcpus: 1', 'vcpu: 1', 'key-unknown profiles/h1.yaml:32:22'],
    ['a word that is a list', b, 'hostname: b', 'hostname: [b]', 'type profiles/b.yaml:10:15'],
    ['a map that is a list', h1, '{ options: { dom0_mem: "1024M,max:1024M" } }', '[]', 'type profiles/h1.yaml:25:12'],
    ['children that are a word', h2, '[c]', 'd', 'type profiles/h2.yaml:14:15'],
    ['yes for true', b, '4 GiB', '4 GiB, boot: yes', 'type profiles/b.yaml:4:36'],
    ['a count in words', h1, 'vcpus: 1', 'vcpus: two', 'type profiles/h1.yaml:32:29'],
    ['half a processor', h1, 'vcpus: 1', 'vcpus: 1.5', 'type profiles/h1.yaml:32:29'],
    ['no processor', h1, 'vcpus: 1', 'vcpus: 0', 'schema profiles/h1.yaml:32:29'],
    ['a unit that is two', b, '4 GiB', '4 G', 'quantity profiles/b.yaml:4:23'],
    ['a size that is not whole', b, '4 GiB', '1.0001 MiB', 'quantity profiles/b.yaml:4:23'],
    ['a word of none of the choices', h1, 'vcpus: 1', 'type: pvm', 'schema profiles/h1.yaml:32:28'],
    ['a missing key', h1, 'path: /dev/sdb', 'serial: x', 'schema profiles/h1.yaml:28:32'],
    ['a map that meets a word', b, 'hostname: b', 'domainname: { a: b }', 'merge-shape profiles/b.yaml:10:17'],
    ['a word that is appended', b, 'hostname: b', 'hostname: !append b', 'type profiles/b.yaml:10:23'],
  ])
})

t.test('a mount point is written in one form, by which it is merged and compared', async t => {
  const mounted = (place: string): string => `system:\n  filesystems: [{ mountpoint: ${place}, block_device: x }]`
  for (const place of ['/', '/boot/efi', '/srv/.snapshots', '/srv/...', 'swap'])
    check(t, place, { [b]: `${site[b]}`.replace('system:', mounted(place)) }, [])
  for (const place of ['data', '/data/', '//data', '/boot//efi', '/boot/./efi', '/srv/../boot', '/.', '/..'])
    check(t, place, { [b]: `${site[b]}`.replace('system:', mounted(place)) }, ['schema profiles/b.yaml:9:31'])
})

t.test('includes', async t => {
  edits(t, [
    ['a template that is not there', b, '[guest]', '[guset]', 'include-missing profiles/b.yaml:1:11'],
    ['a way out by ..', b, '[guest]', '[guest, ../profiles/a]', 'include-outside profiles/b.yaml:1:18'],
    ['an absolute way out', b, '[guest]', '[guest, /etc/passwd]', 'include-outside profiles/b.yaml:1:18'],
    ['a word', b, '[guest]', 'guest', 'type profiles/b.yaml:1:10'],
    ['a map', h1, '  - {', '  {', 'type profiles/h1.yaml:2:3'],
    ['a number', b, '[guest]', '[guest, 7]', 'type profiles/b.yaml:1:18'],
    ['an unknown key', h1, 'with:', 'wiht:', 'key-unknown profiles/h1.yaml:2:25'],
    ['an unknown parameter', h1, 'NAME: data', 'NAME: data, SIZ: 1', 'include-parameters profiles/h1.yaml:2:17'],
    ['a parameter that is missing', h1, 'NAME: data', 'SIZE: 1 GiB', 'include-parameters profiles/h1.yaml:2:17'],
    ['a parameter of the wrong type', h1, 'NAME: data', 'NAME: [data]', 'include-parameters profiles/h1.yaml:2:39'],
    ['a condition that is none', h1, 'with:', 'when: 1 +, with:', 'expression profiles/h1.yaml:2:31'],
    ['the site has no such directory', conf, '[templates]', '[templates, more]', 'file xenclosure.yaml:2:23'],
    ['the load path leaves the site', conf, '[templates]', '[templates, ..]', 'include-outside xenclosure.yaml:2:23'],
  ])
  const cycle = { 'templates/guest.yaml': 'include: [x]\n', 'templates/x.yaml': 'include: [guest]\n' }
  check(t, 'a cycle', cycle, ['cycle templates/x.yaml:1:11'])
})

t.test('variables and references', async t => {
  const cycle = 'variables: { XEN_BRIDGE: "${XEN_TYPE}", XEN_TYPE: "${XEN_BRIDGE}" }'
  const parent = 'hostname: ${h1:/system/network/hostname}'
  edits(t, [
    [
      'no such variable',
      conf,
      'XEN_BOOTLOADER: pygrub',
      'XEN_BOOTLOADER: pygrub\n  XEN_BOTLOADER: x',
      'variable-undeclared xenclosure.yaml:6:3',
    ],
    [
      'a variable of the wrong type',
      conf,
      'XEN_VG',
      'XEN_CREATE_DOMAINS: maybe\n  XEN_VG',
      'type xenclosure.yaml:4:23',
    ],
    ['variables that need each other', h1, 'hardware:', `${cycle}\nhardware:`, 'cycle profiles/h1.yaml:3:26'],
    [
      'a variable that is not set',
      b,
      'hostname: b',
      'hostname: ${HOSTNAME}',
      'variable-undefined profiles/b.yaml:10:15',
    ],
    [
      'a path that is not there',
      b,
      'hostname: b',
      'hostname: ${/hardware/model}',
      'reference-missing profiles/b.yaml:10:15',
    ],
    [
      'an unknown machine',
      b,
      'hostname: b',
      'hostname: ${bb:/hardware/model}',
      'machine-unknown profiles/b.yaml:10:15',
    ],
    [
      'a value that needs itself',
      b,
      'hostname: b',
      'hostname: ${/system/network/hostname}',
      'cycle profiles/b.yaml:10:15',
    ],
    ['a guest that reads its parent', b, 'hostname: b', parent, 'reference-ancestor profiles/b.yaml:10:15'],
    ['no end of an expression', b, 'hostname: b', 'hostname: x${NAME', 'syntax profiles/b.yaml:10:15'],
    ['neither name nor path', b, 'hostname: b', 'hostname: ${a-b}', 'syntax profiles/b.yaml:10:15'],
    ['CEL that is none', b, 'hostname: b', 'hostname: ${= 1 + }', 'expression profiles/b.yaml:10:15'],
    [
      'CEL that calls what is not there',
      b,
      'hostname: b',
      'hostname: ${= exec("x") }',
      'expression profiles/b.yaml:10:15',
    ],
    ['a list inside a text', b, 'hostname: b', 'hostname: x${/hardware/ram}', 'type profiles/b.yaml:10:15'],
  ])
  const reading = { ...site, [b]: guest('b', 2).replace('hostname: b', parent) }
  const [first] = siteIn(t, reading, components).result.diagnostics
  t.equal(first?.message, 'b reads h1, which encloses it: a child does not know its parent')
})

t.test('xenclosure.yaml', async t => {
  edits(t, [
    ['an unknown key', conf, 'loadpath', 'load_path', 'key-unknown xenclosure.yaml:2:1'],
    ['a site without a name', conf, 'site: test\n', '', 'schema xenclosure.yaml:1:1'],
    ['a name that is a list', conf, 'test', '[test]', 'schema xenclosure.yaml:1:7'],
    ['variables that are a list', b, 'system:', 'variables: [XEN_VG]\nsystem:', 'type profiles/b.yaml:8:12'],
  ])
})

t.test('many mistakes come back in one go, and one cause is one however many machines it hits', async t => {
  const files = {
    [a]: guest('a', 1).replace('4 GiB', '4 G'),
    [c]: guest('c', 3).replace('hostname', 'hostnam'),
    'templates/guest.yaml': 'hardware:\n  ram: [{ size: lots }]\n',
  }
  const found = [
    'quantity profiles/a.yaml:4:23',
    'key-unknown profiles/c.yaml:10:5',
    'quantity templates/guest.yaml:2:17',
  ]
  check(t, 'three mistakes', files, found)
})

t.test('a schema of the site, at the place in it', async t => {
  const own = 'components/own/schema.json'
  const text = `{
  "type": "object",
  "properties": {
    "a": { "type": "string", "minLength": 1 }
  }
}
`
  const table: readonly (readonly [string, string, string, string])[] = [
    ['a type that is none', '"string"', '"strin"', 'schema components/own/schema.json:4:20'],
    ['a keyword that is misspelt', 'minLength', 'minLenght', 'schema components/own/schema.json:4:30'],
    ['a keyword of the wrong type', '1 }', '"1" }', 'schema components/own/schema.json:4:43'],
    [
      'a reference to nothing',
      '"type": "string", "minLength": 1',
      '"$ref": "#/$defs/x"',
      'schema components/own/schema.json:4:20',
    ],
    ['a pattern that is none', '"minLength": 1', '"pattern": "("', 'schema components/own/schema.json:4:41'],
    [
      'a pattern of keys that is none',
      '"type": "object",',
      '"type": "object", "patternProperties": { "(": {} },',
      'schema components/own/schema.json:2:44',
    ],
    ['a format that is unknown', '"minLength": 1', '"format": "ipp"', 'schema components/own/schema.json:4:40'],
    [
      'a unit that is none',
      '1 }',
      '1, "x-quantity": { "kind": "size", "unit": "G" } }',
      'schema components/own/schema.json:4:60',
    ],
    [
      'a dialect that is not read',
      '"type": "object",',
      '"$schema": "http://json-schema.org/draft-04/schema#",',
      'schema components/own/schema.json:2:14',
    ],
    ['a dialect that is none', '"type": "object",', '"$schema": 5,', 'schema components/own/schema.json:2:14'],
    [
      'a list for the keys',
      '"type": "object",',
      '"type": "object", "required": "a",',
      'schema components/own/schema.json:2:33',
    ],
  ]
  for (const [say, from, to, expected] of table) check(t, say, { [own]: text.replace(from, () => to) }, [expected])
})

t.test('the variables that a site declares, at the place in their file', async t => {
  const declared = `{
  "A": { "type": "strng", "doc": "of no type" },
  "B": { "type": "string" },
  "C": 4,
  "D": { "type": "integer", "default": "x", "doc": "of another type than its default" },
  "E": { "type": "string", "perChild": true, "minLenght": 1, "doc": "of a keyword that is none" }
}
`
  check(t, 'each', { 'variables.schema.json': declared }, [
    'schema variables.schema.json:2:18',
    'schema variables.schema.json:3:8',
    'schema variables.schema.json:4:8',
    'schema variables.schema.json:5:40',
    'schema variables.schema.json:6:46',
  ])
})
