// Guests that are installed, on simulated hosts: the agent dies at any point, forgets everything, or the host goes down,
// and yet every guest is installed once, on a new disk and on no other.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { components } from '../../components/index.js'
import type { LVMVolumes } from '../../components/lvm/desired.js'
import type { Domain } from '../../components/xen/desired.js'
import { exitCode } from '../../src/agent/exit-code.js'
import type { Report } from '../../src/agent/report.js'
import { run } from '../../src/agent/run.js'
import type { System } from '../../src/model/system.js'
import { faulty, Killed } from '../../src/system/faulty.js'
import { blankHost } from '../../src/system/simulated/blank.js'
import type { GuestEvent } from '../../src/system/simulated/guest.js'
import { SimulatedSystem } from '../../src/system/simulated/simulated-system.js'
import type { SimulatedState } from '../../src/system/simulated/state.js'
import { guest } from '../components/xen/host.js'
import { runRequest } from '../fixtures/run-request.js'

const file = '/srv/xen/b.img'
const partition = '/dev/sdc'
const installation = '1'

const lvm: LVMVolumes = {
  groups: { vg: { devices: [{ path: '/dev/sdb' }], volumes: { a: { size: 64, installation } } } },
  files: { [file]: { size: 64, installation } },
  partitions: { [partition]: { size: 64 } },
}
const install_options = { kernel: '/srv/install/vmlinux', cmdline: 'auto' }
const domains: { readonly [key: string]: Domain } = {
  a: { ...guest(1), disks: { xvda: { type: 'lvm', group: 'vg', volume: 'a' } }, install_options },
  b: { ...guest(2), disks: { xvda: { type: 'file', path: file } }, install_options },
  c: { ...guest(3), disks: { xvda: { type: 'phy', device: partition } }, install_options },
}

const document = join(t.testdir(), 'h.json')
writeFileSync(document, JSON.stringify({ name: 'h', software: { components: { lvm, xen: { domains } } } }))

let hosts = 0
const hostOf = (state: SimulatedState): SimulatedSystem => {
  hosts += 1
  return new SimulatedSystem(state, { label: `installed by ${process.pid}: ${hosts}` })
}
const blank = (): SimulatedSystem => {
  const devices = [
    { path: '/dev/sdb', size: 1024 ** 3, serial: null },
    { path: partition, size: 64 * 1024 ** 2, serial: null },
  ]
  return hostOf(blankHost({ hostname: 'h', memory: 4096, devices }))
}

const runOn = (system: System): Promise<Report> => run(runRequest({ system, components, sources: [document] }))

const isInstaller = ({ config }: SimulatedState['domains'][number]): boolean => config.onReboot === 'preserve'
const installers = ({ state }: SimulatedSystem): readonly string[] =>
  state.domains
    .filter(isInstaller)
    .map(({ config }) => config.name)
    .sort()
const guests = ({ state }: SimulatedSystem): readonly string[] =>
  state.domains
    .filter(domain => !isInstaller(domain))
    .map(({ config }) => config.name)
    .sort()
const links = async (system: SimulatedSystem): Promise<readonly string[]> => (await system.list('/etc/xen/auto')) ?? []
const all = ['a', 'b', 'c']

/** What an installer does: it writes to its disk, and comes to its end. */
const installed = (system: SimulatedSystem, event: GuestEvent = 'reboot'): SimulatedSystem => {
  const content = { sha256: 'e'.repeat(64), unpack: 'raw' }
  const written = { '/dev/vg/a': content, [file]: content, [partition]: content }
  const after = hostOf({ ...system.state, contents: written })
  for (const name of installers(after)) after.guest(name, event)
  return after
}

const waitsOf = ({ actions }: Report): readonly string[] => [
  ...new Set(actions.flatMap(({ outcome, waitsFor }) => (outcome === 'not applied' && waitsFor ? [waitsFor] : []))),
]

t.test('new guests are installed, then run, and start with the host only then', async t => {
  const system = blank()
  const first = await runOn(system)
  t.equal(exitCode(first), 3)
  t.same(waitsOf(first), ['install:a', 'install:b', 'install:c'])
  t.same([installers(system), guests(system)], [all, []])
  t.match(system.state.domains[0]?.config, {
    kernel: '/srv/install/vmlinux',
    onPoweroff: 'preserve',
    onCrash: 'preserve',
  })
  t.same(await links(system), [])
  t.same(waitsOf(await runOn(system)), ['install:a', 'install:b', 'install:c'], 'they are left alone while they run')

  const done = installed(system)
  const last = await runOn(done)
  t.equal(last.error, undefined)
  t.same([installers(done), guests(done)], [[], all])
  t.same(await links(done), ['50-a', '50-b', '50-c'])
  t.same(done.state.groups.vg?.volumes.a?.tags, ['xenclosure_installed=1'])
  t.equal(await done.read('/etc/xen/a.start'), null)
  t.equal(exitCode(await runOn(done)), 0)
  done.reboot()
  t.equal(exitCode(await runOn(done)), 0)
})

for (const event of ['poweroff', 'reboot'] as const) {
  t.test(`the agent may die at any point, before and after an installer's ${event}`, async t => {
    const started = blank()
    await runOn(started)
    const ended = installed(started, event)
    const steps = [
      { from: blank().state, check: installers },
      { from: ended.state, check: guests },
    ]
    for (const { from, check } of steps) {
      let changes = 0
      for (; ; changes += 1) {
        const system = hostOf(from)
        const killed = await runOn(faulty(system, { killAfter: changes })).then(
          () => false,
          error => error instanceof Killed || Promise.reject(error),
        )
        if (!killed) break
        const report = await runOn(system)
        t.equal(report.error, undefined, `killed after ${changes} changes`)
        t.same(check(system), all)
        t.equal(system.state.domains.length, 3)
      }
      t.ok(changes > 10, `${changes} kills`)
    }
  })
}

t.test(
  'the host goes down in the middle: what was not installed is installed anew, and nothing starts by itself',
  async t => {
    const system = blank()
    await runOn(system)
    system.reboot()
    t.same(system.state.domains, [])
    await runOn(system)
    t.same(installers(system), all)
    const done = installed(system)
    await runOn(done)
    t.same(guests(done), all)
  },
)

/** The agent's files are gone. */
const forget = ({ state }: SimulatedSystem): SimulatedSystem => {
  const left = Object.entries(state.files).filter(([path]) => !path.startsWith('/var/lib/xenclosure'))
  return hostOf({ ...state, files: Object.fromEntries(left) })
}

t.test("the agent's files are lost: a volume knows what it is", async t => {
  const system = blank()
  await runOn(system)
  const forgotten = forget(system)
  const running = await runOn(forgotten)
  t.ok(waitsOf(running).includes('install:a'), 'its installer runs on')
  const done = forget(installed(system))
  await runOn(done)
  t.ok(guests(done).includes('a'))
  t.same(done.state.groups.vg?.volumes.a?.tags, ['xenclosure_installed=1'])
  const later = forget(done)
  later.guest('a', 'crash')
  await runOn(later)
  t.ok(guests(later).includes('a'), 'and is not installed a second time')
})

t.test('an installer that crashes is reported, and tried again only when somebody has looked at it', async t => {
  const system = blank()
  await runOn(system)
  const crashed = installed(system, 'crash')
  for (let times = 0; times < 2; times += 1) {
    const report = await runOn(crashed)
    t.equal(exitCode(report), 3)
    t.same(waitsOf(report), ['gone:a', 'gone:b', 'gone:c'])
    t.match(report.waits[0]?.reasons[0], /its installer crashed and is kept/)
  }
  await crashed.exec(['xl', 'destroy', 'a'], { effect: 'change' })
  await runOn(crashed)
  t.same(
    crashed.state.domains.filter(({ phase }) => phase === undefined).map(({ config }) => config.name),
    ['a'],
  )
})

t.test('a disk that was there before is never installed on', async t => {
  const system = blank()
  await system.exec(['vgcreate', 'vg', '/dev/sdb'], { effect: 'change' })
  await system.exec(['lvcreate', '--yes', '--wipesignatures', 'y', '--size', '67108864b', '--name', 'a', 'vg'], {
    effect: 'change',
  })
  await system.write(file, '', 0o600)
  const foreign = hostOf({ ...system.state, contents: { [partition]: { sha256: 'e'.repeat(64), unpack: 'raw' } } })
  const report = await runOn(foreign)
  t.equal(report.error, undefined)
  t.same([installers(foreign), guests(foreign)], [[], all])
})
