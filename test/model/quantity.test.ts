import fc from 'fast-check'
import t from 'tap'
import { parseQuantity, printSize, printSizesAlike } from '../../src/model/quantity.js'
import { runs } from '../property-runs.js'

t.test('what was written, in the unit of the schema', async t => {
  const size = { kind: 'size', unit: 'MiB' } as const
  const table: readonly [string | number, number][] = [
    ['2 GiB', 2048],
    ['1.5GiB', 1536],
    ['0.25 TiB', 262_144],
    ['512', 512],
    [512, 512],
    ['1048.576 MB', 1000],
  ]
  for (const [written, expected] of table)
    t.same(parseQuantity(written, size), { ok: true, value: expected }, String(written))
  t.same(parseQuantity('1.5 min', { kind: 'duration', unit: 's' }), { ok: true, value: 90 })
  for (const written of ['2 G', '2 gib', 'GiB', '', '-1', '1e3', '1 GB', '0.1 MiB', 'NaN', '9007199254740993']) {
    t.equal(parseQuantity(written, size).ok, false, `${written} is refused`)
  }
})

t.test('what is not whole is said in the unit that it should be whole in', async t => {
  const table: readonly [string, 'size' | 'duration', string, string][] = [
    ['1 TB', 'size', 'MiB', 'a whole number of MiB (1 TB is 953674.31640625 MiB: write 953674 MiB)'],
    ['1 GB', 'size', 'TiB', 'a whole number of TiB (1 GB is about 0.00090949 TiB)'],
    ['100 ms', 'duration', 's', 'a whole number of s (100 ms is 0.1 s)'],
    ['1 s', 'duration', 'min', 'a whole number of min (1 s is about 0.01666666 min)'],
    ['0.3', 'size', 'B', 'a whole number of B'],
  ]
  for (const [written, kind, unit, expected] of table)
    t.same(parseQuantity(written, { kind, unit }), { ok: false, expected }, written)
})

t.test('sizes are exact: what is printed is read back to the byte', async () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 50 }), bytes => {
      const parsed = parseQuantity(printSize(bytes), { kind: 'size', unit: 'B' })
      if (!parsed.ok || parsed.value !== bytes) throw new Error(`${bytes} became ${printSize(bytes)}`)
    }),
    runs(1000),
  )
})

t.test('sizes that are compared are in one unit, the largest that is exact for all of them', async t => {
  const GiB = 1024 ** 3
  const table: readonly (readonly [readonly number[], readonly string[]])[] = [
    [[3 * GiB], ['3 GiB']],
    [
      [3 * GiB, 2 * GiB],
      ['3 GiB', '2 GiB'],
    ],
    [
      [10_310 * GiB, 511_996 * 1024 ** 2],
      ['10557440 MiB', '511996 MiB'],
    ],
    [
      [GiB, GiB - 1],
      ['1073741824 B', '1073741823 B'],
    ],
    [
      [4 * GiB, 0],
      ['4 GiB', '0 GiB'],
    ],
    [
      [0, 0],
      ['0 B', '0 B'],
    ],
  ]
  for (const [sizes, expected] of table) t.same(printSizesAlike(...sizes), expected, expected.join(', '))
})
