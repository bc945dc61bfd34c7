// `agent reinstall` on simulated hosts: a guest is installed anew once for each order, from wherever the agent was killed,
// and no other guest notices.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { components } from '../../components/index.js'
import type { LVMVolumes } from '../../components/lvm/desired.js'
import type { Domain } from '../../components/xen/desired.js'
import type { AgentEvent } from '../../src/agent/events.js'
import {
  holdFile,
  putHold,
  putReinstallation,
  readReinstallations,
  reinstallationFile,
} from '../../src/agent/guests.js'
import { reinstallGuest } from '../../src/agent/reinstall.js'
import type { Report } from '../../src/agent/report.js'
import { type RunRequest, run } from '../../src/agent/run.js'
import { readStatus } from '../../src/agent/status.js'
import { offFile } from '../../src/model/off-file.js'
import type { System } from '../../src/model/system.js'
import { faulty, Killed } from '../../src/system/faulty.js'
import { blankHost } from '../../src/system/simulated/blank.js'
import type { GuestEvent } from '../../src/system/simulated/guest.js'
import { SimulatedSystem } from '../../src/system/simulated/simulated-system.js'
import type { SimulatedState } from '../../src/system/simulated/state.js'
import { guest } from '../components/xen/host.js'
import { runRequest } from '../fixtures/run-request.js'

const state = '/var/lib/xenclosure'
const tomorrow = new Date(Date.now() + 24 * 3600 * 1000)
const validity = { from: new Date().toISOString(), until: tomorrow.toISOString() }
const file = '/srv/xen/b.img'
const install_options = { kernel: '/srv/install/vmlinux' }
const lvm: LVMVolumes = {
  groups: { vg: { devices: [{ path: '/dev/sdb' }], volumes: { a: { size: 64 }, other: { size: 64 } } } },
  files: { [file]: { size: 64 } },
}
const onVolume = (volume: string): NonNullable<Domain['disks']> => ({ xvda: { type: 'lvm', group: 'vg', volume } })
/** `net` has no installer of its own: it asks its provisioner at every start. */
const domains: { readonly [key: string]: Domain } = {
  a: { ...guest(1), disks: onVolume('a'), install_options },
  b: { ...guest(2), disks: { xvda: { type: 'file', path: file } }, install_options },
  net: { ...guest(3), disks: { xvda: { type: 'phy', device: '/dev/sdc' } } },
  other: { ...guest(4), disks: onVolume('other'), install_options },
}
const document = join(t.testdir(), 'h.json')
writeFileSync(document, JSON.stringify({ name: 'h', software: { components: { lvm, xen: { domains } } } }))

let hosts = 0
const hostOf = (state: SimulatedState): SimulatedSystem => {
  hosts += 1
  return new SimulatedSystem(state, { label: `installed anew by ${process.pid}: ${hosts}` })
}
const request = (system: System): RunRequest => runRequest({ system, components, sources: [document] })

/** Everything runs, and was there before anybody spoke of installing. */
const converged = async (): Promise<SimulatedState> => {
  const devices = ['/dev/sdb', '/dev/sdc'].map(path => ({ path, size: 1024 ** 3, serial: null }))
  const system = hostOf(blankHost({ hostname: 'h', memory: 4096, devices }))
  await run(request(system))
  system.elapse(600)
  return system.state
}
const before = await converged()

t.test('while the agent is switched off, nothing is ordered', async t => {
  const host = hostOf(before)
  await host.write(offFile, '', 0o644)
  await t.rejects(reinstallGuest(request(host), { guest: 'a', order: 'one', ...validity }), { name: 'SwitchedOff' })
  t.same(await readReinstallations(host, state), [])
})

const domidOf = ({ state }: SimulatedSystem, name: string): number | undefined =>
  state.domains.find(({ config }) => config.name === name)?.domid
const isInstaller = ({ state }: SimulatedSystem, name: string): boolean =>
  state.domains.some(({ config }) => config.name === name && config.onReboot === 'preserve')
const tagsOf = ({ state }: SimulatedSystem, volume: string): readonly string[] | undefined =>
  state.groups.vg?.volumes[volume]?.tags
const ended = (system: SimulatedSystem, name: string, event: GuestEvent = 'reboot'): SimulatedSystem => {
  const after = hostOf(system.state)
  after.guest(name, event)
  return after
}
const reinstall = async (system: System, name: string, order = 'o1'): Promise<readonly [number, Report]> => {
  const { code, report } = await reinstallGuest(request(system), { guest: name, order, ...validity })
  return [code, report]
}

for (const name of ['a', 'b']) {
  t.test(`${name} goes down, its installer runs, then the guest, and the others run on`, async t => {
    const host = hostOf(before)
    const others = ['net', 'other'].map(other => domidOf(host, other))
    const [code, report] = await reinstall(host, name)
    t.equal(report.error, undefined)
    t.equal(code, 3)
    t.ok(isInstaller(host, name))
    t.same(report.installations[name], { id: 'o1', state: 'under way' })
    t.same(report.drift, [], 'it was ordered')
    t.notOk((await host.list('/etc/xen/auto'))?.includes(`50-${name}`), 'it does not start with the host')
    t.equal((await reinstall(host, name))[0], 3, 'asked again, it is the same order')
    t.equal(domidOf(ended(host, name), name), domidOf(host, name))

    const done = ended(host, name)
    const [last, after] = await reinstall(done, name)
    t.same([last, after.error, isInstaller(done, name)], [0, undefined, false])
    t.same([after.installations[name], after.drift], [{ id: 'o1', state: 'over' }, []])
    const domid = domidOf(done, name)
    t.equal((await reinstall(done, name))[0], 0)
    t.equal(domidOf(done, name), domid, 'an order that is over is over')
    t.same(
      ['net', 'other'].map(other => domidOf(done, other)),
      others,
    )
    t.equal((await reinstall(done, name, 'o2'))[0], 3, 'another one is another one')
    t.ok(isInstaller(done, name))
  })
}

t.test('a guest that asks its provisioner is restarted once', async t => {
  const host = hostOf(before)
  const domid = domidOf(host, 'net')
  const [code, report] = await reinstall(host, 'net')
  t.same([code, report.error], [0, undefined])
  const restarted = domidOf(host, 'net')
  t.not(restarted, domid)
  t.equal((await reinstall(host, 'net'))[0], 0)
  t.equal(domidOf(host, 'net'), restarted)
  t.equal((await reinstall(host, 'net', 'o2'))[0], 0)
  t.not(domidOf(host, 'net'), restarted)
})

t.test('one that does not run, and one whose installer failed, is installed as well', async t => {
  const host = hostOf(before)
  await host.exec(['xl', 'destroy', 'a'], { effect: 'change' })
  t.equal((await reinstall(host, 'a'))[0], 3)
  t.ok(isInstaller(host, 'a'))
  await host.remove('/etc/xen/a.start')
  t.same((await run(request(host))).drift, ['xen/a/installer'], 'what somebody took away is drift')
  const crashed = ended(host, 'a', 'crash')
  const [code, report] = await reinstall(crashed, 'a')
  t.equal(code, 3)
  t.match(report.waits, [{ for: 'gone:a' }], 'by the same order somebody has to look at it first')
  t.equal((await reinstall(crashed, 'a', 'o2'))[0], 3)
  t.same([isInstaller(crashed, 'a'), tagsOf(crashed, 'a')], [true, ['xenclosure_install=o2']])
})

t.test('while an installer runs no other order takes it away', async t => {
  const host = hostOf(before)
  await reinstall(host, 'a')
  const domid = domidOf(host, 'a')
  t.equal((await reinstall(host, 'a', 'o2'))[0], 3)
  t.equal(domidOf(host, 'a'), domid)
  const done = ended(host, 'a')
  await reinstall(done, 'a', 'o2')
  t.same(tagsOf(done, 'a'), ['xenclosure_install=o2'], 'then it is the next one')
})

t.test('a guest that ignores its shutdown waits for somebody, or is destroyed, as its profile says', async t => {
  const host = hostOf(before)
  host.guest('a', 'hang')
  const [code, report] = await reinstall(host, 'a')
  t.equal(code, 3)
  t.match(report.waits[0]?.for, 'shutdown:a')
  t.same(tagsOf(host, 'a'), undefined, 'nothing was begun')
  await host.exec(['xl', 'destroy', 'a'], { effect: 'change' })
  t.equal((await reinstall(host, 'a'))[0], 3)
  t.ok(isInstaller(host, 'a'))
})

t.test('a guest that is held is left alone, and an order that cannot be read is none', async t => {
  const host = hostOf(before)
  await putHold({ guest: 'a', since: null, until: null, reason: null }, host, state)
  const domid = domidOf(host, 'a')
  t.equal((await reinstall(host, 'a'))[0], 3)
  await host.write(`${state}/xen/reinstallations/net.json`, '{"order": 3', 0o600)
  await run(request(host))
  t.equal(domidOf(host, 'a'), domid)
  t.equal(domidOf(host, 'net'), domidOf(hostOf(before), 'net'))
})

for (const name of ['a', 'b', 'net']) {
  t.test(`the agent may die at any point, and ${name} is installed anew once`, async t => {
    let kills = 0
    for (let isKilled = true; isKilled; kills += 1) {
      const host = hostOf(before)
      isKilled = await reinstall(faulty(host, { killAfter: kills }), name).then(
        () => false,
        error => error instanceof Killed || Promise.reject(error),
      )
      const begun = domidOf(host, name) === domidOf(hostOf(before), name) ? undefined : domidOf(host, name)
      // The resident agent makes a pass before the order is given again.
      await run(request(host))
      const [code, report] = await reinstall(host, name)
      t.same([report.error, code], [undefined, name === 'net' ? 0 : 3], `killed after ${kills} changes`)
      if (begun !== undefined) t.equal(domidOf(host, name), begun, `not twice: killed after ${kills} changes`)
      t.equal(isInstaller(host, name), name !== 'net')
      t.same(await readReinstallations(host, state), [
        { guest: name, order: 'o1', isBegun: true, from: null, until: null },
      ])
      t.equal(domidOf(host, 'other'), domidOf(hostOf(before), 'other'))
    }
    t.ok(kills > 5, `${kills} kills`)
  })
}

t.test('an order that was given is carried out by the resident agent, too', async t => {
  const host = hostOf(before)
  await putReinstallation({ guest: 'a', order: 'o1', ...validity }, host, state)
  await run(request(host))
  t.ok(isInstaller(host, 'a'))
})

t.test('an order that was not begun in its time is begun no more, and the run says so', async t => {
  const host = hostOf(before)
  const domid = domidOf(host, 'a')
  await putHold({ guest: 'a', since: null, until: null, reason: null }, host, state)
  t.equal((await reinstall(host, 'a'))[0], 3, 'it is held')
  await host.remove(holdFile(state, 'a'))
  const told: unknown[] = []
  const late = { ...request(host), now: () => tomorrow, events: (event: AgentEvent) => told.push(event) }
  t.match(await readStatus(host, state, tomorrow), { reinstallations: [] })
  t.match(await run({ ...late, noaction: true }), { installations: {} })
  t.match(await run(late), { installations: {} })
  t.match(
    told.filter(event => (event as AgentEvent).event === 'order-overdue'),
    Array(2).fill({ guest: 'a', order: 'o1' }),
  )
  t.equal(domidOf(host, 'a'), domid)
  const asked = { guest: 'a', order: 'o1', ...validity }
  t.match(await reinstallGuest({ ...late, events: () => undefined }, asked), { code: 3 })
  t.equal(domidOf(host, 'a'), domid, 'one that was not installed is not told to be')
  t.equal((await reinstall(host, 'a', 'o2'))[0], 3, 'another order is begun')
  t.ok(isInstaller(host, 'a'))
  await run({ ...late, now: () => new Date(tomorrow.getTime() + 1) })
  t.ok(isInstaller(host, 'a'), 'what has begun goes on')
})

t.test('an order that an earlier version put down says only until when, and is carried out', async t => {
  for (const [until, isCarriedOut] of [
    [tomorrow, true],
    [new Date(Date.now() - 1000), false],
  ] as const) {
    const host = hostOf(before)
    await putReinstallation({ guest: 'a', order: 'o1', ...validity }, host, state)
    const content = JSON.stringify({ order: 'o1', isBegun: false, until: until.toISOString() })
    await host.write(reinstallationFile(state, 'a'), content, 0o600)
    await run(request(host))
    t.equal(isInstaller(host, 'a'), isCarriedOut)
  }
})

t.test('an order of a time that is yet to come is not begun until the clock is right', async t => {
  const host = hostOf(before)
  const domid = domidOf(host, 'a')
  await putReinstallation({ guest: 'a', order: 'o1', ...validity }, host, state)
  const told: unknown[] = []
  const yesterday = new Date(Date.parse(validity.from) - 24 * 3600 * 1000)
  const early = { ...request(host), now: () => yesterday, events: (event: AgentEvent) => told.push(event) }
  t.strictSame(
    (await readStatus(host, state, yesterday)).reinstallations.map(({ order }) => order),
    ['o1'],
    'it still stands',
  )
  for (const noaction of [true, false]) t.match(await run({ ...early, noaction }), { installations: {} })
  t.match(
    told.filter(event => (event as AgentEvent).event === 'order-ahead'),
    Array(2).fill({ guest: 'a', order: 'o1' }),
  )
  t.equal(domidOf(host, 'a'), domid)
  await run({ ...early, now: () => new Date(Date.parse(validity.from) - 60_000) })
  t.ok(isInstaller(host, 'a'), 'a minute is the difference of clocks that are right')
})

t.test('what has begun is asked for by the same order, however late', async t => {
  const host = hostOf(before)
  t.equal((await reinstall(host, 'a'))[0], 3)
  const done = ended(host, 'a')
  const over = { ...request(done), now: () => new Date(tomorrow.getTime() + 5000) }
  const late = { from: tomorrow.toISOString(), until: new Date(tomorrow.getTime() + 1000).toISOString() }
  t.match(await reinstallGuest(over, { guest: 'a', order: 'o1', ...late }), { code: 0 })
  t.notOk(isInstaller(done, 'a'))
})
