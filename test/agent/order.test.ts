import fc from 'fast-check'
import t from 'tap'
import { ActionCycle, graphOf, orderActions } from '../../src/agent/order.js'
import type { Action } from '../../src/model/action.js'
import { runs } from '../property-runs.js'
import { action } from './toy.js'

const ids = (actions: readonly Action[]): readonly string[] => actions.map(one => one.id)

t.test('an action comes after those that provide what it requires', async t => {
  const start = action({ id: 'start', requires: ['block:/dev/vg0/ce', 'file:/etc/xen/ce.cfg'] })
  const config = action({ id: 'config', provides: ['file:/etc/xen/ce.cfg'] })
  const volume = action({ id: 'volume', requires: ['group:vg0'], provides: ['block:/dev/vg0/ce'] })
  const group = action({ id: 'group', provides: ['group:vg0'] })
  t.same(ids(orderActions([start, config, volume, group])), ['group', 'volume', 'config', 'start'])
})

t.test('a key that nobody provides, or only the action itself, is taken as present', async t => {
  const grow = action({ id: 'grow', requires: ['group:vg0', 'block:/dev/vg0/ce'], provides: ['block:/dev/vg0/ce'] })
  t.same(graphOf([grow]).get('grow'), [])
  t.same(ids(orderActions([grow])), ['grow'])
})

t.test('a key that several actions provide is there after all of them', async t => {
  const user = action({ id: 'user', requires: ['group:vg0'] })
  const made = action({ id: 'made', provides: ['group:vg0'] })
  const extended = action({ id: 'extended', provides: ['group:vg0'] })
  t.same(ids(orderActions([made, user, extended])), ['made', 'extended', 'user'])
})

t.test('a circle is an error that names it', async t => {
  const actions = ['a', 'b', 'c'].map((id, index, all) =>
    action({ id, provides: [`key:${id}`], requires: [`key:${all[(index + 1) % all.length]}`] }),
  )
  t.throws(() => orderActions([action({ id: 'first', requires: ['key:b'] }), ...actions]), {
    name: ActionCycle.name,
    message: 'actions wait for each other in a circle: b -> c -> a -> b',
  })
})

/** Actions without circles: each requires keys of earlier ones alone; then shuffled. */
const acyclic = fc.array(fc.array(fc.nat(30), { maxLength: 3 }), { maxLength: 12 }).chain(needs =>
  fc.shuffledSubarray(
    needs.map((earlier, index) =>
      action({
        id: `a${index}`,
        provides: [`key:${index}`],
        requires: index === 0 ? [] : earlier.map(number => `key:${number % index}`),
      }),
    ),
    { minLength: needs.length },
  ),
)

t.test('every order is a topological one of the same actions', async t => {
  fc.assert(
    fc.property(acyclic, actions => {
      const ordered = orderActions(actions)
      t.strictSame([...ids(ordered)].sort(), [...ids(actions)].sort())
      const graph = graphOf(ordered)
      ordered.forEach((one, index) => {
        const before = ids(ordered.slice(0, index))
        t.ok((graph.get(one.id) ?? []).every(need => before.includes(need.provider)))
      })
    }),
    runs(50),
  )
})

t.test('an order that already fits stays as it is', async t => {
  fc.assert(
    fc.property(acyclic, actions => {
      const once = orderActions(actions)
      t.strictSame(orderActions(once), once)
    }),
    runs(50),
  )
})
