import t from 'tap'
import { canonicalJson, mapFrom, sameJson, sortKeys } from '../../src/model/json.js'

t.test('the canonical form: keys by code unit, whatever the locale and whatever they look like', async t => {
  const table: readonly (readonly [value: Parameters<typeof canonicalJson>[0], text: string])[] = [
    [{ b: 1, a: 2 }, '{"a":2,"b":1}\n'],
    [{ a: 1, B: 2, _: 3 }, '{"B":2,"_":3,"a":1}\n'],
    [{ 2: 'two', 10: 'ten', 1: 'one' }, '{"1":"one","10":"ten","2":"two"}\n'],
    [{ é: 1, z: 2 }, '{"z":2,"é":1}\n'],
    [{ '\u{1f600}': 1, '\uffee': 2 }, '{"\u{1f600}":1,"\uffee":2}\n'],
    [[{ b: { d: 1, c: 2 }, a: [] }], '[{"a":[],"b":{"c":2,"d":1}}]\n'],
    [[3, 1, 2], '[3,1,2]\n'],
    [{ a: 'x "y" \n', b: null, c: 1e21, d: -0 }, '{"a":"x \\"y\\" \\n","b":null,"c":1e+21,"d":0}\n'],
  ]
  for (const [value, text] of table) t.equal(canonicalJson(value), text)
  for (const count of [2, 20, 21, 200]) {
    const keys = Array.from({ length: count }, (_, index) => `k${(index * 7919) % 1009}`)
    const inOrder = [...keys].sort().map(key => `"${key}":1`)
    t.equal(canonicalJson(mapFrom(keys.map(key => [key, 1] as const))), `{${inOrder.join(',')}}\n`, `${count} keys`)
  }
})

t.test('a map has every key that it was given, also those that JavaScript has another use for', async t => {
  const entries = [
    ['b', 1],
    ['__proto__', 2],
    ['constructor', 3],
    ['10', 4],
    ['a', 5],
  ] as const
  t.same(Object.entries(mapFrom(entries)), Object.entries(Object.fromEntries(entries)))
  t.equal(Object.getPrototypeOf(mapFrom(entries)), Object.prototype)
  t.equal(canonicalJson(mapFrom(entries)), '{"10":4,"__proto__":2,"a":5,"b":1,"constructor":3}\n')
})

t.test('the same value, whatever the order of its keys', async t => {
  t.ok(sameJson({ a: [1, { b: 2, c: 3 }] }, { a: [1, { c: 3, b: 2 }] }))
  for (const other of [{ a: '1' }, { a: 1, b: null }, {}, [1], null]) t.notOk(sameJson({ a: 1 }, other))
  t.notOk(sameJson([1, 2], [2, 1]), 'a list has an order')
  t.same(Object.keys(sortKeys({ b: { d: 1, c: 2 }, a: 1 }) as object), ['a', 'b'])
})
