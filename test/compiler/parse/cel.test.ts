import t from 'tap'
import { compileCel, evaluateCel } from '../../../src/compiler/parse/cel.js'
import type { Json } from '../../../src/model/json.js'

const names: Readonly<Record<string, Json>> = {
  PORT: 8080,
  NAMES: ['a', 'b'],
  HOST: { ram: 4096, up: true },
  HALF: 0.5,
}
const compute = (expression: string) =>
  evaluateCel(expression, {
    named: name => (Object.hasOwn(names, name) ? names[name] : undefined),
    valueAt: reference => (reference === 'ce:/memory' ? 2048 : undefined),
  })

t.test('an expression over the names of the site', async t => {
  const table: readonly [string, Json][] = [
    ['PORT + 1', 8081],
    ['HOST.ram / 4', 1024],
    ['HALF * 3.0', 1.5],
    ['NAMES.map(name, "vol-" + name)', ['vol-a', 'vol-b']],
    ['HOST.up && size(NAMES) == 2 ? "yes" : "no"', 'yes'],
    ['{"memory": value("ce:/memory") * 2, "list": [1, true]}', { memory: 4096, list: [1, true] }],
    ['string(PORT) + "/tcp"', '8080/tcp'],
    ['null', null],
    ['has(HOST.disk)', false],
  ]
  for (const [expression, value] of table) t.same(compute(expression), { ok: true, value }, expression)
})

t.test('what cannot be computed says why', async t => {
  const table: readonly [string, RegExp][] = [
    ['PORT +', /^unexpected token/],
    ['NOBODY + 1', /^unknown variable: NOBODY/],
    ['PORT + "a"', /^no such overload/],
    ['1 / 0', /^division by zero/],
    ['value("ce:/nothing")', /there is no value at ce:\/nothing/],
    ['9007199254740993', /beyond 2\^53/],
    ['timestamp("2026-01-01T00:00:00Z")', /type that documents do not have/],
    ['1.0 / 0.0', /no value of a document/],
  ]
  for (const [expression, message] of table) {
    const result = compute(expression)
    t.match(result.ok ? String(result.value) : result.message, message, expression)
  }
})

t.test('an expression without end is ended', async t => {
  const ten = `[${[...'0123456789'].join()}]`
  const loops = 'abcdefghijkl'.split('').reduce((inner, name) => `${ten}.all(${name}, ${inner})`, 'true')
  const start = Date.now()
  t.match(compute(loops), { ok: false, message: 'this comes to no end' })
  t.match(compute(loops), { ok: false })
  t.ok(Date.now() - start < 20_000, 'and not tried again')
  t.match(compute(`"${'a'.repeat(50)}!".matches("^(a+)+$")`), { ok: false, message: 'this comes to no end' })
})

t.test('what it asks for is looked up outside the time that it has, each once', async t => {
  const asked: string[] = []
  const valueAt = (reference: string): Json => {
    asked.push(reference)
    const inner = evaluateCel('1 + 1', { named: () => undefined })
    return inner.ok ? inner.value : null
  }
  const result = evaluateCel('value("/a") + value("/b") + value("/a")', { named: () => undefined, valueAt })
  t.same(result, { ok: true, value: 6 })
  t.same(asked, ['/a', '/b'])
})

t.test('what goes over a value a few times needs no limit; what goes over it for every item does', async t => {
  const lists = '[a, b] == [b, a] && size(a) > 2 && a + b + c != d && x in [1, "a", d]'
  const table: readonly [string, boolean][] = [
    [lists, true],
    ['has(a.b) ? string(a.b) + "/x" : "y"', true],
    ['a in b', false],
    ['{"a": [d ? 1 : (a in b.c ? 2 : 3)]}', false],
    [Array(200).fill('a').join(' + '), false],
    ['a.all(one, one > 1)', false],
    ['matches(a, b)', false],
    ['cel.bind(one, a, one)', false],
  ]
  for (const [expression, isQuick] of table) t.match(compileCel(expression), { ok: true, isQuick }, expression)
})
