import fc from 'fast-check'
import t from 'tap'
import { parsePointer, printPointer, valueAt } from '../../src/model/pointer.js'
import { runs } from '../property-runs.js'

t.test('a pointer as RFC 6901 has it, and what people type', async t => {
  const table: readonly (readonly [path: readonly string[], pointer: string, ...typed: string[]])[] = [
    [[], '', '/'],
    [['software', 'components'], '/software/components', 'software/components', '/software/components/'],
    [['a/b', 'c'], '/a~1b/c'],
    [['a~b'], '/a~0b'],
    [['~1'], '/~01'],
    [['~0/'], '/~00~1'],
  ]
  for (const [path, pointer, ...typed] of table) {
    t.equal(printPointer(path), pointer)
    for (const text of [pointer, ...typed]) t.same(parsePointer(text), path, text)
  }
})

t.test('a path that was printed is read as it was', async () => {
  const key = fc.string({ minLength: 1, unit: fc.constantFrom('~', '/', '0', '1', 'a') })
  fc.assert(
    fc.property(fc.array(key), path => JSON.stringify(parsePointer(printPointer(path))) === JSON.stringify(path)),
    runs(1000),
  )
})

t.test('a value is where its own keys lead: no item by another spelling, nothing that every object has', async t => {
  const root = { list: ['first', 'second'], text: 'words', '01': 'a key' }
  const table: readonly (readonly [pointer: string, value: unknown])[] = [
    ['/list/0', 'first'],
    ['/list/1', 'second'],
    ['/list/2', undefined],
    ['/list/01', undefined],
    ['/list/-1', undefined],
    ['/list/', ['first', 'second']],
    ['/list/length', undefined],
    ['/01', 'a key'],
    ['/text/0', undefined],
    ['/constructor', undefined],
  ]
  for (const [pointer, value] of table) t.same(valueAt(root, parsePointer(pointer)), value, pointer)
})
