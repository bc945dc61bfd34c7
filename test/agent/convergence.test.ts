// The real components on simulated hosts, with the documents of the example site.
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { components } from '../../components/index.js'
import type { LVMVolumes } from '../../components/lvm/desired.js'
import type { Network } from '../../components/network/desired.js'
import { exitCode } from '../../src/agent/exit-code.js'
import type { Report } from '../../src/agent/report.js'
import { run } from '../../src/agent/run.js'
import { compileSite } from '../../src/compiler/compile.js'
import { createValidate } from '../../src/compiler/judge/validate.js'
import { packageRoot } from '../../src/compiler/package-root.js'
import { canonicalJson } from '../../src/model/json.js'
import type { System } from '../../src/model/system.js'
import { faulty, Killed } from '../../src/system/faulty.js'
import { blankHost } from '../../src/system/simulated/blank.js'
import { networkOf, withNetwork } from '../../src/system/simulated/network.js'
import { SimulatedSystem } from '../../src/system/simulated/simulated-system.js'
import { parseSpec } from '../../src/system/simulated/spec.js'
import type { SimulatedState } from '../../src/system/simulated/state.js'

const documents = compileSite(packageRoot(), components).compiled?.documents ?? new Map()
/** labhost's next edition: other options of the boot and of running domains, larger volumes, another start order. */
const edited = canonicalJson(documents.get('labhost') ?? {})
  .replaceAll('"memory":128', '"memory":160')
  .replaceAll('"size":64', '"size":96')
  .replace('"timeout":1', '"timeout":2')
  .replace('"lab-pvh":{"address"', '"lab-pvh":{"order":10,"address"')
const published = t.testdir({
  ...Object.fromEntries([...documents].map(([name, document]) => [`${name}.json`, canonicalJson(document)])),
  'labhost-edited.json': edited,
})
const hosts = [...documents.keys()].filter(name => documents.get(name)?.software?.components !== undefined)

/** A host with blank disks: every one that is asked for, or where partitions are declared, those and the groups' disks; and
 * with the bonds of its cards, which its installation made. */
const blank = (host: string): SimulatedSystem => {
  const { groups = {}, partitions = {} } = (documents.get(host)?.software?.components?.lvm ?? {}) as LVMVolumes
  const disks = Object.values(groups).flatMap(({ devices = [] }) => devices.map(({ path }) => `&pv=${path}:4TiB`))
  const parts = Object.entries(partitions).map(([path, { size }]) => `&pv=${path}:${size}MiB`)
  const described = parts.length === 0 ? '' : [...disks, ...parts].join('')
  const { host: spec } = parseSpec(`-?hostname=${host}${described}`)
  return new SimulatedSystem(withBonds(blankHost(spec), host), { label: `simulated by ${process.pid}` })
}

const withBonds = (state: SimulatedState, host: string): SimulatedState => {
  const { interfaces = {} } = (documents.get(host)?.system?.network ?? {}) as Network
  const bonds = new Set(Object.values(interfaces).flatMap(({ master }) => master ?? []))
  const { links } = networkOf(state)
  const { eth1 } = links
  if (eth1 === undefined) throw new Error('the simulated host has no second card')
  return withNetwork(state, {
    links: { ...links, ...Object.fromEntries([...bonds].map(name => [name, { ...eth1, index: 4 }])) },
  })
}

// A run for every change that a host takes, which on a busy machine is long.
t.setTimeout(5 * 60_000)

const validate = createValidate()

const runOn = (system: System, host: string): Promise<Report> => runWith(system, join(published, `${host}.json`))

const runWith = (system: System, source: string): Promise<Report> =>
  run({
    system,
    components,
    validate,
    version: '0.1.0',
    sources: [source],
    trust: [],
    state: '/var/lib/xenclosure',
    noaction: false,
    allow: new Set(),
    events: () => undefined,
  })

/** What a host is, but for the identities that are made afresh (uuids, domain ids) and the agent's own memory. */
const shapeOf = ({ state }: SimulatedSystem): unknown => ({
  files: Object.entries(state.files)
    .filter(([path]) => !path.startsWith('/var/lib/xenclosure'))
    .sort(([a], [b]) => (a < b ? -1 : 1)),
  devices: Object.keys(state.devices).sort(),
  groups: Object.entries(state.groups).map(([name, { devices, volumes }]) => [
    name,
    devices,
    Object.entries(volumes)
      .map(([volume, { extents, tags }]) => [volume, extents, tags])
      .sort(),
  ]),
  contents: Object.entries(state.contents ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
  domains: state.domains.map(({ config }) => JSON.stringify(config)).sort(),
})

/** Guests that are being installed come to that end. */
const endInstallers = async (system: SimulatedSystem, host: string): Promise<void> => {
  const names = system.state.domains
    .filter(({ config }) => config.onReboot === 'preserve')
    .map(({ config }) => config.name)
  for (const name of names) system.guest(name, 'reboot')
  if (names.length > 0) await runOn(system, host)
}

/** A run killed after so many changes, then another one; false where the run made no more changes than that. */
const isKilledAfter = async (
  changes: number,
  edition: string,
  undisturbed: SimulatedSystem,
  system: SimulatedSystem,
  t: Test,
): Promise<boolean> => {
  const killed = await runOn(faulty(system, { killAfter: changes }), edition).then(
    () => false,
    error => error instanceof Killed || Promise.reject(error),
  )
  if (!killed) return false
  t.equal((await runOn(system, edition)).error, undefined, `killed after ${changes} changes`)
  t.strictSame(shapeOf(system), shapeOf(undisturbed))
  return true
}

t.ok(hosts.includes('gridhost') && hosts.includes('labhost'), 'the site compiles to its hosts')

for (const host of hosts) {
  t.test(`${host} converges, and the second run has nothing due`, async t => {
    const system = blank(host)
    const first = await runOn(system, host)
    t.equal(first.error, undefined)
    t.ok(first.actions.length > 0)
    const converged = system.state
    const second = await runOn(system, host)
    t.same(
      second.actions.filter(action => action.status !== 'pending'),
      [],
    )
    t.same(second.orphans, [])
    t.strictSame(shapeOf(system), shapeOf(new SimulatedSystem(converged)))
    await endInstallers(system, host)
    system.reboot()
    t.equal(exitCode(await runOn(system, host)), 0, 'nor is anything pending after a reboot')
  })

  t.test(`${host} converges to the same after a kill at any change of the first run`, async t => {
    const undisturbed = blank(host)
    await runOn(undisturbed, host)
    let kills = 0
    while (await isKilledAfter(kills, host, undisturbed, blank(host), t)) kills += 1
    t.ok(kills > 10, `${kills} kills`)
  })
}

t.test('a new edition of a running host converges to the same after a kill at any change', async t => {
  const first = blank('labhost')
  await runOn(first, 'labhost')
  const host = (): SimulatedSystem => new SimulatedSystem(first.state, { label: `simulated by ${process.pid}` })
  const undisturbed = host()
  const report = await runOn(undisturbed, 'labhost-edited')
  t.equal(report.error, undefined)
  t.same(
    report.actions.filter(({ outcome }) => outcome !== 'done').map(({ waitsFor }) => waitsFor),
    ['reboot', 'restart:lab-pvh', 'restart:lab-pv'],
  )
  let kills = 0
  while (await isKilledAfter(kills, 'labhost-edited', undisturbed, host(), t)) kills += 1
  t.ok(kills > 10, `${kills} kills`)
})

t.test('a host that was booted without Xen is made ready, and converges after its reboot', async t => {
  const system = blank('labhost')
  await system.write('/etc/default/grub.d/xen.cfg', 'GRUB_DEFAULT=0\n', 0o644)
  await system.exec(['update-grub'], { effect: 'change' })
  system.reboot()
  t.equal(system.state.boot.xen, null)
  const report = await runOn(system, 'labhost')
  t.equal(report.error, undefined)
  const left = report.actions.filter(action => action.outcome !== 'done')
  t.ok(left.every(action => action.status === 'pending'))
  t.same(
    left.filter(action => action.waitsFor !== undefined).map(action => action.waitsFor),
    ['reboot', 'reboot', 'reboot'],
    'the boot menu and both guests',
  )
  system.reboot()
  t.equal(exitCode(await runOn(system, 'labhost')), 0)
  t.equal(system.state.domains.length, 2)
})

t.test('a document that pan compiled converges: its five guests and their volumes', async t => {
  const source = join(packageRoot(), 'test/cases/quattor/host00000.example.org.json')
  const system = blank('host00000')
  const report = await runWith(system, source)
  t.equal(report.error, undefined)
  const done = report.actions.filter(action => action.outcome === 'done').map(action => action.id)
  t.equal(done.filter(id => /^lvm\/xenvg\/vm.*\/create$/.test(id)).length, 5)
  t.equal(done.filter(id => /^xen\/vm.*\/start$/.test(id)).length, 5)
  t.ok(report.ignored.includes('/software/components/ntpd'))
  system.reboot()
  t.equal(exitCode(await runWith(system, source)), 0)
})
