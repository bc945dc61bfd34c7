// What keeps a network from being set up by its installation: a row is a network that contradicts itself, and where.
import t from 'tap'
import type { System } from '../../../src/model/schemas/system.js'
import { networkFaults } from '../../../src/provision/kickstart/network-faults.js'

type Network = NonNullable<System['network']>
type Interfaces = NonNullable<Network['interfaces']>

const eth0 = { ip: '192.0.2.10', prefix: 24 }
const of = (interfaces: Interfaces, more: Network = {}): Network => ({ ...more, interfaces })

const sound: readonly (readonly [string, Network])[] = [
  ['nothing', {}],
  ['a name, and a gateway that is nobody’s', { hostname: 'a-1.b', default_gateway: '192.0.2.1' }],
  ['an address, and the way out', of({ eth0 }, { default_gateway: '192.0.2.1' })],
  ['no way out', of({ eth0 })],
  [
    'a gateway that comes by DHCP',
    of({ eth0: { bootproto: 'dhcp', gateway: '192.0.2.1' } }, { default_gateway: '192.0.2.1' }),
  ],
  ['a router on the wire', of({ eth0: { ipv6addr: '2001:db8::1/64', gateway: 'fe80::1' } })],
  [
    'a way out of each family',
    of({ eth0: { ...eth0, gateway: '192.0.2.1' }, eth1: { ipv6addr: '2001:db8::1/64', gateway: '2001:db8::2' } }),
  ],
  [
    'a route by DHCP',
    of({ eth0: { bootproto: 'dhcp', routes: [{ address: '10.0.0.0', prefix: 8, gateway: '192.0.2.2' }] } }),
  ],
  [
    'a port that is static, below a bridge that has the address',
    of({ eth0: { bootproto: 'static', bridge: 'br0' }, br0: eth0 }, { bridges: { br0: {} } }),
  ],
  [
    'two cards in the network of the gateway, of which one is said to have it',
    of(
      { eth0: { ...eth0, gateway: '192.0.2.1' }, eth1: { ip: '192.0.2.11', prefix: 24 } },
      { default_gateway: '192.0.2.1' },
    ),
  ],
  ['a VLAN on a bridge', of({ 'br0.7': eth0 }, { bridges: { br0: { netdev: 'eth0' } } })],
  [
    'VLANs',
    of({
      'eth0.7': eth0,
      vlan9: { vlan: 9, physdev: 'eth1' },
      office: { vlan: 8, physdev: 'bond0' },
      eth2: { master: 'bond0' },
    }),
  ],
]

const rows: readonly (readonly [string, Network, string, RegExp])[] = [
  ['a host name of two lines', { hostname: 'a\nreboot' }, '/hostname', /"a\\nreboot" is no host name/],
  ['a host name with a quote', { hostname: 'a"b' }, '/hostname', /is no host name/],
  ['a domain with a space', { domainname: 'a b' }, '/domainname', /is no host name/],
  ['a name with a space', of({ 'eth 0': eth0 }), '/interfaces/eth 0', /is no name of an interface/],
  ['a name of 16 characters', of({ abcdefghijklmnop: eth0 }), '/interfaces/abcdefghijklmnop', /is no name/],
  [
    'a device below with a comma',
    of({ office: { vlan: 7, physdev: 'a,b' } }),
    '/interfaces/office/physdev',
    /is no name/,
  ],
  ['a bridge with a slash', { bridges: { 'a/b': {} } }, '/bridges/a~1b', /is no name/],
  ['no length', of({ eth0: { ip: '192.0.2.10' } }), '/interfaces/eth0/ip', /how long the prefix of 192.0.2.10 is/],
  ['a VLAN by two numbers', of({ 'eth0.7': { vlan: 8 } }), '/interfaces/eth0.7', /cannot be the name of VLAN 8/],
  ['a VLAN that there is not', of({ 'eth0.5000': {} }), '/interfaces/eth0.5000', /VLAN 5000/],
  ['a name that begins with vlan', of({ vlanx: { vlan: 9, physdev: 'eth0' } }), '/interfaces/vlanx', /VLAN 9/],
  ['a name with two dots', of({ 'a.b.7': { physdev: 'eth0' } }), '/interfaces/a.b.7', /VLAN 7/],
  ['a VLAN on nothing', of({ 'eth9.7': eth0 }), '/interfaces/eth9.7', /lies on eth9, which the machine has not/],
  [
    'a bond of nothing',
    of({ bond0: { bonding_opts: { mode: '802.3ad' } } }),
    '/interfaces/bond0/bonding_opts',
    /bond of nothing/,
  ],
  ['a port with an address', of({ eth0: { ...eth0, master: 'bond0' } }), '/interfaces/eth0/ip', /a port of bond0/],
  [
    'a port by DHCP',
    of({ eth0: { bootproto: 'dhcp', master: 'bond0' } }),
    '/interfaces/eth0/bootproto',
    /a port of bond0/,
  ],
  [
    'a port of two',
    of({ eth0: { bridge: 'br0', master: 'bond0' } }, { bridges: { br0: {} } }),
    '/interfaces/eth0/bridge',
    /a port of bond0/,
  ],
  ['a port of no bridge', of({ eth0: { ...eth0, bridge: 'br0' } }), '/interfaces/eth0/bridge', /no bridge br0/],
  [
    'static without an address',
    of({ eth0: { bootproto: 'static' } }),
    '/interfaces/eth0/bootproto',
    /static, and has no address/,
  ],
  [
    'a gateway elsewhere',
    of({ eth0: { ...eth0, gateway: '198.51.100.1' } }),
    '/interfaces/eth0/gateway',
    /in no network of eth0/,
  ],
  [
    "the machine's gateway elsewhere",
    of({ eth0 }, { default_gateway: '198.51.100.1' }),
    '/default_gateway',
    /in no network of the machine/,
  ],
  [
    'two ways out',
    of({ eth0: { ...eth0, gateway: '192.0.2.1' }, eth1: { ip: '10.0.0.1', prefix: 8, gateway: '10.0.0.2' } }),
    '/interfaces/eth1/gateway',
    /eth1 is a second way out, by 10.0.0.2: eth0 is one, by 192.0.2.1/,
  ],
  [
    'two cards in the network of the gateway',
    of({ eth0, eth1: { ip: '192.0.2.11', prefix: 24 } }, { default_gateway: '192.0.2.1' }),
    '/interfaces/eth1',
    /second way out/,
  ],
  [
    'a VLAN on a bridge that kickstart does not make',
    of({ 'br0.7': eth0 }, { bridges: { br0: {} } }),
    '/interfaces/br0.7',
    /lies on br0, which the machine has not/,
  ],
  [
    'a route of IPv6 without IPv6',
    of({ eth0: { ...eth0, routes: [{ address: '2001:db8:1::', prefix: 48, gateway: '2001:db8::2' }] } }),
    '/interfaces/eth0/routes/0/gateway',
    /eth0 has no IPv6 address/,
  ],
  [
    'a route of IPv4 without IPv4',
    of({ eth0: { ipv6addr: '2001:db8::1/64', routes: [{ address: '10.0.0.0', prefix: 8, gateway: '10.0.0.1' }] } }),
    '/interfaces/eth0/routes/0/gateway',
    /eth0 has no IPv4 address/,
  ],
  [
    'a route by what is elsewhere',
    of({ eth0: { ...eth0, routes: [{ address: '10.0.0.0', prefix: 8, gateway: '10.0.0.1' }] } }),
    '/interfaces/eth0/routes/0/gateway',
    /10.0.0.1 is in no network of eth0/,
  ],
]

const cards = ['eth0', 'eth1', 'eth2']

for (const [what, network] of sound) t.test(what, async t => t.strictSame(networkFaults(network, cards), []))

for (const [what, network, pointer, message] of rows) {
  t.test(what, async t => {
    const faults = networkFaults(network, cards)
    t.match(faults, [{ pointer: `/system/network${pointer}`, message }])
    t.equal(faults.length, 1)
  })
}
