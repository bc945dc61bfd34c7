import t from 'tap'
import type { System } from '../../../src/model/schemas/system.js'
import { networkOf } from '../../../src/provision/kickstart/network.js'

type Network = NonNullable<System['network']>

const cards = { eth0: { hwaddr: '00:16:3e:00:00:01' } }
const lines = (network: Network): readonly string[] =>
  networkOf(network, cards).commands.map(line => line.replace(/^network /, ''))

const out = { default_gateway: '192.0.2.1', nameserver: ['192.0.2.53', '2001:db8::53'] }
const eth0 = { bootproto: 'static', ip: '192.0.2.10', netmask: '255.255.255.0' } as const
const mac = '--device=00:16:3e:00:00:01'
const address = '--bootproto=static --ip=192.0.2.10 --netmask=255.255.255.0'
const wayOut = '--gateway=192.0.2.1 --noipv6 --nameserver=192.0.2.53'

const table: readonly (readonly [string, Network, readonly string[]])[] = [
  ['nothing but a name', { hostname: 'ce', domainname: 'example.org' }, ['--hostname=ce.example.org']],
  ['no network at all', {}, []],
  ['an address, and the way out', { ...out, interfaces: { eth0 } }, [`${mac} --onboot=yes ${address} ${wayOut}`]],
  [
    'a prefix instead of a netmask',
    { interfaces: { eth0: { bootproto: 'static', ip: '10.1.2.3', prefix: 12 } } },
    [`${mac} --onboot=yes --bootproto=static --ip=10.1.2.3 --netmask=255.240.0.0 --noipv6 --nodefroute`],
  ],
  [
    'a gateway of its own counts before the general one',
    { ...out, interfaces: { eth0: { ...eth0, gateway: '192.0.2.254' } } },
    [`${mac} --onboot=yes ${address} ${wayOut.replace('192.0.2.1 ', '192.0.2.254 ')}`],
  ],
  [
    'of several addresses, the one by which the gateway is reached',
    {
      default_gateway: '198.51.100.1',
      interfaces: { eth0: { ...eth0, aliases: { a: { ip: '198.51.100.9', prefix: 25 } } } },
    },
    [
      `${mac} --onboot=yes --bootproto=static --ip=198.51.100.9 --netmask=255.255.255.128 --gateway=198.51.100.1 --noipv6`,
    ],
  ],
  [
    'IPv6 beside IPv4',
    { default_gateway: '2001:db8::1', interfaces: { eth0: { ...eth0, ipv6addr: '2001:db8::10/64' } } },
    [`${mac} --onboot=yes ${address} --ipv6=2001:db8::10/64 --ipv6gateway=2001:db8::1 --nodefroute`],
  ],
  [
    'IPv6 alone',
    { interfaces: { eth0: { bootproto: 'static', ip: '2001:db8::10', prefix: 64 } } },
    [`${mac} --onboot=yes --noipv4 --ipv6=2001:db8::10/64`],
  ],
  [
    'dhcp',
    { ...out, interfaces: { eth0: { bootproto: 'dhcp', onboot: false } } },
    [`${mac} --onboot=no --bootproto=dhcp --noipv6 --nameserver=192.0.2.53`],
  ],
  [
    'a card that the hardware does not list is known by its name',
    { interfaces: { eth7: { bootproto: 'dhcp' } } },
    ['--device=eth7 --onboot=yes --bootproto=dhcp --noipv6'],
  ],
  [
    'a bond: its ports have no command of their own',
    {
      interfaces: {
        eth0: { master: 'bond0' },
        eth1: { master: 'bond0' },
        bond0: { ...eth0, bonding_opts: { mode: '802.3ad', miimon: 100 } },
      },
    },
    [
      `--device=bond0 --bondslaves=eth0,eth1 --bondopts=miimon=100,mode=802.3ad --onboot=yes ${address} --noipv6 --nodefroute`,
    ],
  ],
  [
    'a VLAN, by its name or by what is declared',
    { interfaces: { 'eth0.7': eth0, office: { vlan: 8, physdev: 'eth1', bootproto: 'dhcp' } } },
    [
      `--device=eth0 --vlanid=7 --interfacename=eth0.7 --onboot=yes ${address} --noipv6 --nodefroute`,
      '--device=eth1 --vlanid=8 --interfacename=office --onboot=yes --bootproto=dhcp --noipv6',
    ],
  ],
  [
    'a bridge has the addresses of its port',
    { ...out, hostname: 'host1', interfaces: { eth0: { ...eth0, bridge: 'xenbr0' } }, bridges: { xenbr0: {} } },
    [`--device=xenbr0 --bridgeslaves=eth0 --bridgeopts=stp=no --onboot=yes ${address} ${wayOut} --hostname=host1`],
  ],
  [
    'a bridge on a VLAN on a bond: one after the other, and the VLAN by a script',
    {
      interfaces: { eth0: { master: 'bond0' }, 'bond0.20': eth0 },
      bridges: { xenbr20: { netdev: 'bond0.20' } },
    },
    [
      '--device=bond0 --bondslaves=eth0 --onboot=yes --noipv4 --noipv6',
      `--device=xenbr20 --bridgeslaves=bond0.20 --bridgeopts=stp=no --onboot=yes ${address} --noipv6 --nodefroute`,
    ],
  ],
  [
    'what a bridge lies on keeps what is declared of it: the options of a bond, the number and device of a VLAN',
    {
      interfaces: {
        eth0: { master: 'bond0' },
        bond0: { ...eth0, bonding_opts: { mode: 'active-backup' }, bridge: 'xenbr0' },
        office: { vlan: 8, physdev: 'eth1', onboot: false, bridge: 'xenbr8' },
      },
      bridges: { xenbr0: {}, xenbr8: {} },
    },
    [
      '--device=bond0 --bondslaves=eth0 --bondopts=mode=active-backup --onboot=yes --noipv4 --noipv6',
      `--device=xenbr0 --bridgeslaves=bond0 --bridgeopts=stp=no --onboot=yes ${address} --noipv6 --nodefroute`,
      '--device=xenbr8 --bridgeslaves=office --bridgeopts=stp=no --onboot=yes --noipv4 --noipv6',
    ],
  ],
  [
    'of several VLANs on one device, the first: a device is named once',
    { interfaces: { 'eth7.7': eth0, 'eth7.8': { bootproto: 'dhcp' }, eth8: { bootproto: 'dhcp' }, 'eth8.9': {} } },
    [
      '--device=eth8 --onboot=yes --bootproto=dhcp --noipv6',
      `--device=eth7 --vlanid=7 --interfacename=eth7.7 --onboot=yes ${address} --noipv6 --nodefroute`,
    ],
  ],
  [
    'the spanning tree of a bridge',
    { interfaces: { eth0: { bridge: 'br' } }, bridges: { br: { stp: true, forward_delay: 4 } } },
    ['--device=br --bridgeslaves=eth0 --bridgeopts=stp=yes,forward-delay=4 --onboot=yes --noipv4 --noipv6'],
  ],
  [
    'the MTU of a bridge is also that of what lies below it; the ports of a bond have that of the bond',
    {
      interfaces: { eth0: { master: 'bond0' }, 'bond0.20': {}, eth8: eth0 },
      bridges: {
        xenbr7: { netdev: 'eth7.7', mtu: 4000 },
        xenbr20: { netdev: 'bond0.20', mtu: 9000 },
        xenbr21: { netdev: 'bond0.21', mtu: 1500 },
      },
    },
    [
      '--device=eth7 --onboot=yes --noipv4 --noipv6 --mtu=4000',
      `--device=eth8 --onboot=yes ${address} --noipv6 --nodefroute`,
      '--device=bond0 --bondslaves=eth0 --onboot=yes --noipv4 --noipv6 --mtu=9000',
      ...['7:eth7.7:4000', '20:bond0.20:9000', '21:bond0.21:1500'].sort().map(one => {
        const [number, port, mtu] = one.split(':')
        return `--device=xenbr${number} --bridgeslaves=${port} --bridgeopts=stp=no --onboot=yes --noipv4 --noipv6 --mtu=${mtu}`
      }),
    ],
  ],
  [
    'a declared way out counts before one that comes by DHCP',
    { ...out, interfaces: { eth0, eth1: { bootproto: 'dhcp' } } },
    [`${mac} --onboot=yes ${address} ${wayOut}`, '--device=eth1 --onboot=yes --bootproto=dhcp --noipv6 --nodefroute'],
  ],
  [
    'a router of IPv6 by its address on the wire',
    { interfaces: { eth0: { ipv6addr: '2001:db8::10/64', gateway: 'fe80::1' } } },
    [`${mac} --onboot=yes --noipv4 --ipv6=2001:db8::10/64 --ipv6gateway=fe80::1`],
  ],
  [
    'without a way out, the resolvers stand at the first that has an address',
    { nameserver: ['192.0.2.53'], interfaces: { eth0, eth1: { ip: '10.0.0.1', prefix: 8 } } },
    [
      `${mac} --onboot=yes ${address} --noipv6 --nameserver=192.0.2.53 --nodefroute`,
      '--device=eth1 --onboot=yes --bootproto=static --ip=10.0.0.1 --netmask=255.0.0.0 --noipv6 --nodefroute',
    ],
  ],
  [
    'a way out of IPv6 leaves that of IPv4 to DHCP, and each has its own resolvers',
    {
      default_gateway: '2001:db8::1',
      nameserver: ['192.0.2.53', '2001:db8::53'],
      interfaces: { eth0: { bootproto: 'dhcp' }, eth1: { ipv6addr: '2001:db8::10/64' } },
    },
    [
      `${mac} --onboot=yes --bootproto=dhcp --noipv6 --nameserver=192.0.2.53`,
      '--device=eth1 --onboot=yes --noipv4 --ipv6=2001:db8::10/64 --ipv6gateway=2001:db8::1 --nameserver=2001:db8::53',
    ],
  ],
  [
    'a way out of IPv6 by a link whose DHCP is not that of IPv4',
    {
      default_gateway: '192.0.2.1',
      interfaces: { eth0, eth1: { bootproto: 'dhcp', ipv6addr: '2001:db8::10/64', gateway: '2001:db8::1' } },
    },
    [
      `${mac} --onboot=yes ${address} --gateway=192.0.2.1 --noipv6`,
      '--device=eth1 --onboot=yes --bootproto=dhcp --ipv6=2001:db8::10/64 --ipv6gateway=2001:db8::1 --nodefroute',
    ],
  ],
  [
    'resolvers of a family without a way out stand at the first link of that family',
    {
      ...out,
      interfaces: {
        eth0,
        eth1: { ipv6addr: '2001:db8::10/64' },
        eth2: { ipv6addr: '2001:db8:1::10/64' },
      },
    },
    [
      `${mac} --onboot=yes ${address} ${wayOut}`,
      '--device=eth1 --onboot=yes --noipv4 --ipv6=2001:db8::10/64 --nameserver=2001:db8::53',
      '--device=eth2 --onboot=yes --noipv4 --ipv6=2001:db8:1::10/64',
    ],
  ],
  [
    'a bridge of guests alone, and one that is given up',
    { bridges: { inner: {}, old: { netdev: 'eth0', ensure: 'absent' } } },
    [],
  ],
]

for (const [what, network, wanted] of table) t.test(what, async t => t.strictSame(lines(network), wanted))
