// What reaches a running domain when: README.md's table, the table in option-changes.ts, and what the plan makes of it.
import { readFileSync } from 'node:fs'
import t from 'tap'
import type { ActualConfig } from '../../../components/xen/actual.js'
import type { Domain as Declared, Options } from '../../../components/xen/desired.js'
import { differences } from '../../../components/xen/differences.js'
import { domainsOf } from '../../../components/xen/domain.js'
import { liveChanges } from '../../../components/xen/live.js'
import { optionChanges } from '../../../components/xen/option-changes.js'
import schema from '../../../components/xen/schema.json' with { type: 'json' }
import { exitCode } from '../../../src/agent/exit-code.js'
import { agentOn, guest, simulatedHost, tellOf } from './host.js'

const options: Options = { uuid: 'u', type: 'pvh', memory: 128, maxmem: 256, vcpus: 1, maxvcpus: 4, kernel: '/vmlinux' }
const ce: Declared = {
  options,
  disks: { xvda: { type: 'phy', device: '/dev/sda' } },
  vifs: { eth0: { mac: '00:16:3e:00:00:01', bridge: 'xenbr0' } },
}

const running: ActualConfig = {
  uuid: 'u',
  type: 'pvh',
  memory: 131072,
  maxmem: 262144,
  hasItsMemory: true,
  vcpus: 1,
  maxvcpus: 4,
  scheduler: 'credit2',
  weight: 256,
  cap: 0,
  kernel: '/vmlinux',
  ramdisk: null,
  cmdline: null,
  bootloader: null,
  bootloaderArgs: [],
  disks: [{ vdev: 'xvda', path: '/dev/sda', access: 'rw' }],
  vifs: [{ mac: '00:16:3e:00:00:01', bridge: 'xenbr0' }],
}

const changesOf = (declared: Partial<Declared>, actual: Partial<ActualConfig> = {}) => {
  const [domain] = domainsOf({ domains: { ce: { ...ce, ...declared } } })
  if (domain === undefined) throw new Error('no domain')
  const config = { ...running, ...actual }
  return {
    live: liveChanges(domain, config, {}).map(({ op }) => (op.op === 'exec' ? op.argv.join(' ') : op.op)),
    restart: differences(domain, config, {}),
  }
}

type Property = {
  readonly description: string
  readonly type?: string
  readonly enum?: readonly string[]
}

/** Another value of an option than the domain has. */
const anotherValue = (option: string, property: Property): unknown => {
  if (property.enum !== undefined) return property.enum.find(value => value !== 'pvh')
  if (property.type === 'integer') return option === 'memory' ? 192 : 3
  if (property.type === 'boolean') return true
  return property.type === 'array' ? ['/x'] : '/x'
}

t.test('every option of the schema changes as its table says', async t => {
  const properties: Readonly<Record<string, Property>> = schema.$defs.options.properties
  t.same(Object.keys(optionChanges).sort(), Object.keys(properties).sort())
  for (const [option, change] of Object.entries(optionChanges)) {
    const value = anotherValue(option, properties[option] ?? { description: '' })
    const { live, restart } = changesOf({ options: { ...options, [option]: value } })
    const found = [...live.map(() => 'live'), ...restart.map(() => 'restart')]
    t.same(found, change === 'next start' ? [] : [change], option)
  }
})

t.test("README.md's table names the options that change otherwise than at the next start", async t => {
  const readme = readFileSync('components/xen/README.md', 'utf8')
  const [, chapter = ''] = readme.split('### When a changed option reaches a running domain\n')
  const rows = chapter
    .split('\n| device ')[0]
    ?.split('\n')
    .flatMap(line => {
      const [, names = '', how = ''] = /^\| (`.*?)\| (live|restart)/.exec(line) ?? []
      return [...names.matchAll(/`(\w+)`/g)].map(([, name = '']): [string, string] => [name, how])
    })
  const coded = Object.entries(optionChanges).filter(([, change]) => change !== 'next start')
  t.same(Object.fromEntries(rows ?? []), Object.fromEntries(coded))
})

t.test('what Xen can change at once, and what waits for a restart', async t => {
  const attach = 'xl block-attach ce format=raw,vdev'
  const disk = (device: string) => ({ type: 'phy', device }) as const
  const vif = (n: number) => ({ mac: `00:16:3E:00:00:0${n}`, bridge: 'xenbr1' })
  const rows: readonly (readonly [
    string,
    Partial<Declared>,
    Partial<ActualConfig>,
    live: readonly string[],
    restart: readonly string[],
  ])[] = [
    ['more memory', { options: { ...options, memory: 200 } }, {}, ['xl mem-set ce 200m'], []],
    ['all of it', { options: { ...options, memory: 256 } }, {}, ['xl mem-set ce 256m'], []],
    [
      'more than it was made with',
      { options: { ...options, memory: 512, maxmem: 512 } },
      {},
      [],
      ['memory: 128 MiB -> 512 MiB', 'maxmem: 256 MiB -> 512 MiB'],
    ],
    ['less memory', { options: { ...options, memory: 64 } }, {}, [], ['memory: 128 MiB -> 64 MiB']],
    ['vcpus', { options: { ...options, vcpus: 4 } }, {}, ['xl vcpu-set --ignore-host ce 4'], []],
    ['fewer vcpus', {}, { vcpus: 3 }, ['xl vcpu-set --ignore-host ce 1'], []],
    ['too many vcpus', { options: { ...options, vcpus: 5, maxvcpus: 5 } }, {}, [], ['maxvcpus: 4 -> 5']],
    ['weight', { options: { ...options, cpu_weight: 512 } }, { cap: 50 }, ['xl sched-credit2 -d ce -w 512 -c 0'], []],
    [
      'weight: credit',
      { options: { ...options, cap: 5 } },
      { scheduler: 'credit' },
      ['xl sched-credit -d ce -w 256 -c 5'],
      [],
    ],
    ['weight: rtds', { options: { ...options, cap: 5 } }, { scheduler: 'rtds' }, [], []],
    [
      'a new disk',
      { disks: { ...ce.disks, xvdb: { ...disk('/dev/sdb'), access: 'ro' } } },
      {},
      [`${attach}=xvdb,access=ro,target=/dev/sdb`],
      [],
    ],
    ['another disk', { disks: { xvda: disk('/dev/sdb') } }, {}, [], ['disk xvda: /dev/sda rw -> /dev/sdb rw']],
    [
      'a disk in the place of another',
      { disks: { sda: disk('/dev/sdb') } },
      {},
      [],
      ['disk sda: none -> /dev/sdb rw', 'disk xvda: /dev/sda rw -> none'],
    ],
    ['no disk', { disks: {} }, {}, [], ['disk xvda: /dev/sda rw -> none']],
    [
      'an emulated disk',
      { options: { ...options, type: 'hvm' }, disks: { ...ce.disks, hdc: disk('/dev/sdc'), xvdb: disk('/dev/sdb') } },
      { type: 'hvm' },
      [`${attach}=xvdb,access=rw,target=/dev/sdb`],
      ['disk hdc: none -> /dev/sdc rw'],
    ],
    [
      'a new vif',
      { vifs: { ...ce.vifs, eth1: vif(2) } },
      {},
      ['xl network-attach ce mac=00:16:3e:00:00:02 bridge=xenbr1'],
      [],
    ],
    [
      'a changed MAC',
      { vifs: { eth0: vif(2) } },
      {},
      [],
      ['vif 00:16:3e:00:00:01: xenbr0 -> none', 'vif 00:16:3e:00:00:02: none -> xenbr1'],
    ],
    [
      'nothing of ours but the name',
      {},
      { uuid: 'x', disks: [], vifs: [] },
      [],
      ['disk xvda: none -> /dev/sda rw', 'vif 00:16:3e:00:00:01: none -> xenbr0'],
    ],
    ['another bridge', { vifs: { eth0: vif(1) } }, {}, [], ['vif 00:16:3e:00:00:01: xenbr0 -> xenbr1']],
  ]
  for (const [name, declared, actual, live, restart] of rows)
    t.same(changesOf(declared, actual), { live, restart }, name)
})

const agent = agentOn(t.testdir())
const roomy = {
  uuid: '2c6a3a5e-6b7c-5a43-9c33-000000000001',
  type: 'pvh',
  memory: 256,
  maxmem: 1024,
  maxvcpus: 4,
  kernel: '/k',
} as const

t.test('live changes are made, leave nothing to do, and the guest keeps running', async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1, { options: roomy }) })
  const domid = host.state.domains[0]?.domid
  const desired = {
    a: guest(1, {
      options: { ...roomy, memory: 512, vcpus: 2, cpu_weight: 512, cap: 50 },
      disks: { xvdb: { type: 'phy', device: '/dev/sdz' } },
      vifs: { eth1: { mac: '00:16:3e:00:00:11', bridge: 'xenbr0' } },
    }),
  }
  const report = await agent(host, desired)
  t.same(
    [tellOf(report), report.error, exitCode(report)],
    [
      ['a/config done', 'a/memory done', 'a/vcpus done', 'a/scheduling done', 'a/disk/xvdb done', 'a/vif/eth1 done'],
      undefined,
      0,
    ],
  )
  t.match(host.state.domains, [
    { domid, config: { memory: 512, vcpus: 2, weight: 512, cap: 50, disks: [{}, { vdev: 'xvdb' }], vifs: [{}, {}] } },
  ])
  t.equal(exitCode(await agent(host, desired)), 0)
})

t.test('a guest that does not follow is pending, and is not told again and again', async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1, { options: roomy }) })
  host.guest('a', 'hang')
  const desired = { a: guest(1, { options: { ...roomy, memory: 512 } }) }
  const report = await agent(host, desired)
  t.same([tellOf(report), report.error], [['a/config done', 'a/memory done', 'a/guest pending'], undefined])
  t.same(tellOf(await agent(host, desired)), ['a/guest pending'])
})

t.test("another domain's disk or MAC is not given away", async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1), b: guest(2) })
  const desired = {
    a: guest(1, {
      disks: { xvdb: { type: 'phy', device: '/dev/sdc' } },
      vifs: { eth1: { mac: '00:16:3e:00:00:02', bridge: 'xenbr0' } },
    }),
    b: guest(2),
  }
  const report = await agent(host, desired)
  t.same(
    report.actions.map(({ rejected }) => rejected),
    [undefined, 'b uses its disk /dev/sdc', 'b has its MAC 00:16:3e:00:00:02'],
  )
})
