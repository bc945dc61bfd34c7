import t from 'tap'
import { anything, siteIn } from '../../fixtures/site-in.js'

const set = (body: string) => `software: { components: { any: { ${body} } } }\n`
const at = (path: string) => `/software/components/any/${path}`

t.test('includes come in the order written, depth first, each once', async t => {
  const { value, found } = siteIn(t, {
    ...anything,
    'templates/a.yaml': `include: [base]\n${set('x: a, order: !append [a]')}`,
    'templates/b.yaml': `include: [base]\n${set('x: b, order: !append [b]')}`,
    'templates/base.yaml': set('x: base, order: !append [base], from: base'),
    'profiles/m.yaml': `include: [a, b]\n${set('order: !append [m]')}`,
  })
  t.same(found, [])
  t.same(value('m', at('order')), ['base', 'a', 'b', 'm'], 'the base of the diamond is merged once, at its first place')
  t.equal(value('m', at('x')), 'b')
})

t.test('profiles that begin with the same includes have them in the same order, each at its own line', async t => {
  const { value, found, result } = siteIn(t, {
    ...anything,
    'variables.schema.json': '{"ROLE": {"type": "string", "doc": "its role"}}',
    'templates/base.yaml': set('order: !append [base]'),
    'templates/a.yaml': `include: [base]\n${set('order: !append [a]')}`,
    'templates/b.yaml': `include: [base, { template: web, when: "ROLE == 'web'" }]\n${set('order: !append [b]')}`,
    'templates/web.yaml': set('order: !append [web]'),
    'profiles/k.yaml': `include: [a, b, base]\nvariables: { ROLE: web }\n${set('order: !append [k]')}`,
    'profiles/l.yaml': `variables: { ROLE: db }\ninclude: [a, b, base]\n${set('order: !append [l]')}`,
    'profiles/m.yaml': `# the same once more\ninclude: [a, base]\n${set('order: !append [m]')}`,
    'profiles/n.yaml': `include: [a, { template: b }]\nvariables: { ROLE: db }\n${set('order: !append [n]')}`,
  })
  t.same(found, [])
  t.same(value('k', at('order')), ['base', 'a', 'web', 'b', 'k'])
  t.same(value('l', at('order')), ['base', 'a', 'b', 'l'])
  t.same(value('m', at('order')), ['base', 'a', 'm'])
  t.same(value('n', at('order')), ['base', 'a', 'b', 'n'])
  const linesOf = (machine: string) =>
    result.compiled?.compositions
      .get(machine)
      ?.inclusions.map(({ name, position }) => `${name} ${position?.file}:${position?.line}:${position?.column}`)
  const below = 'base templates/a.yaml:1:11'
  t.same(linesOf('l')?.slice(1), [
    ...['a profiles/l.yaml:2:11', below, 'b profiles/l.yaml:2:14', 'base templates/b.yaml:1:11'],
    'base profiles/l.yaml:2:17',
  ])
  t.same(linesOf('m')?.slice(1), ['a profiles/m.yaml:2:11', below, 'base profiles/m.yaml:2:14'])
})

t.test('a template with parameters is merged once per set of them', async t => {
  const { value, found } = siteIn(t, {
    ...anything,
    'templates/volume.yaml': `parameters: { NAME: { type: string }, SIZE: { default: 10 } }\n${set('"${NAME}": { size: "${SIZE}", label: "vol-${NAME}" }')}`,
    'profiles/m.yaml':
      'include:\n  - { template: volume, with: { NAME: data } }\n  - { template: volume, with: { NAME: logs, SIZE: 3 } }\n',
  })
  t.same(found, [])
  t.same(value('m', at('data')), { size: 10, label: 'vol-data' })
  t.same(value('m', at('logs')), { size: 3, label: 'vol-logs' })
})

t.test('parameters are lexical: they shadow variables and are passed on only explicitly', async t => {
  const { value, found } = siteIn(t, {
    ...anything,
    'variables.schema.json': '{"NAME": {"type": "string", "doc": "a name"}}',
    'templates/outer.yaml': `parameters: { NAME: { type: string } }\ninclude: [inner]\n${set('outer: "${NAME}"')}`,
    'templates/inner.yaml': set('inner: "${NAME}"'),
    'profiles/m.yaml': 'variables: { NAME: variable }\ninclude: [{ template: outer, with: { NAME: parameter } }]\n',
  })
  t.same(found, [])
  t.equal(value('m', at('outer')), 'parameter')
  t.equal(value('m', at('inner')), 'variable')
})

t.test('a nearer directory of the load path shadows, and can include what it shadows', async t => {
  const { value, found } = siteIn(t, {
    ...anything,
    'xenclosure.yaml': 'site: test\nloadpath: [templates/mine, templates]',
    'templates/defaults.yaml': set('x: 1, y: 1'),
    'templates/mine/defaults.yaml': `include: [defaults]\n${set('x: 2')}`,
    'profiles/m.yaml': 'include: [defaults]\n',
  })
  t.same(found, [])
  t.same([value('m', at('x')), value('m', at('y'))], [2, 1])
})

t.test('of one name, each template includes the next on the load path, and the last one the standard one', async t => {
  const files = {
    ...anything,
    'xenclosure.yaml': 'site: test\nloadpath: [near, far]',
    'near/os/debian-12.yaml': `include: [os/debian-12]\nsystem: { os: { release: 12.1 } }\n${set('order: !append [near]')}`,
    'far/os/debian-12.yaml': `include: [os/debian-12]\n${set('order: !append [far]')}`,
    'profiles/m.yaml': 'include: [os/debian-12]\n',
  }
  const { value, found } = siteIn(t, files)
  t.same(found, [])
  t.same(value('m', at('order')), ['far', 'near'])
  t.match(value('m', '/system/os'), { distribution: 'debian', release: '12.1', codename: 'bookworm' })
  const alone = siteIn(t, { ...files, 'near/os/debian-12.yaml': '' })
  t.same([alone.found, alone.value('m', '/system/os')], [[], undefined], 'what it does not include is not there')
})

t.test("what is included may depend on the profile's own variables", async t => {
  const { value, found } = siteIn(t, {
    ...anything,
    'variables.schema.json': '{"MODEL": {"type": "string", "doc": "a model"}}',
    'templates/hardware/x1.yaml': set('model: x1'),
    'profiles/m.yaml': 'variables: { MODEL: x1 }\ninclude: ["hardware/${MODEL}"]\n',
  })
  t.same(found, [])
  t.equal(value('m', at('model')), 'x1')
})

t.test('an include with a condition is followed where the condition holds', async t => {
  const table: readonly [string, string, boolean][] = [
    ['a variable of the profile', 'when: HAS_IPMI', true],
    ['a comparison', 'when: "MODEL == \'x1\' && size(DISKS) > 1"', true],
    ['one that does not hold', 'when: "!HAS_IPMI"', false],
    ['a variable of xenclosure.yaml', "when: \"SITE in ['dublin', 'cork']\"", true],
    ['a literal', 'when: false', false],
  ]
  for (const [say, when, included] of table) {
    const { value, found } = siteIn(t, {
      ...anything,
      'xenclosure.yaml': 'site: test\nvariables: { SITE: cork }\n',
      'variables.schema.json': JSON.stringify(
        Object.fromEntries(['HAS_IPMI', 'MODEL', 'DISKS', 'SITE'].map(name => [name, { doc: 'for conditions' }])),
      ),
      'templates/ipmi.yaml': set('ipmi: true'),
      'profiles/m.yaml': `variables: { HAS_IPMI: true, MODEL: x1, DISKS: [a, b] }\ninclude: [{ template: ipmi, ${when} }]\n`,
    })
    t.same(found, [], say)
    t.equal(value('m', at('ipmi')), included ? true : undefined, say)
  }
})

t.test('a condition may use the parameters of its template', async t => {
  const { value, found } = siteIn(t, {
    ...anything,
    'templates/disk.yaml': 'parameters: { RAID: {} }\ninclude: [{ template: raid, when: RAID }]\n',
    'templates/raid.yaml': set('raid: true'),
    'profiles/m.yaml': 'include: [{ template: disk, with: { RAID: true } }]\n',
    'profiles/n.yaml': 'include: [{ template: disk, with: { RAID: false } }]\n',
  })
  t.same(found, [])
  t.same([value('m', at('raid')), value('n', at('raid'))], [true, undefined])
})

t.test('a parameter is read as the type that its template declares', async t => {
  const declared = 'parameters: { R: { type: string }, N: { type: integer, default: 2 } }\n'
  const files = { ...anything, 'templates/release.yaml': `${declared}${set('release: "el-${R}", n: "${N}"')}` }
  const { value, found } = siteIn(t, {
    ...files,
    'profiles/m.yaml': 'include: [{ template: release, with: { R: 1.10 } }]\n',
  })
  t.same(found, [])
  t.equal(value('m', at('release')), 'el-1.10')
  const wrong = (given: string) =>
    siteIn(t, { ...files, 'profiles/m.yaml': `include: [{ template: release, with: { ${given} } }]\n` }).found
  t.same(wrong('R: [a]'), ['include-parameters profiles/m.yaml:1:43'])
  t.same(wrong('R: a, N: two'), ['include-parameters profiles/m.yaml:1:49'])
})

t.test('what decides an include, a condition or a key is read as it is read later', async t => {
  const declared = {
    ...anything,
    'variables.schema.json': JSON.stringify({
      WHICH: { type: 'string', doc: 'a template' },
      RELEASE: { type: 'string', doc: 'a release' },
      SIZE: { type: 'integer', 'x-quantity': { kind: 'size', unit: 'MiB' }, doc: 'a size' },
      BACKUP: { type: 'boolean', doc: 'a switch' },
    }),
    'templates/release-1.10.yaml': set('is: release'),
    'templates/big.yaml': set('is: big'),
    'templates/backup.yaml': set('is: backup'),
    'templates/typed.yaml': `parameters: { N: { type: string, default: x }, B: { type: boolean, default: false } }
include: [{ template: big, when: 'N == "12"' }, { template: backup, when: B }]
${set('"key-${N}": "value-${N}"')}`,
  }
  const table: readonly [string, string, string, string, Readonly<Record<string, unknown>>][] = [
    ['a !force of the site wins over the profile', 'WHICH: !force big', 'WHICH: none', '"${WHICH}"', { is: 'big' }],
    ['a !default of the profile does not', 'WHICH: big', 'WHICH: !default none', '"${WHICH}"', { is: 'big' }],
    ['a text is what was typed', 'SIZE: 1', 'RELEASE: 1.10', '"release-${RELEASE}"', { is: 'release' }],
    ['a quantity is in its unit', 'SIZE: 2 GiB', 'WHICH: x', '{ template: big, when: SIZE > 2047 }', { is: 'big' }],
    ['a parameter has its type', 'SIZE: 1', 'WHICH: x', 'N: 12', { is: 'big', 'key-12': 'value-12' }],
    ['so has its text in a key', 'SIZE: 1', 'WHICH: x', 'N: 1.10', { 'key-1.10': 'value-1.10' }],
    [
      'an expression alone keeps its type',
      'SIZE: 1',
      'BACKUP: true',
      'B: "${BACKUP}"',
      { is: 'backup', 'key-x': 'value-x' },
    ],
    ['a key knows what its parameter was given', 'SIZE: 1', 'WHICH: w', 'N: "${WHICH}"', { 'key-w': 'value-w' }],
  ]
  for (const [say, site, own, include, expected] of table) {
    const item = /^[NB]:/.test(include) ? `{ template: typed, with: { ${include} } }` : include
    const { value, found } = siteIn(t, {
      ...declared,
      'xenclosure.yaml': `site: test\nvariables: { ${site} }\n`,
      'profiles/m.yaml': `variables: { ${own} }\ninclude: [${item}]\n`,
    })
    t.same(found, [], say)
    t.same(value('m', '/software/components/any'), expected, say)
  }
  const wrong: readonly [string, string, string, string][] = [
    [
      'variables that need each other',
      'WHICH: "${RELEASE}", RELEASE: "${WHICH}"',
      '"${WHICH}"',
      'cycle profiles/m.yaml:1:21',
    ],
    ['one that was removed', 'WHICH: !remove ', '"${WHICH}"', 'variable-undefined profiles/m.yaml:2:11'],
    [
      'one cause is told once',
      'WHICH: x',
      '{ template: typed, with: { B: "${BACKUP}" } }',
      'variable-undefined profiles/m.yaml:2:41',
    ],
    ['a list in a name', 'WHICH: [a]', '"${WHICH}"', 'type profiles/m.yaml:2:11'],
  ]
  for (const [say, own, include, expected] of wrong) {
    const { found, result } = siteIn(t, {
      ...declared,
      'xenclosure.yaml': 'site: test\nvariables: { WHICH: big }\n',
      'profiles/m.yaml': `variables: { ${own} }\ninclude: [${include}]\n`,
    })
    t.same(found, [expected], say)
    if (expected.startsWith('cycle')) t.match(result.diagnostics[0]?.message, 'WHICH -> RELEASE -> WHICH')
  }
})

t.test('a set of parameters is what they mean, not how they are written', async t => {
  const files = {
    ...anything,
    'templates/outer.yaml': 'parameters: { N: {} }\ninclude: [{ template: inner, with: { NAME: "${N}" } }]\n',
    'templates/text.yaml': 'parameters: { N: {} }\ninclude: [{ template: inner, with: { NAME: "n-${N}" } }]\n',
    'templates/inner.yaml': `parameters: { NAME: { type: string } }\n${set('names: !append ["${NAME}"]')}`,
  }
  const table: readonly [string, string, readonly string[]][] = [
    [
      'passed on, of two values',
      '{ template: outer, with: { N: a } }, { template: outer, with: { N: b } }',
      ['a', 'b'],
    ],
    ['passed on, the same value', '{ template: outer, with: { N: a } }, { template: inner, with: { NAME: a } }', ['a']],
    ['in a text', '{ template: text, with: { N: a } }, { template: text, with: { N: b } }', ['n-a', 'n-b']],
    ['in a text, the same', '{ template: text, with: { N: a } }, { template: inner, with: { NAME: n-a } }', ['n-a']],
    [
      'typed as text',
      '{ template: inner, with: { NAME: 1.1 } }, { template: inner, with: { NAME: 1.10 } }',
      ['1.1', '1.10'],
    ],
    ['quoted or not', '{ template: inner, with: { NAME: 10 } }, { template: inner, with: { NAME: "10" } }', ['10']],
  ]
  for (const [say, includes, names] of table) {
    const { value, found } = siteIn(t, { ...files, 'profiles/m.yaml': `include: [${includes}]\n` })
    t.same(found, [], say)
    t.same(value('m', at('names')), names, say)
  }
})

t.test('keys that parameters fill in are held to what holds for every key', async t => {
  const files = { ...anything, 'templates/keys.yaml': `parameters: { K: {} }\n${set('"${K}": { a: 1 }, b: 2')}` }
  const found = (k: string) =>
    siteIn(t, { ...files, 'profiles/m.yaml': `include: [{ template: keys, with: { K: ${k} } }]\n` }).found
  t.same(found('c'), [])
  t.same(found('b'), ['duplicate-key templates/keys.yaml:2:52'], 'a key that stands there already')
  t.same(found('__proto__'), ['forbidden-key templates/keys.yaml:2:34'])
  t.same(found('toString'), ['forbidden-key templates/keys.yaml:2:34'])
  const ofVariable = `variables: { XEN_VG: vg }\n${set('"${XEN_VG}": 1')}`
  const { result } = siteIn(t, { ...files, 'profiles/m.yaml': ofVariable })
  t.match(
    result.diagnostics,
    [{ code: 'variable-undefined', hint: /^only the template's parameters/, position: { line: 2, column: 34 } }],
    'a variable is not known yet',
  )
})

t.test('what is wrong with an include is said where it stands', async t => {
  const files = {
    ...anything,
    'templates/loop.yaml': 'include: [back]\n',
    'templates/back.yaml': 'include: [loop]\n',
    'templates/volume.yaml': 'parameters: { NAME: { type: string } }\n',
    'templates/listed.yaml': 'parameters: [NAME]\n',
    'templates/misspelt.yaml': 'parameters: { A: { defualt: 1 } }\n',
    ...Object.fromEntries(
      Array.from({ length: 120 }, (_, index) => [`templates/t${index}.yaml`, `include: [t${index + 1}]\n`]),
    ),
  }
  const chain = Array.from({ length: 3000 }, (_, index) => `A${index}: "\${A${index + 1}}"`).join(', ')
  const columnOf201 = 'variables: { '.length + chain.indexOf('A201: ') + 'A201: '.length + 1
  const table: readonly [string, string, string][] = [
    ['variables without end', `variables: { ${chain} }\ninclude: ["\${A0}"]`, `cycle profiles/m.yaml:1:${columnOf201}`],
    ['no such template', 'include: [volumes]', 'include-missing profiles/m.yaml:1:11'],
    ['a way out of the site', 'include: [../../etc/passwd]', 'include-outside profiles/m.yaml:1:11'],
    ['an absolute path', 'include: [/etc/passwd]', 'include-outside profiles/m.yaml:1:11'],
    ['a cycle', 'include: [loop]', 'cycle templates/back.yaml:1:11'],
    ['a missing parameter', 'include: [volume]', 'include-parameters profiles/m.yaml:1:11'],
    [
      'an unknown parameter',
      'include: [{ template: volume, with: { NAME: a, SIZ: 3 } }]',
      'include-parameters profiles/m.yaml:1:23',
    ],
    ['parameters in a list', 'include: [listed]', 'type templates/listed.yaml:1:13'],
    ['a misspelt declaration', 'include: [misspelt]', 'key-unknown templates/misspelt.yaml:1:20'],
    ['a tag', 'include: !append [volume]', 'type profiles/m.yaml:1:18'],
    ['a tag on one', 'include: [!force volume]', 'type profiles/m.yaml:1:18'],
    ['nothing', 'include: [""]', 'type profiles/m.yaml:1:11'],
    ['without end', 'include: [t0]', 'cycle templates/t99.yaml:1:11'],
    ['an unknown variable', 'include: ["${MODEL}"]', 'variable-undefined profiles/m.yaml:1:11'],
    [
      'a condition of unknown names',
      'include: [{ template: loop, when: HAS_IPMI }]',
      'expression profiles/m.yaml:1:35',
    ],
    ['a condition that is none', 'include: [{ template: loop, when: 1 + 1 }]', 'expression profiles/m.yaml:1:35'],
    ['an empty condition', 'include: [{ template: loop, when: }]', 'type profiles/m.yaml:1:35'],
    ['not a list', 'include: base', 'type profiles/m.yaml:1:10'],
  ]
  for (const [say, profile, expected] of table) {
    t.same(siteIn(t, { ...files, 'profiles/m.yaml': `${profile}\n` }).found, [expected], say)
  }
  const missing = siteIn(t, { ...files, 'profiles/m.yaml': 'include: [volum]\n' })
  t.match(missing.result.diagnostics[0]?.hint, 'volume', 'with the near spelling')
})

t.test('names that double at each step are followed up to an end', async t => {
  const names = Array.from({ length: 40 }, (_, index) => `V${index}`)
  const doubled = names.map(
    (name, index) => `  ${name}: ${index === 0 ? 'a' : `"\${V${index - 1}}\${V${index - 1}}"`}\n`,
  )
  const { found } = siteIn(t, {
    'variables.schema.json': JSON.stringify(Object.fromEntries(names.map(name => [name, { doc: 'any' }]))),
    'xenclosure.yaml': `site: test\nvariables:\n${doubled.join('')}`,
    'profiles/m.yaml': 'include: ["${V39}"]\n',
  })
  t.match(found, [/^alias-limit xenclosure\.yaml/])
})

t.test('a condition that cannot be computed: the near name, or that it takes no ${ }', async t => {
  const hintOf = (condition: string) =>
    siteIn(t, {
      ...anything,
      'templates/backup.yaml': '',
      'variables.schema.json': '{ "HAS_BACKUP": { "type": "boolean", "doc": "a switch" } }',
      'profiles/m.yaml': `variables: { HAS_BACKUP: true }\ninclude: [{ template: backup, when: '${condition}' }]\n`,
    }).result.diagnostics[0]?.hint
  t.equal(hintOf('HAS_BACKUPS'), 'did you mean "HAS_BACKUP"?')
  t.equal(hintOf('${HAS_BACKUP}'), 'a condition is CEL as it stands, without ${ }')
  t.match(hintOf('SITE'), 'known before merging')
  t.match(hintOf('HAS_BACKUP ||'), 'a condition is a CEL expression')
})

t.test('a template that cannot be read is one mistake, however many machines give it parameters', async t => {
  const { found } = siteIn(t, {
    'templates/guest.yaml': 'parameters: { NAME: { type: string } }\nhardware: { model: ${NAME} }\n',
    'profiles/a.yaml': 'include: [{ template: guest, with: { NAME: a } }]\n',
    'profiles/b.yaml': 'include: [{ template: guest, with: { NAME: b } }]\n',
  })
  t.same(found, ['syntax templates/guest.yaml:2:21'])
})
