import t from 'tap'
import { viewSchema } from '../../../src/compiler/schema/schema-view.js'
import { forChild, type VariableDeclaration } from '../../../src/compiler/schema/variables.js'
import { anything, siteIn } from '../../fixtures/site-in.js'

t.test(
  'of several declarations the nearest counts: beside xenclosure.yaml, the load path, the standard ones',
  async t => {
    const declared = (name: string, type: string) => JSON.stringify({ [name]: { type, doc: type } })
    const files = {
      ...anything,
      'xenclosure.yaml': 'site: test\nloadpath: [templates/near, templates/far]\n',
      'templates/near/variables.schema.json': declared('OWN', 'string'),
      'templates/far/variables.schema.json': declared('OWN', 'integer'),
    }
    const found = (variable: string, more = {}) =>
      siteIn(t, { ...files, ...more, 'profiles/m.yaml': `variables: { ${variable} }\n` }).found
    t.same(found('OWN: word'), [])
    const beside = { 'variables.schema.json': declared('OWN', 'boolean') }
    t.same(found('OWN: word', beside), ['type profiles/m.yaml:1:19'])
    t.same(found('OWN: true', beside), [])
    t.same(found('XEN_RAM: word'), ['quantity profiles/m.yaml:1:23'], 'a standard one')
    const shadowing = { 'templates/far/variables.schema.json': declared('XEN_RAM', 'string') }
    t.same(found('XEN_RAM: word', shadowing), [], 'that the site declares in its own way')
  },
)

t.test('a value per child: the own one, else the default, else none', async t => {
  const view = viewSchema(undefined)
  const one: VariableDeclaration = { one: {}, schema: {}, view, perChild: true, default: undefined, doc: '', file: '' }
  const table: readonly (readonly [Parameters<typeof forChild>[0], string, unknown])[] = [
    [{ a: 1, default: 2 }, 'a', 1],
    [{ a: 1, default: 2 }, 'b', 2],
    [{ a: null, default: 2 }, 'a', null],
    [{ a: 1 }, 'b', undefined],
    [{ default: 2 }, 'constructor', 2],
    [[1], 'a', [1]],
    ['for all', 'a', 'for all'],
    [undefined, 'a', undefined],
  ]
  for (const [value, child, expected] of table)
    t.same(forChild(value, one, child), expected, `${JSON.stringify(value)} for ${child}`)
  t.same(forChild({ a: 1 }, { ...one, perChild: false }, 'a'), { a: 1 }, 'a map is a value like others elsewhere')
  t.same(forChild({ a: 1 }, undefined, 'a'), { a: 1 })
})
