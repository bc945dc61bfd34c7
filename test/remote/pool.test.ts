import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import { inPool } from '../../src/remote/pool.js'
import { runs } from '../property-runs.js'

t.test('every item once, never more at a time than asked for, the results in order', async () => {
  const durations = fc.array(fc.nat({ max: 3 }), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(durations, fc.integer({ min: 1, max: 5 }), async (items, size) => {
      let [running, most] = [0, 0]
      const results = await inPool(items, size, async item => {
        running += 1
        most = Math.max(most, running)
        await delay(item)
        running -= 1
        return item * 2
      })
      return most <= size && JSON.stringify(results) === JSON.stringify(items.map(item => item * 2))
    }),
    runs(50),
  )
})

t.test('the first error ends it', async t => {
  const begun: number[] = []
  const work = async (item: number): Promise<void> => {
    begun.push(item)
    if (item === 2) throw new Error('two')
  }
  await t.rejects(inPool([1, 2, 3, 4], 1, work), { message: 'two' })
  t.same(begun, [1, 2])
})
