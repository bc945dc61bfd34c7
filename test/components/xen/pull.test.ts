// What a host takes from a guest: docs/language.md, "Enclosures", row by row, weakest first.
import t from 'tap'
import { pull } from '../../../components/xen/pull.js'
import type { MachineView } from '../../../src/model/component.js'
import { guestUuid } from '../../../src/model/guest-uuid.js'
import { isMap, type Json, type JsonMap } from '../../../src/model/json.js'
import { parsePointer, valueAt } from '../../../src/model/pointer.js'

const view = (name: string, tree: JsonMap, variables: JsonMap = {}): MachineView => ({
  name,
  site: 'example',
  get: pointer => valueAt(tree, parsePointer(pointer)),
  variable: (variable, child) => {
    const value = variables[variable]
    const perChild = child !== undefined && isMap(value) && Object.hasOwn(value, child)
    return perChild ? value[child] : value
  },
})

const guest: JsonMap = {
  hardware: {
    ram: [{ size: 1024 }, { size: 512 }],
    cpu: [{ cores: 2 }, { cores: 2 }],
    harddisks: { xvda: { capacity: 20480 }, xvdb: { capacity: 1024 } },
    cards: { nic: { eth0: { hwaddr: '00:16:3e:00:00:01' } } },
  },
}
const variables = { XEN_VG: 'vg_guests', XEN_BRIDGE: 'xenbr0', XEN_BOOTLOADER: 'pygrub' }
const host = (more: JsonMap = {}): MachineView => view('gridhost', {}, { ...variables, ...more })

/** The pulled values below the domain, by pointer. */
const values = (parent: MachineView, child: MachineView): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    pull(parent, child).values.map(({ pointer, value }) => [
      pointer.replace(`/software/components/xen/domains/${child.name}/`, ''),
      value,
    ]),
  )

t.test('a guest becomes a domain', async t => {
  t.same(pull(host(), view('ce', guest)).faults, [])
  t.same(values(host(), view('ce', guest)), {
    'options/name': 'ce',
    'options/uuid': guestUuid('example', 'ce'),
    'options/type': 'pvh',
    'options/memory': 1536,
    'options/vcpus': 4,
    'options/bootloader': 'pygrub',
    'disks/xvda/type': 'lvm',
    'disks/xvda/group': 'vg_guests',
    'disks/xvda/volume': 'ce',
    'disks/xvdb/type': 'lvm',
    'disks/xvdb/group': 'vg_guests',
    'disks/xvdb/volume': 'ce-xvdb',
    'vifs/eth0/mac': '00:16:3e:00:00:01',
    'vifs/eth0/bridge': 'xenbr0',
  })
})

t.test('every value says where it is from', async t => {
  const sources = new Map(pull(host(), view('ce', guest)).values.map(({ pointer, from }) => [pointer, from]))
  const domain = '/software/components/xen/domains/ce'
  t.same(sources.get(`${domain}/options/memory`), { kind: 'child', pointer: '/hardware/ram' })
  t.same(sources.get(`${domain}/disks/xvdb/volume`), { kind: 'child', pointer: '/hardware/harddisks/xvdb' })
  t.same(sources.get(`${domain}/disks/xvdb/group`), { kind: 'variable', name: 'XEN_VG' })
  t.same(sources.get(`${domain}/options/type`), { kind: 'rule', rule: 'default' })
})

t.test('the uuid belongs to site and name, and never changes', async t => {
  t.equal(guestUuid('example', 'ce'), '7d44d896-aca2-5316-97d4-54a5ea4483ff')
  t.not(guestUuid('example', 'ce'), guestUuid('example', 'se'))
  t.not(guestUuid('example', 'ce'), guestUuid('another', 'ce'))
})

t.test('the stronger source wins', async t => {
  const bare = { hardware: { cards: {} } }
  const withHardware = (hardware: JsonMap): JsonMap => ({ hardware })
  const withBoot = (boot: JsonMap): JsonMap => ({ ...guest, system: { boot } })
  const nics = { cards: { nic: { eth0: { hwaddr: '00:16:3e:00:00:01' }, eth1: { hwaddr: '00:16:3e:00:00:02' } } } }
  const cases: readonly (readonly [string, JsonMap, JsonMap, string, Json | undefined])[] = [
    ['type: XEN_TYPE', bare, { XEN_TYPE: 'pv' }, 'options/type', 'pv'],
    ['type: the guest', withHardware({ type: 'hvm' }), { XEN_TYPE: 'pv' }, 'options/type', 'hvm'],
    ['memory: XEN_RAM', bare, { XEN_RAM: '2 GiB' }, 'options/memory', 2048],
    ['memory: XEN_RAM in MiB', bare, { XEN_RAM: 512 }, 'options/memory', 512],
    ['memory: the guest', guest, { XEN_RAM: '2 GiB' }, 'options/memory', 1536],
    ['vcpus: default', bare, {}, 'options/vcpus', 1],
    ['bridge: XEN_VIF_BRIDGE for the guest', guest, { XEN_VIF_BRIDGE: { ce: 'br1' } }, 'vifs/eth0/bridge', 'br1'],
    [
      'bridge: XEN_VIF_BRIDGE by nic',
      withHardware(nics),
      { XEN_VIF_BRIDGE: { ce: { eth1: 'br1' } } },
      'vifs/eth1/bridge',
      'br1',
    ],
    [
      'bridge: XEN_BRIDGE for the other nic',
      withHardware(nics),
      { XEN_VIF_BRIDGE: { ce: { eth1: 'br1' } } },
      'vifs/eth0/bridge',
      'xenbr0',
    ],
    ['boot: XEN_BOOTARGS as text', guest, { XEN_BOOTARGS: 'vif[0]  -q' }, 'options/bootloader_args', ['vif[0]', '-q']],
    ['boot: XEN_BOOTARGS as a list', guest, { XEN_BOOTARGS: ['a b'] }, 'options/bootloader_args', ['a b']],
    ['boot: the guest, bootloader', withBoot({ bootloader: 'pvgrub' }), {}, 'options/bootloader', 'pvgrub'],
    ['boot: the guest, bootargs', withBoot({ bootargs: ['-q'] }), {}, 'options/bootloader_args', ['-q']],
    [
      'boot: the guest, bootloader_args',
      withBoot({ bootargs: ['x'], bootloader_args: ['-q'] }),
      {},
      'options/bootloader_args',
      ['-q'],
    ],
    ['boot: the guest, cmdline beside XEN_BOOTLOADER', withBoot({ cmdline: 'ro' }), {}, 'options/bootloader', 'pygrub'],
    ['boot: the guest, kernel', withBoot({ kernel: '/srv/vmlinux' }), {}, 'options/kernel', '/srv/vmlinux'],
    ['boot: a kernel leaves no bootloader', withBoot({ kernel: '/srv/vmlinux' }), {}, 'options/bootloader', undefined],
    ['boot: an HVM guest needs none', withHardware({ type: 'hvm' }), {}, 'options/bootloader', undefined],
  ]
  for (const [name, tree, more, place, expected] of cases)
    t.same(values(host(more), view('ce', tree))[place], expected, name)
})

const networked = (interfaces: JsonMap, bridges: JsonMap = { xenbr0: {}, xenbr1: {} }): JsonMap => ({
  system: { network: { interfaces, bridges } },
})
const port = (bridge: string, more: JsonMap): JsonMap => ({ bridge, ...more })
const addressed = (interfaces: JsonMap): JsonMap => ({ ...guest, system: { network: { interfaces } } })
const at = (ip: string): JsonMap => addressed({ eth0: { ip } })
const c24 = (ip: string): JsonMap => ({ ip, netmask: '255.255.255.0' })
const both = networked({
  eth0: port('xenbr0', c24('192.0.2.10')),
  eth1: port('xenbr1', { ip: '10.20.0.1', prefix: 16 }),
})

t.test('the table of the bridge of a nic', async t => {
  type Row = readonly [
    situation: string,
    host: JsonMap,
    variables: JsonMap,
    guest: JsonMap,
    bridge: Json | RegExp | undefined,
  ]
  const rows: readonly Row[] = [
    ['said', both, { XEN_VIF_BRIDGE: 'xenbr9', XEN_BRIDGE: 'xenbr0' }, at('10.20.1.1'), 'xenbr9'],
    ['unreadable: the address', both, {}, at('192.0.2.x'), undefined],
    [
      'unreadable: one of the host',
      networked({ eth0: port('xenbr0', c24('192.0.2.x')), eth1: port('xenbr1', c24('10.20.0.1')) }),
      {},
      at('192.0.2.12'),
      undefined,
    ],
    [
      'several: alike',
      networked({ eth0: port('xenbr0', c24('192.0.2.10')), eth1: port('xenbr1', c24('192.0.2.20')) }),
      { XEN_BRIDGE: 'xenbr0' },
      at('192.0.2.12'),
      /^nic eth0 fits several bridges: 192\.0\.2\.12 lies on xenbr0, 192\.0\.2\.12 lies on xenbr1$/,
    ],
    [
      'several: an IPv4 and an IPv6 address',
      networked({ eth0: port('xenbr0', c24('192.0.2.10')), eth1: port('xenbr1', { ipv6addr: '2001:db8::1/64' }) }),
      {},
      addressed({ eth0: { ip: '192.0.2.12', ipv6addr: '2001:db8::12/64' } }),
      /fits several bridges: 192\.0\.2\.12 lies on xenbr0, 2001:db8::12 lies on xenbr1$/,
    ],
    ['fits none', both, {}, at('198.51.100.1'), /^198\.51\.100\.1, the address of nic eth0, is in no subnet/],
    ['fits none: not on XEN_BRIDGE either', both, { XEN_BRIDGE: 'xenbr0' }, at('198.51.100.1'), /is in no subnet/],
    [
      'fits none: one of two addresses',
      networked({ eth0: port('xenbr0', { ...c24('192.0.2.10'), ipv6addr: '2001:db8::1/64' }) }),
      {},
      addressed({ eth0: { ip: '192.0.2.12', ipv6addr: '2001:db9::12/64' } }),
      /^2001:db9::12, the address of nic eth0/,
    ],
    ['found: the address of a port', both, { XEN_BRIDGE: 'xenbr0' }, at('10.20.1.1'), 'xenbr1'],
    ['found: the address of the bridge', networked({ xenbr1: c24('192.0.2.10') }), {}, at('192.0.2.12'), 'xenbr1'],
    [
      'found: the port that the bridge names',
      networked({ eth1: c24('192.0.2.10') }, { xenbr1: { netdev: 'eth1' } }),
      {},
      at('192.0.2.12'),
      'xenbr1',
    ],
    [
      'found: an alias',
      networked({ eth0: port('xenbr0', { ...c24('192.0.2.10'), aliases: { lan: c24('198.51.100.1') } }) }),
      {},
      at('198.51.100.2'),
      'xenbr0',
    ],
    [
      'found: a route without gateway',
      networked({ eth0: port('xenbr0', { routes: [{ address: '198.51.100.0', prefix: 24 }] }) }),
      {},
      at('198.51.100.2'),
      'xenbr0',
    ],
    [
      'found: a VLAN, not the interface below it',
      networked({
        eth0: port('xenbr0', c24('192.0.2.10')),
        'eth0.7': port('xenbr1', { vlan: 7, physdev: 'eth0', ...c24('198.51.100.1') }),
      }),
      {},
      at('198.51.100.2'),
      'xenbr1',
    ],
    [
      'found: the smallest subnet',
      networked({
        eth0: port('xenbr0', { ip: '10.0.0.1', prefix: 8 }),
        eth1: port('xenbr1', { ip: '10.20.0.1', prefix: 16 }),
      }),
      {},
      at('10.20.1.1'),
      'xenbr1',
    ],
    [
      'found: IPv6',
      networked({
        eth0: port('xenbr0', { ipv6addr: '2001:db8::1/64' }),
        eth1: port('xenbr1', { ip: '2001:db9::1', prefix: 64 }),
      }),
      {},
      addressed({ eth0: { ipv6addr: '2001:db9::12/64' } }),
      'xenbr1',
    ],
    [
      'general: a route with a gateway is no subnet',
      networked({ eth0: port('xenbr0', { routes: [{ address: '198.51.100.0', prefix: 24, gateway: '192.0.2.1' }] }) }),
      { XEN_BRIDGE: 'xenbr1' },
      at('198.51.100.2'),
      'xenbr1',
    ],
    [
      'general: its subnets are not known',
      networked({ eth0: port('xenbr0', c24('192.0.2.10')) }),
      { XEN_BRIDGE: 'xenbr1' },
      at('198.51.100.1'),
      'xenbr1',
    ],
    [
      'general: no static address',
      both,
      { XEN_BRIDGE: 'xenbr1' },
      addressed({ eth0: { bootproto: 'dhcp', ip: '10.20.1.1' } }),
      'xenbr1',
    ],
    [
      'general: an address that every link has',
      networked({ eth0: port('xenbr0', { ipv6addr: 'fe80::1/64' }), eth1: port('xenbr1', c24('169.254.0.1')) }),
      { XEN_BRIDGE: 'xenbr0' },
      addressed({ eth0: { ip: '169.254.0.12', ipv6addr: 'fe80::12/64' } }),
      'xenbr0',
    ],
    [
      'general: a host that asks DHCP for its address',
      networked({ eth0: port('xenbr1', { bootproto: 'dhcp', ...c24('192.0.2.10') }) }),
      { XEN_BRIDGE: 'xenbr0' },
      at('192.0.2.12'),
      'xenbr0',
    ],
    ['general: no subnets', {}, { XEN_BRIDGE: 'xenbr0' }, at('192.0.2.12'), 'xenbr0'],
    ['nothing', both, {}, guest, /^no bridge for nic eth0$/],
  ]
  for (const [situation, tree, more, child, expected] of rows) {
    const { XEN_BRIDGE: _, ...rest } = variables
    const parent = view('gridhost', tree, { ...rest, ...more })
    const { faults } = pull(parent, view('ce', child))
    if (expected instanceof RegExp) t.match(faults, [{ message: expected }], situation)
    else t.same([values(parent, view('ce', child))['vifs/eth0/bridge'], faults], [expected, []], situation)
  }
})

t.test('what is missing is a fault that says what to set', async t => {
  const { faults } = pull(view('gridhost', {}), view('ce', { hardware: { ...(guest.hardware as JsonMap), ram: [] } }))
  t.match(faults, [
    { pointer: '/hardware/ram', message: 'no memory', hint: /XEN_RAM in the host/ },
    { pointer: undefined, message: 'nothing says how it boots', hint: /XEN_BOOTLOADER in the host/ },
    { pointer: undefined, message: 'no volume group for the disks', hint: /XEN_VG/ },
    { pointer: undefined, message: 'no volume group for the disks', hint: /XEN_VG/ },
    { pointer: '/hardware/cards/nic/eth0', message: 'no bridge for nic eth0', hint: /XEN_BRIDGE/ },
  ])
  t.match(pull(host({ XEN_RAM: '2 G' }), view('ce', {})).faults, [{ message: /XEN_RAM is 2 G: expected a size/ }])
  const bare = { hardware: { ram: [{ size: 1 }], cards: { nic: { eth0: {} } }, harddisks: { xvda: {} } } }
  t.match(pull(host(), view('ce', bare)).faults, [
    { pointer: '/hardware/harddisks/xvda', message: 'disk xvda has no capacity' },
    { pointer: '/hardware/cards/nic/eth0', message: 'nic eth0 has no MAC' },
  ])
})

t.test('what the host makes of a disk, and what it takes over of that', async t => {
  const place = (disks: JsonMap) => ({ software: { components: { xen: { domains: { ce: { disks } } } } } })
  const disksOf = (disks: JsonMap, more: JsonMap) => {
    const all = values(view('gridhost', place(disks), more), view('ce', guest))
    return Object.fromEntries(Object.entries(all).filter(([path]) => path.startsWith('disks/xvda/')))
  }
  t.same(disksOf({}, { XEN_IMAGES: '/srv/xen' }), {
    'disks/xvda/type': 'file',
    'disks/xvda/path': '/srv/xen/ce.img',
  })
  t.same(disksOf({ xvda: { type: 'phy', device: '/dev/sdb1' } }, variables), { 'disks/xvda/type': 'phy' })
})

t.test('a guest is installed on its boot disk, where that does not come with what it holds', async t => {
  const system = { install: { kernel: '/srv/install', bootargs: ['-q'], memory: 4096, id: 'el9' } }
  const installable: JsonMap = { ...guest, system }
  t.match(values(host(), view('ce', installable)), {
    installation: 'el9',
    'install_options/kernel': '/srv/install',
    'install_options/bootloader_args': ['-q'],
    'install_options/memory': 4096,
  })
  const { installation } = values(host(), view('ce', { ...guest, system: { install: { boot: 'n' } } }))
  t.equal(installation, '1')
  const image = { source: '/srv/os.raw', sha256: 'a'.repeat(64), unpack: 'raw' }
  const filled = { ...guest, system, hardware: { harddisks: { xvda: { capacity: 1, image }, xvdb: { capacity: 1 } } } }
  t.notHas(values(host(), view('ce', filled)), { installation: 'el9' })
  const copies = {
    software: { components: { lvm: { groups: { vg_guests: { volumes: { ce: { origin: 'golden' } } } } } } },
  }
  t.notHas(values(view('gridhost', copies, variables), view('ce', installable)), { installation: 'el9' })
})

t.test('a guest that boots by the network is told the MAC, the provisioner and who vouches for it', async t => {
  const hardware = { ram: [{ size: 1024 }], harddisks: { xvda: { capacity: 1 } } }
  const nic = { eth0: { hwaddr: '00:16:3e:00:00:01' }, eth1: { hwaddr: '00:16:3e:00:00:02', boot: true } }
  const provisioner = { url: 'https://provision.example.org' }
  const networked: JsonMap = { hardware: { ...hardware, cards: { nic } }, system: { kickstart: { provisioner } } }
  const asking = ['--mac=00:16:3e:00:00:02', '--provisioner=https://provision.example.org']
  const netboot = { XEN_BOOTLOADER: 'xenclosure-netboot' }
  const args = (more: JsonMap, tree = networked) => values(host(more), view('ce', tree))['options/bootloader_args']

  t.same(args(netboot), asking)
  t.same(args({ ...netboot, XEN_BOOTARGS: '--within=30 --entry=1' }), [...asking, '--within=30', '--entry=1'])
  t.same(args({ XEN_BOOTLOADER: { default: 'pygrub', ce: '/usr/bin/xenclosure-netboot' } }), asking)
  t.same(args({ XEN_BOOTLOADER: 'not-xenclosure-netboot' }), undefined)
  const ca = '-----BEGIN CERTIFICATE-----\nMIIB\nmzCC=\n-----END CERTIFICATE-----\n'
  const vouched = { ...networked, system: { kickstart: { provisioner: { ...provisioner, ca } } } }
  t.same(args(netboot, vouched), [...asking, '--ca=MIIBmzCC='])
  const boot = { bootloader: 'xenclosure-netboot', bootargs: ['--within=5'] }
  t.same(args({}, { ...networked, system: { ...(networked.system as JsonMap), boot } }), [...asking, '--within=5'])

  const faults = (tree: JsonMap) => pull(host(netboot), view('ce', tree)).faults
  t.same(faults(networked), [])
  t.match(faults({ ...networked, hardware }), [
    { message: /no card with a MAC has boot: true/, pointer: '/hardware/cards/nic' },
  ])
  t.match(faults({ hardware: { ...hardware, cards: { nic } } }), [{ message: /no provisioner/ }])
  const itself = view('ce', { hardware: { ...hardware, type: 'hvm' } })
  t.same(pull(host(netboot), itself).faults, [], 'an HVM guest has firmware of its own')
})
