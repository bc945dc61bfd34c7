// Holds and claims: what they keep, when they end, and what a run and a look make of those that are over.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { claimFile, holdFile, isOver, putClaim, putHold, readClaims, readHolds } from '../../src/agent/guests.js'
import { type RunRequest, run } from '../../src/agent/run.js'
import { printStatus, readStatus } from '../../src/agent/status.js'
import type { Component } from '../../src/model/component.js'
import { canonicalJson } from '../../src/model/json.js'
import type { System } from '../../src/model/system.js'
import { runRequest } from '../fixtures/run-request.js'
import { action, memoryHost } from './toy.js'

/** A host of files that can be listed. */
const listingHost = (files: Map<string, string>): System => ({
  ...memoryHost(files, 'box'),
  list: async directory => {
    const names = [...files.keys()].filter(path => path.startsWith(`${directory}/`))
    return names.length === 0 ? null : names.map(path => path.slice(directory.length + 1)).sort()
  },
})

t.test('a hold and a claim are read as they were put up', async t => {
  const host = listingHost(new Map())
  const hold = { guest: 'ce.example.org', since: '2025-06-01T00:00:00Z', until: null, reason: 'fsck' }
  await putHold(hold, host, '/state')
  await putClaim({ guest: 'se', since: '2025-06-01T00:00:00Z' }, host, '/state')
  t.same(await readHolds(host, '/state', new Date()), { inForce: [hold], past: [] })
  t.same(await readClaims(host, '/state'), [{ guest: 'se', since: '2025-06-01T00:00:00Z' }])
})

t.test('a file that is there is a hold, whatever is in it; what is no guest’s is none', async t => {
  const files = new Map([
    [holdFile('/state', 'a'), ''],
    [holdFile('/state', 'b'), '{"until":7,"reason":[]}'],
    ['/state/xen/holds/.c.json.xenclosure-new', '{}'],
    ['/state/xen/holds/notes', ''],
  ])
  const none = { since: null, until: null, reason: null }
  const { inForce } = await readHolds(listingHost(files), '/state', new Date())
  t.same(inForce, [
    { guest: 'a', ...none },
    { guest: 'b', ...none },
  ])
})

t.test('a hold is over at its end; one whose end cannot be read lasts', async t => {
  const now = new Date('2025-06-01T12:00:00Z')
  const table: readonly (readonly [string | null, boolean])[] = [
    [null, false],
    ['2025-06-01T12:00:01Z', false],
    ['2025-06-01T12:00:00Z', true],
    ['2024-01-01T00:00:00Z', true],
    ['some day', false],
  ]
  for (const [until, over] of table) t.equal(isOver({ until }, now), over, `${until}`)
})

/** Wants no guest to be held: what it observes is which ones are. */
const watcher: Component<unknown, readonly string[]> = {
  name: 'xen',
  observe: async (system, _, memory) => (await system.list(`${memory}/holds`)) ?? [],
  plan: (_, held) => held.map(file => action({ id: file, waitsFor: 'release' })),
}

t.test('a hold that is over holds nobody, and holds again where the clock that said so is set back', async t => {
  const files = new Map<string, string>()
  const host = listingHost(files)
  const held = { since: null, reason: 'disks' }
  await putHold({ guest: 'over', until: '2025-06-01T11:00:00Z', ...held }, host, '/state')
  await putHold({ guest: 'up', until: '2025-06-01T13:00:00.000Z', ...held }, host, '/state')
  const source = join(t.testdir(), 'box.json')
  writeFileSync(source, canonicalJson({ name: 'box', software: { components: { xen: {} } } }))
  const told: string[] = []
  const runAt = async (time: string, more: Partial<RunRequest> = {}) => {
    const { actions, holds } = await run(
      runRequest({
        system: host,
        components: [watcher],
        sources: [source],
        state: '/state',
        now: () => new Date(time),
        events: event => event.event === 'hold-over' && told.push(`${time} ${event.guest}`),
        ...more,
      }),
    )
    const names = holds.map(({ guest }) => `${guest}.json`)
    t.same(
      actions.map(({ id }) => id),
      names,
      'what is reported as held is what the components see',
    )
    return names
  }
  const before = new Map(files)
  t.same(await runAt('2025-06-01T12:00:00Z', { noaction: true }), ['up.json'])
  t.same(files, before, 'a look leaves no trace')
  t.same(await runAt('2025-06-01T12:00:01Z'), ['up.json'])
  t.same(await runAt('2025-06-01T12:15:00Z'), ['up.json'])
  t.same(await runAt('2025-06-01T10:00:00Z'), ['over.json', 'up.json'], 'the clock was set back')
  const status = printStatus(await readStatus(host, '/state', new Date('2025-06-01T12:20:00Z')))
  t.match(status, /^hold is over: over was left alone until 2025-06-01T11:00:00Z$/m)
  t.match(status, /^hold: up is left alone until 2025-06-01T13:00:00Z: disks$/m)

  t.same(await runAt('2099-01-01T00:00:00Z'), [], 'the clock of a host that has just booted')
  t.notOk(files.has(holdFile('/state', 'over')), 'it was found over long before')
  t.same(await runAt('2025-06-01T12:30:00Z'), ['up.json'])
  t.same(await runAt('2025-06-01T13:00:00Z'), [])
  t.same(await runAt('2025-06-08T12:59:59Z'), [])
  t.ok(files.has(holdFile('/state', 'up')), 'it was found over by the right clock less than a week ago')
  t.same(await runAt('2025-06-08T13:00:00Z'), [])
  t.notOk(files.has(holdFile('/state', 'up')))
  t.same(told, [
    '2025-06-01T12:00:00Z over',
    '2025-06-01T12:00:01Z over',
    '2099-01-01T00:00:00Z up',
    '2025-06-01T13:00:00Z up',
  ])
})

t.test('a claim is a file of its own', async t => {
  t.equal(claimFile('/var/lib/xenclosure', 'se'), '/var/lib/xenclosure/xen/claims/se.json')
})
