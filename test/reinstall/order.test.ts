import t from 'tap'
import { isOrderOf, type Known, orderedSince, orderOf, standingOrder, timeOf } from '../../src/reinstall/order.js'

const day = 24 * 60 * 60 * 1000
const now = new Date('2026-11-28T19:30:00.123Z')
const scope = { enclosure: 'h', only: [] }
const [older, last] = [
  orderOf(scope, new Date('2026-11-27T08:00:00Z')),
  orderOf(scope, new Date('2026-11-28T08:00:00Z')),
]
const known = (...ofEach: readonly (Known | undefined)[]) => new Map(ofEach.map((one, index) => [`m${index}`, one]))
const standing = (again: boolean, ...ofEach: readonly (Known | undefined)[]) =>
  standingOrder(scope, known(...ofEach), { now, again, within: day })

t.test('an order says when it was given, and for exactly what', async t => {
  const order = orderOf(scope, now)
  t.match(order, /^20261128T193000Z-[0-9a-f]{8}$/)
  t.equal(timeOf(order), '2026-11-28T19:30:00Z')
  t.ok(isOrderOf(scope, order))
  t.notOk(isOrderOf({ enclosure: 'h', only: ['a'] }, order))
  t.notOk(isOrderOf({ enclosure: 'other', only: [] }, order))
  t.ok(isOrderOf({ enclosure: 'h', only: ['b', 'a'] }, orderOf({ enclosure: 'h', only: ['a', 'b'] }, now)))
})

t.test('an order for longer than there is time is good until its end', async t => {
  const { until, timeliness } = standingOrder(scope, known(), { now, again: false, within: 4e16 })
  t.match({ until, timeliness }, { until: '+275760-09-13T00:00:00Z', timeliness: 'in time' })
})

t.test('the last order for the same is gone on with', async t => {
  const isNew = {
    ...{ order: orderOf(scope, now), isNew: true, isOver: false },
    ...{ until: '2026-11-29T19:30:00Z', timeliness: 'in time' },
  }
  t.strictSame(standing(false, undefined, undefined), isNew)
  const ofAnother = { order: orderOf({ enclosure: 'h', only: ['m0'] }, new Date('2026-11-28T08:00:00Z')), isOver: true }
  t.strictSame(standing(false, ofAnother, { order: '1', isOver: true }), isNew, 'of something else, or of nobody')
  const begun = { order: last, isNew: false, isOver: false, until: '2026-11-29T08:00:00Z', timeliness: 'in time' }
  t.strictSame(standing(false, { order: last, isOver: true }, undefined), begun)
  t.strictSame(standing(false, { order: last, isOver: true }, { order: older, isOver: true }), begun)
  t.strictSame(standing(false, { order: last, isOver: false }, { order: last, isOver: true }), begun)
  const over = [
    { order: last, isOver: true },
    { order: last, isOver: true },
  ]
  t.strictSame(standing(false, ...over), { ...begun, isOver: true })
  t.strictSame(standing(true, ...over), isNew)
})

t.test('an order that another one has overtaken on a machine is not gone on with there', async t => {
  const scope = { enclosure: 'chassis1', only: [] }
  const first = orderOf(scope, new Date('2026-11-01T10:00:00Z'))
  const later = orderOf({ enclosure: 'b1', only: [] }, new Date('2026-11-02T10:00:00Z'))
  const known = new Map([
    ['b1', { order: later, isOver: true }],
    ['b2', { order: first, isOver: true }],
  ])
  const { order } = standingOrder(scope, known, { now: new Date('2026-11-01T11:00:00Z'), again: false, within: day })
  t.equal(order, first)
  t.same(orderedSince(order, known), ['b1'])
  t.same(orderedSince(later, known), [])
})

t.test('an order is good for a time, and what is over has none to lose', async t => {
  const late = new Date('2026-11-29T08:00:00Z')
  const at = (now: Date, isOver: boolean) =>
    standingOrder(scope, known({ order: last, isOver }), { now, again: false, within: day })
  t.match(at(new Date(late.getTime() - 1), false), { timeliness: 'in time' })
  t.match(at(late, false), { order: last, isNew: false, until: '2026-11-29T08:00:00Z', timeliness: 'too late' })
  t.match(at(late, true), { isOver: true, timeliness: 'in time' })
})

t.test('an order of a time that is yet to come is not gone on with; a minute is no other time', async t => {
  const at = (now: string, isOver = false) =>
    standingOrder(scope, known({ order: last, isOver }), { now: new Date(now), again: false, within: day })
  t.match(at('2026-11-28T07:59:00Z'), { order: last, isNew: false, timeliness: 'in time' })
  t.match(at('2020-01-01T00:00:00Z'), { order: last, isNew: false, timeliness: 'yet to come' })
  t.match(at('2020-01-01T00:00:00Z', true), { isOver: true, timeliness: 'in time' })
})

t.test('an order that is given after another is the later one, whatever the clock says', async t => {
  const back = new Date('2020-01-01T00:00:00Z')
  const given = standingOrder(scope, known({ order: last, isOver: true }), { now: back, again: true, within: day })
  t.match(given, { isNew: true, until: '2020-01-02T00:00:00Z', timeliness: 'in time' })
  t.match(given.order, /^20200101T000000Z-[0-9a-f]{8}-1$/)
  t.equal(timeOf(given.order), '2020-01-01T00:00:00Z')
  const halfway = known({ order: given.order, isOver: true }, { order: last, isOver: true })
  t.match(standingOrder(scope, halfway, { now: back, again: false, within: day }), {
    order: given.order,
    isOver: false,
  })
  t.same(orderedSince(given.order, halfway), [])
  t.same(orderedSince(last, halfway), ['m0'])

  const right = standingOrder(scope, halfway, { now, again: true, within: day }).order
  t.match(right, /^20261128T193000Z-[0-9a-f]{8}-1$/, 'when the clock is right again, the time counts')
  t.same(orderedSince(right, halfway), [])
  t.match(orderOf(scope, now, [right]), /^20261128T193000Z-[0-9a-f]{8}-2$/, 'two in one second')
})

t.test('what is no order of ours has no time: it is not gone on with, and overtakes nothing', async t => {
  const ofScope = last.slice(-8)
  for (const order of ['2', 'el9-second', '2026-11-30T08:00:00Z', `20261328T080000Z-${ofScope}`, `soon-${ofScope}`]) {
    t.notOk(isOrderOf(scope, order), order)
    t.match(standing(false, { order, isOver: false }), { isNew: true, timeliness: 'in time' }, order)
    t.same(orderedSince(last, known({ order, isOver: true })), [], order)
  }
})
