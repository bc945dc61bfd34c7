// An intervention: the guests of a simulated host go down in the reverse of their start order, stay down, and come up again.
import fc from 'fast-check'
import t from 'tap'
import { domainsOf } from '../../../components/xen/domain.js'
import { plan } from '../../../components/xen/plan.js'
import { exitCode } from '../../../src/agent/exit-code.js'
import { orderActions } from '../../../src/agent/order.js'
import type { Intervention } from '../../../src/model/intervention.js'
import type { System } from '../../../src/model/system.js'
import { faulty } from '../../../src/system/faulty.js'
import { runs } from '../../property-runs.js'
import { agentOn, anIntervention, bareHost, guest, memory, simulatedHost, tellOf } from './host.js'

const agent = agentOn(t.testdir())
const file = `${memory}/intervention.json`
const order = (part: Partial<Intervention> = {}): string => JSON.stringify({ ...anIntervention, ...part })

t.test('the guests go down, the last to start first, and stay down over runs and boots', async t => {
  const host = simulatedHost()
  const desired = {
    a: guest(1, { order: 10 }),
    b: guest(2, { order: 20 }),
    c: guest(3, { order: 10, needs: ['b'] }),
    d: guest(4, { ensure: 'stopped' }),
  }
  await agent(host, desired)
  await host.write(file, order({ since: '2026-11-28T18:00:00.000Z' }), 0o600)
  const report = await agent(host, desired)
  t.same(
    tellOf(report).filter(told => told.includes('stop')),
    ['c/stop done', 'b/stop done', 'a/stop done'],
  )
  t.same(report.intervention, { since: '2026-11-28T18:00:00.000Z', reason: null, boot: null, up: [] })
  t.same(report.drift, [], 'it was ordered')
  t.same(tellOf(await agent(host, desired)), [], 'nothing is left to do')
  host.reboot()
  t.same(host.state.domains, [], 'xendomains starts none')
  t.same(tellOf(await agent(host, desired)), [], 'nor does the agent')

  await host.write(file, order({ isEnding: true }), 0o600)
  const up = await agent(host, desired)
  t.equal(up.intervention, undefined)
  t.same(up.drift, [])
  await host.remove(file)
  t.same(host.state.domains.map(({ config }) => config.name).sort(), ['a', 'b', 'c'])
  t.same(tellOf(await agent(host, desired)), [])
})

t.test('whatever can be read of the file, it is an intervention', async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1) })
  await host.write(file, '{"sin', 0o600)
  t.same((await agent(host, { a: guest(1) })).intervention, { since: null, reason: null, boot: null, up: [] })
})

t.test('a guest that hangs keeps up what it needs, and not what merely starts before it', async t => {
  const host = simulatedHost()
  const desired = {
    a: guest(1, { order: 10 }),
    b: guest(2, { order: 20 }),
    c: guest(3, { order: 30, needs: ['b'], shutdown_timeout: 1 }),
  }
  await agent(host, desired)
  host.elapse(60)
  host.guest('c', 'hang')
  await host.write(file, order(), 0o600)
  const stops = async (): Promise<readonly string[]> =>
    tellOf(await agent(host, desired)).filter(told => told.includes('stop'))
  t.same(await stops(), ['c/stop waiting', 'b/stop waiting', 'a/stop waiting'])
  host.elapse(2)
  const report = await agent(host, desired)
  t.same(tellOf(report), ['a/stop done', 'c/stop pending', 'b/stop pending'])
  t.same(report.intervention?.up, ['b', 'c'])
  await host.write(file, order({ onTimeout: 'destroy' }), 0o600)
  t.same(await stops(), ['c/stop done', 'b/stop done'], 'destroyed, for so it was anIntervention')
})

t.test('the time of an intervention counts before that of the profile', async t => {
  const actual = { ...bareHost, domains: [{ name: 'a', state: 'running' as const, config: null }] }
  const within = (intervention: Intervention): readonly number[] =>
    plan({ domains: { a: guest(1, { shutdown_timeout: 60 }) } }, { ...actual, intervention })
      .flatMap(({ ops }) => ops)
      .flatMap(op => (op.op === 'await' ? [op.within] : []))
  t.same(within(anIntervention), [60_000])
  t.same(within({ ...anIntervention, limit: 5 }), [5000])
  t.same(within({ ...anIntervention, limit: 5, limits: { a: 7, b: 9 } }), [7000])
})

t.test('a held guest is left alone, and its hold is there when all is over', async t => {
  const host = simulatedHost()
  const desired = { a: guest(1), b: guest(2) }
  await agent(host, desired)
  await host.write(`${memory}/holds/a.json`, '{}', 0o600)
  await host.write(file, order(), 0o600)
  const report = await agent(host, desired)
  t.same(report.intervention?.up, ['a'])
  await host.remove(file)
  await agent(host, desired)
  t.same(host.state.domains.map(({ config }) => config.name).sort(), ['a', 'b'])
  t.same(await host.list(`${memory}/holds`), ['a.json'])
})

t.test('what a guest needs that is held before its turn comes stays up, too', async t => {
  const host = simulatedHost()
  const desired = { a: guest(1, { order: 10 }), b: guest(2, { order: 20, needs: ['a'] }), c: guest(3, { order: 30 }) }
  await agent(host, desired)
  await host.write(file, order(), 0o600)
  const plain = faulty(host, {})
  const administered: System = {
    ...plain,
    exec: async (argv, options) => {
      if (argv.join(' ') === 'xl shutdown -F c') await host.write(`${memory}/holds/b.json`, '{}', 0o600)
      return plain.exec(argv, options)
    },
  }
  const report = await agent(administered, desired)
  t.same([report.intervention?.up, report.error], [['a', 'b'], undefined])
})

t.test('an intervention that begins during a run, or a hold that ends, is no failure of that run', async t => {
  const host = simulatedHost()
  const plain = faulty(host, {})
  const during = (command: string, change: () => Promise<void>): System => ({
    ...plain,
    exec: async (argv, options) => {
      if (argv.at(-1) === command) await change()
      return plain.exec(argv, options)
    },
  })
  await agent(host, { b: guest(2) })
  host.guest('b', 'poweroff')
  await host.write(`${memory}/holds/b.json`, '{}', 0o600)
  const desired = { a: guest(1), b: guest(2) }
  const released = during('/etc/xen/a.cfg', () => host.remove(`${memory}/holds/b.json`))
  const first = await agent(released, desired)
  t.same([first.error, exitCode(first), tellOf(first).includes('b/start due')], [undefined, 3, true])
  const begun = during('/etc/xen/b.cfg', () => host.write(file, order(), 0o600))
  const second = await agent(begun, desired)
  t.same([second.error, exitCode(second), tellOf(second).includes('a/stop due')], [undefined, 3, true])
})

t.test('a guest that is not started again by itself is, when it was the intervention that ended it', async t => {
  const host = simulatedHost()
  const desired = { a: guest(1, { restart: 'no' }), b: guest(2, { restart: 'no' }) }
  await agent(host, desired)
  host.guest('b', 'poweroff')
  await host.write(file, order(), 0o600)
  await agent(host, desired)
  await host.remove(file)
  await agent(host, desired)
  t.same(
    host.state.domains.map(({ config }) => config.name),
    ['a'],
    'b had ended before',
  )
})

t.test('no guest is asked before those that need it are down', async t => {
  const names = ['a', 'b', 'c', 'd', 'e'] as const
  const domain = fc.record({ order: fc.integer({ min: 0, max: 3 }), needs: fc.subarray([...names]) })
  const sites = fc.record({ a: domain, b: domain, c: domain, d: domain, e: domain })
  fc.assert(
    fc.property(sites, fc.subarray([...names]), fc.subarray([...names]), (site, up, overdue) => {
      const declared = Object.entries(site).map(([key, part], n) => [key, guest(n + 1, part)] as const)
      const domains = up.map(name => ({ name, state: 'running' as const, config: null }))
      const desired = { domains: Object.fromEntries(declared) }
      const actions = orderActions(plan(desired, { ...bareHost, domains, overdue, intervention: anIntervention }))
      const stops = actions.filter(({ id }) => id.endsWith('/stop'))
      t.same(stops.map(({ resource }) => resource).sort(), up, 'every guest once')
      for (const { key, needs } of domainsOf(desired)) {
        for (const needed of needs.filter(name => up.includes(name as 'a') && up.includes(key as 'a'))) {
          if (isCircle(site, key, needed)) continue
          const stop = stops.find(({ resource }) => resource === needed)
          if (stop?.requires.includes(`domain:${key}/stopped`) !== true) return false
        }
      }
      return true
    }),
    runs(300),
  )
})

type Needs = { readonly [name: string]: { readonly needs: readonly string[] } }

/** Whether what it needs needs it, too, or itself. */
const isCircle = (site: Needs, key: string, needed: string): boolean => {
  const reached = (from: string): ReadonlySet<string> => {
    const found = new Set(site[from]?.needs ?? [])
    for (const name of found) for (const next of site[name]?.needs ?? []) found.add(next)
    return found
  }
  return key === needed || reached(key).has(key)
}
