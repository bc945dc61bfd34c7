// Why a trunk cannot be made as it is declared, whatever is allowed: the profile does not fit this host. Pure.
import type { Actual } from './actual.js'
import type { Link, Trunk } from './trunk.js'

export const faults = (trunk: Trunk, { links, elsewhere }: Actual): readonly string[] => {
  const { device, isDeviceKnown } = trunk
  const addresses = trunk.links.flatMap(({ addressing }) => addressing.addresses)
  return [
    ...trunk.conflicts,
    ...(device !== null && links[device] === undefined ? [`the host has no interface ${device}`] : []),
    ...(isDeviceKnown
      ? []
      : [`what addresses ${device} has itself is not declared: /system/network/interfaces/${device}`]),
    ...trunk.links.flatMap(link => kindFault(link, links)),
    ...trunk.links.flatMap(({ name, addressing }) =>
      addressing.incomplete.map(ip => `${ip} of ${name} has neither netmask nor prefix`),
    ),
    ...trunk.links.flatMap(({ name, bridge }) => strangeBridge(name, bridge, links)),
    ...addresses
      .filter(address => elsewhere[address] !== undefined)
      .map(address => `${elsewhere[address]} has ${address}: give it up first (ensure: absent)`),
  ]
}

/** A bridge that loses its port keeps its addresses, and answers nobody. */
const strangeBridge = (name: string, bridge: string | null, links: Actual['links']): readonly string[] => {
  const now = links[name]?.bridge ?? null
  if (now === null || now === bridge || links[now] !== undefined) return []
  return [`${name} is a port of ${now}, which is not declared: give it up (ensure: absent)`]
}

/** What has the name of a bridge and is none is not replaced; a VLAN of another number neither. */
const kindFault = ({ name, kind, vlan }: Link, links: Actual['links']): readonly string[] => {
  const there = links[name]
  if (there === undefined) return []
  if (kind === 'bridge') return there.kind === 'bridge' ? [] : [`${name} is there, and is no bridge`]
  if (vlan === null) return []
  const { device, id } = there.vlan ?? { device: 'nothing', id: 0 }
  const isSame = device === vlan.device && id === vlan.id
  return isSame ? [] : [`${name} is there, and is not VLAN ${vlan.id} on ${vlan.device}`]
}
