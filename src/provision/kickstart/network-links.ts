// The links of a machine that its installation configures: cards, bonds, VLANs and bridges of /system/network, each with the
// addresses and gateways that are its own. Pure.
import { isInSubnet, parseIp, type Subnet } from '../../model/ip.js'
import { byCodeUnit } from '../../model/json.js'
import { bridgesByPort, portsOf, vlanOf } from '../../model/links.js'
import type { Interface, Network } from '../../model/network.js'
import { subnetsOf } from './further.js'

export type Interfaces = NonNullable<Network['interfaces']>

/** An interface by itself; a bridge has the addresses of its ports. */
export type Link = {
  readonly name: string
  readonly kind: 'card' | 'bond' | 'vlan' | 'bridge'
  readonly ports: readonly string[]
  /** What is declared of it by its name. */
  readonly declared: Interface
  /** Those whose addresses are its own, by their names. */
  readonly entries: readonly (readonly [name: string, entry: Interface])[]
  /** The bridge that it is a port of. */
  readonly bridge: string | undefined
  /** Where a bridge declares one. */
  readonly mtu: number | undefined
}

/** What one family of a link is: the address that a command can say, and the gateway that is reached by it. */
export type Addressing = {
  readonly isDynamic: boolean
  readonly v4: Subnet | undefined
  readonly v6: Subnet | undefined
  readonly gateway4: string | undefined
  readonly gateway6: string | undefined
}

const kinds: readonly Link['kind'][] = ['card', 'bond', 'vlan', 'bridge']

/** What lies below comes first. One below a bond or a bridge, unless something makes it, is no link of its own. */
export const linksOf = (network: Network): readonly Link[] => {
  const { interfaces = {}, bridges = {} } = network
  const present = Object.keys(bridges).filter(bridge => bridges[bridge]?.ensure !== 'absent')
  const bridgeOf = bridgesByPort(network)
  const isVlan = (name: string): boolean => vlanOf(network, name) !== null
  const bonds = new Set(Object.values(interfaces).flatMap(({ master }) => master ?? []))
  const below = [...namesWhere(interfaces, one => one.master !== undefined), ...bridgeOf.keys(), ...present]
  // A bond or a VLAN is made by what is said of it, also where a bridge has its addresses; a card is there.
  const made = [...new Set([...bonds, ...Object.keys(interfaces), ...bridgeOf.keys()])].filter(
    name => bridgeOf.has(name) && (bonds.has(name) || isVlan(name)),
  )
  // A card below a VLAN is one where it has to be told to carry more.
  const mtus = mtusOf(network)
  const own = [...new Set([...Object.keys(interfaces), ...bonds, ...mtus.keys()])].filter(name => !below.includes(name))
  const vlanOrCard = (name: string) => (isVlan(name) ? 'vlan' : 'card')
  const link = (name: string, entries: Link['entries']): Link => ({
    name,
    kind: bonds.has(name) || interfaces[name]?.bonding_opts !== undefined ? 'bond' : vlanOrCard(name),
    ports: namesWhere(interfaces, one => one.master === name),
    declared: interfaces[name] ?? {},
    entries,
    bridge: bridgeOf.get(name),
    mtu: mtus.get(name),
  })
  const all: readonly Link[] = [
    ...own.map(name => link(name, [[name, interfaces[name] ?? {}]])),
    ...made.map(name => link(name, [])),
    // One without a port, for guests alone, kickstart cannot make: who manages the machine later does.
    ...present
      .filter(name => portsOf(network, name).length > 0)
      .map(name => ({
        name,
        kind: 'bridge' as const,
        ports: portsOf(network, name),
        declared: interfaces[name] ?? {},
        entries: [name, ...portsOf(network, name)].flatMap((one): Link['entries'] => {
          const entry = interfaces[one]
          return entry === undefined ? [] : [[one, entry]]
        }),
        bridge: undefined,
        mtu: mtus.get(name),
      })),
  ]
  return [...all].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || byCodeUnit(a.name, b.name))
}

/** What each has to carry at least: what lies below a bridge carries what the bridge does. The ports of a bond have that of the bond. */
export const mtusOf = (network: Network): ReadonlyMap<string, number> => {
  const mtus = new Map<string, number>()
  const carry = (name: string, mtu: number): void => {
    if ((mtus.get(name) ?? 0) >= mtu) return
    mtus.set(name, mtu)
    const device = vlanOf(network, name)?.device
    for (const below of [...portsOf(network, name), ...(device === undefined ? [] : [device])]) carry(below, mtu)
  }
  for (const [bridge, { mtu, ensure }] of Object.entries(network.bridges ?? {}))
    if (mtu !== undefined && ensure !== 'absent') carry(bridge, mtu)
  return mtus
}

const namesWhere = (interfaces: Interfaces, holds: (one: Interface) => boolean): readonly string[] =>
  Object.entries(interfaces)
    .flatMap(([name, one]) => (holds(one) ? [name] : []))
    .sort(byCodeUnit)

/** Of each family the address by which the way out is, else the first. */
export const addressingOf = (link: Link, network: Network): Addressing => {
  const gateways = gatewaysOf(link, network)
  const subnets = subnetsOf(link.entries.map(([, entry]) => entry))
  const said = (kind: string): { subnet: Subnet | undefined; gateway: string | undefined } => {
    const all = subnets.filter(({ address }) => address.kind() === kind)
    const subnet = all.find(one => gateways.some(gateway => reaches(gateway, one))) ?? all[0]
    return { subnet, gateway: subnet && gateways.find(gateway => reaches(gateway, subnet)) }
  }
  const [four, six] = [said('ipv4'), said('ipv6')]
  return {
    isDynamic: hasDhcp(link),
    ...{ v4: four.subnet, v6: six.subnet, gateway4: four.gateway, gateway6: six.gateway },
  }
}

export const hasDhcp = ({ entries }: Pick<Link, 'entries'>): boolean =>
  entries.some(([, { bootproto }]) => bootproto === 'dhcp')

/** Of an address as it is written: of IPv4, not of IPv6. */
export const isFour = (address: string): boolean => address.includes('.')

/** Its own ones count before the machine's, which is nobody else's where one link is said to have it. */
const gatewaysOf = ({ entries }: Link, { default_gateway, interfaces = {} }: Network): readonly string[] => {
  const isTaken = Object.values(interfaces).some(({ gateway }) => gateway === default_gateway)
  return [...entries.map(([, { gateway }]) => gateway), isTaken ? undefined : default_gateway].flatMap(
    gateway => gateway ?? [],
  )
}

/** A router of IPv6 may also be known by its address on the wire alone (RFC 4861), whatever network is on it. */
export const reaches = (gateway: string, subnet: Subnet): boolean => {
  const ip = parseIp(gateway)
  if (ip === undefined || ip.kind() !== subnet.address.kind()) return false
  return isInSubnet(ip, subnet) || (ip.kind() === 'ipv6' && ip.range() === 'linkLocal')
}
