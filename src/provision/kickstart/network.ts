// The `network` commands: an interface of /system/network each, a port only by the bond or bridge that it belongs to. Pure.
import { fullHostName } from '../../model/host-name.js'
import { isInSubnet, parseIp, printNetmask, type Subnet } from '../../model/ip.js'
import { byCodeUnit } from '../../model/json.js'
import { portsOf, vlanOf } from '../../model/links.js'
import type { Hardware } from '../../model/schemas/hardware.js'
import type { System } from '../../model/schemas/system.js'
import { sorted } from '../../model/sorted.js'
import { command, type OptionValue } from './command.js'
import { type Further, furtherOf, subnetsOf } from './further.js'

type Network = NonNullable<System['network']>
type Interfaces = NonNullable<Network['interfaces']>
type Interface = Interfaces[string]
type Cards = NonNullable<NonNullable<Hardware['cards']>['nic']>

export type NetworkCommands = {
  readonly commands: readonly string[]
  /** What they cannot say, of each link that has more. */
  readonly further: readonly Further[]
}

/** What lies below comes first: cards, bonds, VLANs, bridges. */
export const networkOf = (network: Network, cards: Cards): NetworkCommands => {
  const links = linksOf(network)
  const lines = links.map((link, index) =>
    command('network', {
      ...deviceOf(link, network, cards),
      onboot: link.declared.onboot === false ? 'no' : 'yes',
      ...addressingOf(link, network),
      hostname: index === 0 ? fullHostName(network) : undefined,
    }),
  )
  const own = links.length === 0 && network.hostname !== undefined
  return {
    commands: own ? [command('network', { hostname: fullHostName(network) })] : lines,
    further: links.flatMap(({ name, kind, entries }) => {
      const { v4, v6 } = addressesOf(entries, network)
      const mac = kind === 'card' ? cards[name]?.hwaddr : undefined
      return furtherOf(name, mac, entries, [isDynamic(entries) ? undefined : v4, v6]) ?? []
    }),
  }
}

/** An interface that gets a command of its own; a bridge has the addresses of its ports. */
type Link = {
  readonly name: string
  readonly kind: 'card' | 'bond' | 'vlan' | 'bridge'
  readonly ports: readonly string[]
  /** What is declared of it by its name. */
  readonly declared: Interface
  /** Those whose addresses are its own. */
  readonly entries: readonly Interface[]
}

const kinds: readonly Link['kind'][] = ['card', 'bond', 'vlan', 'bridge']

const linksOf = (network: Network): readonly Link[] => {
  const { interfaces = {}, bridges = {} } = network
  const present = Object.keys(bridges).filter(bridge => bridges[bridge]?.ensure !== 'absent')
  const bridged = present.flatMap(bridge => portsOf(network, bridge))
  const isVlan = (name: string): boolean => vlanOf(network, name) !== null
  const bonds = new Set(Object.values(interfaces).flatMap(({ master }) => master ?? []))
  const below = [...namesWhere(interfaces, one => one.master !== undefined), ...bridged, ...present]
  // A bond or a VLAN is made by its own command, also where a bridge has its addresses; a card is there.
  const made = [...bonds, ...Object.keys(interfaces).filter(isVlan)].filter(name => bridged.includes(name))
  const own = [...new Set([...Object.keys(interfaces), ...bonds])].filter(name => !below.includes(name))
  const vlanOrCard = (name: string) => (isVlan(name) ? 'vlan' : 'card')
  const link = (name: string, entries: readonly Interface[]): Link => ({
    name,
    kind: bonds.has(name) || interfaces[name]?.bonding_opts !== undefined ? 'bond' : vlanOrCard(name),
    ports: namesWhere(interfaces, one => one.master === name),
    declared: interfaces[name] ?? {},
    entries,
  })
  const all: readonly Link[] = [
    ...own.map(name => link(name, [interfaces[name] ?? {}])),
    ...made.map(name => link(name, [])),
    // One without a port, for guests alone, kickstart cannot make: who manages the machine later does.
    ...present
      .filter(name => portsOf(network, name).length > 0)
      .map(name => ({
        name,
        kind: 'bridge' as const,
        ports: portsOf(network, name),
        declared: interfaces[name] ?? {},
        entries: [name, ...portsOf(network, name)].flatMap((one): readonly Interface[] => {
          const entry = interfaces[one]
          return entry === undefined ? [] : [entry]
        }),
      })),
  ]
  return [...all].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || byCodeUnit(a.name, b.name))
}

const namesWhere = (interfaces: Interfaces, holds: (one: Interface, name: string) => boolean): readonly string[] =>
  Object.entries(interfaces)
    .flatMap(([name, one]) => (holds(one, name) ? [name] : []))
    .sort(byCodeUnit)

type Options = { readonly [option: string]: OptionValue }

/** A card is known by its address, whatever the installer's kernel calls it; what is made gets the name it is declared by. */
const deviceOf = ({ name, kind, ports, declared }: Link, network: Network, cards: Cards): Options => {
  switch (kind) {
    case 'card':
      return { device: cards[name]?.hwaddr ?? name }
    case 'bond':
      return { device: name, bondslaves: ports.join(','), bondopts: printOptions(declared.bonding_opts) }
    case 'vlan': {
      const vlan = vlanOf(network, name)
      return { device: vlan?.device, vlanid: vlan?.id, interfacename: name }
    }
    case 'bridge':
      return { device: name, bridgeslaves: ports.join(',') }
  }
}

const printOptions = (options: Interface['bonding_opts'] = {}): string | undefined =>
  sorted(options)
    .map(([option, value]) => `${option}=${value}`)
    .join(',') || undefined

const addressingOf = ({ entries }: Link, network: Network): Options => {
  const { v4, v6 } = addressesOf(entries, network)
  const wayOut = (subnet: Subnet | undefined): string | undefined =>
    subnet && gatewaysOf(entries, network).find(gateway => reaches(gateway, subnet))
  const [gateway, gateway6] = [wayOut(v4), wayOut(v6)]
  const isWayOut = gateway !== undefined || gateway6 !== undefined || isDynamic(entries)
  return {
    ...(isDynamic(entries) ? { bootproto: 'dhcp' } : staticOptions(v4, gateway)),
    ...(v6 === undefined ? { noipv6: true } : { ipv6: `${v6.address}/${v6.prefix}`, ipv6gateway: gateway6 }),
    nameserver: isWayOut ? network.nameserver?.join(',') : undefined,
    nodefroute: !isWayOut,
  }
}

const staticOptions = (v4: Subnet | undefined, gateway: string | undefined): Options =>
  v4 === undefined
    ? { noipv4: true }
    : { bootproto: 'static', ip: v4.address.toString(), netmask: printNetmask(v4.prefix), gateway }

/** Of each family the one that the command says: that by which the way out is, else the first. */
const addressesOf = (
  entries: readonly Interface[],
  network: Network,
): { v4: Subnet | undefined; v6: Subnet | undefined } => {
  const subnets = subnetsOf(entries)
  const gateways = gatewaysOf(entries, network)
  const said = (kind: string): Subnet | undefined => {
    const all = subnets.filter(({ address }) => address.kind() === kind)
    return all.find(subnet => gateways.some(gateway => reaches(gateway, subnet))) ?? all[0]
  }
  return { v4: said('ipv4'), v6: said('ipv6') }
}

const isDynamic = (entries: readonly Interface[]): boolean => entries.some(({ bootproto }) => bootproto === 'dhcp')

const gatewaysOf = (entries: readonly Interface[], { default_gateway }: Network): readonly string[] =>
  [...entries.map(({ gateway }) => gateway), default_gateway].flatMap(gateway => gateway ?? [])

const reaches = (gateway: string, subnet: Subnet): boolean => {
  const ip = parseIp(gateway)
  return ip !== undefined && isInSubnet(ip, subnet)
}
