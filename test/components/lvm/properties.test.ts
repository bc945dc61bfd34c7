// What holds for every document and every host: a run leaves nothing due, removes nothing without both the declaration
// and the consent, makes nothing smaller, and one that is killed anywhere is completed by the next.
import fc from 'fast-check'
import t from 'tap'
import { lvm } from '../../../components/lvm/component.js'
import type { Group, LVMVolumes, Pool, Volume } from '../../../components/lvm/desired.js'
import type { Report } from '../../../src/agent/report.js'
import { faulty, Killed } from '../../../src/system/faulty.js'
import { blankHost } from '../../../src/system/simulated/blank.js'
import { SimulatedSystem } from '../../../src/system/simulated/simulated-system.js'
import type { SimulatedState } from '../../../src/system/simulated/state.js'
import { runComponent } from '../../fixtures/run-component.js'
import { runs } from '../../property-runs.js'

const MiB = 1024 ** 2
const disks = ['/dev/sdb', '/dev/sdc', '/dev/sdd'] as const
const volumeNames = ['a', 'b', 'c', 'd'] as const
const formerNames = ['x', 'y'] as const
const image = '/srv/xen/a.img'

const size = fc.constantFrom(4, 7, 16, 60, 200)
const ensure = fc.constantFrom<'present' | 'absent'>('present', 'absent')
const volumeName = fc.constantFrom(...volumeNames)
const poolName = fc.constantFrom('p', 'q')

/** Mostly what the compiler accepts; the rest is what the agent must bear. */
const places: fc.Arbitrary<Partial<Volume>> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: fc.constant({ pool: 'p' }) },
  { weight: 1, arbitrary: fc.record({ pool: poolName }) },
  { weight: 1, arbitrary: fc.record({ origin: volumeName }) },
)
const names: fc.Arbitrary<Partial<Volume>> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.record({ formerly: fc.constantFrom(...formerNames) }) },
  { weight: 1, arbitrary: fc.record({ formerly: volumeName }) },
)
const volume: fc.Arbitrary<Volume> = fc
  .tuple(fc.record({ size, ensure }, { requiredKeys: ['size'] }), places, names)
  .map(([own, place, name]) => ({ ...own, ...place, ...name }))
const pool: fc.Arbitrary<Pool> = fc.record({ size, ensure }, { requiredKeys: ['size'] })
const group: fc.Arbitrary<Group> = fc.record(
  {
    devices: fc.constantFrom<NonNullable<Group['devices']>>(
      [{ path: '/dev/sdb' }],
      [{ path: '/dev/sdb' }, { path: '/dev/sdc' }],
      [{ path: '/dev/sdd' }],
    ),
    pools: fc.record({ p: pool, q: pool }, { requiredKeys: ['p'] }),
    volumes: fc.dictionary(volumeName, volume),
  },
  { requiredKeys: ['pools', 'volumes'] },
)
const desires: fc.Arbitrary<LVMVolumes> = fc.record(
  {
    create_filesystems: fc.boolean(),
    groups: fc.record({ vg: group }),
    files: fc.record({ [image]: fc.record({ size, ensure }) }),
  },
  { requiredKeys: ['groups'] },
)

/** Whoever made it: what LVM refuses of this is not there. */
const histories = fc.record({
  devices: fc.subarray([...disks]),
  pools: fc.dictionary(poolName, size),
  volumes: fc.dictionary(
    fc.constantFrom(...volumeNames, ...formerNames),
    fc.record({ size, pool: fc.option(poolName) }),
  ),
  image: fc.option(size),
  used: fc.subarray([...[...volumeNames, ...formerNames].map(name => `/dev/vg/${name}`), image], { maxLength: 2 }),
})
type History = typeof histories extends fc.Arbitrary<infer Value> ? Value : never

const consents = fc.subarray(
  [...volumeNames, 'p', 'q'].map(name => `destroy:lvm/vg/${name}`).concat(`destroy:lvm/file:${image}`),
)

t.setTimeout(120_000)

let hosts = 0
const hostWith = async (history: History): Promise<SimulatedSystem> => {
  hosts += 1
  const devices = disks.map(path => ({ path, size: 256 * MiB, serial: null }))
  const label = `simulated by ${process.pid}: ${hosts}`
  const host = new SimulatedSystem(blankHost({ hostname: 'h', memory: 4096, devices }), { label })
  const change = async (...argv: readonly string[]): Promise<void> => {
    await host.exec(argv, { effect: 'change' })
  }
  if (history.devices.length > 0) await change('vgcreate', 'vg', ...history.devices)
  for (const [name, mebibytes] of Object.entries(history.pools)) {
    const sizes = ['--size', `${mebibytes * MiB}b`, '--poolmetadatasize', `${4 * MiB}b`]
    await change('lvcreate', '--yes', '--type', 'thin-pool', ...sizes, '--name', name, 'vg')
  }
  for (const [name, { size: mebibytes, pool: within }] of Object.entries(history.volumes)) {
    const bytes = `${mebibytes * MiB}b`
    const kind = within === null ? ['--size', bytes] : ['--type', 'thin', '--virtualsize', bytes, '--thinpool', within]
    await change('lvcreate', '--yes', '--wipesignatures', 'y', ...kind, '--name', name, 'vg')
  }
  if (history.image !== null) {
    await host.write(image, '', 0o600)
    await change('truncate', '--no-create', `--size=>${history.image * MiB}`, image)
  }
  for (const [index, path] of history.used.entries()) await start(host, index, path)
  return host
}

/** A domain has it as its disk, if it is there. */
const start = async (host: SimulatedSystem, index: number, path: string): Promise<void> => {
  const disk = `disk = ["format=raw,vdev=xvda,access=rw,target=${path}"]`
  await host.write('/g.cfg', `name = "g${index}"\ntype = "pvh"\nkernel = "/k"\nmemory = 64\n${disk}\n`, 0o600)
  await host.exec(['xl', 'create', '/g.cfg'], { effect: 'change' })
}

const agent = runComponent(lvm, t.testdir())

type Thing = { readonly name: string; readonly size: number; readonly consent: string; readonly path: string }

/** By what stays the same when it is renamed. */
const thingsOn = ({ groups, files }: SimulatedState): ReadonlyMap<string, Thing> => {
  const { volumes = {}, pools = {} } = groups.vg ?? {}
  const inGroup = Object.entries({ ...volumes, ...pools }).map(([name, { uuid, extents }]): [string, Thing] => [
    uuid,
    { name, size: extents, consent: `destroy:lvm/vg/${name}`, path: `/dev/vg/${name}` },
  ])
  const file = files[image]
  const found: [string, Thing] = [
    image,
    {
      name: image,
      size: file?.type === 'file' ? (file.size ?? 0) : 0,
      consent: `destroy:lvm/file:${image}`,
      path: image,
    },
  ]
  return new Map(file === undefined ? inGroup : [...inGroup, found])
}

const isGivenUp = ({ groups = {}, files = {} }: LVMVolumes, name: string): boolean =>
  [groups.vg?.volumes?.[name], groups.vg?.pools?.[name], files[name]].some(found => found?.ensure === 'absent')

/** What became of what was there. */
const checkLosses = (before: SimulatedState, after: SimulatedState, desired: LVMVolumes, allow: readonly string[]) => {
  const used = before.domains.flatMap(({ config }) => config.disks.map(({ target }) => target))
  const left = thingsOn(after)
  for (const [id, { name, size: had, consent, path }] of thingsOn(before)) {
    const now = left.get(id)
    const mayGo = isGivenUp(desired, name) && allow.includes(consent) && !used.includes(path)
    if (now === undefined && !mayGo) throw new Error(`${name} is gone`)
    if (now !== undefined && now.size < had) throw new Error(`${name} has ${now.size}, had ${had}`)
    if (now !== undefined && now.name !== name) {
      const { formerly } = desired.groups?.vg?.volumes?.[now.name] ?? {}
      if (formerly !== name || used.includes(path)) throw new Error(`${name} is called ${now.name}`)
    }
  }
}

/** The compiler refuses other documents, but the agent must bear them. */
const isSound = (desired: LVMVolumes): boolean => (lvm.check?.(desired) ?? []).length === 0

/** What was pending may be due by now: for space, say, which one of two removals has left. That is no error. */
const checkReport = ({ error }: Report): void => {
  if (error !== undefined) throw new Error(error.message)
}

/** The next run finds nothing to do; the one after it, where the first one left something pending. */
const checkRest = async (host: SimulatedSystem, desired: LVMVolumes, allow: readonly string[], first: Report) => {
  const isPending = first.actions.some(({ status, outcome }) => status === 'due' && outcome === 'not applied')
  if (isPending) checkReport(await agent(host, desired, allow))
  const { groups } = host.state
  const { actions } = await agent(host, desired, allow)
  const due = actions.filter(({ status }) => status === 'due')
  if (due.length > 0) throw new Error(`due: ${due.map(({ id }) => id).join(', ')}`)
  if (host.state.groups !== groups) throw new Error('a run with nothing to do changes something')
}

t.test('a run leaves nothing due, and loses nothing that was not given up with consent', async t => {
  const property = fc.asyncProperty(desires, histories, consents, async (desired, history, allow) => {
    const host = await hostWith(history)
    const before = host.state
    const report = await agent(host, desired, allow)
    checkReport(report)
    if (isSound(desired)) await checkRest(host, desired, allow, report)
    checkLosses(before, host.state, desired, allow)
  })
  await t.resolves(fc.assert(property, runs(1000)))
})

t.test('a run that is killed at any point is completed by the next', async t => {
  const property = fc.asyncProperty(desires, histories, consents, async (desired, history, allow) => {
    for (let kills = 0, isKilled = true; isKilled; kills += 1) {
      const host = await hostWith(history)
      const before = host.state
      isKilled = await agent(faulty(host, { killAfter: kills }), desired, allow).then(
        () => false,
        error => {
          if (error instanceof Killed) return true
          throw error
        },
      )
      checkReport(await agent(host, desired, allow))
      checkLosses(before, host.state, desired, allow)
    }
  })
  await t.resolves(fc.assert(property, runs(40)))
})
