// Holds and claims: what they keep, when they end, and what a run and a look make of those that are over.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { claimFile, holdFile, isOver, putClaim, putHold, readClaims, readHolds } from '../../src/agent/guests.js'
import { printReport } from '../../src/agent/print.js'
import { type RunRequest, run } from '../../src/agent/run.js'
import type { Component } from '../../src/model/component.js'
import { canonicalJson } from '../../src/model/json.js'
import type { System } from '../../src/model/system.js'
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
  t.same(await readHolds(host, '/state'), [hold])
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
  t.same(await readHolds(listingHost(files), '/state'), [
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
  for (const [until, over] of table)
    t.equal(isOver({ guest: 'a', since: null, until, reason: null }, now), over, `${until}`)
})

/** Wants no guest to be held: what it observes is which ones are. */
const watcher: Component<unknown, readonly string[]> = {
  name: 'xen',
  observe: async (system, _, memory) => (await system.list(`${memory}/holds`)) ?? [],
  plan: (_, held) => held.map(file => action({ id: file, waitsFor: 'release' })),
}

t.test('a run takes down the holds that are over before it observes; a look does as if', async t => {
  const files = new Map<string, string>()
  const host = listingHost(files)
  const held = { since: null, reason: 'disks' }
  await putHold({ guest: 'over', until: '2025-06-01T11:00:00Z', ...held }, host, '/state')
  await putHold({ guest: 'up', until: '2025-06-01T13:00:00.000Z', ...held }, host, '/state')
  const source = join(t.testdir(), 'box.json')
  writeFileSync(source, canonicalJson({ name: 'box', software: { components: { xen: {} } } }))
  const told: unknown[] = []
  const request = (noaction: boolean): RunRequest => ({
    system: host,
    components: [watcher],
    validate: () => [],
    version: '0.1.0',
    sources: [source],
    trust: [],
    state: '/state',
    noaction,
    allow: new Set(),
    now: () => new Date('2025-06-01T12:00:00Z'),
    events: event => event.event === 'hold-over' && told.push(event),
  })
  const before = new Map(files)
  const looked = await run(request(true))
  t.same(files, before, 'a look leaves no trace')
  const done = await run(request(false))
  t.same(files.has(holdFile('/state', 'over')), false)
  for (const report of [looked, done]) {
    t.match(report, {
      holds: [{ guest: 'up', until: '2025-06-01T13:00:00.000Z', reason: 'disks' }],
      actions: [{ id: 'up.json' }],
    })
    t.equal(report.actions.length, 1)
    t.match(printReport(report), /^hold: up is left alone until 2025-06-01T13:00:00Z: disks$/m)
  }
  t.same(told, Array(2).fill({ event: 'hold-over', guest: 'over' }))
})

t.test('a claim is a file of its own', async t => {
  t.equal(claimFile('/var/lib/xenclosure', 'se'), '/var/lib/xenclosure/xen/claims/se.json')
})
