// What is checked of each machine beyond its schemas, and across machines: each mistake once, with both its places.
import t, { type Test } from 'tap'
import { components } from '../../../components/index.js'
import type { AnyComponent, Component } from '../../../src/model/component.js'
import { siteIn } from '../../fixtures/site-in.js'

/** Two hosts, each with two guests, and a machine of its own: nothing is wrong with them. */
const host = (n: number, guests: string, more = ''): string => `variables: { XEN_VG: vg, XEN_BOOTLOADER: pygrub }
hardware:
  ram: [{ size: 4 GiB }]
  harddisks: { sda: { capacity: 10 GiB }, sdb: { capacity: 20 GiB } }
  cards: { nic: { eth0: { hwaddr: "52:54:00:00:00:0${n}" } } }
system:
  enclosure: { type: hypervisor, children: [${guests}] }
  network:
    hostname: h${n}
    domainname: example.org
    interfaces: { eth0: { ip: 192.0.2.${n}, bridge: br0 } }
    bridges: { br0: { netdev: eth0 } }
software:
  components:
    grub: { xen: { options: { dom0_mem: "1024M,max:1024M" } } }
    lvm: { groups: { vg: { devices: [{ path: /dev/sdb }] } } }
${more === '' ? '' : `    xen: ${more}\n`}`

const guest = (name: string, n: number, disk = '8 GiB', ram = '1 GiB', cards = ''): string => `hardware:
  ram: [{ size: ${ram} }]
  harddisks: { xvda: { capacity: ${disk} } }
  cards: { nic: { eth0: { hwaddr: "00:16:3e:00:00:0${n}" }${cards} } }
system:
  network:
    hostname: ${name}
    domainname: example.org
    interfaces: { eth0: { ip: 192.0.2.1${n} } }
`

const site = {
  'xenclosure.yaml': 'site: test\nvariables: { XEN_BRIDGE: br0 }\n',
  'profiles/h1.yaml': host(1, 'a, b'),
  'profiles/h2.yaml': host(2, 'c, d'),
  'profiles/a.yaml': guest('a', 1),
  'profiles/b.yaml': guest('b', 2),
  'profiles/c.yaml': guest('c', 3),
  'profiles/d.yaml': guest('d', 4),
  'profiles/m.yaml': 'hardware: { cards: { nic: { eth0: { hwaddr: "52:54:00:00:00:09" } } } }\n',
}

t.test('a site with nothing wrong', async t => {
  t.same(siteIn(t, site, components).result.diagnostics, [])
})

/** `code file:line:col (file:line)`: both places of every diagnostic. */
const places = (t: Test, files: Readonly<Record<string, string>>): readonly string[] =>
  siteIn(t, { ...site, ...files }, components).result.diagnostics.map(({ code, position, message }) => {
    const other = / \([^ ]+:\d+\)$/.exec(message)?.[0] ?? ''
    return `${code} ${position?.file}:${position?.line}:${position?.column}${other}`
  })

const inXen = (...domains: readonly string[]): string => `{ domains: { ${domains.join(', ')} } }`
/** What h1 says of its guest b. */
const onB = (words: string): Readonly<Record<string, string>> => ({
  'profiles/h1.yaml': host(1, 'a, b', inXen(`b: { ${words} }`)),
})
const domain = (name: string, n: number, more = ''): string =>
  `${name}: { options: { uuid: 0000000${n}-0000-4000-8000-000000000000, type: pv, memory: 64, kernel: /vmlinuz }${more} }`

const table: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
  [
    'a MAC of two guests of one host',
    { 'profiles/b.yaml': guest('b', 1).replace('192.0.2.11', '192.0.2.12') },
    ['used-twice profiles/b.yaml:4:35 (profiles/a.yaml:4)'],
  ],
  [
    'a MAC of guests of two hosts, in other letters',
    {
      'profiles/a.yaml': guest('a', 1).replace('00:16:3e:00:00:01', '00:16:3E:00:00:0A'),
      'profiles/c.yaml': guest('c', 3).replace('00:16:3e:00:00:03', '00:16:3e:00:00:0a'),
    },
    ['used-twice profiles/c.yaml:4:35 (profiles/a.yaml:4)'],
  ],
  [
    "a guest's MAC on a machine that is nobody's guest",
    { 'profiles/m.yaml': site['profiles/m.yaml'].replace('52:54:00:00:00:09', '00:16:3e:00:00:04') },
    ['used-twice profiles/m.yaml:1:45 (profiles/d.yaml:4)'],
  ],
  [
    'a MAC twice in one guest',
    { 'profiles/a.yaml': guest('a', 1, '8 GiB', '1 GiB', ', eth1: { hwaddr: "00:16:3e:00:00:01" }') },
    ['used-twice profiles/a.yaml:4:74 (profiles/a.yaml:4)'],
  ],
  [
    "a guest's MAC that the host gives to another one",
    onB('vifs: { eth0: { mac: "00:16:3e:00:00:01" } }'),
    ['used-twice profiles/h1.yaml:17:49 (profiles/a.yaml:4)'],
  ],
  [
    'a MAC from one line of a template, for three guests',
    Object.fromEntries([
      ['templates/mac.yaml', 'hardware: { cards: { nic: { eth1: { hwaddr: "00:16:3e:00:00:aa" } } } }'],
      ...['a', 'b', 'c'].map((name, n) => [`profiles/${name}.yaml`, `include: [mac]\n${guest(name, n + 1)}`]),
    ]),
    ['used-twice templates/mac.yaml:1:45 (templates/mac.yaml:1)'],
  ],
  [
    'a MAC whose last byte is a parameter: where it was given',
    Object.fromEntries([
      [
        'templates/mac.yaml',
        'parameters: { N: {} }\nhardware: { cards: { nic: { eth1: { hwaddr: "00:16:3e:00:00:${N}" } } } }',
      ],
      ...['a', 'b'].map((name, n) => [
        `profiles/${name}.yaml`,
        `include: [{ template: mac, with: { N: aa } }]\n${guest(name, n + 1)}`,
      ]),
    ]),
    ['used-twice profiles/b.yaml:1:39 (profiles/a.yaml:1)'],
  ],
  [
    'a uuid twice',
    {
      'profiles/h1.yaml': host(1, 'a, b', inXen(domain('x', 1))),
      'profiles/h2.yaml': host(2, 'c, d', inXen(domain('y', 1))),
    },
    ['used-twice profiles/h2.yaml:17:45 (profiles/h1.yaml:17)'],
  ],
  [
    'a name of two domains of one host',
    onB('options: { name: a }'),
    ['used-twice profiles/h1.yaml:17:45 (profiles/h1.yaml:7)'],
  ],
  [
    'a domain on two hosts, with all it has: told once',
    {
      'profiles/h1.yaml': host(1, 'a, b', inXen(domain('x', 1, ', vifs: { eth0: { mac: "00:16:3e:00:00:aa" } }'))),
      'profiles/h2.yaml': host(2, 'c, d', inXen(domain('x', 1, ', vifs: { eth0: { mac: "00:16:3e:00:00:aa" } }'))),
    },
    ['used-twice profiles/h2.yaml:17:37 (profiles/h1.yaml:17)'],
  ],
  [
    'a volume of two guests',
    onB('disks: { xvda: { volume: a } }'),
    ['used-twice profiles/h1.yaml:17:43 (profiles/a.yaml:3)'],
  ],
  [
    'a volume by its name and by its device',
    onB('disks: { xvdb: { type: phy, device: /dev/mapper/vg-a } }'),
    ['used-twice profiles/h1.yaml:17:43 (profiles/a.yaml:3)'],
  ],
  [
    'a disk and its partition',
    {
      'profiles/h1.yaml': host(
        1,
        'a, b',
        '{ domains: { a: { disks: { xvdb: { type: phy, device: /dev/sda } } }, b: { disks: { xvdb: { type: phy, device: /dev/sda3, access: ro } } } } }',
      ),
    },
    ['used-twice profiles/h1.yaml:17:100 (profiles/h1.yaml:17)'],
  ],
  [
    'a disk that all of them only read',
    {
      'profiles/h1.yaml': host(
        1,
        'a, b',
        '{ domains: { a: { disks: { xvdb: { type: phy, device: /dev/sda, access: ro } } }, b: { disks: { xvdb: { type: phy, device: /dev/sda, access: ro } } } } }',
      ),
    },
    [],
  ],
  [
    'a bridge that the host has not',
    onB('vifs: { eth0: { bridge: br1 } }'),
    ['reference-missing profiles/h1.yaml:17:52 (profiles/h1.yaml:12)'],
  ],
  [
    'a bridge that the host gives up',
    {
      'profiles/h1.yaml': host(1, 'a, b', '{ domains: { b: { vifs: { eth0: { bridge: br1 } } } } }').replace(
        'bridges: {',
        'bridges: { br1: { ensure: absent },',
      ),
    },
    ['contradiction profiles/h1.yaml:17:52 (profiles/h1.yaml:12)'],
  ],
  [
    'a bridge that no host has, from one variable',
    {
      'xenclosure.yaml': 'site: test\nvariables: { XEN_BRIDGE: br1 }\n',
      'profiles/h1.yaml': host(1, 'a, b').replace(/192.0.2.1,/, '203.0.113.1,'),
    },
    ['reference-missing xenclosure.yaml:2:26 (profiles/h1.yaml:12)'],
  ],
  [
    'a bridge that is an interface',
    {
      'profiles/h1.yaml': host(1, 'a, b', '{ domains: { b: { vifs: { eth0: { bridge: br1 } } } } }')
        .replace('bridges: {', 'interfaces: { br1: { onboot: true } }\n    bridges: {')
        .replace(/ interfaces: { eth0.*\n/, '\n'),
    },
    [],
  ],
  [
    'more memory than the host has',
    { 'profiles/b.yaml': guest('b', 2, '8 GiB', '2048 MiB') },
    ['overcommitted profiles/b.yaml:2:17 (profiles/h1.yaml:3)'],
  ],
  [
    'more memory than the host has, by maxmem',
    onB('options: { maxmem: 2 GiB }'),
    ['overcommitted profiles/h1.yaml:17:47 (profiles/h1.yaml:3)'],
  ],
  [
    'overcommit: true',
    { 'profiles/b.yaml': guest('b', 2, '8 GiB', '8 GiB'), 'profiles/h1.yaml': host(1, 'a, b', '{ overcommit: true }') },
    [],
  ],
  [
    'a guest that is stopped needs no memory',
    {
      'profiles/b.yaml': guest('b', 2, '8 GiB', '8 GiB'),
      ...onB('ensure: stopped'),
    },
    [],
  ],
  [
    'more volumes than the group has room for',
    { 'profiles/b.yaml': guest('b', 2, '12 GiB') },
    ['overcommitted profiles/b.yaml:3:34 (profiles/h1.yaml:16)'],
  ],
  [
    'a size that is written with the device',
    { 'profiles/h1.yaml': host(1, 'a, b').replace('/dev/sdb }', '/dev/disk/by-id/x, size: 15 GiB }') },
    ['overcommitted profiles/b.yaml:3:34 (profiles/h1.yaml:16)'],
  ],
  [
    'a device of unknown size',
    {
      'profiles/b.yaml': guest('b', 2, '12 TiB'),
      'profiles/h1.yaml': host(1, 'a, b').replace('/dev/sdb }', '/dev/disk/by-id/x }'),
    },
    [],
  ],
  [
    'a device in two groups',
    {
      'profiles/h1.yaml': host(1, 'a, b').replace('groups: {', 'groups: { other: { devices: [{ path: /dev/sdb1 }] },'),
    },
    ['used-twice profiles/h1.yaml:16:89 (profiles/h1.yaml:16)'],
  ],
  [
    'a physical volume that is given to a guest',
    onB('disks: { xvdb: { type: phy, device: /dev/sdb2 } }'),
    ['used-twice profiles/h1.yaml:17:64 (profiles/h1.yaml:16)'],
  ],
  [
    'a disk on a volume that is given up, and its domain is not',
    {
      'profiles/h1.yaml': host(1, 'a, b').replace('/dev/sdb }] }', '/dev/sdb }], volumes: { b: { ensure: absent } } }'),
    },
    ['contradiction profiles/b.yaml:3:22 (profiles/h1.yaml:16)'],
  ],
  [
    'a disk on a volume that is given up with its domain',
    {
      'profiles/h1.yaml': host(
        1,
        'a',
        '{ domains: { old: { ensure: absent, options: { uuid: 2c6a3a5e-6b7c-5a43-9c33-000000000001, type: pvh, memory: 64, kernel: /k }, disks: { xvda: { type: lvm, group: vg, volume: old } } } } }',
      ).replace('/dev/sdb }] }', '/dev/sdb }], volumes: { old: { ensure: absent } } }'),
    },
    [],
  ],
  [
    'a disk on a file that is given up, and its domain is not',
    {
      'profiles/h1.yaml': host(
        1,
        'a, b',
        '{ domains: { b: { disks: { xvda: { type: file, path: /srv/b } } } } }',
      ).replace('lvm: {', 'lvm: { files: { /srv/b: { ensure: absent } },'),
    },
    ['contradiction profiles/h1.yaml:17:63 (profiles/h1.yaml:16)'],
  ],
  [
    'a disk of another format than raw on a file that is declared',
    {
      'profiles/h1.yaml': host(
        1,
        'a, b',
        '{ domains: { b: { disks: { xvda: { type: file, path: /srv/b, format: qcow2 } } } } }',
      ).replace('lvm: {', 'lvm: { files: { /srv/b: { size: 64 } },'),
    },
    ['contradiction profiles/h1.yaml:17:79 (profiles/h1.yaml:16)'],
  ],
  [
    'a disk of another format than raw on a file that is given up with its domain',
    {
      'profiles/h1.yaml': host(
        1,
        'a',
        '{ domains: { old: { ensure: absent, options: { uuid: 2c6a3a5e-6b7c-5a43-9c33-000000000001, type: pvh, memory: 64, kernel: /k }, disks: { xvda: { type: file, path: /srv/old, format: qcow2 } } } } }',
      ).replace('lvm: {', 'lvm: { files: { /srv/old: { ensure: absent } },'),
    },
    [],
  ],
  [
    'an address twice',
    { 'profiles/c.yaml': guest('c', 3).replace('192.0.2.13', '192.0.2.12') },
    ['used-twice profiles/c.yaml:9:31 (profiles/b.yaml:9)'],
  ],
  [
    'an address twice, in another form',
    {
      'profiles/a.yaml': guest('a', 1).replace('ip: 192.0.2.11', 'ipv6addr: "2001:db8:0::1/64"'),
      'profiles/c.yaml': guest('c', 3).replace('ip: 192.0.2.13', 'aliases: { x: { ip: "2001:DB8::1" } }'),
    },
    ['used-twice profiles/c.yaml:9:47 (profiles/a.yaml:9)'],
  ],
  [
    "a loopback address is everybody's",
    {
      'profiles/a.yaml': guest('a', 1).replace('interfaces: {', 'interfaces: { lo: { ip: 127.0.0.1 },'),
      'profiles/b.yaml': guest('b', 2).replace('interfaces: {', 'interfaces: { lo: { ip: 127.0.0.1 },'),
    },
    [],
  ],
  [
    'a link-local address is of one link, and 0.0.0.0 is none',
    {
      'profiles/a.yaml': guest('a', 1).replace(
        'interfaces: {',
        'interfaces: { x: { ip: 0.0.0.0, ipv6addr: "fe80::1/64" },',
      ),
      'profiles/b.yaml': guest('b', 2).replace(
        'interfaces: {',
        'interfaces: { x: { ip: 0.0.0.0, ipv6addr: "fe80::1/64" },',
      ),
    },
    [],
  ],
  ['a host name twice', { 'profiles/c.yaml': guest('A', 3) }, ['used-twice profiles/c.yaml:7:15 (profiles/a.yaml:7)']],
  [
    'a host that is called as another one',
    { 'profiles/h2.yaml': host(2, 'c, d').replace('hostname: h2', 'hostname: h1') },
    ['contradiction profiles/h2.yaml:9:15'],
  ],
  ['a host in other letters', { 'profiles/h2.yaml': host(2, 'c, d').replace('hostname: h2', 'hostname: H2') }, []],
  ['a host by its full name', { 'profiles/h2.yaml': host(2, 'c, d').replace('hostname: h2', 'hostname: h2.site') }, []],
  ['a guest of another name, which needs no agent', { 'profiles/c.yaml': guest('web', 3) }, []],
  [
    'a guest of another name, which has one',
    { 'profiles/c.yaml': `${guest('web', 3)}software: { components: { lvm: { groups: {} } } }\n` },
    ['contradiction profiles/c.yaml:7:15'],
  ],
  ['a host name in another domain', { 'profiles/c.yaml': guest('a', 3).replace('example.org', 'example.com') }, []],
  ['maxmem below memory', onB('options: { maxmem: 64 }'), ['contradiction profiles/h1.yaml:17:47 (profiles/b.yaml:2)']],
  [
    'two devices that are one to the guest',
    onB('disks: { sda: { type: lvm, group: vg, volume: x } }'),
    ['contradiction profiles/b.yaml:3:22 (profiles/h1.yaml:17)'],
  ],
  [
    'no max for dom0',
    { 'profiles/h1.yaml': host(1, 'a, b').replace('1024M,max:1024M', '1024M') },
    ['advice profiles/h1.yaml:15:41'],
  ],
  [
    'one cause once: a guest that has another error',
    { 'profiles/b.yaml': guest('b', 1, '99 TiB').replace('capacity', 'capacitty') },
    ['key-unknown profiles/b.yaml:3:24'],
  ],
]

t.test('what is wrong is told once, at both its places', async t => {
  for (const [say, files, expected] of table) t.same(places(t, files), expected, say)
})

/** A component that has something to say of every value and of every site. */
const nagging: Component<{ readonly size?: number }, null> = {
  name: 'nagging',
  observe: async () => null,
  plan: () => [],
  check: ({ size = 0 }) => (size < 0 ? [{ code: 'advice', message: `${size}`, pointer: '/size' }] : []),
  checkSite: ({ machines }) =>
    machines
      .filter(({ get }) => get('/software/components/nagging/size') === 0)
      .map(({ name }) => ({ code: 'contradiction', message: name, machine: name, pointer: '/software/components' })),
}
const nagged = (size: string): string => `software: { components: { nagging: { size: ${size} } } }\n`

t.test('a component says of a value, and of the site, what it finds', async t => {
  const files = {
    'components/nagging/schema.json': '{"type": "object", "properties": {"size": {"type": "integer"}}}',
    'profiles/advised.yaml': nagged('-1'),
    'profiles/wrong.yaml': nagged('0'),
    'profiles/invalid.yaml': `${nagged('0')}hardware: { ram: x }\n`,
    'profiles/unread.yaml': `${nagged('0')}system: { enclosure: { type: dumb, children: [broken] } }\n`,
    'profiles/broken.yaml': 'include: [nowhere]\n',
    'profiles/other.yaml': '',
  }
  const { found, result } = siteIn(t, files, [nagging])
  t.same(found, [
    'advice profiles/advised.yaml:1:44',
    'include-missing profiles/broken.yaml:1:11',
    'type profiles/invalid.yaml:2:18',
    'contradiction profiles/wrong.yaml:1:25',
  ])
  t.equal(result.diagnostics[0]?.severity, 'warning', 'advice stands in the way of nothing')
})

t.test("a component is not asked about values that a schema of the site's own has taken", async t => {
  const asked: AnyComponent[] = components.map(component => ({
    ...component,
    check: () => {
      t.fail('it was asked')
      return []
    },
    checkSite: () => [],
  }))
  const files = { 'components/grub/schema.json': '{}', 'profiles/x.yaml': 'software: { components: { grub: 1 } }\n' }
  t.same(siteIn(t, files, asked).found, [])
})
