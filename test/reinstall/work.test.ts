// Whole enclosures are installed anew on simulated machines, against a real provisioner: to the end, from wherever the
// tool was killed, and no machine twice.
import { recordedEntry } from '../../src/provision/netboot/record.js'
import { lockingTest } from '../fixtures/locking-test.js'
import { documents, domidOf, type Enclosure, type Ran, reinstallIn, startEnclosure } from './simulated-enclosure.js'

const tellOf = ({ results }: Ran): readonly string[] => results.map(({ step, outcome }) => `${step.id}: ${outcome}`)
const isOver = ({ results }: Ran): boolean =>
  results.every(({ outcome }) => outcome === 'done' || outcome === 'already')
const runningIn = ({ system }: Enclosure): readonly string[] =>
  system.state.domains
    .filter(({ config, phase }) => config.onReboot !== 'preserve' && phase === undefined)
    .map(({ config }) => config.name)
    .sort()
const idOf = ({ system }: Enclosure, volume: string) => system.state.groups.vg?.volumes[volume]

const hour = 3_600_000
const installationIn = ({ root }: Enclosure, name: string) => {
  const document = documents.get(name)
  return document && recordedEntry(document, root)?.installation
}

for (const hasPower of [true, false]) {
  lockingTest(`a host and its guests, ${hasPower ? 'with' : 'without'} a controller`, async t => {
    const enclosure = await startEnclosure(t)
    const other = idOf(enclosure, 'other')
    const ran = await reinstallIn(enclosure, { hasPower })
    t.same(tellOf(ran), [
      'h: guests down: done',
      'h: install: done',
      'h: installed: done',
      'h: guests up: done',
      'a: install: done',
      'a: installed: done',
      'net: install: done',
      'net: installed: done',
    ])
    t.same(enclosure.installed, { h: 1, a: 1, net: 1 })
    t.same(runningIn(enclosure), ['a', 'net', 'other'])
    t.same(idOf(enclosure, 'other'), other, 'who is not part of the order keeps its volume')

    const again = await reinstallIn(enclosure, { hasPower })
    t.match(again.standing, { order: ran.standing.order, isNew: false, isOver: true })
    t.ok(isOver(again))
    t.same(enclosure.installed, { h: 1, a: 1, net: 1 }, 'an order that is over is over')
  })
}

lockingTest('a host with new ssh host keys is told of at once, and is gone on with when they are known', async t => {
  const enclosure = await startEnclosure(t)
  const ran = await reinstallIn(enclosure, { hasNewKey: true })
  t.match(
    ran.results.find(({ step }) => step.id === 'h: guests up'),
    { outcome: 'failed', message: /its key is another .*; then call this again$/ },
  )
  t.ok(enclosure.clock < 60_000, 'nothing is waited for')
  enclosure.hasNewKey = false
  t.ok(isOver(await reinstallIn(enclosure)))
  t.same(enclosure.installed, { h: 1, a: 1, net: 1 })
})

lockingTest('guests alone, and another time', async t => {
  const enclosure = await startEnclosure(t)
  const other = domidOf(enclosure, 'other')
  t.ok(isOver(await reinstallIn(enclosure, { only: ['a', 'net'] })))
  t.same(enclosure.installed, { a: 1, net: 1 })
  t.ok(isOver(await reinstallIn(enclosure, { only: ['net'] })), 'for net alone is another order')
  t.ok(isOver(await reinstallIn(enclosure, { only: ['net'], again: true })))
  t.same(enclosure.installed, { a: 1, net: 3 })
  t.equal(domidOf(enclosure, 'other'), other, 'nobody else notices')
})

lockingTest('a host that answers no more has its power cut, when that was asked for', async t => {
  const enclosure = await startEnclosure(t)
  enclosure.isOn = false
  t.ok(isOver(await reinstallIn(enclosure, { only: ['h'], isForced: true })))
  t.same(enclosure.installed, { h: 1 })
})

lockingTest(
  'a host that answers and does not let us in is not dead: nothing on it is ended, whatever was asked for',
  async t => {
    for (const hasPower of [true, false]) {
      const enclosure = await startEnclosure(t)
      enclosure.isDenied = true
      const running = runningIn(enclosure)
      const ran = await reinstallIn(enclosure, { isForced: true, hasPower })
      t.match(ran.results[0], {
        step: { id: 'h: guests down' },
        outcome: 'failed',
        message: /accepts none of our keys/,
      })
      // One that is no host has no guests to go down.
      const plain = await reinstallIn(enclosure, { isForced: true, hasPower, only: ['h'], isPlain: true })
      t.match(plain.results[0], { step: { id: 'h: install' }, outcome: 'failed', message: /accepts none of our keys/ })
      t.same([enclosure.isOn, enclosure.installed], [true, {}])
      t.same(runningIn(enclosure), running)
      t.equal(installationIn(enclosure, 'h'), undefined, 'nor is it ordered')
    }
  },
)

lockingTest('a guest that ignores its shutdown keeps its host from being installed', async t => {
  const enclosure = await startEnclosure(t)
  enclosure.system.guest('other', 'hang')
  const ran = await reinstallIn(enclosure)
  t.same(tellOf(ran).slice(0, 2), ['h: guests down: left', 'h: install: skipped'])
  t.same(enclosure.installed, {})
})

lockingTest('called again, what is begun late has what is left of the time, and no more', async t => {
  const enclosure = await startEnclosure(t)
  await t.rejects(reinstallIn(enclosure, { within: 4 * hour, isHasty: true }), { name: 'ToolKilled' })
  const { from, until } = installationIn(enclosure, 'h') ?? {}
  t.same([from, until], ['2026-11-28T12:00:01.000Z', '2026-11-28T16:00:01.000Z'])
  enclosure.clock += 3 * hour
  const ran = await reinstallIn(enclosure, { within: 4 * hour })
  t.ok(isOver(ran))
  t.equal(ran.standing.until, '2026-11-28T16:00:01Z')
  t.ok(enclosure.within.length > 0)
  for (const within of enclosure.within) t.ok(Number.parseInt(within, 10) < 3600, `${within} is less than an hour`)
})

lockingTest('an installer that is at work is not begun again by who says a longer time', async t => {
  for (const hasPower of [true, false]) {
    const enclosure = await startEnclosure(t)
    await t.rejects(reinstallIn(enclosure, { within: hour, isHasty: true, hasPower }), { name: 'ToolKilled' })
    const { token } = installationIn(enclosure, 'h') ?? {}
    t.ok(enclosure.isInstalling)
    enclosure.clock += 2 * hour
    await t.rejects(reinstallIn(enclosure, { within: 4 * hour, isHasty: true, hasPower }), { name: 'ToolKilled' })
    t.match(installationIn(enclosure, 'h'), { token, until: '2026-11-28T16:00:01Z' }, 'it may be begun now')
    t.ok(enclosure.isInstalling)
    t.ok(isOver(await reinstallIn(enclosure, { within: 4 * hour, hasPower })))
    t.same(enclosure.installed, { h: 1, a: 1, net: 1 })
  }
})

lockingTest('whose turn comes when the time has passed is not installed any more', async t => {
  const enclosure = await startEnclosure(t)
  const running = runningIn(enclosure)
  const { results } = await reinstallIn(enclosure, { within: 1 })
  t.match(results[0], { step: { id: 'h: guests down' }, outcome: 'left', message: /not gone on with after 2026-/ })
  t.same(tellOf(await reinstallIn(enclosure, { within: 1, again: true, only: ['a'] })), [
    'a: install: left',
    'a: installed: skipped',
  ])
  t.same(enclosure.installed, {})
  t.same(runningIn(enclosure), running)
})

const ways = [
  ['the whole enclosure', {}, { h: 1, a: 1, net: 1 }],
  ['the whole enclosure without a controller', { hasPower: false }, { h: 1, a: 1, net: 1 }],
  ['guests alone', { only: ['a', 'net'] }, { a: 1, net: 1 }],
] as const

for (const [what, asked, installed] of ways) {
  lockingTest(`${what}: killed at any point and called again, each machine is installed once`, async t => {
    let kills = 0
    for (let isKilled = true; isKilled; kills += 1) {
      const enclosure = await startEnclosure(t)
      enclosure.killAfter = kills
      isKilled = await reinstallIn(enclosure, asked).then(
        () => false,
        error => /Killed/.test(error.name) || Promise.reject(error),
      )
      enclosure.killAfter = Number.POSITIVE_INFINITY
      if (!isKilled) break
      const again = await reinstallIn(enclosure, asked)
      t.ok(
        isOver(again),
        `killed after ${kills}: ${JSON.stringify(again.results.map(one => [one.step.id, one.message]))}`,
      )
      t.same(enclosure.installed, installed, `killed after ${kills}`)
      t.same(runningIn(enclosure), ['a', 'net', 'other'], `killed after ${kills}`)
    }
    t.ok(kills > 15, `${kills} kills`)
  })
}
