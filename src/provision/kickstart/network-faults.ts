// What keeps a machine's network from being set up by its installation: names that Linux or kickstart do not take, and
// declarations that contradict each other, each at its place in the document. Pure.
import { type DeclaredAddress, declaredSubnet, parseIp } from '../../model/ip.js'
import { vlanOf } from '../../model/links.js'
import type { Interface, Network } from '../../model/network.js'
import { printPointer } from '../../model/pointer.js'
import { sorted } from '../../model/sorted.js'
import type { ProvisionFault } from '../fault.js'
import { subnetsOf } from './further.js'
import { addressingOf, hasDhcp, isFour, type Link, linksOf, reaches } from './network-links.js'

/** `cards` are those of /hardware/cards/nic, by name. */
export const networkFaults = (network: Network, cards: readonly string[]): readonly ProvisionFault[] => {
  const names = [...hostNameFaults(network), ...linkNameFaults(network), ...prefixFaults(network)]
  if (names.length > 0) return names
  const links = linksOf(network)
  const made = links.flatMap(({ name, kind }) => (kind === 'bond' || kind === 'bridge' ? name : []))
  return [
    ...sorted(network.interfaces ?? {}).flatMap(([name, entry]) => [
      ...vlanFaults(name, network, { cards, made }),
      ...portFaults(name, entry, network),
    ]),
    ...links.flatMap(link => [...bondFaults(link), ...addressFaults(link), ...routeFaults(link)]),
    ...gatewayFaults(links, network),
  ]
}

const fault = (path: readonly string[], message: string, hint?: string): ProvisionFault => ({
  pointer: printPointer(['system', 'network', ...path]),
  message,
  ...(hint === undefined ? {} : { hint }),
})

/** RFC 1123, which is what the installer takes. */
const hostName =
  /^(?!.{254})[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/

const hostNameFaults = (network: Network): readonly ProvisionFault[] =>
  (['hostname', 'domainname'] as const).flatMap(key => {
    const name = network[key]
    if (name === undefined || hostName.test(name)) return []
    return [fault([key], `${JSON.stringify(name)} is no host name`, 'letters, digits and hyphens, with dots between')]
  })

/** At most 15 characters, of those that need no quotes in a list, a file's name or a script. */
const linkName = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/

const linkNameFaults = ({ interfaces = {}, bridges = {} }: Network): readonly ProvisionFault[] => {
  const written: readonly (readonly [readonly string[], string | undefined])[] = [
    ...sorted(interfaces).flatMap(([name, entry]) => [
      [['interfaces', name], name] as const,
      ...(['physdev', 'bridge', 'master'] as const).map(key => [['interfaces', name, key], entry[key]] as const),
    ]),
    ...sorted(bridges).flatMap(([name, { netdev }]) => [
      [['bridges', name], name] as const,
      [['bridges', name, 'netdev'], netdev] as const,
    ]),
  ]
  return written.flatMap(([path, name]) =>
    name === undefined || linkName.test(name)
      ? []
      : [
          fault(
            path,
            `${JSON.stringify(name)} is no name of an interface`,
            'at most 15 letters, digits, and . _ - within',
          ),
        ],
  )
}

/** Addresses and networks of which nothing says how long their prefix is. */
const prefixFaults = ({ interfaces = {} }: Network): readonly ProvisionFault[] =>
  sorted(interfaces).flatMap(([name, { bootproto, ip, netmask, prefix, aliases = {}, routes = [] }]) => {
    const at = (path: readonly string[], written: DeclaredAddress): readonly ProvisionFault[] =>
      declaredSubnet(written) !== undefined
        ? []
        : [
            fault(
              ['interfaces', name, ...path],
              `nothing says how long the prefix of ${written.ip} is`,
              'declare netmask or prefix beside it',
            ),
          ]
    return [
      ...(ip === undefined || bootproto === 'dhcp' ? [] : at(['ip'], { ip, netmask, prefix })),
      ...sorted(aliases).flatMap(([alias, declared]) => at(['aliases', alias, 'ip'], declared)),
      ...routes.flatMap(({ address, gateway, ...rest }, index) =>
        gateway === undefined ? [] : at(['routes', `${index}`, 'address'], { ip: address, ...rest }),
      ),
    ]
  })

/** What a VLAN may lie on: cards, and bonds and bridges that are made; all where no cards are declared. */
type Below = { readonly cards: readonly string[]; readonly made: readonly string[] }

/** A name with a dot, or that begins with vlan, ends in the number (kickstart's `network --interfacename`). */
const vlanFaults = (name: string, network: Network, { cards, made }: Below): readonly ProvisionFault[] => {
  const vlan = vlanOf(network, name)
  if (vlan === null) return []
  const { interfaces = {} } = network
  const [, number] = /^(?:[^.]+\.|vlan)(.*)$/.exec(name) ?? []
  const wanted = number === undefined || number === `${vlan.id}`
  const known = [...cards, ...made]
  const isKnown = cards.length === 0 || known.includes(vlan.device) || Object.hasOwn(interfaces, vlan.device)
  return [
    ...(wanted && vlan.id >= 1 && vlan.id <= 4094 && !name.startsWith('vlan.')
      ? []
      : [
          fault(
            ['interfaces', name],
            `${name} cannot be the name of VLAN ${vlan.id}`,
            `a name without a dot, or one such as ${vlan.device}.${vlan.id}; numbers are 1 to 4094`,
          ),
        ]),
    ...(isKnown
      ? []
      : [fault(['interfaces', name], `${name} lies on ${vlan.device}, which the machine has not`, known.join(', '))]),
  ]
}

/** A port of a bond has nothing of its own; one of a bridge is a port of one that is there. */
const portFaults = (name: string, entry: Interface, { bridges = {} }: Network): readonly ProvisionFault[] => {
  const { master, bridge, bootproto } = entry
  const own = (['ip', 'ipv6addr', 'aliases', 'routes', 'gateway', 'bridge', 'vlan'] as const).find(
    key => entry[key] !== undefined,
  )
  const key = bootproto === 'dhcp' ? 'bootproto' : own
  return [
    ...(master === undefined || key === undefined
      ? []
      : [
          fault(
            ['interfaces', name, key],
            `${name} is a port of ${master}, and has no address, route, bridge or VLAN of its own`,
            `declare it of ${master}`,
          ),
        ]),
    ...(bridge === undefined || Object.hasOwn(bridges, bridge)
      ? []
      : [fault(['interfaces', name, 'bridge'], `there is no bridge ${bridge} in /system/network/bridges`)]),
  ]
}

const bondFaults = ({ name, kind, ports }: Link): readonly ProvisionFault[] =>
  kind !== 'bond' || ports.length > 0
    ? []
    : [fault(['interfaces', name, 'bonding_opts'], `${name} is a bond of nothing`, `of its cards, say master: ${name}`)]

/** `static` says that there is an address; a gateway is reached by one. */
const addressFaults = ({ name, entries }: Link): readonly ProvisionFault[] => {
  const subnets = subnetsOf(entries.map(([, entry]) => entry))
  const isDynamic = hasDhcp({ entries })
  return entries.flatMap(([entry, { bootproto, gateway }]) => [
    ...(bootproto === 'static' && subnets.length === 0
      ? [
          fault(
            ['interfaces', entry, 'bootproto'],
            `${name} is static, and has no address`,
            'declare ip, with netmask or prefix',
          ),
        ]
      : []),
    ...(gateway === undefined || subnets.some(subnet => reaches(gateway, subnet)) || (isDynamic && isFour(gateway))
      ? []
      : [fault(['interfaces', entry, 'gateway'], `${gateway} is in no network of ${name}`)]),
  ])
}

/** A family that the link has no address of is switched off. */
const routeFaults = ({ name, entries }: Link): readonly ProvisionFault[] => {
  const subnets = subnetsOf(entries.map(([, entry]) => entry))
  return entries.flatMap(([entry, { routes = [] }]) =>
    routes.flatMap(({ gateway }, index) => {
      const via = gateway === undefined ? undefined : parseIp(gateway)
      if (gateway === undefined || via === undefined) return []
      const path = ['interfaces', entry, 'routes', `${index}`, 'gateway']
      if (subnets.some(subnet => reaches(gateway, subnet)) || (isFour(gateway) && hasDhcp({ entries }))) return []
      return subnets.some(({ address }) => address.kind() === via.kind())
        ? [fault(path, `${gateway} is in no network of ${name}`)]
        : [
            fault(
              path,
              `a route by ${gateway}, and ${name} has no ${isFour(gateway) ? 'IPv4' : 'IPv6'} address`,
              isFour(gateway) ? 'declare ip, or bootproto: dhcp' : 'declare ipv6addr',
            ),
          ]
    }),
  )
}

/** Of each family one way out, and the machine's gateway is reached. */
const gatewayFaults = (links: readonly Link[], network: Network): readonly ProvisionFault[] => {
  const { default_gateway: general } = network
  const addressed = links.map(link => ({ link, ...addressingOf(link, network) }))
  const isOpen = addressed.some(({ isDynamic }) => isDynamic) || links.length === 0
  const used = addressed.flatMap(({ gateway4, gateway6 }) => [gateway4, gateway6])
  const own = links.some(({ entries }) => entries.some(([, { gateway }]) => gateway !== undefined))
  return [
    ...(general === undefined || isOpen || own || used.includes(general)
      ? []
      : [fault(['default_gateway'], `${general} is in no network of the machine`)]),
    ...(['gateway4', 'gateway6'] as const).flatMap(family => {
      const [first, ...more] = addressed.filter(({ [family]: gateway }) => gateway !== undefined)
      return more.map(({ link, [family]: gateway }) =>
        fault(
          placeOfGateway(link, gateway),
          `${link.name} is a second way out, by ${gateway}: ${first?.link.name} is one, by ${first?.[family]}`,
          gateway === general
            ? `declare gateway: ${gateway} of the one that it is behind`
            : 'one link of each family has a gateway; what is behind another one is a route',
        ),
      )
    }),
  ]
}

const placeOfGateway = ({ entries, name }: Link, gateway: string | undefined): readonly string[] => {
  const own = entries.find(([, entry]) => entry.gateway === gateway)
  return own === undefined ? ['interfaces', entries[0]?.[0] ?? name] : ['interfaces', own[0], 'gateway']
}
