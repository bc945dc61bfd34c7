// The default gateway of a machine is in one of its subnets and another machine's. Part of check-network.ts; pure.
import type { SiteFault, SiteView } from '../../model/component.js'
import {
  type DeclaredAddress,
  declaredSubnet,
  type Ip,
  isInSubnet,
  parseIp,
  parseSubnet,
  printSubnet,
  type Subnet,
} from '../../model/ip.js'
import type { Interface, Network } from '../../model/network.js'

type Machine = SiteView['machines'][number]

export const checkGateway = ({ name: machine, get }: Machine): readonly SiteFault[] => {
  const { default_gateway: written = '', interfaces = {} } = (get('/system/network') ?? {}) as Network
  const gateway = isSetUp(get) ? parseIp(written) : undefined
  const entries = Object.values(interfaces)
  if (gateway === undefined || entries.some(one => one.gateway !== undefined)) return []
  const place = { machine, pointer: '/system/network/default_gateway' }
  if (entries.flatMap(addressesOf).some(ip => ip.toString() === gateway.toString())) {
    const message = `${written}, the default gateway, is ${machine}'s own address`
    return [{ code: 'contradiction', message, ...place }]
  }
  const isOfFamily = ({ address }: Subnet): boolean => address.kind() === gateway.kind()
  const subnets = Object.entries(interfaces).flatMap(([name, one]) =>
    subnetsOf(one).map(subnet => subnet && { ...subnet, name }),
  )
  const isOpen = subnets.includes(undefined) || (gateway.kind() === 'ipv4' && entries.some(hasDhcp))
  const known = subnets.filter(subnet => subnet !== undefined).filter(isOfFamily)
  if (isOpen || known.length === 0 || known.some(subnet => isAlone(subnet) || isOn(gateway, subnet))) return []
  const message = `${written}, the default gateway, is in no subnet of ${machine}`
  const hint = known.map(({ name, ...subnet }) => `${name} has ${printSubnet(subnet)}`).join(', ')
  return [{ code: 'contradiction', message, hint, ...place }]
}

/** By an agent, or by its installation; elsewhere a gateway from a template that all machines include does nothing. */
const isSetUp = (get: Machine['get']): boolean =>
  get('/system/kickstart') !== undefined || Object.keys(get('/software/components') ?? {}).length > 0

const hasDhcp = ({ bootproto }: Interface): boolean => bootproto === 'dhcp'

const staticOf = ({ bootproto, ip, netmask, prefix, aliases = {} }: Interface): readonly DeclaredAddress[] => [
  ...(ip === undefined || bootproto === 'dhcp' ? [] : [{ ip, netmask, prefix }]),
  ...Object.values(aliases),
]

const addressesOf = (entry: Interface): readonly Ip[] =>
  [...staticOf(entry).map(({ ip = '' }) => ip), (entry.ipv6addr ?? '').replace(/\/.*$/, '')].flatMap(
    ip => parseIp(ip) ?? [],
  )

/** Undefined for one of which nothing says how large it is. A route without a gateway says what is on the wire, too. */
const subnetsOf = (entry: Interface): readonly (Subnet | undefined)[] => [
  ...staticOf(entry).map(declaredSubnet),
  ...(entry.ipv6addr === undefined ? [] : [parseSubnet(entry.ipv6addr)]),
  ...(entry.routes ?? []).flatMap(({ address, gateway, ...mask }) =>
    gateway === undefined ? [declaredSubnet({ ip: address, ...mask })] : [],
  ),
]

/** Of an address without neighbours, as providers give them: its gateway is on the wire, and in no subnet. */
const isAlone = ({ address, prefix }: Subnet): boolean => prefix === (address.kind() === 'ipv4' ? 32 : 128)

/** A router of IPv6 may be known by its address on the wire alone (RFC 4861). */
const isOn = (gateway: Ip, subnet: Subnet): boolean =>
  isInSubnet(gateway, subnet) || (gateway.kind() === 'ipv6' && gateway.range() === 'linkLocal')
