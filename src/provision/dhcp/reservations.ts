// What a DHCP server is told of a site's machines: of each card with a MAC and a static IPv4 address that address, and of
// the machine its name, its way out, and what it boots. The same for all servers. Pure.
import { declaredSubnet, isInSubnet, parseIp, printSubnet } from '../../model/ip.js'
import { byCodeUnit, type JsonMap } from '../../model/json.js'
import { bridgesByPort } from '../../model/links.js'
import type { Hardware } from '../../model/schemas/hardware.js'
import type { System } from '../../model/schemas/system.js'
import { distinct, sorted } from '../../model/sorted.js'
import { type BootFile, bootFileOf } from '../netboot/loader.js'

export type Reservation = {
  /** Of the machine and its card: unique in the site. */
  readonly id: string
  readonly mac: string
  readonly address: string
  /** `192.0.2.0/24` */
  readonly subnet: string
  readonly hostname: string
  readonly domain: string | undefined
  readonly gateway: string | undefined
  readonly nameservers: readonly string[]
  readonly boot: BootFile | undefined
}

export type Reserved = { readonly machine: string; readonly reservations: readonly Reservation[] }

/** Machines without any are left out. By name. */
export const reservationsOf = (documents: Iterable<JsonMap & { readonly name: string }>): readonly Reserved[] =>
  [...documents]
    .sort((a, b) => byCodeUnit(a.name, b.name))
    .map(({ name, system = {}, hardware = {} }) => ({
      machine: name,
      reservations: ofMachine(name, system as System, hardware as Hardware),
    }))
    .filter(({ reservations }) => reservations.length > 0)

/** The subnets that the reservations are in, in the order of their text. */
export const subnetsOf = (reserved: readonly Reserved[]): readonly string[] =>
  distinct(reserved.flatMap(({ reservations }) => reservations.map(({ subnet }) => subnet)))

/** The cards that machines boot by, and for which none comes about, as `MACHINE (CARD)`. */
export const bootingWithout = (
  documents: Iterable<JsonMap & { readonly name: string }>,
  reserved: readonly Reserved[],
): readonly string[] => {
  const known = new Set(reserved.flatMap(({ reservations }) => reservations.map(({ id }) => id)))
  return [...documents]
    .sort((a, b) => byCodeUnit(a.name, b.name))
    .flatMap(({ name, hardware }) =>
      sorted(((hardware ?? {}) as Hardware).cards?.nic ?? {}).flatMap(([card, { boot }]) =>
        boot === true && !known.has(idOf(name, card)) ? [`${name} (${card})`] : [],
      ),
    )
}

const idOf = (machine: string, card: string): string => `${machine}-${card}`

const ofMachine = (machine: string, system: System, { cards }: Hardware): readonly Reservation[] => {
  const bridgeOf = bridgesByPort(system.network ?? {})
  const { hostname = machine, domainname, default_gateway, nameserver = [], interfaces = {} } = system.network ?? {}
  return sorted(cards?.nic ?? {}).flatMap(([card, { hwaddr, boot = false }]) => {
    // A card that it boots by comes up alone, with the address of what it will be a port of: its bond, and the bridge over that.
    const top = interfaces[card]?.master ?? card
    const holders = boot ? [card, top, bridgeOf.get(top) ?? top] : [card]
    const [held] = holders.flatMap(holder => {
      const { gateway, ...declared } = interfaces[holder] ?? {}
      const subnet = declaredSubnet(declared)
      return subnet?.address.kind() === 'ipv4' ? [{ gateway, subnet }] : []
    })
    if (held === undefined) return []
    const { gateway, subnet } = held
    const isReached = (way: string | undefined): boolean => {
      const address = way === undefined ? undefined : parseIp(way)
      return address !== undefined && isInSubnet(address, subnet)
    }
    return [
      {
        id: idOf(machine, card),
        mac: hwaddr.toLowerCase(),
        address: subnet.address.toString(),
        subnet: printSubnet(subnet),
        hostname: hostname.replace(/\..*$/, ''),
        domain: domainname,
        gateway: [gateway, default_gateway].find(isReached),
        nameservers: nameserver.filter(server => parseIp(server)?.kind() === 'ipv4'),
        boot: boot ? bootFileOf(system.netboot) : undefined,
      },
    ]
  })
}
