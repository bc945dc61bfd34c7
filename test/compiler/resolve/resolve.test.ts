import t from 'tap'
import { anything, siteIn } from '../../fixtures/site-in.js'

const declared = {
  ...anything,
  'variables.schema.json': JSON.stringify({
    NAME: { type: 'string', doc: 'a name' },
    PORT: { type: 'integer', default: 80, doc: 'a port' },
    SIZE: { type: 'integer', 'x-quantity': { kind: 'size', unit: 'MiB' }, doc: 'a size' },
    MAP: { type: 'object', doc: 'a map' },
  }),
}
const set = (body: string) => `software: { components: { any: { ${body} } } }\n`
const at = (path: string) => `/software/components/any/${path}`

t.test('an expression stands for a value', async t => {
  const table: readonly [string, string, string, unknown][] = [
    ['a variable alone keeps its type', 'PORT: 8080', 'x: "${PORT}"', 8080],
    ['inside a text it is text', 'PORT: 8080', 'x: "port-${PORT}/tcp"', 'port-8080/tcp'],
    ['a declared default counts', 'NAME: a', 'x: "${PORT}"', 80],
    ['a fallback for a name that does not exist', 'PORT: 1', 'x: "${NAME:-nobody}"', 'nobody'],
    ['a fallback alone is read as YAML', 'PORT: 1', 'x: "${NUMBER:-2}"', 2],
    ['a fallback in a text is text', 'PORT: 1', 'x: "v${NUMBER:-1.10}"', 'v1.10'],
    ['no fallback for an empty one', 'NAME: ""', 'x: "${NAME:-nobody}"', ''],
    ['$${ is a literal ${', 'PORT: 1', 'x: "$${PORT} ${PORT}"', '${PORT} 1'],
    ['!literal leaves a block alone', 'PORT: 1', 'x: !literal "echo ${HOME} ${PORT}"', 'echo ${HOME} ${PORT}'],
    ['a variable may hold a map', 'MAP: { a: 1, b: [2] }', 'x: "${MAP}"', { a: 1, b: [2] }],
    ['a path of the machine itself', 'PORT: 7', 'x: "${/software/components/any/y}", y: "${PORT}"', 7],
    [
      'a path into what an expression stands for',
      'MAP: { a: { b: 5 } }',
      'x: "${/software/components/any/y/a/b}", y: "${MAP}"',
      5,
    ],
    ['a path of another machine', 'PORT: 7', 'x: "${other:/system/function}"', 'mail'],
    ['a computed value', 'PORT: 8080', 'x: "${= PORT + 1 }"', 8081],
    ['computed inside a text', 'PORT: 8080', 'x: "a-${= {\'k\': PORT}.k / 2 }-}"', 'a-4040-}'],
    [
      'computed from another place',
      'PORT: 7',
      'x: "${= value(\'other:/system/function\') + string(value(\'/software/components/any/y\')) }", y: "${PORT}"',
      'mail7',
    ],
    ['an item of a list', 'PORT: 7', 'x: "${/software/components/any/y/1}", y: [1, "${PORT}"]', 7],
    ['a text that looks like a number', 'NAME: 1E999', 'x: "${NAME}"', '1E999'],
    ['a quantity in its unit', 'SIZE: 1.5 GiB', 'x: "${SIZE}"', 1536],
  ]
  for (const [say, variables, body, expected] of table) {
    const { value, found } = siteIn(t, {
      ...declared,
      'profiles/m.yaml': `variables: { ${variables} }\n${set(body)}`,
      'profiles/other.yaml': 'system: { function: mail }\n',
    })
    t.same(found, [], `${say}: nothing to complain of`)
    t.same(value('m', at('x')), expected, say)
  }
})

t.test('the order of templates never decides whether a variable is seen', async t => {
  const { value } = siteIn(t, {
    ...declared,
    'templates/early.yaml': set('x: "${NAME}"'),
    'templates/late.yaml': 'variables: { NAME: late, PORT: !default 1 }\n',
    'profiles/m.yaml': `include: [early, late]\nvariables: { PORT: 2 }\n${set('y: "${PORT}"')}`,
  })
  t.equal(value('m', at('x')), 'late')
  t.equal(value('m', at('y')), 2, 'the including file is stronger')
})

t.test('the schema decides how a scalar is read', async t => {
  const properties = {
    text: { type: 'string' },
    size: { type: 'integer', 'x-quantity': { kind: 'size', unit: 'MiB' } },
    wait: { type: 'integer', 'x-quantity': { kind: 'duration', unit: 's' } },
  }
  const component = { 'components/any/schema.json': JSON.stringify({ type: 'object', properties }) }
  const table: readonly [string, string, unknown][] = [
    ['text: 1.10', 'text', '1.10'],
    ['text: 0755', 'text', '0755'],
    ['text: true', 'text', 'true'],
    ['size: 2 GiB', 'size', 2048],
    ['size: 1.5GiB', 'size', 1536],
    ['size: 512', 'size', 512],
    ['wait: 2 min', 'wait', 120],
  ]
  for (const [body, key, expected] of table)
    t.equal(siteIn(t, { ...component, 'profiles/m.yaml': set(body) }).value('m', at(key)), expected, body)
  for (const body of ['size: 2 G', 'size: 1 GB', 'size: 1.3 MiB', 'size: -1 GiB', 'wait: 1500 ms']) {
    t.same(siteIn(t, { ...component, 'profiles/m.yaml': set(body) }).found, ['quantity profiles/m.yaml:1:40'], body)
  }
})

t.test('an item that cannot be computed leaves the others in their places', async t => {
  const ram = 'hardware: { ram: [{ size: "${NO}" }, "${NO}", 5] }\n'
  t.same(siteIn(t, { 'profiles/m.yaml': ram }).found, [
    'variable-undefined profiles/m.yaml:1:27',
    'variable-undefined profiles/m.yaml:1:38',
    'type profiles/m.yaml:1:47',
  ])
})

t.test('who reads a value first does not decide how it is read', async t => {
  const size = { type: 'integer', 'x-quantity': { kind: 'size', unit: 'MiB' } }
  const { value } = siteIn(t, {
    'components/any/schema.json': JSON.stringify({
      type: 'object',
      additionalProperties: { type: 'object', additionalProperties: size },
    }),
    'profiles/m.yaml': `hardware: { model: "\${/software/components/any/x/01}" }\n${set('x: { "01": 2 GiB }')}`,
  })
  t.same(value('m', at('x')), { '01': 2048 })
})

t.test('a declared default is read and judged as any other value', async t => {
  const size = { type: 'integer', 'x-quantity': { kind: 'size', unit: 'MiB' }, doc: 'a size' }
  const withDefault = (declaration: object) =>
    siteIn(t, {
      ...anything,
      'variables.schema.json': JSON.stringify({ A: declaration }),
      'profiles/m.yaml': set('x: "${= A }"'),
    })
  const table: readonly [object, unknown][] = [
    [{ ...size, default: '2 GiB' }, 2048],
    [
      { ...size, perChild: true, default: { default: '1 GiB', ce: 512 } },
      { default: 1024, ce: 512 },
    ],
    [{ type: 'string', doc: 'a text', default: 12 }, '12'],
  ]
  for (const [declaration, expected] of table) {
    const { value, found } = withDefault(declaration)
    t.same(found, [])
    t.same(value('m', at('x')), expected)
  }
  for (const wrong of [
    { ...size, default: '2 G' },
    { ...size, default: 'much' },
    { type: 'boolean', doc: 'a switch', default: 'yes' },
  ]) {
    const { result } = withDefault(wrong)
    t.match(result.diagnostics, [{ code: 'schema', message: /^the default of A: expected /, position: { line: 1 } }])
  }
})

t.test('what is wrong within a list or map that was given as a parameter is said where it stands there', async t => {
  const item = {
    type: 'object',
    additionalProperties: false,
    required: ['path'],
    properties: {
      path: { type: 'string', pattern: '^/dev' },
      size: { type: 'integer', 'x-quantity': { kind: 'size', unit: 'MiB' } },
    },
  }
  const files = {
    'components/any/schema.json': JSON.stringify({ type: 'object', properties: { x: { type: 'array', items: item } } }),
    'variables.schema.json': '{ "SIZE": { "doc": "a size" } }',
    'templates/group.yaml': `parameters: { DEVICES: { type: array } }\n${set('x: "${DEVICES}"')}`,
    'templates/outer.yaml': 'parameters: { D: {} }\ninclude: [{ template: group, with: { DEVICES: "${D}" } }]\n',
  }
  const given = (devices: string, template = 'group', name = 'DEVICES') => {
    const profile = `variables: { SIZE: 2 G }\ninclude: [{ template: ${template}, with: { ${name}: ${devices} } }]\n`
    return siteIn(t, { ...files, 'profiles/m.yaml': profile }).found
  }
  t.same(given('[{ path: /dev/sdb, size: 1 TB }]'), ['quantity profiles/m.yaml:2:72'])
  t.same(given('[{ path: /dev/sda }, { path: sdb }]'), ['schema profiles/m.yaml:2:76'])
  t.same(given('[{ path: /dev/sdb, sise: 1 TiB }]'), ['key-unknown profiles/m.yaml:2:66'], 'a key at the key')
  t.same(given('[{ size: 1 TiB }]'), ['schema profiles/m.yaml:2:48'], 'a missing one where it should be')
  t.same(given('[{ path: /dev/sdb, size: 1 TB }]', 'outer', 'D'), ['quantity profiles/m.yaml:2:66'], 'passed on')
  t.same(given('[{ path: /dev/sdb, size: "${SIZE}" }]'), ['quantity profiles/m.yaml:1:20'], 'and behind a name in it')
})

t.test('a machine may read its own name, and that of others', async t => {
  const { value, found } = siteIn(t, {
    ...anything,
    'templates/named.yaml': 'system: { network: { hostname: "${/name}" } }\n',
    'profiles/m.yaml': `include: [named]\n${set('x: "${other:/name}", y: "${= value(\'/name\') + \'-data\' }"')}`,
    'profiles/other.yaml': 'include: [named]\n',
  })
  t.same(found, [])
  t.equal(value('m', '/system/network/hostname'), 'm')
  t.equal(value('other', '/system/network/hostname'), 'other')
  t.same([value('m', at('x')), value('m', at('y'))], ['other', 'm-data'])
})

t.test('a value that cannot be computed is one error at its line', async t => {
  const table: readonly [string, string, string][] = [
    ['an unknown name', 'x: "${NAM}"', 'variable-undefined profiles/m.yaml:1:37'],
    ['a name that is not set', 'x: "${NAME}"', 'variable-undefined profiles/m.yaml:1:37'],
    ['no such path', 'x: "${/system/nothing}"', 'reference-missing profiles/m.yaml:1:37'],
    ['no such machine', 'x: "${nobody:/system}"', 'machine-unknown profiles/m.yaml:1:37'],
    ['a broken expression', 'x: "${NAME"', 'syntax profiles/m.yaml:1:37'],
    ['a fallback with an expression', 'x: "${NAME:-${PORT}}"', 'syntax profiles/m.yaml:1:37'],
    ['a computation that fails', 'x: "${= PORT / 0 }"', 'expression profiles/m.yaml:1:37'],
    ['a computation over what is not set', 'x: "${= NAME + \'a\' }"', 'expression profiles/m.yaml:1:37'],
    [
      'a computation over what failed is told once',
      'x: "${= value(\'/software/components/any/y\') }", y: "${NAM}"',
      'variable-undefined profiles/m.yaml:1:85',
    ],
    ['no item 01', 'x: "${/software/components/any/y/01}", y: [1, 2]', 'reference-missing profiles/m.yaml:1:37'],
    ['infinity', 'x: 1e999', 'type profiles/m.yaml:1:37'],
    ['not a number', 'x: .nan', 'type profiles/m.yaml:1:37'],
    ['a whole number beyond 2^53', 'x: 9007199254740993', 'type profiles/m.yaml:1:37'],
    ['nothing inside a text', 'x: "a ${/software/components/any/y}", y: null', 'type profiles/m.yaml:1:37'],
    ['a map inside a text', 'x: "a ${/software/components/any/y}", y: { z: 1 }', 'type profiles/m.yaml:1:37'],
    [
      'a value that needs itself',
      'x: "${/software/components/any/y}", y: "${/software/components/any/x}"',
      'cycle profiles/m.yaml:1:37',
    ],
    [
      'a variable that is declared nowhere',
      'x: 1 } } }\nvariables: { NAM: 1 }\nhardware: { cards: { nic: {',
      'variable-undeclared profiles/m.yaml:2:14',
    ],
  ]
  for (const [say, body, expected] of table)
    t.same(siteIn(t, { ...declared, 'profiles/m.yaml': set(body) }).found, [expected], say)
  const undeclared = (name: string) =>
    siteIn(t, { ...declared, 'profiles/m.yaml': `variables: { ${name}: 1 }\n` }).result.diagnostics[0]?.hint
  t.equal(undeclared('PRT'), 'did you mean "PORT"?')
  t.match(undeclared('COLOUR'), 'variables.schema.json: "COLOUR": { "type"', 'with the way to declare it')
  const cycle = siteIn(t, {
    ...declared,
    'profiles/m.yaml': set('x: "${/software/components/any/y}", y: "${/software/components/any/x}"'),
  })
  t.match(
    cycle.result.diagnostics[0]?.message,
    /: \/software\/components\/any\/x -> \/software\/components\/any\/y -> \/software\/components\/any\/x$/,
    'a cycle names its places',
  )
  const across = siteIn(t, {
    'profiles/m.yaml': 'hardware: { model: "${a:/hardware/model}" }\n',
    'profiles/a.yaml': 'hardware: { model: "${m:/hardware/model}" }\n',
  })
  t.match(across.result.diagnostics, [
    { message: /: a:\/hardware\/model -> m:\/hardware\/model -> a:\/hardware\/model$/, machines: ['a', 'm'] },
  ])
})

t.test('a mistake inside the value of a variable or parameter is shown there', async t => {
  const inner = { type: 'object', additionalProperties: false, properties: { a: { type: 'integer' } } }
  const schema = {
    type: 'object',
    properties: {
      list: { type: 'array', items: { type: 'integer' } },
      map: { type: 'object', additionalProperties: inner },
    },
  }
  const { found } = siteIn(t, {
    'components/any/schema.json': JSON.stringify(schema),
    'variables.schema.json': JSON.stringify({ LIST: { doc: 'l' }, MAP: { doc: 'm' } }),
    'templates/given.yaml': 'parameters: { P: {} }\nsoftware: { components: { any: { map: "${P}" } } }\n',
    'profiles/m.yaml': `include: [{ template: given, with: { P: "\${MAP}" } }]
variables:
  LIST: [1, two, 3]
  MAP:
    x: { a: 1, b: 2 }
software: { components: { any: { list: "\${LIST}" } } }
`,
  })
  t.same(found, ['type profiles/m.yaml:3:13', 'key-unknown profiles/m.yaml:5:16'])
})

t.test('where a variable is nothing, that is told at the variable', async t => {
  const { found } = siteIn(t, {
    'components/any/schema.json': JSON.stringify({ type: 'object', properties: { x: { type: 'integer' } } }),
    'variables.schema.json': JSON.stringify({ NOTHING: { doc: 'n' } }),
    'templates/given.yaml': set('x: "${NOTHING}"'),
    'profiles/m.yaml': 'include: [given]\nvariables:\n  NOTHING: null\n',
  })
  t.same(found, ['null-value profiles/m.yaml:3:12'])
})

t.test('expressions that lead on to each other, or grow, come to an end', async t => {
  const declared = (names: readonly string[]) => ({
    ...anything,
    'variables.schema.json': JSON.stringify(Object.fromEntries(names.map(name => [name, { doc: 'one of many' }]))),
  })
  const names = Array.from({ length: 300 }, (_, index) => `V${index}`)
  const variables = (count: number, write: (next: string) => string): string =>
    names
      .slice(0, count)
      .map((name, index) => `  ${name}: ${index === count - 1 ? 'x' : write(names[index + 1] ?? '')}\n`)
      .join('')
  const compiled = (count: number, write: (next: string) => string) =>
    siteIn(t, {
      ...declared(names.slice(0, count)),
      'profiles/m.yaml': `variables:\n${variables(count, write)}${set('x: "${V0}"')}`,
    })
  t.equal(compiled(200, next => `"\${= ${next} }"`).value('m', at('x')), 'x', 'as many as nobody needs')
  const endless = compiled(300, next => `"\${${next}}"`).result.diagnostics
  t.match(endless, [{ code: 'cycle', message: /^more than 250 values/ }], 'names of names')
  const paths = Array.from({ length: 300 }, (_, index) => `p${index}: "\${= value('${at(`p${index + 1}`)}') }"`)
  const chain = siteIn(t, { ...declared([]), 'profiles/m.yaml': set(`${paths.join(', ')}, p300: x`) })
  t.match(chain.result.diagnostics[0], { code: 'cycle', message: /^more than 250 values/ }, 'paths within computations')

  const bombs: readonly [string, (next: string) => string][] = [
    ['a text', next => `"\${${next}}\${${next}}"`],
    ['a list', next => `["\${${next}}", "\${${next}}"]`],
    ['a map', next => `{ a: "\${${next}}", b: "\${${next}}" }`],
  ]
  for (const [say, write] of bombs) {
    const { diagnostics } = compiled(60, write).result
    t.match(diagnostics, [{ code: 'expression', message: /stand for more than 1000000/ }], `${say} that doubles`)
  }
})

t.test('a text that a host reads of itself counts once', async t => {
  const { found, value } = siteIn(t, {
    ...declared,
    'profiles/hosts/h.yaml': `variables: { NAME: ${'x'.repeat(600_000)} }
system: { enclosure: { type: hypervisor, children: [g] } }
${set(`size: "\${= size(value('${at('text')}')) }", text: "\${NAME}"`)}`,
    'profiles/guests/g.yaml': 'system: { function: mail }\n',
  })
  t.same(found, [])
  t.equal(value('h', at('size')), 600_000)
})

t.test('values that need each other too far are a mistake, whoever is read first', async t => {
  const tower = (height: number, name: (level: number) => string) =>
    Object.fromEntries(
      Array.from({ length: height }, (_, level) => {
        const below = level === 0 ? 'ground' : `\${${name(level - 1)}:/system/function}`
        return [`profiles/${name(level)}.yaml`, `system: { function: "${below}" }\n`]
      }),
    )
  const up = (level: number) => `m${100 + level}`
  const down = (level: number) => `m${900 - level}`
  for (const name of [up, down]) {
    t.strictSame(siteIn(t, { ...anything, ...tower(240, name) }).found, [])
    const { found } = siteIn(t, { ...anything, ...tower(260, name) })
    t.ok(found.length > 0 && found.every(one => one.startsWith('cycle profiles/m')), `${found}`)
  }
})
