// What addresses a link is declared to have: those of its entries in /system/network/interfaces, in one form. Pure.
import { type DeclaredAddress, declaredSubnet, isInSubnet, parseIp, parseSubnet } from '../../src/model/ip.js'
import type { Route as DeclaredRoute, Network } from './desired.js'

export type Route = { readonly to: string; readonly via: string }

export type Addressing = {
  readonly dhcp: boolean
  /** `192.0.2.10/24`, IPv4 and IPv6. */
  readonly addresses: readonly string[]
  readonly gateways: readonly string[]
  readonly nameservers: readonly string[]
  readonly routes: readonly Route[]
  /** Addresses that cannot be set: nothing says how long their prefix is. */
  readonly incomplete: readonly string[]
}

export const none: Addressing = {
  dhcp: false,
  addresses: [],
  gateways: [],
  nameservers: [],
  routes: [],
  incomplete: [],
}

export const hasAddresses = ({ dhcp, addresses }: Addressing): boolean => dhcp || addresses.length > 0

/** Of the entries of these names together: a bridge has those of its ports. */
export const addressingOf = (desired: Network, names: readonly string[]): Addressing => {
  const { interfaces = {}, default_gateway, nameserver = [] } = desired
  const entries = names.flatMap(name => interfaces[name] ?? [])
  const written = entries.flatMap(({ bootproto, ip, netmask, prefix, ipv6addr, aliases = {} }) => [
    ...(ip === undefined || bootproto === 'dhcp' ? [] : [{ ip, netmask, prefix }]),
    ...(ipv6addr === undefined ? [] : [{ ip: ipv6addr.replace(/\/.*$/, ''), prefix: Number(ipv6addr.split('/')[1]) }]),
    ...Object.values(aliases),
  ])
  const addresses = [...new Set(written.flatMap(address => printAddress(address) ?? []))]
  const own = entries.flatMap(({ gateway }) => gateway ?? []).map(canonical)
  const general = default_gateway !== undefined && isOn(default_gateway, addresses) ? [canonical(default_gateway)] : []
  const gateways = own.length > 0 ? [...new Set(own)] : general
  return {
    dhcp: entries.some(({ bootproto }) => bootproto === 'dhcp'),
    addresses,
    gateways,
    nameservers: gateways.length > 0 ? nameserver : [],
    routes: entries.flatMap(({ routes = [] }) => routes.flatMap(readRoute)),
    incomplete: written.filter(address => printAddress(address) === undefined).map(({ ip }) => ip),
  }
}

const printAddress = (declared: DeclaredAddress): string | undefined => {
  const subnet = declaredSubnet(declared)
  return subnet && `${subnet.address}/${subnet.prefix}`
}

/** One without a gateway only says which network is on the wire: nothing is to be set. */
const readRoute = ({ address, netmask, prefix, gateway }: DeclaredRoute): readonly Route[] => {
  const to = printAddress({ ip: address, netmask, prefix })
  return to === undefined || gateway === undefined ? [] : [{ to, via: canonical(gateway) }]
}

const canonical = (ip: string): string => parseIp(ip)?.toString() ?? ip

const isOn = (gateway: string, addresses: readonly string[]): boolean => {
  const ip = parseIp(gateway)
  return addresses.some(address => {
    const subnet = parseSubnet(address)
    return ip !== undefined && subnet !== undefined && isInSubnet(ip, subnet)
  })
}
