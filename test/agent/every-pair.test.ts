// What holds for every pair of a document and a host, with all components together: after a run nothing is due, nothing
// ends or goes that was not given up with consent, nothing runs twice, and a run that is killed anywhere is completed.
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import type { GRUB } from '../../components/grub/desired.js'
import { components } from '../../components/index.js'
import type { LVMVolumes, Volume } from '../../components/lvm/desired.js'
import type { Network } from '../../components/network/desired.js'
import type { Disk, Domain, XenDomains } from '../../components/xen/desired.js'
import { isUnderWay, type Report } from '../../src/agent/report.js'
import { run } from '../../src/agent/run.js'
import { createValidate } from '../../src/compiler/judge/validate.js'
import type { System } from '../../src/model/system.js'
import { type Breakage, type Faults, faulty, Killed } from '../../src/system/faulty.js'
import { blankHost } from '../../src/system/simulated/blank.js'
import { type SimulatedOptions, SimulatedSystem } from '../../src/system/simulated/simulated-system.js'
import type { SimulatedState } from '../../src/system/simulated/state.js'
import { runRequest } from '../fixtures/run-request.js'
import { writeAnew } from '../fixtures/write-anew.js'
import { runs, timeLimit } from '../property-runs.js'

const GiB = 1024 ** 3
const names = ['a', 'b', 'c'] as const
type Name = (typeof names)[number]
type Components = {
  readonly grub: GRUB
  readonly lvm: LVMVolumes
  readonly network: Network
  readonly xen: XenDomains
}

/** In one of five. */
const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

const eachOf = <T>(keys: readonly string[], arbitrary: fc.Arbitrary<T>): Record<string, fc.Arbitrary<T>> =>
  Object.fromEntries(keys.map(key => [key, arbitrary]))

/** Without what is undefined: JSON has no such thing. */
const plain = <T>(arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<T> =>
  arbitrary.map(value => JSON.parse(JSON.stringify(value)) as T)

const sizes = fc.constantFrom(16, 64, 256)
const image = { source: '/srv/images/guest.raw', sha256: 'ab'.repeat(32), unpack: 'raw' } as const

const diskOf = (name: Name): fc.Arbitrary<Disk> =>
  fc.constantFrom<Disk>(
    { type: 'lvm', group: 'vg', volume: name },
    { type: 'lvm', group: 'vg', volume: name, access: 'ro' },
    { type: 'file', path: `/srv/xen/${name}.img` },
    { type: 'phy', device: `/dev/sd${{ a: 'd', b: 'e', c: 'f' }[name]}` },
  )

const domainOf = (name: Name): fc.Arbitrary<Domain> =>
  plain(
    fc.record({
      options: fc.record({
        uuid: fc.constant(`2c6a3a5e-6b7c-5a43-9c33-00000000000${name}`),
        type: fc.constantFrom('pv' as const, 'pvh' as const),
        memory: fc.constantFrom(128, 256, 512),
        maxmem: rarely(fc.constant(512)),
        vcpus: fc.constantFrom(1, 2),
        maxvcpus: rarely(fc.constant(2)),
        cpu_weight: rarely(fc.constant(512)),
        kernel: fc.constant('/srv/vmlinux'),
        cmdline: rarely(fc.constantFrom('ro', 'rw')),
      }),
      disks: fc.record({
        xvda: diskOf(name),
        xvdb: rarely(fc.constant<Disk>({ type: 'lvm', group: 'vg', volume: `${name}-data` })),
      }),
      vifs: fc.record({
        eth0: fc.record({
          mac: fc.constantFrom(`00:16:3e:00:00:0${name}`, `00:16:3e:00:01:0${name}`),
          bridge: fc.constantFrom('xenbr0', 'xenbr1'),
        }),
        eth1: rarely(fc.constant({ mac: `00:16:3e:01:00:0${name}`, bridge: 'xenbr0' })),
      }),
      ensure: rarely(fc.constantFrom<NonNullable<Domain['ensure']>>('stopped', 'absent')),
      apply: rarely(fc.constant('restart' as const)),
      on_timeout: rarely(fc.constant('destroy' as const)),
      shutdown_timeout: fc.constant(5),
      restart: rarely(fc.constant('no' as const)),
      auto: rarely(fc.constant(false)),
      order: rarely(fc.nat({ max: 3 })),
      needs: rarely(fc.subarray(names.filter(other => other < name))),
      ready: rarely(fc.constantFrom<NonNullable<Domain['ready']>>({ port: 80 }, { delay: 5 })),
      install_options: rarely(fc.constant({ kernel: '/srv/install' })),
    }),
  )

const volume = plain<Volume>(
  fc.record({
    size: sizes,
    pool: rarely(fc.constant('p')),
    ensure: rarely(fc.constant('absent' as const)),
    image: rarely(fc.constant(image)),
  }),
)

const declared = plain<Components>(
  fc.record({
    grub: fc.record({
      default: fc.constantFrom('xen' as const),
      timeout: rarely(fc.constant(1)),
      xen: fc.record({ options: fc.record({ dom0_mem: fc.constantFrom('512M,max:512M', '768M,max:768M') }) }),
    }),
    lvm: fc.record({
      create_filesystems: rarely(fc.constant(false)),
      groups: fc.record({
        vg: fc.record({
          devices: fc.constantFrom([{ path: '/dev/sdb' }], [{ path: '/dev/sdb' }, { path: '/dev/sdc' }]),
          pools: rarely(fc.record({ p: fc.record({ size: sizes }) })),
          volumes: fc.record(eachOf([...names, ...names.map(name => `${name}-data`)], volume)),
        }),
      }),
      files: fc.record(
        eachOf(
          names.map(name => `/srv/xen/${name}.img`),
          fc.record({ size: sizes }),
        ),
      ),
    }),
    network: fc.record({
      default_gateway: fc.constant('192.0.2.1'),
      interfaces: fc.constant({ eth0: { ip: '192.0.2.10', netmask: '255.255.255.0' } }),
      bridges: fc.record({
        xenbr0: fc.constant({ netdev: 'eth0' }),
        xenbr1: rarely(fc.constantFrom({}, { ensure: 'absent' as const })),
      }),
    }),
    xen: fc.record({
      create_domains: rarely(fc.constant(false)),
      domains: fc.record({ a: domainOf('a'), b: domainOf('b'), c: domainOf('c') }, { requiredKeys: [] }),
    }),
  }),
)

type Storage = Pick<Volume, 'ensure' | 'image' | 'installation'>

/** As the compiler has it: storage that a guest is installed on says so, and what a guest has is not given up. */
const asCompiled = (document: Components): Components => {
  const { groups, files = {} } = document.lvm
  const withItsGuest = <T extends Storage>(storage: Readonly<Record<string, T>>, type: Disk['type']) =>
    Object.fromEntries(
      Object.entries(storage).map(([key, { ensure, image, ...rest }]) => {
        const name = key.replace(/^.*\//, '').replace(/(-data|\.img)$/, '')
        const guest = document.xen.domains?.[name]
        const isBoot = !key.endsWith('-data') && guest?.disks?.xvda?.type === type
        return [
          key,
          {
            ...rest,
            ...(isBoot && guest?.install_options ? { installation: '1' } : image && { image }),
            ...(guest === undefined || guest.ensure === 'absent' ? ensure && { ensure } : {}),
          },
        ]
      }),
    )
  const vg = { ...groups?.vg, volumes: withItsGuest(groups?.vg?.volumes ?? {}, 'lvm') }
  return { ...document, lvm: { ...document.lvm, groups: { vg }, files: withItsGuest(files, 'file') } } as Components
}
const documents = declared.map(asCompiled)

/** What happens to a host between two editions, by itself and by hand. */
const happenings = fc.array(
  fc.oneof(
    fc.record({ guest: fc.constantFrom(...names), event: fc.constantFrom('poweroff', 'reboot', 'crash', 'hang') }),
    fc.record({
      command: fc.constantFrom(
        ...names.flatMap(name => [
          ['xl', 'destroy', name],
          ['xl', 'pause', name],
          ['lvcreate', '--yes', '--wipesignatures', 'y', '--size', '67108864b', '--name', name, 'vg'],
          ['lvremove', '--yes', `vg/${name}`],
        ]),
      ),
    }),
    fc.constantFrom(
      { file: '/etc/xen/a.cfg', content: 'name = "a"\n' },
      { file: '/etc/xen/b.cfg', content: null },
      { file: '/etc/xen/auto/50-a', content: null },
      { file: '/etc/xen/auto/50-c', content: 'name = "c"\n' },
      { file: '/etc/default/grub', content: 'GRUB_TIMEOUT=9\n' },
      { file: '/srv/xen/a.img', content: null },
    ),
    fc.record({ seconds: fc.constantFrom(60, 4000) }),
    fc.constant('reboot' as const),
  ),
  { maxLength: 3 },
)
type Happening = typeof happenings extends fc.Arbitrary<readonly (infer One)[]> ? One : never

const consents = fc.subarray([
  ...names.flatMap(name => [
    `destroy:xen/${name}`,
    `destroy:lvm/vg/${name}`,
    `destroy:lvm/vg/${name}-data`,
    `restart:${name}`,
    `stop:${name}`,
  ]),
  'destroy:network/xenbr1',
])

t.setTimeout(timeLimit(5 * 60_000))

const source = join(t.testdir(), 'h.json')
const validate = createValidate()

let written = ''
const runOn = (system: System, document: Components, allow: readonly string[]): Promise<Report> => {
  const text = JSON.stringify({ name: 'h', software: { components: document } })
  if (text !== written) writeAnew(source, text)
  written = text
  return run(runRequest({ system, components, validate, sources: [source], allow: new Set(allow) }))
}

let hosts = 0
const hostWith = (state: SimulatedState, options: SimulatedOptions = {}): SimulatedSystem => {
  hosts += 1
  return new SimulatedSystem(state, { label: `simulated pair by ${process.pid}: ${hosts}`, ...options })
}

const disks = ['b', 'c', 'd', 'e', 'f'].map(letter => ({ path: `/dev/sd${letter}`, size: GiB, serial: null }))
const wired = '[Match]\nName=eth0\n\n[Network]\nAddress=192.0.2.10/24\nGateway=192.0.2.1\n'
const blank = async (): Promise<SimulatedSystem> => {
  const host = hostWith(blankHost({ hostname: 'h', memory: 4096, devices: disks }))
  await host.write('/etc/systemd/network/20-wired.network', wired, 0o644)
  await host.exec(['networkctl', 'reload'], { effect: 'change' })
  return host
}
const first = (await blank()).state

const befall = async (host: SimulatedSystem, happening: Happening): Promise<void> => {
  if (happening === 'reboot') return host.reboot()
  if ('seconds' in happening) return host.elapse(happening.seconds)
  if ('command' in happening) return void (await host.exec(happening.command, { effect: 'change' }))
  if ('file' in happening) {
    const { file, content } = happening
    return content === null ? host.remove(file) : host.write(file, content, 0o644)
  }
  const isUp = host.state.domains.some(({ config, phase }) => config.name === happening.guest && phase === undefined)
  if (isUp) host.guest(happening.guest, happening.event as 'crash')
}

/** Who asks it to shut down waits for ever. */
const hasHung = ({ state }: SimulatedSystem): boolean => state.domains.some(({ isDeaf }) => isDeaf === true)

/** Runs until nothing is under way. */
const settle = async (host: SimulatedSystem, document: Components, allow: readonly string[]): Promise<Report> => {
  for (let left = 6; ; left -= 1) {
    const report = await runOn(host, document, allow)
    if (report.error !== undefined) throw new Error(report.error.message)
    if (!isUnderWay(report)) return report
    if (left === 0 && hasHung(host)) return report
    if (left === 0) throw new Error(`it comes to no end: ${report.actions.map(({ id }) => id).join(', ')}`)
    host.elapse(10)
  }
}

const isAgents = (path: string): boolean => path.startsWith('/var/lib/xenclosure')
const shapeOf = ({ state }: SimulatedSystem): unknown => ({
  files: Object.entries(state.files)
    .filter(([path]) => !isAgents(path))
    .map(([path, node]) => [path, 'content' in node ? node.content : node])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  groups: state.groups,
  domains: state.domains.map(({ config, phase }) => ({ config, phase })),
  links: state.network?.links,
})

const checkRest = async (host: SimulatedSystem, document: Components, allow: readonly string[]): Promise<void> => {
  const before = JSON.stringify(shapeOf(host))
  const report = await runOn(host, document, allow)
  const due = report.actions.filter(({ status, outcome }) => status === 'due' || outcome !== 'not applied')
  if (due.length > 0) throw new Error(`due: ${due.map(({ id }) => id).join(', ')}`)
  if (JSON.stringify(shapeOf(host)) !== before) throw new Error('a run with nothing to do changes something')
}

/** Nothing is run twice, nor has a disk that another one writes to. */
const checkTwice = ({ domains }: SimulatedState): void => {
  const written = domains.flatMap(({ config }) => config.disks.filter(disk => disk.readwrite).map(disk => disk.target))
  for (const list of [domains.map(({ config }) => config.name), domains.map(({ config }) => config.uuid), written])
    if (new Set(list).size < list.length) throw new Error(`twice: ${list.join(', ')}`)
}

const checkLosses = (before: SimulatedState, after: SimulatedState, document: Components, allow: readonly string[]) => {
  const volumes = ({ groups }: SimulatedState) => ({ ...groups.vg?.volumes, ...groups.vg?.pools })
  const declared = document.lvm.groups?.vg?.volumes ?? {}
  for (const [name, had] of Object.entries(volumes(before))) {
    const now = Object.values(volumes(after)).find(({ uuid }) => uuid === had.uuid)
    const mayGo = declared[name]?.ensure === 'absent' && allow.includes(`destroy:lvm/vg/${name}`)
    if (now === undefined && !mayGo) throw new Error(`volume ${name} is gone`)
    if (now !== undefined && now.extents < had.extents) throw new Error(`volume ${name} has shrunk`)
  }
  for (const [path, had] of Object.entries(before.files).filter(([path]) => path.startsWith('/srv/xen/'))) {
    const now = after.files[path]
    const sizeOf = (node: typeof now): number => (node?.type === 'file' ? (node.size ?? 0) : -1)
    if (sizeOf(now) < sizeOf(had)) throw new Error(`${path} is smaller, or gone`)
  }
  for (const { domid, phase, config } of before.domains.filter(({ phase }) => phase === undefined)) {
    if (phase !== undefined || after.domains.some(domain => domain.domid === domid)) continue
    const { name } = config
    const { ensure = 'running', apply } = document.xen.domains?.[name] ?? {}
    const leave = [`restart:${name}`, `stop:${name}`].some(consent => allow.includes(consent))
    const mayEnd = ensure === 'absent' ? allow.includes(`destroy:xen/${name}`) : apply === 'restart' || leave
    if (!mayEnd || document.xen.domains?.[name] === undefined) throw new Error(`guest ${name} was ended`)
  }
}

const pairs = fc.tuple(fc.option(documents, { freq: 5 }), happenings, documents, consents)
type Pair = typeof pairs extends fc.Arbitrary<infer Value> ? Value : never

const everyConsent = names.flatMap(name => [`restart:${name}`, `destroy:xen/${name}`])

/** A host with a past. */
const stateOf = async ([past, happened]: Pair): Promise<SimulatedState> => {
  const host = hostWith(first)
  if (past !== null) await runOn(host, past, everyConsent)
  for (const happening of happened) await befall(host, happening)
  return host.state
}

/** What must hold when runs on a host that comes from another one have come to their end. */
const checkSettled = async (
  host: SimulatedSystem,
  before: SimulatedState,
  document: Components,
  allow: readonly string[],
): Promise<void> => {
  await settle(host, document, allow)
  checkLosses(before, host.state, document, allow)
  checkTwice(host.state)
}

/** A run that may be killed. */
const runWith = async (faults: Faults, host: System, document: Components, allow: readonly string[]): Promise<void> => {
  try {
    await runOn(faulty(host, faults), document, allow)
  } catch (error) {
    if (!(error instanceof Killed)) throw error
  }
}

const someFaults: fc.Arbitrary<Faults | null> = fc.oneof(
  fc.constant(null),
  fc.record({ killAfter: fc.nat({ max: 40 }) }),
  fc.record({
    breaking: fc.record({
      after: fc.nat({ max: 12 }),
      how: fc.constantFrom<Breakage>('fails', 'half-succeeds', 'hangs'),
    }),
  }),
)

t.test('after a run, and after one that was killed or had a command that failed, nothing is due or lost', async t => {
  const property = fc.asyncProperty(pairs, someFaults, async (pair, faults) => {
    const [, , document, allow] = pair
    const before = await stateOf(pair)
    const host = hostWith(before)
    if (faults !== null) await runWith(faults, host, document, allow)
    await checkSettled(host, before, document, allow)
    if (faults === null && !hasHung(host)) await checkRest(host, document, allow)
  })
  await t.resolves(fc.assert(property, runs(1000)))
})

/** What a host is at each moment of a run: whatever kills the agent leaves one of these. */
const momentsOf = async (
  before: SimulatedState,
  document: Components,
  allow: readonly string[],
): Promise<readonly SimulatedState[]> => {
  const moments: SimulatedState[] = []
  await runOn(hostWith(before, { save: state => void moments.push(state) }), document, allow)
  return moments
}

t.test('wherever it is killed', async t => {
  let count = 0
  const property = fc.asyncProperty(pairs, async pair => {
    const [, , document, allow] = pair
    const before = await stateOf(pair)
    const moments = await momentsOf(before, document, allow)
    for (const moment of moments) await checkSettled(hostWith(moment), before, document, allow)
    count += moments.length
  })
  await t.resolves(fc.assert(property, runs(20)))
  t.comment(`${count} moments`)
})
