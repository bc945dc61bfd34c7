// Generated from schema.json by `npm run generate`; not edited by hand.

export type Ip = string
export type Prefix = number
/**
 * A name that Linux accepts for an interface: at most 15 characters.
 */
export type Name = string

/**
 * The host's bridges, and the interfaces that they need: the value of /system/network itself.
 */
export interface Network {
  /**
   * Not looked at.
   */
  hostname?: string
  /**
   * Not looked at.
   */
  domainname?: string
  /**
   * Of the bridge in whose subnet it is.
   */
  default_gateway?: string
  nameserver?: Ip[]
  /**
   * Interfaces by name; those that no bridge needs are left alone.
   */
  interfaces?: {
    [k: string]: Interface
  }
  /**
   * Bridges by name.
   */
  bridges?: {
    [k: string]: Bridge
  }
}
export interface Interface {
  bootproto?: 'static' | 'dhcp' | 'none'
  ip?: Ip
  netmask?: string
  prefix?: Prefix
  ipv6addr?: string
  gateway?: Ip
  aliases?: {
    [k: string]: Alias
  }
  routes?: Route[]
  vlan?: number
  physdev?: Name
  bridge?: Name
  master?: Name
  /**
   * Not looked at.
   */
  bonding_opts?: {
    [k: string]: unknown
  }
  /**
   * Not looked at.
   */
  onboot?: boolean
}
export interface Alias {
  ip: Ip
  netmask?: string
  prefix?: Prefix
}
export interface Route {
  address: Ip
  netmask?: string
  prefix?: Prefix
  gateway?: Ip
}
export interface Bridge {
  /**
   * A name that Linux accepts for an interface: at most 15 characters.
   */
  netdev?: string
  /**
   * Spanning tree (IEEE 802.1D).
   */
  stp?: boolean
  /**
   * How long a port listens, and learns, before it forwards; with stp.
   */
  forward_delay?: number
  /**
   * Of the bridge and what is below it.
   */
  mtu?: number
  /**
   * What answers through it after a change. Default: the gateway.
   */
  probe?: string
  /**
   * absent: it is removed, with consent.
   */
  ensure?: 'present' | 'absent'
}
