// Rehearsals: of a site to itself, of changes, of moves; and that what is told is what a run does.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { components } from '../../components/index.js'
import { run } from '../../src/agent/run.js'
import { createValidate } from '../../src/compiler/judge/validate.js'
import { canonicalJson, type JsonMap } from '../../src/model/json.js'
import type { Agents } from '../../src/rehearse/actor.js'
import { rehearsalCode } from '../../src/rehearse/exit-code.js'
import { boundHosts } from '../../src/rehearse/rehearse-moves.js'
import {
  type Elsewhere,
  rehearseAlone,
  rehearseSite,
  type SiteEditions,
  type SiteRehearsal,
} from '../../src/rehearse/rehearse-site.js'
import { timesWith } from '../../src/rehearse/times.js'
import { declaredHost } from '../../src/system/simulated/declared-host.js'
import { SimulatedSystem } from '../../src/system/simulated/simulated-system.js'
import { runRequest } from '../fixtures/run-request.js'
import { runs } from '../property-runs.js'

const validate = createValidate()

type Guest = {
  readonly memory?: number
  readonly vcpus?: number
  readonly apply?: 'restart'
  readonly ensure?: 'stopped'
  readonly movedFrom?: string
  readonly size?: number
}
type Guests = Readonly<Record<string, Guest>>

type Host = { readonly name?: string; readonly dom0?: number; readonly ram?: number; readonly more?: JsonMap }

const uuidOf = (guest: string): string =>
  `00000000-0000-4000-8000-${Buffer.from(guest).toString('hex').padStart(12, '0')}`

/** A host with a volume group and these guests, each on a volume of its own. */
const documentWith = (guests: Guests, { name = 'h', dom0 = 1024, ram = 16384, more = {} }: Host = {}): string => {
  const volumes = Object.entries(guests).map(([guest, { size = 1024 }]) => [guest, { size }])
  const domains = Object.entries(guests).map(([guest, { memory = 512, vcpus = 1, size: _size, ...rest }]) => [
    guest,
    {
      ...rest,
      options: {
        name: guest,
        uuid: uuidOf(guest),
        type: 'pvh',
        memory,
        maxmem: 4096,
        vcpus,
        maxvcpus: 4,
        bootloader: 'pygrub',
      },
      disks: { xvda: { type: 'lvm', group: 'vg0', volume: guest } },
      vifs: {},
    },
  ])
  return canonicalJson({
    name,
    hardware: { ram: [{ size: ram }], harddisks: { sdb: { capacity: 20480 } } },
    software: {
      components: {
        grub: { xen: { options: { dom0_mem: `${dom0}M,max:${dom0}M` } } },
        lvm: { groups: { vg0: { devices: [{ path: '/dev/sdb' }], volumes: Object.fromEntries(volumes) } } },
        xen: { domains: Object.fromEntries(domains), ...more },
      },
    },
  })
}

const agents: Omit<Agents, 'scratch'> = {
  ...{ components, validate, version: 'test', allow: [], now: new Date('2026-06-01T12:00:00Z') },
  times: timesWith([]),
}

const unmoved = { moves: [], documentWhen: () => undefined, sizeOf: () => 0 }

const rehearsed = (
  before: string | undefined,
  after: string,
  more: Partial<typeof agents> = {},
): Promise<SiteRehearsal> => rehearseSite({ ...unmoved, hosts: [{ host: 'h', before, after }] }, { ...agents, ...more })

/** The ids of actions, each with what became of it. */
const actionsIn = ({ hosts }: SiteRehearsal): readonly string[] =>
  hosts.flatMap(({ actions }) =>
    actions.map(({ id, outcome, status }) => `${id}: ${outcome === 'not applied' ? status : outcome}`),
  )

t.test('a blank host: all is made, the reboot waits, nobody is away', async t => {
  const rehearsal = await rehearsed(undefined, documentWith({ a: {} }))
  t.ok(actionsIn(rehearsal).includes('xen/a/start: done'))
  t.ok(actionsIn(rehearsal).includes('grub/reboot: pending'))
  t.match(rehearsal.hosts, [{ away: [], down: [] }])
  t.equal(rehearsalCode(rehearsal), 3)
})

t.test('the same document is nothing to do, and is not simulated', async t => {
  const rehearsal = await rehearsed(documentWith({ a: {} }), documentWith({ a: {} }))
  t.match(rehearsal, { same: ['h'], hosts: [{ host: 'h', actions: [] }] })
  t.equal(rehearsalCode(rehearsal), 0)
})

t.test('the same host is rehearsed by several at once', async t => {
  const both = [1024, 2048].map(size => rehearsed(undefined, documentWith({ a: { size } })))
  for (const rehearsal of await Promise.all(both)) t.ok(actionsIn(rehearsal).includes('xen/a/start: done'))
})

t.test('what needs a restart waits, and how long the guest would be away is told', async t => {
  const before = documentWith({ a: {}, b: {} })
  const rehearsal = await rehearsed(before, before.replace('"maxvcpus":4', '"maxvcpus":8'))
  t.same(actionsIn(rehearsal), ['xen/a/config: done', 'xen/a/restart: pending'])
  t.same(rehearsal.hosts[0]?.away, [])
  t.match(rehearsal.hosts[0]?.awayLater, [
    {
      guest: 'a',
      seconds: 98,
      parts: [
        { what: 'shutdown', seconds: 30 },
        { what: 'start', seconds: 8 },
        { what: 'boot', seconds: 60 },
      ],
    },
  ])
  t.equal(rehearsalCode(rehearsal), 3)
})

t.test('what is allowed is done, and who is away by it is told; times may be said', async t => {
  const after = documentWith({ a: {} }).replace('"maxvcpus":4', '"maxvcpus":8')
  const times = timesWith([
    { duration: 'boot', machine: 'a', seconds: 10 },
    { duration: 'start', machine: null, seconds: 2 },
    { duration: 'start', machine: null, seconds: 1 },
  ])
  const rehearsal = await rehearsed(documentWith({ a: {} }), after, { allow: ['restart:a'], times })
  t.ok(actionsIn(rehearsal).includes('xen/a/restart: done'))
  t.match(rehearsal.hosts, [{ away: [{ guest: 'a', seconds: 41 }], awayLater: [] }])
})

t.test('a host that restarts takes its guests with it, one starts after the other', async t => {
  const rehearsal = await rehearsed(documentWith({ a: {}, b: {} }), documentWith({ a: {}, b: {} }, { dom0: 2048 }))
  t.match(rehearsal.hosts[0]?.awayLater, [
    { guest: 'a', seconds: 398 },
    { guest: 'b', seconds: 406 },
  ])
})

t.test('who is to be stopped does not come back; who has no room is down, with the reason', async t => {
  const stopped = await rehearsed(documentWith({ a: {} }), documentWith({ a: { ensure: 'stopped' } }))
  t.match(stopped.hosts, [{ awayLater: [{ guest: 'a', seconds: null }], down: [] }])
  const crowded = await rehearsed(
    documentWith({ a: {} }, { ram: 4096 }),
    documentWith({ a: {}, b: { memory: 4000 } }, { ram: 4096 }),
  )
  t.match(crowded.hosts, [{ down: [{ guest: 'b', isOld: false, reasons: [/lacking/] }] }])
  t.equal(rehearsalCode(crowded), 1)
})

t.test('what was left before is told apart, and counts for nothing', async t => {
  const wrong = { b: { size: 1024 * 1024 } }
  const rehearsal = await rehearsed(documentWith({ a: {}, ...wrong }), documentWith({ a: { vcpus: 2 }, ...wrong }))
  const [host] = rehearsal.hosts
  t.ok(host?.actions.some(({ isOld, status }) => isOld && status === 'rejected'))
  t.same(
    host?.actions.filter(({ isOld }) => !isOld).map(({ id }) => id),
    ['xen/a/config', 'xen/a/vcpus'],
  )
  t.match(host?.down, [{ guest: 'b', isOld: true }])
  t.equal(rehearsalCode(rehearsal), 3)
})

t.test('what waited before and is rejected now is news', async t => {
  const before = documentWith({ a: {}, b: { memory: 4000 } }, { ram: 4096 })
  const rehearsal = await rehearsed(before, before.replace('"volume":"b"', '"volume":"a"'))
  const news = rehearsal.hosts.flatMap(({ actions }) => actions).filter(({ isOld }) => !isOld)
  t.match(
    news.find(({ id }) => id === 'xen/b/start'),
    { status: 'rejected' },
  )
  t.equal(rehearsalCode(rehearsal), 2)
})

t.test('a document that the agent does not know is told, and stops no other host', async t => {
  const hosts = [
    { host: 'g', before: documentWith({}, { name: 'g' }), after: documentWith({ a: {} }, { name: 'g' }) },
    { host: 'h', before: documentWith({}), after: documentWith({}, { more: { unknown: 1 } }) },
  ]
  const rehearsal = await rehearseSite({ ...unmoved, hosts }, agents)
  t.match(rehearsal.hosts, [{ host: 'g' }, { host: 'h', error: /unknown/ }])
  t.notOk(rehearsal.hosts[0]?.error)
  t.equal(rehearsalCode(rehearsal), 1)
})

t.test('of a hundred hosts that change, half may be rehearsed elsewhere', async t => {
  const hosts = Array.from({ length: 101 }, (_, index) => {
    const name = `h${index}`
    return { host: name, before: undefined, after: documentWith({}, { name }) }
  })
  const shares: number[] = []
  const elsewhere: Elsewhere = (some, scratch) => {
    shares.push(some.length)
    return rehearseAlone(some, { ...agents, scratch })
  }
  const rehearsal = await rehearseSite({ ...unmoved, hosts }, agents, elsewhere)
  t.same(shares, [50])
  t.same(
    rehearsal.hosts.map(({ host }) => host),
    hosts.map(({ host }) => host),
  )
  t.ok(rehearsal.hosts.every(({ actions }) => actions.length > 0))
})

const guestOf: fc.Arbitrary<Guest> = fc.record(
  {
    memory: fc.constantFrom(256, 512, 1024),
    vcpus: fc.constantFrom(1, 2, 4),
    size: fc.constantFrom(1024, 2048),
    apply: fc.constant('restart' as const),
    ensure: fc.constant('stopped' as const),
  },
  { requiredKeys: [] },
)
const guestsOf = fc.dictionary(fc.constantFrom('ce', 'se', 'mon'), guestOf, { maxKeys: 3 })

/** What a run really does on the host that a document has made of a machine. */
const reallyDone = async (directory: string, before: string, after: string): Promise<readonly string[]> => {
  const system = new SimulatedSystem(declaredHost(JSON.parse(before)))
  const source = join(directory, 'document.json')
  const runBy = async (document: string, allow: readonly string[] = []) => {
    writeFileSync(source, document)
    return run(runRequest({ system, components, sources: [source], allow: new Set(allow), now: () => agents.now }))
  }
  await runBy(before)
  system.elapse(900)
  system.reboot()
  await runBy(before)
  system.elapse(900)
  const { actions } = await runBy(after)
  return actions.map(({ id, outcome, status }) => `${id}: ${outcome === 'not applied' ? status : outcome}`)
}

t.test('what is told is what a run does', async t => {
  const directory = t.testdir()
  await fc.assert(
    fc.asyncProperty(guestsOf, guestsOf, async (before, after) => {
      const [older, newer] = [documentWith(before), documentWith(after)]
      const rehearsal = await rehearsed(older, newer)
      t.same(
        [...actionsIn(rehearsal)].sort(),
        older === newer ? [] : [...(await reallyDone(directory, older, newer))].sort(),
      )
    }),
    runs(60),
  )
})

t.test(
  'a host that was rehearsed to a document has nothing to do about the same document, told in another form',
  async t => {
    await fc.assert(
      fc.asyncProperty(guestsOf, async guests => {
        const document = documentWith(guests)
        const rehearsal = await rehearsed(document, `${document}\n`)
        t.same(actionsIn(rehearsal), [])
        t.equal(rehearsalCode(rehearsal), 0)
      }),
      runs(30),
    )
  },
)

/** Two hosts between which guests move; who is released is told to neither any more. */
const movingSite = (onOld: Guests, moving: Guests, onNew: Guests, more: Host = {}): SiteEditions => {
  const documentWhen = (released: ReadonlySet<string>, host: string): string => {
    const waiting = Object.keys(moving).filter(guest => !released.has(guest))
    const movedTo = Object.fromEntries(waiting.map(guest => [guest, 'new']))
    if (host === 'old') return documentWith(onOld, { name: 'old', more: { movedTo } })
    const coming = Object.entries(moving).map(([guest, said]): [string, Guest] => [
      guest,
      waiting.includes(guest) ? { ...said, movedFrom: 'old' } : said,
    ])
    return documentWith({ ...onNew, ...Object.fromEntries(coming) }, { ...more, name: 'new' })
  }
  const nobody = new Set<string>()
  return {
    hosts: [
      { host: 'new', before: documentWith(onNew, { ...more, name: 'new' }), after: documentWhen(nobody, 'new') },
      {
        host: 'old',
        before: documentWith({ ...onOld, ...moving }, { name: 'old' }),
        after: documentWhen(nobody, 'old'),
      },
    ],
    moves: Object.keys(moving).map(guest => ({ guest, from: 'old', to: 'new' })),
    documentWhen,
    sizeOf: () => 2,
  }
}

t.test('guests that move: gone from the old host, started on the new one', async t => {
  const rehearsal = await rehearseSite(movingSite({ a: {} }, { b: {}, c: {} }, { d: {} }), agents)
  t.match(rehearsal.moves, [
    { guest: 'b', seconds: 30 + 20 + 900 + 8 + 60, isOld: false, problems: [] },
    { guest: 'c', seconds: 1018 },
  ])
  t.same(
    rehearsal.hosts.map(({ host, away, down }) => ({ host, away, down })),
    [
      { host: 'new', away: [], down: [] },
      { host: 'old', away: [], down: [] },
    ],
  )
  t.match(rehearsal.hosts[1]?.orphans, [/^volume vg0\/b/, /^volume vg0\/c/])
  t.equal(rehearsalCode(rehearsal), 3)
})

t.test('one for which the new host has no room stays down, and that is said', async t => {
  const rehearsal = await rehearseSite(movingSite({}, { b: { memory: 4000 } }, { d: {} }, { ram: 4096 }), agents)
  t.match(rehearsal.moves, [{ guest: 'b', seconds: null, problems: [/lacking/] }])
  t.equal(rehearsalCode(rehearsal), 1)
})

t.test('one that the older edition has on its new host already is taken as arrived', async t => {
  const site = movingSite({}, { b: {} }, {})
  const hosts = site.hosts.map(({ host, after }) => ({
    host,
    before: host === 'new' ? documentWith({ b: {} }, { name: 'new' }) : documentWith({}, { name: 'old' }),
    after,
  }))
  const rehearsal = await rehearseSite({ ...site, hosts }, agents)
  t.match(rehearsal.moves, [{ guest: 'b', isOld: true, seconds: 0 }])
  t.same(actionsIn(rehearsal), [], 'its new host is told of it as of any other guest')
  t.equal(rehearsalCode(rehearsal), 0)
})

t.test('hosts are bound by every chain of moves', async t => {
  const moves = [
    { guest: '1', from: 'a', to: 'b' },
    { guest: '2', from: 'c', to: 'd' },
    { guest: '3', from: 'b', to: 'e' },
  ]
  t.same(
    boundHosts(moves).map(group => [...group].sort()),
    [
      ['c', 'd'],
      ['a', 'b', 'e'],
    ],
  )
})
