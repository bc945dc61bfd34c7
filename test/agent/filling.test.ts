// Disks that are filled with images, on simulated hosts: whatever goes wrong, no guest gets a disk that is not whole, and
// none is written that was whole before.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { components } from '../../components/index.js'
import type { Group, Image, LVMVolumes } from '../../components/lvm/desired.js'
import type { Domain, XenDomains } from '../../components/xen/desired.js'
import { printReport } from '../../src/agent/print.js'
import type { Report } from '../../src/agent/report.js'
import { run } from '../../src/agent/run.js'
import { printSeal, sealOf } from '../../src/model/seal.js'
import type { System } from '../../src/model/system.js'
import { faulty, Killed } from '../../src/system/faulty.js'
import { blankHost } from '../../src/system/simulated/blank.js'
import { SimulatedSystem } from '../../src/system/simulated/simulated-system.js'
import { guest } from '../components/xen/host.js'
import { runRequest } from '../fixtures/run-request.js'
import { runs } from '../property-runs.js'

const image: Image = { source: '/srv/os.raw.xz', sha256: 'a'.repeat(64), unpack: 'raw.xz' }
const file = '/srv/xen/b.img'
const partition = '/dev/sdc'

const lvm: LVMVolumes = {
  groups: { vg: { devices: [{ path: '/dev/sdb' }], volumes: { a: { size: 64, image } } } },
  files: { [file]: { size: 64, image } },
  partitions: { [partition]: { size: 64, image } },
}
const first: Domain = { ...guest(1), disks: { xvda: { type: 'lvm', group: 'vg', volume: 'a' } } }
const domains: NonNullable<XenDomains['domains']> = {
  a: first,
  b: { ...guest(2), disks: { xvda: { type: 'file', path: file } } },
  c: { ...guest(3), disks: { xvda: { type: 'phy', device: partition } } },
}
const disks = ['/dev/vg/a', file, partition]

let hosts = 0

const blank = (): SimulatedSystem => {
  hosts += 1
  const devices = [
    { path: '/dev/sdb', size: 1024 ** 3, serial: null },
    { path: partition, size: 64 * 1024 ** 2, serial: null },
  ]
  return new SimulatedSystem(blankHost({ hostname: 'h', memory: 4096, devices }), {
    label: `filled by ${process.pid}: ${hosts}`,
  })
}

const documentIn = (t: Test, declared: LVMVolumes = lvm, guests = domains): string => {
  const path = join(t.testdir(), 'h.json')
  const text = JSON.stringify({ name: 'h', software: { components: { lvm: declared, xen: { domains: guests } } } })
  writeFileSync(path, text)
  writeFileSync(
    path.replace('.json', '.seal'),
    printSeal(sealOf(text, { name: 'h', serial: 1, commit: null, compiler: '0' })),
  )
  return path
}

const runOn = (system: System, source: string, only?: string, ...allow: readonly string[]): Promise<Report> =>
  run(
    runRequest({
      system,
      components,
      sources: [source],
      allow: new Set(allow),
      ...(only === undefined ? {} : { only }),
    }),
  )

const contentsOf = ({ state }: SimulatedSystem): unknown => state.contents
const running = ({ state }: SimulatedSystem): readonly string[] => state.domains.map(({ config }) => config.name).sort()
const whole = Object.fromEntries(disks.map(disk => [disk, { sha256: image.sha256, unpack: 'raw.xz' }]))

t.test('a volume, a file and a partition are filled, and then their guests start', async t => {
  const system = blank()
  const source = documentIn(t)
  const report = await runOn(system, source)
  t.equal(report.error, undefined)
  t.same(contentsOf(system), whole)
  t.same(running(system), ['a', 'b', 'c'])
  t.equal(system.state.groups.vg?.volumes.a?.tags, undefined)
  t.same(
    await system.list('/var/lib/xenclosure/disks'),
    ['%2Fdev%2Fsdc'],
    'what a partition was filled with stays known',
  )
  t.same((await runOn(system, source)).actions, [])
})

t.test('the agent may die at any point, in the middle of a filling, too', async t => {
  const source = documentIn(t)
  let halves = 0
  for (let changes = 0; ; changes += 1) {
    const system = blank()
    const killed = await runOn(faulty(system, { killAfter: changes }), source).then(
      () => false,
      error => error instanceof Killed || Promise.reject(error),
    )
    if (!killed) break
    const half = Object.entries(system.state.contents ?? {}).filter(([, content]) => content.half)
    halves += half.length
    for (const [disk] of half) {
      const guests = system.state.domains.filter(({ config }) => config.disks.some(({ target }) => target === disk))
      t.same(guests, [], `${disk} is half filled, and nobody has it`)
    }
    t.equal((await runOn(system, source)).error, undefined, `killed after ${changes} changes`)
    t.same(contentsOf(system), whole)
    t.same(running(system), ['a', 'b', 'c'])
  }
  t.equal(halves, 3, 'each of the three was found half filled')
})

t.test('no guest is started with a new disk that is not whole, by whomever, wherever the agent died', async t => {
  const second = { size: 64, image }
  const vg: Group = { devices: [{ path: '/dev/sdb' }], volumes: { a: { size: 64, image } } }
  const kinds = {
    volume: {
      disk: { type: 'lvm', group: 'vg', volume: 'new' },
      target: '/dev/vg/new',
      lvm: { groups: { vg: { ...vg, volumes: { ...vg.volumes, new: second } } } },
    },
    file: { disk: { type: 'file', path: file }, target: file, lvm: { files: { [file]: second } } },
    partition: {
      disk: { type: 'phy', device: partition },
      target: partition,
      lvm: { partitions: { [partition]: second } },
    },
  } as const
  const host = blank()
  await runOn(host, documentIn(t, { groups: { vg } }, { a: first }))
  /** What starts it meanwhile: xendomains after a power cut, or xl after the guest's own reboot. */
  const restarts = {
    'host reboots': (system: SimulatedSystem) => system.reboot(),
    'guest reboots': (system: SimulatedSystem) =>
      running(system).includes('a') ? system.guest('a', 'reboot') : undefined,
  }
  const isWhole = (system: SimulatedSystem, target: string): boolean => {
    const content = system.state.contents?.[target]
    return content !== undefined && content.half !== true
  }
  const property = fc.asyncProperty(
    fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])),
    fc.constantFrom(...(Object.keys(restarts) as (keyof typeof restarts)[])),
    fc.boolean(),
    async (kind, event, wasRunning) => {
      const { disk, target, lvm: more } = kinds[kind]
      const after = documentIn(
        t,
        { groups: { vg }, ...more },
        { a: { ...first, disks: { ...first.disks, xvdb: disk } } },
      )
      for (let changes = 0; ; changes += 1) {
        const system = new SimulatedSystem(host.state, { label: host.label })
        if (!wasRunning) system.guest('a', 'poweroff')
        const killed = await runOn(faulty(system, { killAfter: changes }), after).then(
          () => false,
          error => error instanceof Killed || Promise.reject(error),
        )
        restarts[event](system)
        const has = system.state.domains.flatMap(({ config }) => config.disks.map(one => one.target))
        if (has.includes(target)) t.ok(isWhole(system, target), `${kind}, ${event}, ${changes} changes`)
        t.equal((await runOn(system, after)).error, undefined)
        t.ok(isWhole(system, target))
        t.same(running(system), ['a'])
        if (!killed) break
      }
    },
  )
  await t.resolves(fc.assert(property, runs(12)))
})

t.test('what a guest wrote is never written over, whether the agent remembers or not', async t => {
  const filled = blank()
  const source = documentIn(t)
  await runOn(filled, source)
  const written = Object.fromEntries(disks.map(disk => [disk, { sha256: 'f'.repeat(64), unpack: 'raw' }]))
  const { files, ...state } = filled.state
  const forgotten = Object.entries(files).filter(([path]) => !path.startsWith('/var/lib/xenclosure'))
  for (const remembered of [files, Object.fromEntries(forgotten)]) {
    const system = new SimulatedSystem({ ...state, files: remembered, contents: written }, { label: filled.label })
    const { actions } = await runOn(system, source)
    t.same(contentsOf(system), written)
    const ofPartition = remembered === files ? [] : ['lvm/partition:/dev/sdc/fill rejected']
    t.same(
      actions.map(({ id, status }) => `${id} ${status}`),
      ofPartition,
      'of a partition nobody can know any more',
    )
  }
})

t.test('an image that is another one fills nothing for good, and the next run tries again', async t => {
  const source = documentIn(t)
  const system = new SimulatedSystem({ ...blank().state, sources: { [image.source]: { sha256: 'b'.repeat(64) } } })
  for (let times = 0; times < 2; times += 1) {
    const report = await runOn(system, source)
    t.equal(report.error?.code, 'action-failed')
    t.same(running(system), [])
    t.same(system.state.groups.vg?.volumes.a?.tags, ['xenclosure_filling'])
    const failed = report.actions.filter(({ outcome }) => outcome === 'failed')
    t.equal(failed.length, 3)
    t.match(failed[0]?.error, /its sha256 is b{64}, declared a{64}/)
  }
  const mended = new SimulatedSystem({ ...system.state, sources: {} })
  t.equal((await runOn(mended, source)).error, undefined)
  t.same(contentsOf(mended), whole)
  t.same(running(mended), ['a', 'b', 'c'])
})

t.test('a run of one component alone starts no guest on a disk that is half filled', async t => {
  const source = documentIn(t)
  const system = new SimulatedSystem({ ...blank().state, sources: { [image.source]: { sha256: 'b'.repeat(64) } } })
  await runOn(system, source)
  const report = await runOn(system, source, 'xen', ...disks.flatMap(disk => [`filled:${disk}`, `block:${disk}`]))
  t.same(running(system), [], 'whatever is allowed')
  t.match(printReport(report), 'waits for filled:/dev/vg/a\n')
  t.notMatch(printReport(report), '--allow', 'and the report names no leave')
  t.same(
    report.actions.filter(({ id }) => id.endsWith('/start')).map(({ status, waitsFor }) => [status, waitsFor]),
    disks.map(disk => ['pending', `filled:${disk}`]),
  )
})

t.test('a guest that moves here brings its disks along', async t => {
  const awaitsRelease = 'a'
  const volumes = { a: { size: 64, image, awaitsRelease } }
  const moving: LVMVolumes = { groups: { vg: { devices: [{ path: '/dev/sdb' }], volumes } } }
  const system = blank()
  await runOn(system, documentIn(t, moving, { a: { ...first, movedFrom: 'old' } }))
  t.same(contentsOf(system), undefined)
  t.same(running(system), [])
  const released: LVMVolumes = {
    groups: { vg: { devices: [{ path: '/dev/sdb' }], volumes: { a: { size: 64, image } } } },
  }
  await runOn(system, documentIn(t, released, { a: first }))
  t.same(contentsOf(system), undefined, 'nor is it filled afterwards')
  t.same(running(system), ['a'])
})
