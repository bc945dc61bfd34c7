// What holds for every plan, whatever is declared and found; and for every host, whatever its guests do.
import fc from 'fast-check'
import t from 'tap'
import type { Actual, ActualConfig } from '../../../components/xen/actual.js'
import type { Domain, XenDomains } from '../../../components/xen/desired.js'
import { plan } from '../../../components/xen/plan.js'
import { gate } from '../../../src/agent/gate.js'
import { orderActions } from '../../../src/agent/order.js'
import type { Action, Op } from '../../../src/model/action.js'
import type { GuestEvent } from '../../../src/system/simulated/guest.js'
import type { ShutdownReason } from '../../../src/system/xl-list.js'
import { runs } from '../../property-runs.js'
import { agentOn, guest, simulatedHost } from './host.js'

const names = ['a', 'b', 'c'] as const

const part = fc.record(
  {
    ensure: fc.constantFrom<NonNullable<Domain['ensure']>>('running', 'stopped', 'absent'),
    apply: fc.constantFrom<NonNullable<Domain['apply']>>('wait', 'restart'),
    on_timeout: fc.constantFrom<NonNullable<Domain['on_timeout']>>('wait', 'destroy'),
    restart: fc.constantFrom<NonNullable<Domain['restart']>>('yes', 'no'),
    auto: fc.boolean(),
    order: fc.nat({ max: 3 }),
    needs: fc.subarray([...names]),
    ready: fc.constantFrom<NonNullable<Domain['ready']>>('running', { port: 80 }, { delay: 5 }),
    movedFrom: fc.constant('old'),
    install_options: fc.constant({ kernel: '/srv/install' }),
  },
  { requiredKeys: [] },
)

const memories = fc.constantFrom(128, 256, 1024)
const declared = (n: number): fc.Arbitrary<Domain> =>
  fc.tuple(part, memories).map(([rest, memory]) => guest(n, { ...rest, options: { ...guest(n).options, memory } }))

const desires: fc.Arbitrary<XenDomains> = fc
  .record({ a: declared(1), b: declared(2), c: declared(3) }, { requiredKeys: [] })
  .map(domains => ({ domains }))

const configs: fc.Arbitrary<ActualConfig> = fc.record({
  uuid: fc.constantFrom(guest(1).options.uuid, 'other'),
  type: fc.constantFrom('pv', 'pvh'),
  memory: memories.map(memory => memory * 1024),
  maxmem: memories.map(memory => memory * 1024),
  hasItsMemory: fc.boolean(),
  vcpus: fc.constantFrom(1, 2),
  maxvcpus: fc.constantFrom(1, 2),
  scheduler: fc.constantFrom('credit2', null),
  weight: fc.constantFrom(256, 512),
  cap: fc.constant(0),
  kernel: fc.constantFrom('/srv/vmlinux', null),
  ramdisk: fc.constant(null),
  cmdline: fc.constant(null),
  bootloader: fc.constant(null),
  bootloaderArgs: fc.constant([]),
  disks: fc.subarray([{ vdev: 'xvda', path: '/dev/sdb', access: 'rw' as const }]),
  vifs: fc.subarray([{ mac: '00:16:3e:00:00:01', bridge: 'xenbr0' }]),
})

const states = fc.constantFrom('running', 'paused', 'shut down', 'crashed', 'dying')
const starts = fc.record({
  numbers: fc.subarray([1, 2, 3]),
  earlier: fc.subarray([4]),
  recent: fc.constantFrom('few', 'many', 'too many'),
})

const actuals: fc.Arbitrary<Actual> = fc.record({
  boot: fc.constant('boot-1'),
  memory: fc.constant('/state/xen'),
  xenRuns: fc.boolean(),
  pagesInShadow: fc.constantFrom(true, false, null),
  domains: fc.uniqueArray(
    fc.record(
      {
        name: fc.constantFrom(...names, 'other'),
        state: states,
        reason: fc.constantFrom<ShutdownReason>('poweroff', 'reboot', 'watchdog'),
        config: fc.option(configs),
      },
      { requiredKeys: ['name', 'state', 'config'] },
    ),
    { selector: ({ name }) => name },
  ),
  configs: fc.constantFrom({}, { 'a.cfg': 'name = "a"\n', 'b.cfg': '# written by xenclosure\n' }),
  open: fc.subarray(['b.cfg']),
  kept: fc.constantFrom({}, { '/etc/xen/a.cfg.orig': '', '/etc/xen/b.cfg.orig': null }),
  otherConfigs: fc.constant([]),
  autoLinks: fc.option(
    fc.subarray([
      { file: '50-a', target: '../a.cfg' },
      { file: '10-b', target: '../b.cfg' },
    ]),
  ),
  saveDirectory: fc.constant('/var/lib/xen/save'),
  saved: fc.subarray([...names]),
  room: fc.option(fc.nat({ max: 2000 })),
  links: fc.constant({}),
  inUse: fc.subarray(['/dev/sdb']),
  missing: fc.subarray(['/dev/sdb', '/dev/sdc']),
  tags: fc.constantFrom<Actual['tags']>(
    {},
    { '/dev/sdb': ['xenclosure_filling'] },
    { '/dev/sdb': ['xenclosure_install=1'], '/dev/sdc': ['xenclosure_filled'] },
    { '/dev/sdb': ['xenclosure_install=1', 'xenclosure_installed=1'] },
  ),
  blank: fc.subarray(['/dev/sdb']),
  ready: fc.subarray([...names]),
  held: fc.subarray([...names]),
  intervention: fc.option(
    fc.record({
      since: fc.constant(null),
      reason: fc.constant(null),
      boot: fc.constant(null),
      isEnding: fc.constant(false),
      limit: fc.option(fc.nat({ max: 900 })),
      limits: fc.constantFrom({}, { a: 5 }),
      onTimeout: fc.constantFrom(null, 'wait', 'destroy'),
    }),
    { freq: 2 },
  ),
  claimed: fc.subarray([...names]),
  reinstallations: fc.constantFrom({}, { a: '2', b: '1' }),
  starts: fc.record({ a: starts, b: starts }, { requiredKeys: [] }),
  asked: fc.subarray([...names]),
  overdue: fc.subarray([...names]),
})

const flat = (ops: readonly Op[]): readonly Op[] =>
  ops.flatMap(op => (op.op === 'await' ? [op, ...flat(op.otherwise)] : [op]))

/** What ends a domain for good, or loses what it has in memory. */
const isDestructive = (op: Op): boolean =>
  (op.op === 'exec' && op.argv[1] === 'destroy') || (op.op === 'remove' && op.path.startsWith('/var/lib/xen/save/'))

/** A link goes, or something is waited for. */
const isHarmless = (op: Op): boolean =>
  op.op === 'await' ||
  (op.op === 'exec' && op.argv[0] === 'sleep') ||
  (op.op === 'remove' && op.path.startsWith('/etc/xen/auto/'))

/** What is left of an installer that has come to its end, which is no guest of anybody's. */
const isOver = ({ id, resource }: Action, { domains, tags }: Actual): boolean => {
  const there = domains.find(({ name }) => name === resource)
  const isKept = there?.state === 'shut down' && (there.reason === 'poweroff' || there.reason === 'reboot')
  return id.endsWith('/install') && isKept && tags['/dev/sdb']?.includes('xenclosure_install=1') === true
}

const mayDestroy = ({ domains = {} }: XenDomains, { resource }: Action): boolean =>
  domains[resource]?.ensure === 'absent' || domains[resource]?.on_timeout === 'destroy'

/** Who began an intervention has given leave: to shut down, and to destroy where that was ordered or declared. */
const isOrdered = (desired: XenDomains, actual: Actual, action: Action): boolean =>
  isIntervention(desired, actual, action) || isReinstallation(desired, actual, action)

/** So has who ordered that a guest be installed anew; what is left of one that has ended is nobody's. */
const isReinstallation = (desired: XenDomains, { reinstallations, domains }: Actual, action: Action): boolean => {
  const { id, resource } = action
  if (!id.endsWith('/reinstall') || reinstallations[resource] === undefined) return false
  const state = domains.find(({ name }) => name === resource)?.state
  return !flat(action.ops).some(isDestructive) || state !== 'running' || mayDestroy(desired, action)
}

const isIntervention = (desired: XenDomains, { intervention }: Actual, action: Action): boolean =>
  intervention !== null &&
  action.id.endsWith('/stop') &&
  (action.risk !== 'destructive' ||
    (intervention.onTimeout ?? desired.domains?.[action.resource]?.on_timeout) === 'destroy')

t.test('every plan', async t => {
  const property = fc.property(desires, actuals, (desired, actual) => {
    const actions = plan(desired, actual)
    const gated = gate(orderActions(actions), { consents: new Set() })
    const ids = new Set(actions.map(({ id }) => id))
    if (ids.size !== actions.length) throw new Error('two actions have one id')
    for (const action of actions) {
      const destroys = action.risk === 'destructive' || flat(action.ops).some(isDestructive)
      const needsLeave = action.consent === `destroy:xen/${action.resource}`
      const hasLeave = (needsLeave && mayDestroy(desired, action)) || isOrdered(desired, actual, action)
      if (destroys && !isOver(action, actual) && !hasLeave) throw new Error(`${action.id} destroys`)
      const touches = action.ops.some(op => !isHarmless(op))
      if (actual.held.includes(action.resource) && touches) throw new Error(`${action.id} touches what is held`)
      if (action.waitsFor === undefined && action.rejected === undefined && action.ops.length === 0)
        throw new Error(`${action.id} does nothing`)
    }
    const stops = gated.filter(({ ops }) => flat(ops).some(op => op.op === 'exec' && op.argv[1] === 'shutdown'))
    for (const stop of stops.filter(action => !isOrdered(desired, actual, action)))
      if (stop.status === 'due' && desired.domains?.[stop.resource]?.apply !== 'restart')
        throw new Error(`${stop.id} asks nobody`)
    const starts = actions.filter(({ ops }) => ops.some(op => op.op === 'exec' && op.argv.includes('create')))
    if (actual.intervention !== null && starts.length > 0) throw new Error('a start during an intervention')
  })
  t.doesNotThrow(() => fc.assert(property, runs(1000)))
})

const agent = agentOn(t.testdir())
const gentle = (domain: Domain): Domain => {
  const { movedFrom: _moved, needs: _needs, ready: _ready, ...rest } = domain
  return { ...rest, shutdown_timeout: 1 }
}
const edition = fc.record({ a: declared(1).map(gentle), b: declared(2).map(gentle) }, { requiredKeys: [] })
const events = fc.constantFrom<GuestEvent>('poweroff', 'reboot', 'crash')

t.test('on every host, a run leaves nothing due, and no guest ends that nobody gave up', async t => {
  const property = fc.asyncProperty(
    fc.array(fc.tuple(edition, fc.option(events)), { minLength: 1, maxLength: 4 }),
    async steps => {
      const host = simulatedHost()
      for (const [domains, event] of steps) {
        const before = host.state.domains.map(({ config }) => config.name)
        const report = await agent(host, domains)
        if (report.error !== undefined) throw new Error(report.error.message)
        const due = report.actions.filter(({ outcome, status }) => outcome === 'not applied' && status === 'due')
        if (due.length > 0) throw new Error(`due: ${due.map(({ id }) => id).join(', ')}`)
        const left = host.state.domains.map(({ config }) => config.name)
        const gone = before.filter(name => !left.includes(name))
        const mayGo = Object.entries(domains).flatMap(([name, { ensure, apply }]) =>
          ensure === 'stopped' && apply === 'restart' ? [name] : [],
        )
        if (gone.some(name => !mayGo.includes(name))) throw new Error(`gone: ${gone.join(', ')}`)
        const first = host.state.domains.find(({ phase }) => phase === undefined)
        if (event !== null && first !== undefined) host.guest(first.config.name, event)
        host.elapse(700)
      }
    },
  )
  await t.resolves(fc.assert(property, runs(100)))
})
