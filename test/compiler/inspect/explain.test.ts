import t, { type Test } from 'tap'
import { components } from '../../../components/index.js'
import { compileSite } from '../../../src/compiler/compile.js'
import { type Explanation, explain, explainVariable } from '../../../src/compiler/inspect/explain.js'
import type { Step, Told } from '../../../src/compiler/inspect/telling.js'
import { isList, isMap, type Json } from '../../../src/model/json.js'
import { printPointer } from '../../../src/model/pointer.js'
import { anything, siteIn } from '../../fixtures/site-in.js'
import { h1, site as twoHosts } from '../../fixtures/two-hosts.js'

const at = '/software/components/any'
const under = (body: string) => `software:\n  components:\n    any:\n${body.replace(/^/gm, '      ')}\n`

/** A story line by line, the last word first: what, where, written, why; deeper, what it was read from. */
const lines = ({ story, above = [] }: Told, indent = ''): readonly string[] => [
  ...[...story]
    .reverse()
    .flatMap(({ verdict, file, line, column, written, rule, why, reads }) => [
      `${indent}${verdict} ${file}:${line}:${column} ${rule ?? written}${why === undefined ? '' : ` (${why})`}`,
      ...reads.flatMap(reading => [
        `${indent}  ${reading.kind} ${reading.name}${reading.below ?? ''}`,
        ...lines(reading, `${indent}    `),
      ]),
    ]),
  ...above.flatMap(({ pointer, story: lost }) => [
    `${indent}above, at ${pointer}`,
    ...lines({ story: lost }, `${indent}  `),
  ]),
]

const explained = (t: Test, files: Readonly<Record<string, string>>, machine = 'm') => {
  const { result } = siteIn(t, { ...anything, ...files })
  const { compiled } = result
  if (compiled === undefined) throw new Error('no site')
  return (path: string): Explanation => {
    const found = explain(compiled, machine, path)
    if (found === undefined) throw new Error(`nothing at ${path}`)
    return found
  }
}

t.test('every operation says why it lost, and the winner why it won', async t => {
  const schema = { properties: { keyed: { 'x-merge': { key: 'name' } } } }
  const table: readonly (readonly [say: string, base: string, more: string, own: string, ...story: string[]])[] = [
    ['alone', 'y: 1', 'y: 1', 'x: 3', 'set by profiles/m.yaml:5:10 3'],
    [
      'the order of includes',
      'x: 1',
      'x: 2',
      'x: 3',
      'set by profiles/m.yaml:5:10 3 (later in the order of includes)',
      'overridden templates/more.yaml:4:10 2 (earlier in the order of includes than profiles/m.yaml:5)',
      'overridden templates/base.yaml:4:10 1 (earlier in the order of includes than templates/more.yaml:4)',
    ],
    [
      'strength, on the value or on a map above it',
      'x: !force 1',
      'x: 2',
      'x: !default 3',
      'set by templates/base.yaml:4:17 1 (!force is stronger than a plain value)',
      'overridden templates/more.yaml:4:10 2 (a plain value is weaker than !force, templates/base.yaml:4)',
      'overridden profiles/m.yaml:5:19 3 (!default is weaker than a plain value, templates/more.yaml:4)',
    ],
    [
      'a list without x-merge',
      'x: [1]',
      'x: !append [2]',
      'x: [3]',
      'set by profiles/m.yaml:5:10 a list (a list takes the place of an earlier one: the schema has no x-merge here)',
      'overridden templates/more.yaml:4:18 a list (replaced by the list of profiles/m.yaml:5: the schema has no x-merge here)',
      'overridden templates/base.yaml:4:10 a list (replaced by the list of profiles/m.yaml:5: the schema has no x-merge here)',
    ],
    [
      'lists that add up',
      'x: [1]',
      'x: !append [2]',
      'x: !prepend [3]',
      'set by profiles/m.yaml:5:19 a list',
      'set by templates/more.yaml:4:18 a list',
      'set by templates/base.yaml:4:10 a list',
    ],
    [
      '!replace',
      'x: {a: 1}',
      'x: !replace {b: 1}',
      'x: {c: 1}',
      'set by profiles/m.yaml:5:10 a map',
      'set by templates/more.yaml:4:19 a map (!replace forgets what came before)',
      'overridden templates/base.yaml:4:10 a map (forgotten by !replace of templates/more.yaml:4)',
    ],
    [
      '!remove and a new start',
      'x: 1',
      'x: !remove',
      'x: 2',
      'set by profiles/m.yaml:5:10 2',
      'removed by templates/more.yaml:4:7 ',
      'overridden templates/base.yaml:4:10 1 (forgotten by !remove of templates/more.yaml:4)',
    ],
  ]
  for (const [say, base, more, own, ...story] of table) {
    const tell = explained(t, {
      'components/any/schema.json': JSON.stringify(schema),
      'templates/base.yaml': under(base),
      'templates/more.yaml': under(more),
      'profiles/m.yaml': `include: [base, more]\n${under(own)}`,
    })
    t.same(lines(tell(`${at}/x`)), story, say)
  }
})

t.test('two items of one file with one key: the later one, in the same file', async t => {
  const schema = { type: 'object', properties: { x: { type: 'array', 'x-merge': { key: 'name' } } } }
  const tell = explained(t, {
    'components/any/schema.json': JSON.stringify(schema),
    'profiles/m.yaml': under('x: [{name: a, v: 1},\n  {name: a, v: 2}]'),
  })
  t.same(lines(tell(`${at}/x/0/v`)), [
    'set by profiles/m.yaml:5:22 2 (later in the same file)',
    'overridden profiles/m.yaml:4:24 1 (earlier in the same file than line 5)',
  ])
})

t.test('what was removed is told, there and below', async t => {
  const tell = explained(t, {
    'templates/base.yaml': under('x: {a: {b: 1}}\ny: {a: 1}'),
    'profiles/m.yaml': `include: [base]\n${under('x: {a: !remove}\ny: !replace {b: 1}')}`,
  })
  const { removed, value, story } = tell(`${at}/x/a/b`)
  t.same([removed, value], [`${at}/x/a`, undefined])
  t.same(lines({ story }), [
    'removed by profiles/m.yaml:5:11 ',
    'overridden templates/base.yaml:4:14 a map (forgotten by !remove of profiles/m.yaml:5)',
  ])
  t.same(lines(tell(`${at}/y/a`)), [
    'overridden templates/base.yaml:5:14 1 (forgotten by !replace of profiles/m.yaml:6)',
  ])
  t.equal(tell(`${at}/y/a`).removed, `${at}/y/a`)
})

t.test('a place in a list, or behind an expression, tells of those that the list or expression replaced', async t => {
  const tell = explained(t, {
    'variables.schema.json': JSON.stringify({ A: { type: 'object', doc: 'a' } }),
    'templates/base.yaml': under('x: [1, 2]\ny: ${A}'),
    'profiles/m.yaml': `include: [base]\nvariables: {A: {k: 1}}\n${under('x: [3]\ny: !replace {k: 2}')}`,
  })
  t.same(lines(tell(`${at}/x/0`)), [
    'set by profiles/m.yaml:6:11 3',
    `above, at ${at}/x`,
    '  overridden templates/base.yaml:4:10 a list (replaced by the list of profiles/m.yaml:6: the schema has no x-merge here)',
  ])
  t.same(lines(tell(`${at}/y/k`)), [
    'set by profiles/m.yaml:7:23 2',
    `above, at ${at}/y`,
    '  overridden templates/base.yaml:5:10 ${A} (forgotten by !replace of profiles/m.yaml:7)',
  ])
})

const declared = (...names: readonly string[]): string =>
  JSON.stringify(Object.fromEntries(names.map(name => [name, { doc: name }])))

t.test('a chain is told to its end, with all that was overridden on the way', async t => {
  const tell = explained(t, {
    'variables.schema.json': declared('A', 'B'),
    'templates/base.yaml': 'variables: { A: !default old, B: !default older }\n',
    'profiles/other.yaml': under('names: [{ name: first }]'),
    'profiles/m.yaml': `include: [base]
variables:
  A: \${B}-x
  B: \${other:${at}/names/0/name}
${under('a: ${A}\nb: ${B}${B}${A}')}`,
  })
  const behindB = [
    'set by profiles/m.yaml:4:6 ${other:/software/components/any/names/0/name} (a plain value is stronger than !default)',
    '  path other:/software/components/any/names/0/name',
    '    set by profiles/other.yaml:4:23 first',
    'overridden templates/base.yaml:1:43 older (!default is weaker than a plain value, profiles/m.yaml:4)',
  ]
  const indented = (columns: number, story: readonly string[]) => story.map(line => ' '.repeat(columns) + line)
  t.equal(tell(`${at}/a`).value, 'first-x')
  t.same(lines(tell(`${at}/a`)), [
    'set by profiles/m.yaml:8:10 ${A}',
    '  variable A',
    '    set by profiles/m.yaml:3:6 ${B}-x (a plain value is stronger than !default)',
    '      variable B',
    ...indented(8, behindB),
    '    overridden templates/base.yaml:1:26 old (!default is weaker than a plain value, profiles/m.yaml:3)',
  ])
  t.same(
    lines(tell(`${at}/b`)).filter(line => line.includes('variable') || line.includes('first')),
    ['  variable B', '        set by profiles/other.yaml:4:23 first', '  variable A', '      variable B'],
    'each story is told once',
  )
})

t.test('inside the map or list of a variable, the line there counts', async t => {
  const tell = explained(t, {
    'variables.schema.json': declared('MAP', 'LIST'),
    'templates/base.yaml': 'variables:\n  MAP: { one: { two: 2, three: 3 } }\n',
    'profiles/m.yaml': `include: [base]
variables:
  LIST: ["\${MAP}", x]
  MAP: { one: { two: 4 } }
${under('map: ${MAP}\nlist: ${LIST}\nboth: "${LIST}"')}`,
  })
  const two = [
    '    set by profiles/m.yaml:4:22 4 (later in the order of includes)',
    '    overridden templates/base.yaml:2:22 2 (earlier in the order of includes than profiles/m.yaml:4)',
  ]
  t.same(lines(tell(`${at}/map/one/two`)), ['set by profiles/m.yaml:8:12 ${MAP}', '  variable MAP/one/two', ...two])
  t.same(lines(tell(`${at}/list/0/one/two`)), [
    'set by profiles/m.yaml:9:13 ${LIST}',
    '  variable LIST/0/one/two',
    '    set by profiles/m.yaml:3:10 ${MAP}',
    '      variable MAP/one/two',
    ...two.map(line => `    ${line}`),
  ])
  t.same(lines(tell(`${at}/map/one/three`)).slice(1), [
    '  variable MAP/one/three',
    '    set by templates/base.yaml:2:32 3',
  ])
  t.same(
    tell(`${at}/map/one`)
      .story.at(0)
      ?.reads.at(0)
      ?.story.map(({ file, keys }) => [file, keys]),
    [
      ['templates/base.yaml', ['three']],
      ['profiles/m.yaml', ['two']],
    ],
  )
})

t.test('parameters: which include gave them, which template has the default', async t => {
  const tell = explained(t, {
    'templates/inner.yaml': `parameters:
  NAME: { type: string }
  SIZE: { default: 3 }
${under('"${NAME}": { size: "${SIZE}", by: "${NAME}" }')}`,
    'templates/outer.yaml': `parameters: { GIVEN: { type: string } }
include:
  - { template: inner, with: { NAME: data, SIZE: "\${GIVEN}" } }
  - { template: inner, with: { NAME: "\${GIVEN}" } }
`,
    'profiles/m.yaml': 'include: [{ template: outer, with: { GIVEN: 12 } }]\n',
  })
  t.same(lines(tell(`${at}/data/size`)), [
    'set by templates/inner.yaml:7:26 ${SIZE}',
    '  given SIZE',
    '    set by templates/outer.yaml:3:50 ${GIVEN}',
    '      given GIVEN',
    '        set by profiles/m.yaml:1:45 12',
  ])
  t.same(lines(tell(`${at}/12/size`)), [
    'set by templates/inner.yaml:7:26 ${SIZE}',
    '  default SIZE',
    '    set by templates/inner.yaml:3:20 3',
  ])
  t.match(tell(`${at}/data/size`).names, [
    { kind: 'parameter', name: 'SIZE', value: '12', file: 'templates/outer.yaml', line: 3 },
    { kind: 'parameter', name: 'GIVEN', value: '12', file: 'profiles/m.yaml', line: 1 },
  ])
})

t.test('CEL: every name and path that was used, also where only the evaluation knows it', async t => {
  const tell = explained(t, {
    'variables.schema.json': JSON.stringify({
      COUNT: { type: 'integer', doc: 'd' },
      MACHINE: { type: 'string', doc: 'd' },
      STEP: { type: 'integer', default: 2, doc: 'd' },
    }),
    'profiles/other.yaml': under('n: 5'),
    'profiles/m.yaml': `variables: { COUNT: 3, MACHINE: other }
${under(`x: \${= COUNT * STEP + value(MACHINE + ":${at}/n") + value("${at}/y") }\ny: 1\nz: \${NONE:-1.10}`)}`,
  })
  t.equal(tell(`${at}/x`).value, 12)
  t.same(lines(tell(`${at}/x`)).slice(1), [
    '  variable COUNT',
    '    set by profiles/m.yaml:1:21 3',
    '  variable STEP',
    '    set by variables.schema.json:1:77 its declared default',
    '  variable MACHINE',
    '    set by profiles/m.yaml:1:33 other',
    '  path other:/software/components/any/n',
    '    set by profiles/other.yaml:4:10 5',
    '  path m:/software/components/any/y',
    '    set by profiles/m.yaml:6:10 1',
  ])
  t.match(tell(`${at}/z`).story, [{ reads: [{ kind: 'fallback', name: 'NONE', value: '1.10', story: [] }] }])
})

t.test('a variable is explained like a value; a declared default by its declaration', async t => {
  const { result } = siteIn(t, {
    'variables.schema.json':
      '{\n  "RAM": { "x-quantity": { "kind": "size", "unit": "MiB" }, "perChild": true, "doc": "d" },\n  "N": { "default": { "a": 1 }, "doc": "d" },\n  "NONE": { "doc": "d" }\n}',
    'profiles/m.yaml': 'variables:\n  RAM: { one: 1 GiB, default: 512 }\n',
  })
  const { compiled } = result
  if (compiled === undefined) throw new Error('no site')
  t.match(explainVariable(compiled, 'm', 'RAM', '/one'), {
    machine: 'm',
    variable: 'RAM',
    pointer: '/one',
    value: 1024,
    unit: 'MiB',
    written: '1 GiB',
    story: [{ verdict: 'set by', file: 'profiles/m.yaml', line: 2, column: 15 }],
  })
  t.match(explainVariable(compiled, 'm', 'RAM', '/default'), { value: 512, unit: 'MiB', written: '512' })
  t.match(explainVariable(compiled, 'm', 'N', '/a'), {
    value: 1,
    story: [{ file: 'variables.schema.json', line: 3, column: 3, rule: 'its declared default' }],
  })
  for (const [name, path] of [
    ['NONE', ''],
    ['RAM', '/two'],
    ['N', '/b'],
    ['OTHER', ''],
  ] as const)
    t.equal(explainVariable(compiled, 'm', name, path), undefined, `${name}${path}`)
})

t.test('an enclosed value: the guest, the line that encloses it, and whose word counts', async t => {
  const domains = 'domains:\n        b:\n          options: { vcpus: 1, memory: 1536 MiB }'
  const { result } = siteIn(
    t,
    {
      ...twoHosts,
      'profiles/b.yaml': `variables: { RAM_OF_B: 2 GiB }\n${twoHosts['profiles/b.yaml']}`.replace(
        'hardware:',
        'hardware:\n  ram: [{ size: "${RAM_OF_B}" }]',
      ),
      'templates/variables.schema.json': declared('RAM_OF_B'),
      [h1]: (twoHosts[h1] ?? '').replace(/domains:[\s\S]*$/, domains),
    },
    components,
  )
  t.same(result.diagnostics, [])
  const tell = (path: string): Explanation => {
    const found = result.compiled && explain(result.compiled, 'h1', `/software/components/${path}`)
    if (found === undefined) throw new Error(`nothing at ${path}`)
    return found
  }
  const memory = tell('xen/domains/b/options/memory')
  t.match(memory, { value: 1536, unit: 'MiB', written: '1536 MiB' })
  t.same(lines(memory), [
    "set by profiles/h1.yaml:32:40 1536 MiB (the host's own word)",
    "overridden profiles/b.yaml:1:24 2048 (weaker than the host's own word, profiles/h1.yaml:32)",
    '  path b:/hardware/ram/0/size',
    '    set by profiles/b.yaml:4:17 ${RAM_OF_B}',
    '      variable RAM_OF_B',
    '        set by profiles/b.yaml:1:24 2 GiB',
    '    above, at /hardware/ram',
    '      overridden templates/guest.yaml:2:8 a list (replaced by the list of profiles/b.yaml:4: the schema has no x-merge here)',
  ])
  t.match(memory.story.at(0), {
    pulled: 'b:/hardware/ram/0/size',
    enclosed: { child: 'b', file: h1, line: 14, column: 19 },
    lostTo: { rule: 'strength', file: h1, line: 32, column: 40 },
  })
  t.same(memory.names, [], 'what lost is not what it was made of')

  t.match(tell('xen/domains/a/options/memory'), { value: 1024, unit: 'MiB', written: '1 GiB' })
  t.same(lines(tell('xen/domains/a/options/memory')), [
    'set by templates/guest.yaml:2:17 1024',
    '  path a:/hardware/ram/0/size',
    '    set by templates/guest.yaml:2:17 1 GiB',
  ])
  t.same(lines(tell('xen/domains/a/options/bootloader')), [
    'set by xenclosure.yaml:5:19 pygrub',
    '  variable XEN_BOOTLOADER',
    '    set by xenclosure.yaml:5:19 pygrub',
  ])
  t.match(tell('xen/domains/a/options/name').story, [
    { rule: 'its name', file: h1, line: 14, column: 16, enclosed: { child: 'a' } },
  ])
  const domain = tell('xen/domains/b')
  t.match(
    domain.story.map(({ verdict, file, line, keys, pulled }) => [verdict, file, line, keys, pulled]),
    [
      ['set by', h1, 14, ['options', 'disks', 'vifs'], 'b'],
      ['set by', h1, 32, ['options'], undefined],
    ],
    'of a map: who sets what in it, the guest once',
  )
})

t.test('the bridge of one nic comes from its line in the variable', async t => {
  const { result } = siteIn(
    t,
    {
      ...twoHosts,
      [h1]: `variables:\n  XEN_VIF_BRIDGE: { a: { eth0: br0 }, default: br0 }\n${twoHosts[h1]}`,
    },
    components,
  )
  const story = (guest: string) => {
    const path = `/software/components/xen/domains/${guest}/vifs/eth0/bridge`
    return result.compiled && lines(explain(result.compiled, 'h1', path) ?? { story: [] }).slice(1)
  }
  t.same(story('a'), ['  variable XEN_VIF_BRIDGE/a/eth0', '    set by profiles/h1.yaml:2:32 br0'])
  t.same(story('b'), ['  variable XEN_VIF_BRIDGE/default', '    set by profiles/h1.yaml:2:48 br0'])
})

/** Every place of a value that holds no further one. */
const leaves = (value: Json, path: readonly string[] = []): readonly string[] => {
  const list = isList(value) ? value.map((item, index) => [`${index}`, item] as const) : []
  const entries = isMap(value) ? Object.entries(value) : list
  return entries.length === 0 ? [printPointer(path)] : entries.flatMap(([key, item]) => leaves(item, [...path, key]))
}

t.test('every value of every document of the example site can be explained by lines that say it', async t => {
  const { compiled, diagnostics } = compileSite('.', components)
  if (compiled === undefined) throw new Error('no site')
  t.same(diagnostics, [])
  const { site, documents } = compiled
  /** The last word stands in the file as it is told, or is a rule, or comes from a place where the same holds. */
  const isFounded = (step: Step, key: string): boolean => {
    const line = site.sourceLine(step.file, step.line)
    if (line === undefined || step.column > line.length + 1) return false
    if (step.rule !== undefined) return true
    if (step.pulled !== undefined && step.reads.length === 0) return step.pulled.startsWith('the move of')
    const behind = step.reads.every(({ kind, story }) => kind === 'fallback' || story.some(one => isFounded(one, '')))
    const text = line.slice(step.column - 1).replace(/^["']/, '')
    const shapes: Readonly<Record<string, RegExp>> = { 'a map': /^(\{|[\w"]+:)/, 'a list': /^(\[|- )/ }
    const isWritten = shapes[step.written]?.test(text) ?? text.startsWith(step.written)
    return behind && (step.pulled !== undefined || isWritten || (key !== '' && line.includes(key)))
  }
  let told = 0
  for (const [name, document] of documents) {
    for (const pointer of leaves(document)) {
      const explanation = explain(compiled, name, pointer)
      const key = pointer.split('/').at(-1) ?? ''
      const founded = explanation?.story.some(step => step.verdict === 'set by' && isFounded(step, key))
      if (founded !== true) t.fail(`${name}:${pointer} ${JSON.stringify(explanation)}`)
      told += 1
    }
  }
  t.ok(told > 250, `${told} values`)
})
