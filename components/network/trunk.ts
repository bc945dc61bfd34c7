// Trunks: what is declared, as the links of one network device and what is stacked on it. They are changed together, for
// a VLAN or a port is made by the file of the interface below it (systemd.network(5)). A bridge of guests alone is a
// trunk of its own, without a device. Pure.
import { byCodeUnit } from '../../src/model/json.js'
import { portsOf, type Vlan, vlanOf } from '../../src/model/links.js'
import { type Addressing, addressingOf, none } from './addressing.js'
import type { Network } from './desired.js'

export type Link = {
  readonly name: string
  readonly kind: 'device' | 'vlan' | 'bridge'
  readonly vlan: Vlan | null
  /** The bridge that it is a port of. */
  readonly bridge: string | null
  readonly addressing: Addressing
  readonly mtu: number | null
  readonly stp: boolean | null
  /** Seconds. */
  readonly forwardDelay: number | null
}

/** Who is asked whether the link is there; `through` is the interface, null for whichever leads there. */
export type Question = { readonly address: string; readonly through: string | null }

export type Trunk = {
  readonly name: string
  /** Null: none of its bridges has one. */
  readonly device: string | null
  /** Each after what it lies on. */
  readonly links: readonly Link[]
  /** Bridges that are given up. */
  readonly absent: readonly string[]
  /** Null: no address behind it is known. */
  readonly question: Question | null
  /** What of it contradicts itself, in words: the compiler says so before (check-site.ts). */
  readonly conflicts: readonly string[]
  /** Whether the addresses of the device itself are declared, or it has none as a port. */
  readonly isDeviceKnown: boolean
}

/** Sorted by name. */
export const trunksOf = (desired: Network): readonly Trunk[] => {
  const bridges = Object.keys(desired.bridges ?? {}).sort(byCodeUnit)
  const names = [...new Set(bridges.map(bridge => deviceOf(desired, bridge) ?? bridge))].sort(byCodeUnit)
  return names.map(name =>
    trunkOf(
      desired,
      name,
      bridges.filter(bridge => (deviceOf(desired, bridge) ?? bridge) === name),
    ),
  )
}

const deviceOf = (desired: Network, bridge: string): string | null => {
  const [port] = portsOf(desired, bridge)
  return port === undefined ? null : (vlanOf(desired, port)?.device ?? port)
}

const trunkOf = (desired: Network, name: string, bridges: readonly string[]): Trunk => {
  const isAbsent = (bridge: string): boolean => desired.bridges?.[bridge]?.ensure === 'absent'
  const given = bridges.filter(bridge => !isAbsent(bridge))
  const ports = new Map(given.flatMap(bridge => portsOf(desired, bridge).map(port => [port, bridge] as const)))
  const device = bridges.includes(name) ? null : name
  const vlans = vlansOn(desired, device, [...ports.keys()])
  const links = [
    ...(device === null ? [] : [lowerLink(desired, device, ports)]),
    ...vlans.map(vlan => lowerLink(desired, vlan, ports)),
    ...given.map(bridge => bridgeLink(desired, bridge)),
  ]
  return {
    name,
    device,
    links: links.map(link => ({ ...link, mtu: mtuOf(link, links) })),
    absent: bridges.filter(isAbsent),
    question: questionOf(desired, given, links),
    conflicts: conflictsOf(desired, given),
    isDeviceKnown: device === null || ports.has(device) || desired.interfaces?.[device] !== undefined,
  }
}

const conflictsOf = (desired: Network, given: readonly string[]): readonly string[] => {
  const claims = given.flatMap(bridge => portsOf(desired, bridge).map(port => ({ bridge, port })))
  const isShared = ({ port, bridge }: (typeof claims)[number]): boolean =>
    claims.some(other => (other.port === port) !== (other.bridge === bridge))
  return claims.filter(isShared).map(({ bridge, port }) => `${bridge} is declared over ${port}, and not alone`)
}

/** All that are declared, and not only those that a bridge needs: the device's file has to name each. */
const vlansOn = (desired: Network, device: string | null, ports: readonly string[]): readonly string[] => {
  const names = [...new Set([...Object.keys(desired.interfaces ?? {}), ...ports])]
  return names.filter(name => device !== null && vlanOf(desired, name)?.device === device).sort(byCodeUnit)
}

const lowerLink = (desired: Network, name: string, ports: ReadonlyMap<string, string>): Link => {
  const vlan = vlanOf(desired, name)
  const bridge = ports.get(name) ?? null
  return {
    name,
    kind: vlan === null ? 'device' : 'vlan',
    vlan,
    bridge,
    addressing: bridge === null ? addressingOf(desired, [name]) : none,
    mtu: null,
    stp: null,
    forwardDelay: null,
  }
}

/** An address that is declared for a port is the bridge's: a port has none. */
const bridgeLink = (desired: Network, name: string): Link => {
  const { mtu = null, stp = null, forward_delay: forwardDelay = null } = desired.bridges?.[name] ?? {}
  const addressing = addressingOf(desired, [name, ...portsOf(desired, name)])
  return { name, kind: 'bridge', vlan: null, bridge: null, addressing, mtu, stp, forwardDelay }
}

/** What lies below a bridge carries at least what the bridge does. */
const mtuOf = (link: Link, links: readonly Link[]): number | null => {
  const isAbove = (other: Link): boolean =>
    other.name === link.bridge || other.vlan?.device === link.name || other.name === link.name
  const needed = links
    .filter(isAbove)
    .flatMap(other => (other === link ? (link.mtu ?? []) : (mtuOf(other, links) ?? [])))
  return needed.length === 0 ? null : Math.max(...needed)
}

const questionOf = ({ bridges = {} }: Network, given: readonly string[], links: readonly Link[]): Question | null => {
  const declared = given.flatMap(through => {
    const address = bridges[through]?.probe
    return address === undefined ? [] : [{ address, through }]
  })
  const gateways = links.flatMap(({ name, addressing }) =>
    addressing.gateways.map(address => ({ address, through: name })),
  )
  return declared[0] ?? gateways[0] ?? null
}
