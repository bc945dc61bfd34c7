import fc from 'fast-check'
import t from 'tap'
import { parseQuantity, printSize } from '../../src/model/quantity.js'

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

t.test('sizes are exact: what is printed is read back to the byte', async () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 50 }), bytes => {
      const parsed = parseQuantity(printSize(bytes), { kind: 'size', unit: 'B' })
      if (!parsed.ok || parsed.value !== bytes) throw new Error(`${bytes} became ${printSize(bytes)}`)
    }),
    { numRuns: 1000 },
  )
})
