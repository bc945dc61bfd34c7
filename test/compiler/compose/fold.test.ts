import t from 'tap'
import { explain } from '../../../src/compiler/inspect/explain.js'
import { anything, siteIn } from '../../fixtures/site-in.js'

const at = '/software/components/any'
const profile = (body: string) =>
  `include: [base, more]\nsoftware:\n  components:\n    any:\n${body.replace(/^/gm, '      ')}\n`
const template = (body: string) => `software:\n  components:\n    any:\n${body.replace(/^/gm, '      ')}\n`

t.test('what meets under a path is folded once, by strength and then by order', async t => {
  const table: readonly { say: string; base: string; more: string; own: string; is: unknown }[] = [
    { say: 'a later file wins', base: 'x: 1', more: 'x: 2', own: 'y: 3', is: { x: 2, y: 3 } },
    { say: 'the file itself wins over what it includes', base: 'x: 1', more: 'y: 2', own: 'x: 3', is: { x: 3, y: 2 } },
    {
      say: 'maps merge deeply',
      base: 'x: {a: 1, b: 1}',
      more: 'x: {b: 2}',
      own: 'x: {c: 3}',
      is: { x: { a: 1, b: 2, c: 3 } },
    },
    { say: 'a list sets', base: 'x: [1, 2]', more: 'x: [3]', own: 'y: 1', is: { x: [3], y: 1 } },
    {
      say: '!append and !prepend add',
      base: 'x: [2]',
      more: 'x: !append [3]',
      own: 'x: !prepend [1]',
      is: { x: [1, 2, 3] },
    },
    {
      say: '!default loses against anything plain',
      base: 'x: 1',
      more: 'x: !default 2',
      own: 'y: 1',
      is: { x: 1, y: 1 },
    },
    {
      say: '!default keeps its type',
      base: 'x: !default 2',
      more: 'y: !default true',
      own: 'z: 1',
      is: { x: 2, y: true, z: 1 },
    },
    { say: '!force wins over what comes later', base: 'x: !force 1', more: 'x: 2', own: 'x: 3', is: { x: 1 } },
    {
      say: 'a later !force wins over an earlier one',
      base: 'x: !force 1',
      more: 'x: !force 2',
      own: 'x: 3',
      is: { x: 2 },
    },
    {
      say: 'strength holds for all of a map',
      base: 'x: !force {a: 1}',
      more: 'x: {a: 2, b: 2}',
      own: 'y: 1',
      is: { x: { a: 1, b: 2 }, y: 1 },
    },
    {
      say: '!append adds to the weaker levels',
      base: 'x: !force:append [3]',
      more: 'x: [1]',
      own: 'x: !append [2]',
      is: { x: [1, 2, 3] },
    },
    {
      say: '!replace forgets a map',
      base: 'x: {a: 1}',
      more: 'x: !replace {b: 2}',
      own: 'x: {c: 3}',
      is: { x: { b: 2, c: 3 } },
    },
    {
      say: '!replace lets a scalar take a place',
      base: 'x: {a: 1}',
      more: 'x: !replace 2',
      own: 'y: 1',
      is: { x: 2, y: 1 },
    },
    {
      say: '!replace does not forget what is stronger',
      base: 'x: {a: !force 1}',
      more: 'x: !replace {b: 2}',
      own: 'y: 1',
      is: { x: { a: 1, b: 2 }, y: 1 },
    },
    { say: '!remove drops the key', base: 'x: {a: 1}', more: 'x: !remove', own: 'y: 1', is: { y: 1 } },
    {
      say: 'after !remove a set starts from nothing',
      base: 'x: {a: 1}',
      more: 'x: !remove',
      own: 'x: {b: 2}',
      is: { x: { b: 2 } },
    },
    {
      say: '!replace keeps what its own file writes in it, however weak',
      base: 'x: {a: 1}',
      more: 'x: !replace {a: !default 2, b: {c: !default 3}}',
      own: 'y: 1',
      is: { x: { a: 2, b: { c: 3 } }, y: 1 },
    },
    {
      say: '!remove does not take what is stronger',
      base: 'x: {a: !force 1, b: 1}',
      more: 'x: !remove',
      own: 'y: 1',
      is: { x: { a: 1 }, y: 1 },
    },
    {
      say: 'a !remove that nothing is stronger than takes what is forced, too',
      base: 'x: {a: {b: !force 1}}',
      more: 'x: !force:remove',
      own: 'y: 1',
      is: { y: 1 },
    },
    {
      say: '!prepend keeps the order of includes',
      base: 'x: !prepend [1]',
      more: 'x: !prepend [2]',
      own: 'x: !default [3]',
      is: { x: [1, 2, 3] },
    },
    {
      say: 'a stronger !prepend comes before all weaker ones',
      base: 'x: !force:prepend [1]',
      more: 'x: !prepend [2]',
      own: 'x: !prepend [3]',
      is: { x: [1, 2, 3] },
    },
    {
      say: 'however deep below a !replace it stands',
      base: 'x: {m: {n: !force 1}}',
      more: 'x: !replace {b: 2}',
      own: 'y: 1',
      is: { x: { b: 2, m: { n: 1 } }, y: 1 },
    },
    {
      say: 'what !replace forgets clashes with nothing',
      base: 'x: {a: 1}',
      more: 'x: 5',
      own: 'x: !replace [1]',
      is: { x: [1] },
    },
    {
      say: 'a weaker !replace in a !replace forgets what that forgets, and no more',
      base: 'x: {m: {z: 1, w: !force 1}}',
      more: 'x: !replace {m: !default:replace {y: 2}}',
      own: 'y: 1',
      is: { x: { m: { w: 1, y: 2 } }, y: 1 },
    },
    {
      say: '!remove of one key leaves its neighbours',
      base: 'x: {a: 1, b: 2}',
      more: 'x: {a: !remove}',
      own: 'y: 1',
      is: { x: { b: 2 }, y: 1 },
    },
  ]
  for (const { say, base, more, own, is } of table) {
    const files = {
      'templates/base.yaml': template(base),
      'templates/more.yaml': template(more),
      'profiles/m.yaml': profile(own),
    }
    const { value, found } = siteIn(t, { ...anything, ...files })
    t.same(found, [], `${say}: nothing to complain of`)
    t.same(value('m', at), is, say)
  }
})

t.test('explain tells what counts from what was overridden', async t => {
  const { result } = siteIn(t, {
    ...anything,
    'templates/base.yaml': template('x: [1]\ny: {a: 1}\nz: !append [1]'),
    'templates/more.yaml': template('x: !append [2]\ny: !replace {b: 1}\nz: [2]'),
    'profiles/m.yaml': profile('x: [3]\ny: {c: 1}\nz: !append [4]'),
  })
  const verdicts = (path: string) =>
    result.compiled && explain(result.compiled, 'm', `${at}/${path}`)?.story.map(({ verdict }) => verdict)
  t.same(verdicts('x'), ['overridden', 'overridden', 'set by'], 'a plain list forgets what was added before')
  t.same(verdicts('y'), ['overridden', 'set by', 'set by'], '!replace forgets a map')
  t.same(verdicts('z'), ['overridden', 'set by', 'set by'], '!append adds to the list that counts')
})

t.test('a schema may say that a list adds up', async t => {
  const list = { type: 'array', 'x-merge': { key: 'name' }, items: { type: 'object' } }
  const schema = { type: 'object', properties: { x: list, y: { type: 'array', 'x-merge': 'append' } } }
  const { value } = siteIn(t, {
    'components/any/schema.json': JSON.stringify(schema),
    'templates/base.yaml': template('x: [{name: a, v: 1}, {name: b, v: 1}]\ny: [1]'),
    'templates/more.yaml': template('x: [{name: b, v: 2}, {name: c, v: 2}]\ny: [2]'),
    'profiles/m.yaml': profile('x: !prepend [{name: d, v: 3}, {name: c, v: 3}]\ny: [3]'),
  })
  t.same(value('m', `${at}/x`), [
    { name: 'd', v: 3 },
    { name: 'c', v: 3 },
    { name: 'a', v: 1 },
    { name: 'b', v: 2 },
  ])
  t.same(value('m', `${at}/y`), [1, 2, 3])
})

t.test('items of a list that adds up are told apart by what their names are', async t => {
  const list = { type: 'array', 'x-merge': { key: 'name' }, items: { type: 'object' } }
  const { value, found } = siteIn(t, {
    'components/any/schema.json': JSON.stringify({ type: 'object', properties: { x: list } }),
    'templates/item.yaml': `parameters: { NAME: {}, V: {} }\n${template('x: [{name: "${NAME}", v: "${V}"}]')}`,
    'profiles/m.yaml': `include:
  - { template: item, with: { NAME: a, V: 1 } }
  - { template: item, with: { NAME: b, V: 2 } }
  - { template: item, with: { NAME: a, V: 3 } }
${template('x: [!remove {name: b, v: 4}, {name: c}, {name: b, v: 5}]')}`,
  })
  t.same(found, [])
  t.same(value('m', `${at}/x`), [{ name: 'a', v: 3 }, { name: 'b', v: 5 }, { name: 'c' }])
})

t.test('what does not fit together is an error at its line, or a warning', async t => {
  const files = { 'templates/base.yaml': template('x: {a: 1}'), 'templates/more.yaml': template('x: 2') }
  const shapes = siteIn(t, { ...anything, ...files, 'profiles/m.yaml': profile('y: 1') })
  t.same(shapes.found, ['merge-shape templates/more.yaml:4:10'], 'a scalar meets a map')
  const behind = siteIn(t, {
    ...anything,
    'variables.schema.json': '{ "B": { "doc": "a map", "default": {} } }',
    'templates/base.yaml': template('x: "${B}"'),
    'templates/more.yaml': template('x: { a: 1 }'),
    'profiles/m.yaml': profile('y: 1'),
  })
  t.match(behind.result.diagnostics[0]?.hint, 'set B to what should stand there', 'with the variable that decides')
  const nothing = siteIn(t, {
    ...anything,
    ...files,
    'templates/more.yaml': template('z: !remove'),
    'profiles/m.yaml': profile('y: 1'),
  })
  t.same(nothing.found, ['remove-nothing templates/more.yaml:4:7'], 'there is nothing to remove')
  const added = siteIn(t, {
    ...anything,
    'profiles/m.yaml': 'software: { components: { any: { x: !append { a: 1 } } } }\n',
  })
  t.same(added.found, ['type profiles/m.yaml:1:45'], 'a map is not added to a list')
  const table: readonly [string, string, string, string][] = [
    ['nothing is added to a scalar', 'x: 1', 'x: !append [2]', 'merge-shape templates/more.yaml:4:18'],
    ['nor to what an expression stands for', 'x: "${L}"', 'x: !prepend [2]', 'merge-shape templates/more.yaml:4:19'],
    ['nor by a schema that adds lists up', 'l: 1', 'l: [2]', 'merge-shape templates/more.yaml:4:10'],
    [
      '!replace does not forget what is stronger',
      'x: {a: !force 1}',
      'x: !replace 2',
      'merge-shape templates/base.yaml:4:21',
    ],
    ['nothing is removed twice', 'x: 1\ny: !remove', 'x: !remove', 'remove-nothing templates/base.yaml:5:7'],
    ['!remove takes no value', 'x: 1', 'x: !remove 1', 'type templates/more.yaml:4:18'],
    ['nor a map of what is to go', 'x: { a: 1 }', 'x: !remove { a: 1 }', 'type templates/more.yaml:4:18'],
  ]
  for (const [say, base, more, expected] of table) {
    const { found } = siteIn(t, {
      'components/any/schema.json': '{ "type": "object", "properties": { "l": { "x-merge": "append" } } }',
      'variables.schema.json': '{ "L": { "doc": "a list", "default": [1] } }',
      'templates/base.yaml': template(base),
      'templates/more.yaml': template(more),
      'profiles/m.yaml': profile('y: 1'),
    })
    t.same(found, [expected], say)
  }
  t.ok(nothing.result.compiled, 'which is a warning')
})

t.test('what adds to a list that a parameter stands for is told where the list is given', t => {
  const hintBeside = (more: string) => {
    const { result } = siteIn(t, {
      ...anything,
      'variables.schema.json': '{ "L": { "type": "array", "doc": "a list" } }',
      'templates/group.yaml': `parameters: { DEVICES: {} }
software: { components: { any: { devices: "\${DEVICES}", other: "\${L}" } } }
`,
      'profiles/m.yaml': `include: [{ template: group, with: { DEVICES: [a] } }]
variables: { L: [a] }
software: { components: { any: { ${more} } } }
`,
    })
    return result.diagnostics.map(({ code, hint }) => [code, hint])
  }
  t.same(hintBeside('devices: !append [b]'), [
    [
      'merge-shape',
      'DEVICES is a parameter of group: give all items to its include, with: { DEVICES: [...] }, or say !replace',
    ],
  ])
  t.match(hintBeside('other: !append [b]'), [['merge-shape', /where NAME is set: variables:/]])
  t.same(hintBeside('devices: !replace [b]'), [])
  t.end()
})
