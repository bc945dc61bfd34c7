import fc from 'fast-check'
import t from 'tap'
import { parseJson } from '../../src/model/json.js'
import { findJsonFault } from '../../src/model/json-fault.js'
import { runs } from '../property-runs.js'

t.test('the first place that is no JSON, and what was expected there', async t => {
  const table: readonly (readonly [string, number, string])[] = [
    ['', 0, 'a value'],
    ['{', 1, 'a key in double quotes or }'],
    ['[1', 2, ', or ]'],
    ['{"a": 1', 7, ', or }'],
    ['{"a": 1,}', 8, 'a key in double quotes'],
    ['[1,]', 3, 'a value'],
    ['[,1]', 1, 'a value or ]'],
    ['{"a" 1}', 5, ':'],
    ["{'a': 1}", 1, 'a key in double quotes or }'],
    ['{"a": 1 "b": 2}', 8, ', or }'],
    ['{"a": 1} 2', 9, 'the end'],
    ['[1}', 2, ', or ]'],
    ['{"a": tru}', 6, 'a value'],
    ['[01]', 1, 'a value or ]'],
    ['[1.]', 1, 'a value or ]'],
    ['// c\n{}', 0, 'a value'],
    ['{"a": "b}', 6, 'a " that ends this text'],
    ['["\\x"]', 2, 'one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX'],
    ['["a\nb"]', 3, 'a \\ before a line end or tab, as \\n or \\t'],
    ['NaN', 0, 'a value'],
  ]
  for (const [text, offset, expected] of table) t.same(findJsonFault(text), { offset, expected }, text)
})

t.test('it finds a fault in exactly what JSON.parse refuses', async t => {
  const soup = fc
    .array(fc.constantFrom(...'[]{}:,"\\ \n', '"a"', '1', '-', '.5', 'e1', 'true', 'nul', 'u00e9'), { maxLength: 12 })
    .map(parts => parts.join(''))
  const spoilt = fc.tuple(fc.json(), fc.nat(), fc.constantFrom(...'[]{}:,"\\1 a')).map(([json, at, put]) => {
    const place = at % (json.length + 1)
    return json.slice(0, place) + put + json.slice(place + 1)
  })
  fc.assert(
    fc.property(fc.oneof(fc.json(), soup, spoilt), text => {
      const isJson = parseJson(text) !== undefined
      return (findJsonFault(text) === undefined) === isJson
    }),
    runs(1000),
  )
  t.pass('in 1,000 texts')
})
