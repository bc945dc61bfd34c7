// What administrators get wrong about machines, one mistake at a time, in a site that is otherwise right: each is found at
// its place and nowhere else. The language's own mistakes are in wrong-inputs.test.ts.
import t from 'tap'
import { components } from '../../components/index.js'
import { isSound } from '../../src/compiler/compile.js'
import { siteIn } from '../fixtures/site-in.js'
import { b, c, check, conf, edits, type Files, h1, h2, site, toldAsEdits } from '../fixtures/two-hosts.js'

t.test('enclosures', async t => {
  edits(t, [
    ['an unknown guest', h2, '[c]', '[c, d]', 'child-unknown profiles/h2.yaml:14:19'],
    ['two parents', h2, '[c]', '[c, a]', 'enclosure profiles/h2.yaml:14:19'],
    ['a guest twice', h2, '[c]', '[c, c]', 'schema profiles/h2.yaml:14:19'],
    ['its own guest', h2, '[c]', '[c, h2]', 'cycle profiles/h2.yaml:14:19'],
    [
      'a guest of its guest',
      c,
      'system:',
      'system:\n  enclosure: { type: dumb, children: [h2] }',
      'cycle profiles/h2.yaml:14:16',
    ],
    [
      'more than there is room for',
      h1,
      'type: hypervisor',
      'maxchildren: 1\n    type: hypervisor',
      'enclosure profiles/h1.yaml:15:19',
    ],
    ['a kind that is none', h2, 'type: hypervisor', 'type: chassis', 'schema profiles/h2.yaml:13:11'],
    ['a disk without capacity', b, '{ capacity: 4 GiB }', '{}', 'enclosure profiles/b.yaml:4:11'],
    ['an address on no bridge', b, '192.0.2.12', '198.51.100.1', 'enclosure profiles/b.yaml:12:19'],
    [
      'no group for the disks',
      h1,
      'hardware:',
      'variables: { XEN_VG: !remove }\nhardware:',
      'enclosure profiles/h1.yaml:15:16',
    ],
  ])
})

t.test('used twice', async t => {
  const inB = 'options: { vcpus: 1 }'
  edits(t, [
    ['a MAC', b, '0:00:02', '0:00:01', 'used-twice profiles/b.yaml:7:23'],
    ['a MAC of a guest elsewhere', c, '0:00:03', '0:00:01', 'used-twice profiles/c.yaml:7:23'],
    ['an address', c, '192.0.2.13', '192.0.2.11', 'used-twice profiles/c.yaml:12:19'],
    ["a host's address", c, '192.0.2.13', '192.0.2.1', 'used-twice profiles/h1.yaml:19:19'],
    ['a host name', c, 'hostname: c', 'hostname: A', 'used-twice profiles/c.yaml:10:15'],
    ["a domain's name", h1, 'vcpus: 1', 'name: a', 'used-twice profiles/h1.yaml:32:28'],
    ['a volume', h1, inB, 'disks: { xvda: { volume: a } }', 'used-twice profiles/h1.yaml:32:26'],
    [
      'a physical volume that a guest gets',
      h1,
      inB,
      'disks: { xvdb: { type: phy, device: /dev/sdb1 } }',
      'used-twice profiles/h1.yaml:32:47',
    ],
    [
      'a device in two groups',
      h1,
      'vg_guests:',
      'vg_more: { devices: [{ path: /dev/sdb }] }\n        vg_guests:',
      'used-twice profiles/h1.yaml:28:38',
    ],
    [
      'two disks on one vdev',
      h1,
      inB,
      'disks: { sda: { type: phy, device: /dev/sda5 } }',
      'contradiction profiles/b.yaml:4:11',
    ],
  ])
})

t.test('one volume by two names', async t => {
  const disk = 'disks: { xvdb: { type: phy, device: /dev/mapper/vg0-pv--1 } }'
  const onVolume = `${site[h1]}`.replace('/dev/sdb }', '/dev/vg0/pv-1 }').replace('options: { vcpus: 1 }', disk)
  check(t, 'of a group and of a guest', { [h1]: onVolume }, ['used-twice profiles/h1.yaml:32:47'])
})

t.test('CPUs that the host has not, and more vcpus than it has CPUs', async t => {
  const hardware = 'hardware:\n  cpu: [{ cores: 4 }]'
  const on = (option: string): Files => ({
    [h1]: `${site[h1]}`.replace('hardware:', hardware).replace('vcpus: 1', option),
  })
  check(t, 'pinned to them', on('cpus: 8-9'), ['contradiction profiles/h1.yaml:33:28'])
  const { found, result } = siteIn(t, { ...site, ...on('vcpus: 9') }, components)
  t.same(found, ['advice profiles/h1.yaml:33:29'])
  t.ok(isSound(result), 'that is no mistake')
})

t.test('more than there is, and what contradicts itself', async t => {
  edits(t, [
    ['memory', h1, 'vcpus: 1', 'memory: 3 GiB', 'overcommitted profiles/h1.yaml:32:30'],
    ['volumes', b, '4 GiB', '16 GiB', 'overcommitted profiles/b.yaml:4:23'],
    ['maxmem below memory', h1, 'vcpus: 1', 'maxmem: 512 MiB', 'contradiction profiles/h1.yaml:32:30'],
    ['maxvcpus below vcpus', h1, 'vcpus: 1', 'vcpus: 2, maxvcpus: 1', 'contradiction profiles/h1.yaml:32:42'],
    [
      'a bridge that the host has not',
      h1,
      'options: { vcpus: 1 }',
      'vifs: { eth0: { bridge: br7 } }',
      'reference-missing profiles/h1.yaml:32:35',
    ],
    [
      'the same, of a variable by guest',
      conf,
      'XEN_VG',
      'XEN_VIF_BRIDGE: { a: br7, default: br0 }\n  XEN_VG',
      'reference-missing xenclosure.yaml:4:24',
    ],
    [
      'the same, of its default',
      conf,
      'XEN_VG',
      'XEN_VIF_BRIDGE: { a: br0, c: br0, default: br7 }\n  XEN_VG',
      'reference-missing xenclosure.yaml:4:46',
    ],
    [
      'kernel and firmware',
      h1,
      'vcpus: 1',
      'kernel: /vmlinuz, firmware: pvgrub64',
      'contradiction profiles/h1.yaml:32:50',
    ],
  ])
})

t.test('a port of a bridge that nothing makes', async t => {
  const port = 'bridge: br0 }'
  edits(t, [
    ['misspelt', h1, port, 'bridge: br8 }', 'reference-missing profiles/h1.yaml:19:62'],
    ['a card', h1, port, 'bridge: eth0 }', 'reference-missing profiles/h1.yaml:19:62'],
    ['of a VLAN', h1, port, `${port}\n      eth0.7: { bridge: br8 }`, 'reference-missing profiles/h1.yaml:20:25'],
    ['one that is an interface of its own', h1, port, `${port}\n      eth1: { bridge: br8 }\n      br8: {}`],
    ['where no bridge is declared', h2, '    bridges:\n      br0: { netdev: eth0 }\n', ''],
  ])
  const misspelt = `${site[h1]}`.replace(port, 'bridge: br8 }')
  t.match(siteIn(t, { ...site, [h1]: misspelt }, components).result.diagnostics, [
    {
      message: 'h1 makes no bridge br8 for eth0: it declares br0 (profiles/h1.yaml:21)',
      hint: 'did you mean "br0"?',
      pointer: '/system/network/interfaces/eth0/bridge',
    },
  ])
})

t.test('a group near in spelling to one that is declared: a warning, for others may be there already', async t => {
  const told = (group: string, more: Readonly<Record<string, string>> = {}) =>
    siteIn(
      t,
      { ...site, [conf]: `${site[conf]}`.replace('XEN_VG: vg_guests', `XEN_VG: ${group}`), ...more },
      components,
    ).result.diagnostics.map(({ severity, code, message, hint, position }) =>
      [severity, code, `${position?.file}:${position?.line}:${position?.column}`, message, hint].join(' | '),
    )
  const warning = (host: string) =>
    `warning | advice | xenclosure.yaml:4:11 | group vg_gusts of ${host} has no devices: it must be there already | did you mean "vg_guests"?`
  t.same(told('vg_gusts'), [warning('h1'), warning('h2')])
  t.same(told('vg_guests2'), [], 'names with other numbers are meant')
  t.same(told('fast'), [])
  const declared = `${site[h1]}`.replace(
    'vg_guests:',
    'vg_gusts: { devices: [{ path: /dev/sdc }] }\n        vg_guests:',
  )
  const disks = 'harddisks:\n    sdc: { capacity: 20 GiB }'
  t.same(told('vg_gusts', { [h1]: declared.replace('harddisks:', disks) }), [warning('h2')], 'one that is declared')
})

t.test('the way out', async t => {
  const eth0 = 'eth0: { ip: 192.0.2.1, netmask: 255.255.255.0, bridge: br0 }'
  const by = (gateway: string, interfaces = eth0): [string, string] => [
    `    interfaces:\n      ${eth0}`,
    `    default_gateway: ${gateway}\n    interfaces:\n      ${interfaces}`,
  ]
  const found = ['contradiction profiles/h2.yaml:18:22']
  const here = (...[from, to]: [string, string]): [string, string] => [
    from.replace('192.0.2.1,', '192.0.2.2,'),
    to.replace('ip: 192.0.2.1,', 'ip: 192.0.2.2,'),
  ]
  edits(t, [
    ['in no subnet', h2, ...here(...by('198.51.100.1')), ...found],
    ["the machine's own address", h2, ...here(...by('192.0.2.2')), ...found],
    ['in one', h2, ...here(...by('192.0.2.254'))],
    [
      'of a machine that nothing here sets up',
      b,
      'hostname: b\n    interfaces:\n      eth0: { ip: 192.0.2.12 }',
      'hostname: b\n    default_gateway: 198.51.100.1\n    interfaces:\n      eth0: { ip: 192.0.2.12, prefix: 24 }',
    ],
    [
      'of one that kickstart installs',
      b,
      'hostname: b\n    interfaces:\n      eth0: { ip: 192.0.2.12 }',
      'hostname: b\n    default_gateway: 198.51.100.1\n    interfaces:\n      eth0: { ip: 192.0.2.12, prefix: 24 }\n  kickstart: { url: http://192.0.2.9/el9 }',
      'contradiction profiles/b.yaml:11:22',
    ],
    ['of the other family', h2, ...here(...by('2001:db8::1'))],
    ['known on the wire alone', h2, ...here(...by('fe80::1', `${eth0}\n      eth1: { ipv6addr: 2001:db8::2/64 }`))],
    [
      'in none of IPv6',
      h2,
      ...here(...by('2001:db9::1', `${eth0}\n      eth1: { ipv6addr: 2001:db8::2/64 }`)),
      ...found,
    ],
    [
      'in that of an alias',
      h2,
      ...here(...by('10.0.0.1', `${eth0}\n      eth1: { aliases: { "0": { ip: 10.0.0.9, prefix: 8 } } }`)),
    ],
    [
      'on a wire of a route',
      h2,
      ...here(...by('10.0.0.1', `${eth0}\n      eth1: { routes: [{ address: 10.0.0.0, prefix: 8 }] }`)),
    ],
    ['beside DHCP', h2, ...here(...by('10.0.0.1', `${eth0}\n      eth1: { bootproto: dhcp }`))],
    ['beside an address without netmask', h2, ...here(...by('10.0.0.1', `${eth0}\n      eth1: { ip: 10.0.0.9 }`))],
    [
      'beside an address that is alone in its subnet',
      h2,
      ...here(...by('10.0.0.1', `${eth0}\n      eth1: { ip: 10.9.0.9, prefix: 32 }`)),
    ],
    [
      'beside a gateway of its own',
      h2,
      ...here(...by('10.0.0.1', eth0.replace('bridge', 'gateway: 192.0.2.254, bridge'))),
    ],
  ])
  const { diagnostics } = siteIn(
    t,
    { ...site, [h2]: `${site[h2]}`.replace(...here(...by('198.51.100.1'))) },
    components,
  ).result
  t.match(diagnostics, [
    { message: '198.51.100.1, the default gateway, is in no subnet of h2', hint: 'eth0 has 192.0.2.0/24' },
  ])
})

t.test("a bridge's address without netmask is the host's mistake, and none of its guests'", async t => {
  const kept = (text: string): string => text.replace('    grub:\n', '    network: ${/system/network}\n    grub:\n')
  const second = 'eth1: { ip: 198.51.100.1, prefix: 24, bridge: br1 }\n      eth0: { ip: 192.0.2.1, bridge: br0 }'
  const text = `${site[h1]}`
    .replace('eth0: { ip: 192.0.2.1, netmask: 255.255.255.0, bridge: br0 }', second)
    .replace('br0: { netdev: eth0 }', 'br0: {}\n      br1: {}')
    .replace('nic:', 'nic:\n      eth1: { hwaddr: "52:54:00:00:01:01" }')
  check(t, 'told by the component that keeps the network', { [h1]: kept(text) }, [
    'contradiction profiles/h1.yaml:21:19',
  ])
  check(t, 'where nothing keeps it, the guests have no bridge', { [h1]: text }, [
    'enclosure profiles/a.yaml:12:19',
    'enclosure profiles/b.yaml:12:19',
  ])
})

t.test('bonds', async t => {
  const line = 'eth0: { ip: 192.0.2.1, netmask: 255.255.255.0, bridge: br0 }'
  const below = 'br0: { netdev: eth0 }'
  /** What is found at h1 with these interfaces, the first of which is 1, and a bridge over bond0: `severity code file:INTERFACE: message | hint`. */
  const told = (...lines: readonly string[]): readonly string[] => {
    const text = `${site[h1]}`
      .replace(
        'eth0: { hwaddr: "52:54:00:00:00:01" }',
        'eth0: { hwaddr: "52:54:00:00:00:01" }\n      eth1: { hwaddr: "52:54:00:00:01:01" }',
      )
      .replace(line, lines.join('\n      '))
      .replace(below, 'br0: { netdev: bond0 }')
    return siteIn(t, { ...site, [h1]: text }, components).result.diagnostics.map(
      ({ severity, code, message, hint, position }) =>
        `${severity} ${code} ${position?.file}:${(position?.line ?? 0) - 19}: ${message} | ${hint}`,
    )
  }
  const [one, two, address] = [
    'eth0: { master: bond0 }',
    'eth1: { master: bond0 }',
    'ip: 192.0.2.1, netmask: 255.255.255.0',
  ]
  const bond = `bond0: { ${address}, bonding_opts: { mode: 802.3ad, miimon: 100, xmit_hash_policy: layer3+4 } }`
  t.same(told(one, two, bond), [])
  t.same(told(one, two, `br0: { ${address} }`), [], 'a bond that nothing is said of, below a bridge')
  t.same(told(one, two, `br0: { ${address} }`, 'bond0.7: {}'), [])
  t.same(told(one, two, bond.replace('802.3ad', '4')), [], 'modes have numbers')
  t.same(told(one, 'eth1: { master: bnod0 }', bond), [
    'error reference-missing profiles/h1.yaml:2: h1 has no bond bnod0 for eth1: nothing else names it | did you mean "bond0"?',
  ])
  t.same(told(one, 'eth1: { master: eth0 }', bond), [
    'error contradiction profiles/h1.yaml:2: eth1 is a port of eth0, which is a card and no bond | known: bond0',
  ])
  t.same(told(one, 'eth1: { master: br0 }', bond), [
    'error contradiction profiles/h1.yaml:2: eth1 is a port of br0, which is a bridge and no bond | a port of a bridge says bridge: br0',
  ])
  t.same(told(one, 'eth2: { master: bond0 }', bond), [
    'warning advice profiles/h1.yaml:2: eth2 is a port of bond0, and the cards of h1 are eth0, eth1 | did you mean "eth0"?',
  ])
  t.same(told(one, two, bond.replace('802.3ad', '802.3ab')), [
    'error contradiction profiles/h1.yaml:3: bond0 has no mode 802.3ab | did you mean "802.3ad"?',
  ])
  t.same(told(one, two, bond.replace('miimon', 'miimom')), [
    'warning advice profiles/h1.yaml:3: miimom is no option of a bond that is known here | did you mean "miimon"?',
  ])
})

t.test('names, MACs and addresses', async t => {
  const options = 'options: { uuid: 00000001-0000-4000-8000-000000000000, type: hvm, memory: 64 }'
  const domain = (name: string): [string, string] => ['domains:', `domains:\n        ${name}: { ${options} }`]
  const long = 'x'.repeat(201)
  const here = 'schema profiles/h1.yaml:31:9'
  const volume = 'schema templates/volume.yaml:10:13'
  edits(t, [
    ['a domain with a slash', h1, ...domain('a/b'), here],
    ['a domain of digits', h1, ...domain('"007"'), here],
    ['a domain with a name too long', h1, ...domain(long), here],
    ['the name of dom0', h1, ...domain('Domain-0'), here],
    ['a name that is a way', h1, 'vcpus: 1', 'name: ../b', 'schema profiles/h1.yaml:32:28'],
    ['a name of digits', h1, 'vcpus: 1', 'name: 12', 'schema profiles/h1.yaml:32:28'],
    ['a volume with a command', h1, 'NAME: data', 'NAME: "data;reboot"', volume],
    ['a volume with a shell expression', h1, 'NAME: data', 'NAME: $(reboot)', volume],
    ['a volume with a space', h1, 'NAME: data', 'NAME: my data', volume],
    ['a volume that LVM keeps for itself', h1, 'NAME: data', 'NAME: snapshot1', volume],
    [
      'a group with a shell character',
      h1,
      'vg_guests:',
      '"vg|x":\n          {}\n        vg_guests:',
      'schema profiles/h1.yaml:28:9',
    ],
    ['a nic with a shell character', h1, 'eth0: { hw', '"e|0": { hw', 'schema profiles/h1.yaml:10:7'],
    ['a short MAC', b, '"00:16:3e:00:00:02"', '"00:16:3e:00:02"', 'schema profiles/b.yaml:7:23'],
    ['a multicast MAC', b, '"00:16:3e:00:00:02"', '"01:16:3e:00:00:02"', 'schema profiles/b.yaml:7:23'],
    ['a MAC with hyphens', b, '"00:16:3e:00:00:02"', '00-16-3e-00-00-02', 'schema profiles/b.yaml:7:23'],
    ['a host name of two words', b, 'hostname: b', 'hostname: "b 1"', 'schema profiles/b.yaml:10:15'],
    ['no domain', h1, 'domainname: example.org', 'domainname: example..org', 'schema profiles/h1.yaml:17:17'],
    ['no address', b, '192.0.2.12', '192.0.2.300', 'schema profiles/b.yaml:12:19'],
    ['a netmask with holes', h1, '255.255.255.0', '255.0.255.0', 'schema profiles/h1.yaml:19:39'],
    ['an IPv4 prefix too long', b, 'ip: 192.0.2.12', 'ip: 192.0.2.12, prefix: 33', 'schema profiles/b.yaml:12:39'],
    ['a VLAN on nothing', b, 'ip: 192.0.2.12', 'ip: 192.0.2.12, vlan: 40', 'reference-missing profiles/b.yaml:12:37'],
    ['a VLAN above 4094', b, 'ip: 192.0.2.12', 'ip: 192.0.2.12, vlan: 4095', 'schema profiles/b.yaml:12:37'],
    ['a kernel option for the shell', h1, '"1024M,max:1024M"', '"$(reboot)"', 'schema profiles/h1.yaml:25:35'],
    ['a device that is none', h1, '/dev/sdb', 'sdb', 'schema profiles/h1.yaml:28:40'],
  ])
})

t.test('all of it is told as of an edit, where not all machines have to be compiled for that', async t => {
  t.ok((await toldAsEdits(t)) > 55)
})
