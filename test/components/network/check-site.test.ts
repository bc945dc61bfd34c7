// The table "Checks" of components/network/README.md, row by row, and that a sound network is one.
import t from 'tap'
import { checkSite } from '../../../components/network/check-site.js'
import type { Network } from '../../../components/network/desired.js'
import type { Json } from '../../../src/model/json.js'

const found = (network: Network, cards?: Json): readonly string[] => {
  const get = (pointer: string): Json | undefined => {
    if (pointer === '/hardware/cards/nic') return cards
    return pointer === '/system/network' || pointer === '/software/components/network' ? (network as Json) : undefined
  }
  return checkSite({ machines: [{ name: 'h', get }] }).map(
    ({ code, message, pointer, other }) => `${code} ${pointer}: ${message}${other ? ` (${other.pointer})` : ''}`,
  )
}

const rows: readonly (readonly [row: string, network: Network, expected: readonly string[]])[] = [
  [
    'an interface below two bridges',
    { bridges: { br0: { netdev: 'eth0' }, br1: { netdev: 'eth0' } } },
    [
      'used-twice /system/network/bridges/br1/netdev: eth0 is bridged by br1, and by br0 (/system/network/bridges/br0/netdev)',
    ],
  ],
  [
    'the same, one said by the interface',
    { bridges: { br0: { netdev: 'eth0' }, br1: {} }, interfaces: { eth0: { bridge: 'br1' } } },
    [
      'used-twice /system/network/interfaces/eth0/bridge: eth0 is bridged by br1, and by br0 (/system/network/bridges/br0/netdev)',
    ],
  ],
  [
    'two interfaces below one bridge',
    { bridges: { br0: { netdev: 'eth0' } }, interfaces: { eth1: { bridge: 'br0' } } },
    [
      'contradiction /system/network/interfaces/eth1/bridge: br0 bridges eth1 beside eth0, which makes a loop of two wires to one switch: bridge a bond of them (/system/network/bridges/br0/netdev)',
    ],
  ],
  [
    'a bridge below a bridge',
    { bridges: { br0: { netdev: 'eth0' }, br1: { netdev: 'br0' } } },
    ['contradiction /system/network/bridges/br1/netdev: br1 bridges br0, a bridge itself'],
  ],
  [
    'a VLAN twice on one interface',
    { interfaces: { 'eth0.7': {}, seven: { vlan: 7, physdev: 'eth0' } }, bridges: { br0: { netdev: 'seven' } } },
    [
      'used-twice /system/network/interfaces/seven: seven is VLAN 7 on eth0, and so is eth0.7 (/system/network/interfaces/eth0.7)',
    ],
  ],
  [
    'an address on a bridge without netmask or prefix',
    { interfaces: { eth0: { ip: '192.0.2.1' } }, bridges: { br0: { netdev: 'eth0' } } },
    ['contradiction /system/network/interfaces/eth0/ip: 192.0.2.1 on br0 has neither netmask nor prefix'],
  ],
  [
    'nothing: said twice alike, given up, an address of no bridge',
    {
      interfaces: { eth0: { bridge: 'br0' }, eth1: { ip: '192.0.2.1' }, 'eth0.7': { bridge: 'br7' } },
      bridges: { br0: { netdev: 'eth0' }, br1: { netdev: 'eth0', ensure: 'absent' }, br7: {} },
    },
    [],
  ],
]

for (const [row, network, expected] of rows) t.test(row, async t => void t.same(found(network), expected))

t.test('an interface below a bridge that the host has not', async t => {
  const cards = { eth0: { hwaddr: '00:16:3e:00:00:01' } }
  const bridged = (netdev: string): Network => ({
    bridges: { br0: { netdev } },
    interfaces: { eth1: { master: 'bond0' }, wire: {} },
  })
  const told = (netdev: string, device: string) =>
    `reference-missing /system/network/bridges/br0/netdev: br0 bridges ${netdev}, and the host has no interface ${device}: its cards are eth0`
  t.same(found(bridged('eht0'), cards), [told('eht0', 'eht0')])
  t.same(found(bridged('eth7.20'), cards), [told('eth7.20', 'eth7')])
  t.same(found(bridged('wire'), cards), [
    'advice /system/network/bridges/br0/netdev: br0 bridges wire, and nothing makes wire: its cards are eth0; of a bond, they say master: wire',
  ])
  for (const netdev of ['eth0', 'eth0.7', 'bond0', 'bond0.20']) t.same(found(bridged(netdev), cards), [], netdev)
  t.same(found(bridged('eth9')), [], 'nothing is known of hardware that lists no card')
})
