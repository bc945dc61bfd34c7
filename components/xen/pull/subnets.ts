// The subnets that a host's bridges reach, as /system/network of the host declares them: for finding the bridge of a
// guest by its address. Part of pull.ts; pure.
import {
  type Ip,
  isInSubnet,
  isShared,
  parseIp,
  parseNetmask,
  parseSubnet,
  type Subnet,
  subnetOf,
} from '../../../src/model/ip.js'
import { isList, isMap, type Json, type JsonMap } from '../../../src/model/json.js'

export type BridgeSubnet = Subnet & { readonly bridge: string }

export type HostSubnets = {
  readonly subnets: readonly BridgeSubnet[]
  /** False where an address is none: the schema says so, and nobody knows what it would have been. */
  readonly complete: boolean
  /** Whether an IPv4 address of a bridge has neither netmask nor prefix: nobody knows its subnet. */
  readonly lacksMask: boolean
}

/** One for each address, alias and route without gateway of an interface that is a bridge or a port of one. */
export const hostSubnets = (network: Json | undefined): HostSubnets => {
  const { interfaces, bridges } = mapOf(network)
  const bridged = Object.entries(mapOf(interfaces)).flatMap(([name, value]) => {
    const declared = mapOf(value)
    const bridge = bridgeOf(name, declared, mapOf(bridges))
    return bridge === undefined ? [] : [{ bridge, declared }]
  })
  const found = bridged.flatMap(({ bridge, declared }) =>
    subnetsOf(declared).map(subnet => subnet && { ...subnet, bridge }),
  )
  return {
    subnets: found.filter(subnet => subnet !== undefined),
    complete: !found.includes(undefined),
    lacksMask: bridged.some(({ declared }) => declared.bootproto !== 'dhcp' && isMaskless(declared)),
  }
}

const isMaskless = ({ ip, netmask, prefix }: Masked): boolean =>
  typeof ip === 'string' && netmask === undefined && prefix === undefined

/** A VLAN interface is not where the one below it is: it counts by its own name and its own bridge. */
const bridgeOf = (name: string, { bridge }: JsonMap, bridges: JsonMap): string | undefined => {
  if (typeof bridge === 'string') return bridge
  if (Object.hasOwn(bridges, name)) return name
  return Object.keys(bridges).find(key => mapOf(bridges[key]).netdev === name)
}

/** Undefined stands for one that cannot be read. With dhcp, nobody knows which IPv4 address the interface will have. */
const subnetsOf = (declared: JsonMap): readonly (Subnet | undefined)[] => {
  const { bootproto, ip, netmask, prefix, ipv6addr, aliases, routes } = declared
  const direct = itemsOf(routes).filter(route => route.gateway === undefined)
  const subnets = [
    ...(bootproto === 'dhcp' ? [] : subnetOfAddress({ ip, netmask, prefix })),
    ...(typeof ipv6addr === 'string' ? [parseSubnet(ipv6addr)] : []),
    ...Object.values(mapOf(aliases)).flatMap(alias => subnetOfAddress(mapOf(alias))),
    ...direct.flatMap(({ address, ...mask }) => subnetOfAddress({ ...mask, ip: address })),
  ]
  return subnets.filter(subnet => subnet === undefined || !isShared(subnet.address))
}

type Masked = { readonly [part in 'ip' | 'netmask' | 'prefix']?: Json | undefined }

/** An address with neither netmask nor prefix says nothing of its neighbours. */
const subnetOfAddress = ({ ip, netmask, prefix }: Masked): readonly (Subnet | undefined)[] => {
  if (typeof ip !== 'string' || isMaskless({ ip, netmask, prefix })) return []
  const address = parseIp(ip)
  const length = typeof netmask === 'string' ? parseNetmask(netmask) : prefix
  return [address === undefined || typeof length !== 'number' ? undefined : subnetOf(address, length)]
}

/** The bridges of the smallest subnets that hold an address: none, one, or several that claim it alike. */
export const bridgesHolding = (ip: Ip, subnets: readonly BridgeSubnet[]): readonly string[] => {
  const holding = subnets.filter(subnet => isInSubnet(ip, subnet))
  const longest = Math.max(...holding.map(({ prefix }) => prefix))
  return [...new Set(holding.filter(({ prefix }) => prefix === longest).map(({ bridge }) => bridge))]
}

const mapOf = (value: Json | undefined): JsonMap => (isMap(value) ? value : {})
const itemsOf = (value: Json | undefined): readonly JsonMap[] => (isList(value) ? value.filter(isMap) : [])
