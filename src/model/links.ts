// How the interfaces of /system/network lie on each other: which are below a bridge, and which is a VLAN on which. Pure.
import { distinct, sorted } from './sorted.js'

export type Vlan = { readonly device: string; readonly id: number }

/** What of /system/network, or of a value like it, says so. */
export type DeclaredLinks = {
  readonly interfaces?: {
    readonly [name: string]: {
      readonly bridge?: string | undefined
      readonly vlan?: number | undefined
      readonly physdev?: string | undefined
    }
  }
  readonly bridges?: {
    readonly [name: string]: { readonly netdev?: string | undefined; readonly ensure?: string | undefined }
  }
}

/** The interfaces that a bridge is declared over, by its own `netdev` or by their `bridge`. */
export const portsOf = ({ bridges = {}, interfaces = {} }: DeclaredLinks, bridge: string): readonly string[] => {
  const named = bridges[bridge]?.netdev
  const naming = Object.keys(interfaces).filter(name => interfaces[name]?.bridge === bridge)
  return distinct([...(named === undefined ? [] : [named]), ...naming])
}

/** Of the interfaces that are ports of a bridge, that bridge, by their names. */
export const bridgesByPort = (links: DeclaredLinks): ReadonlyMap<string, string> => {
  const present = sorted(links.bridges ?? {}).flatMap(([name, { ensure }]) => (ensure === 'absent' ? [] : [name]))
  return new Map(present.flatMap(bridge => portsOf(links, bridge).map(port => [port, bridge] as const)))
}

/** By `vlan`, on `physdev`; a name such as eth0.7 says it by itself. */
export const vlanOf = ({ interfaces = {} }: DeclaredLinks, name: string): Vlan | null => {
  const { vlan, physdev } = interfaces[name] ?? {}
  const [, device, id] = /^(.+)\.(\d{1,4})$/.exec(name) ?? []
  const below = physdev ?? device
  if (below === undefined || (vlan === undefined && id === undefined)) return null
  return { device: below, id: vlan ?? Number(id) }
}
