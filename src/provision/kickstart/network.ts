// The `network` commands: an interface of /system/network each, a port only by the bond or bridge that it belongs to. VLANs
// that no command can make are for scripts (made-vlans.ts). Pure.
import { fullHostName } from '../../model/host-name.js'
import { printNetmask } from '../../model/ip.js'
import { vlanOf } from '../../model/links.js'
import type { Interface, Network } from '../../model/network.js'
import type { Hardware } from '../../model/schemas/hardware.js'
import { sorted } from '../../model/sorted.js'
import { command, type OptionValue } from './command.js'
import { type Further, furtherOf, mtuOfCard } from './further.js'
import { type MadeVlan, madeVlan } from './made-vlans.js'
import { type Addressing, addressingOf, isFour, type Link, linksOf, mtusOf } from './network-links.js'

type Cards = NonNullable<NonNullable<Hardware['cards']>['nic']>

export type NetworkCommands = {
  readonly commands: readonly string[]
  readonly vlans: readonly MadeVlan[]
  /** What neither of them can say, of each link that has more. */
  readonly further: readonly Further[]
}

/** Of a network without faults (network-faults.ts). */
export const networkOf = (network: Network, cards: Cards): NetworkCommands => {
  const links = linksOf(network).map(link => ({ link, addressing: addressingOf(link, network) }))
  const { four, six } = familiesOf(links)
  const settings = (linked: Linked): Settings => ({
    onboot: linked.link.declared.onboot !== false,
    addressing: linked.addressing,
    neverDefault4: four.others.includes(linked),
    neverDefault6: six.others.includes(linked),
    nameservers: (network.nameserver ?? []).filter(one => (isFour(one) ? four : six).resolving.includes(linked)),
    mtu: linked.link.mtu,
  })
  const [told, made] = shared(links, network, cards)
  const macOf = (name: string): string | undefined => cards[name]?.hwaddr
  const hostname = fullHostName(network)
  const lines = told.map((linked, index) =>
    command('network', {
      ...deviceOf(linked.link, network, cards),
      ...optionsOf(settings(linked)),
      hostname: index === 0 ? hostname : undefined,
    }),
  )
  return {
    commands: lines.length === 0 && hostname !== undefined ? [command('network', { hostname })] : lines,
    vlans: made.flatMap(linked => madeVlan(linked.link, vlanOf(network, linked.link.name), settings(linked)) ?? []),
    further: [
      ...links.flatMap(({ link: { name, kind, entries }, addressing: { isDynamic, v4, v6 } }) => {
        const mac = kind === 'card' ? macOf(name) : undefined
        const declared = entries.map(([, entry]) => entry)
        return furtherOf(name, mac, declared, [isDynamic ? undefined : v4, v6]) ?? []
      }),
      ...cardsBelowBridges(links, network).map(({ name, mtu }) => mtuOfCard(name, macOf(name), mtu)),
    ],
  }
}

/** As ports of a bridge they have no command that could say what they carry. */
const cardsBelowBridges = (links: readonly Linked[], network: Network) => {
  const names = links.map(({ link }) => link.name)
  const ports = links.flatMap(({ link: { kind, ports } }) => (kind === 'bridge' ? ports : []))
  return [...mtusOf(network)].flatMap(([name, mtu]) =>
    ports.includes(name) && !names.includes(name) ? [{ name, mtu }] : [],
  )
}

type Linked = { readonly link: Link; readonly addressing: Addressing }

/** What is set of one link, by a command or by a script. */
export type Settings = {
  readonly onboot: boolean
  readonly addressing: Addressing
  /** It has IPv4, and the machine's way out is not by it (nm-settings(5)). */
  readonly neverDefault4: boolean
  readonly neverDefault6: boolean
  readonly nameservers: readonly string[]
  readonly mtu: number | undefined
}

/**
 * Those that `network` tells, and those that it cannot: a VLAN below a bridge, for the installer makes a port of a card or a
 * bond alone (pyanaconda's nm_client.py); and one on a device that another command has, as a bridge has its own: pykickstart
 * takes the second one for a mistake (its issue 311).
 */
const shared = (links: readonly Linked[], network: Network, cards: Cards): readonly [Linked[], Linked[]] => {
  const [told, made]: readonly [Linked[], Linked[]] = [[], []]
  const devices = new Set<OptionValue>(links.flatMap(({ link: { kind, name } }) => (kind === 'bridge' ? name : [])))
  for (const linked of links) {
    const { device } = deviceOf(linked.link, network, cards)
    const isMade = linked.link.kind === 'vlan' && (linked.link.bridge !== undefined || devices.has(device))
    ;(isMade ? made : told).push(linked)
    devices.add(device)
  }
  return [told, made]
}

/** The links that have one family: those by which the way out is not, and those at which its resolvers stand. */
type Family = { readonly others: readonly Linked[]; readonly resolving: readonly Linked[] }

/** IPv4 comes by DHCP, too, with a gateway that is not taken where one is declared; IPv6 is what is declared of it. */
const familiesOf = (links: readonly Linked[]): { readonly four: Family; readonly six: Family } => {
  const having = (...keys: readonly (keyof Addressing)[]) =>
    links.filter(({ addressing }) => keys.some(key => addressing[key]))
  const declared = having('gateway4')
  return {
    four: familyOf(having('isDynamic', 'v4'), declared.length > 0 ? declared : having('isDynamic')),
    six: familyOf(having('v6'), having('gateway6')),
  }
}

/** Where there is no way out, the resolvers stand at the first link. */
const familyOf = (links: readonly Linked[], waysOut: readonly Linked[]): Family => ({
  others: links.filter(link => !waysOut.includes(link)),
  resolving: waysOut.length > 0 ? waysOut : links.slice(0, 1),
})

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
      return { device: name, bridgeslaves: ports.join(','), bridgeopts: bridgeOptions(network.bridges?.[name]) }
  }
}

const printOptions = (options: Interface['bonding_opts'] = {}): string | undefined =>
  sorted(options)
    .map(([option, value]) => `${option}=${value}`)
    .join(',') || undefined

/** NetworkManager's own default is to have the spanning tree, ours not to. */
const bridgeOptions = ({ stp = false, forward_delay }: NonNullable<Network['bridges']>[string] = {}): string =>
  [`stp=${stp ? 'yes' : 'no'}`, ...(forward_delay === undefined ? [] : [`forward-delay=${forward_delay}`])].join(',')

const optionsOf = ({ onboot, addressing, neverDefault4, nameservers, mtu }: Settings): Options => {
  const { isDynamic, v4, v6, gateway4, gateway6 } = addressing
  return {
    onboot: onboot ? 'yes' : 'no',
    ...(isDynamic ? { bootproto: 'dhcp' } : staticOptions(v4, gateway4)),
    ...(v6 === undefined ? { noipv6: true } : { ipv6: `${v6.address}/${v6.prefix}`, ipv6gateway: gateway6 }),
    nameserver: nameservers.join(',') || undefined,
    // Of IPv4 alone: the installer sets its never-default (pyanaconda's nm_client.py), in ifcfg files DEFROUTE.
    nodefroute: neverDefault4,
    mtu,
  }
}

const staticOptions = (v4: Addressing['v4'], gateway: string | undefined): Options =>
  v4 === undefined
    ? { noipv4: true }
    : { bootproto: 'static', ip: v4.address.toString(), netmask: printNetmask(v4.prefix), gateway }
