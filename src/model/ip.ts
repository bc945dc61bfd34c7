// IP addresses, IPv4 and IPv6, and the subnets that they lie in, as profiles write them.
import ipaddr from 'ipaddr.js'

export type Ip = ipaddr.IPv4 | ipaddr.IPv6
export type Subnet = { readonly address: Ip; readonly prefix: number }

/** `192.0.2.1` in four decimal parts, or an IPv6 address without a zone; undefined for anything else. */
export const parseIp = (text: string): Ip | undefined => {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text)
  return ipaddr.IPv6.isValid(text) && !text.includes('%') ? ipaddr.IPv6.parse(text) : undefined
}

/** Whether each machine or each link has it: 127.0.0.1, fe80::1, 169.254.0.1, and 0.0.0.0, which is none. */
export const isShared = (ip: Ip): boolean => ['loopback', 'linkLocal', 'unspecified'].includes(ip.range())

/** `2001:db8::1/64`; undefined where it is no address with the length of its prefix. */
export const parseSubnet = (text: string): Subnet | undefined => {
  const [, address = '', prefix = ''] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? []
  const ip = parseIp(address)
  return ip === undefined ? undefined : subnetOf(ip, Number(prefix))
}

/** The subnet of an address; undefined where the prefix is longer than an address of its family. */
export const subnetOf = (address: Ip, prefix: number): Subnet | undefined =>
  prefix <= (address.kind() === 'ipv4' ? 32 : 128) ? { address, prefix } : undefined

/** An address as a profile declares it, with its netmask or the length of its prefix; undefined where that is not all. */
export const declaredSubnet = ({ ip = '', netmask, prefix }: DeclaredAddress): Subnet | undefined => {
  const address = parseIp(ip)
  const length = netmask === undefined ? prefix : parseNetmask(netmask)
  return address === undefined || length === undefined ? undefined : subnetOf(address, length)
}

export type DeclaredAddress = {
  readonly ip?: string | undefined
  readonly netmask?: string | undefined
  readonly prefix?: number | undefined
}

/** `255.255.255.0` -> 24; undefined for what is no netmask. */
export const parseNetmask = (text: string): number | undefined =>
  ipaddr.IPv4.isValidFourPartDecimal(text)
    ? (ipaddr.IPv4.parse(text).prefixLengthFromSubnetMask() ?? undefined)
    : undefined

/** 24 -> `255.255.255.0` */
export const printNetmask = (prefix: number): string => ipaddr.IPv4.subnetMaskFromPrefixLength(prefix).toString()

export const isInSubnet = (ip: Ip, { address, prefix }: Subnet): boolean =>
  ip.kind() === address.kind() && ip.match(address, prefix)

/** `192.0.2.0/24`, whatever address in it was given. */
export const printSubnet = ({ address, prefix }: Subnet): string => {
  const family = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6
  return `${family.networkAddressFromCIDR(`${address}/${prefix}`)}/${prefix}`
}
