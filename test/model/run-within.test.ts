import t from 'tap'
import { runWithin, unfinished } from '../../src/model/run-within.js'

t.test('a computation that ends has its result, one that does not has none', async t => {
  t.equal(
    runWithin(1000, () => 1 + 1),
    2,
  )
  t.throws(
    () =>
      runWithin(1000, () => {
        throw new TypeError('its own')
      }),
    { name: 'TypeError', message: 'its own' },
  )
  t.equal(
    runWithin(50, () => /^(a+)+$/.test(`${'a'.repeat(60)}b`)),
    unfinished,
    'a pattern',
  )
  t.equal(
    runWithin(50, () => {
      for (;;);
    }),
    unfinished,
    'a loop',
  )
  const deeper = (depth: number): number => deeper(depth + 1) + 1
  t.equal(
    runWithin(1000, () => deeper(0)),
    unfinished,
    'a recursion',
  )
  t.equal(
    runWithin(1000, () => runWithin(50, () => /^(a+)+$/.test(`${'a'.repeat(60)}b`)) === unfinished),
    true,
    'one within another',
  )
})

t.test('a computation that had to wait for the processor is begun again', async t => {
  let turns = 0
  const waitsOnce = (): number => {
    turns += 1
    if (turns === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000)
    return turns
  }
  t.equal(runWithin(200, waitsOnce), 2)
})
