// The bridge of a guest's nic: the table "The bridge of a nic" of README.md. Part of pull.ts; pure.
import type { MachineView, Source, Wanted } from '../../../src/model/component.js'
import { type Ip, isShared, parseIp, printSubnet } from '../../../src/model/ip.js'
import { isMap, type Json, type JsonMap } from '../../../src/model/json.js'
import { printPointer } from '../../../src/model/pointer.js'
import { type Finding, fromChild, fromParent, fromVariable, type Missing } from './finding.js'
import { type BridgeSubnet, bridgesHolding, type HostSubnets, hostSubnets } from './subnets.js'

/** A static address of the guest that is its own, and where it stands; `ip` is undefined where it is none (the schema says so). */
export type Address = { readonly ip: Ip | undefined; readonly pointer: string }
type KnownAddress = Address & { readonly ip: Ip }

/** A bridge that has an address in one of its subnets. */
type Holder = { readonly bridge: string; readonly address: KnownAddress }

type SaidBridge = { readonly bridge: Json; readonly from: Source }

type Situation =
  | ({ readonly kind: 'said' } & SaidBridge)
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'several'; readonly holders: readonly Holder[]; readonly address: Address }
  | { readonly kind: 'fits none'; readonly address: KnownAddress; readonly subnets: readonly BridgeSubnet[] }
  | { readonly kind: 'found'; readonly bridge: string; readonly address: Address }
  | { readonly kind: 'general'; readonly bridge: Json }
  | { readonly kind: 'nothing' }

const situationOf = (parent: MachineView, child: MachineView, nic: string): Situation => {
  const said = saidBridge(parent, child, nic)
  if (said !== undefined) return { kind: 'said', ...said }

  const addresses = staticAddresses(child.get(`/system/network/interfaces/${nic}`), nic)
  const known = addresses.filter(isKnown)
  const { subnets, complete, lacksMask } = subnetsIn(parent.get('/system/network'))
  if (known.length < addresses.length) return { kind: 'unreadable' }

  const holders = known.flatMap(address => bridgesHolding(address.ip, subnets).map(bridge => ({ bridge, address })))
  const bridges = [...new Set(holders.map(({ bridge }) => bridge))]
  const [first] = holders
  if (first !== undefined && bridges.length > 1) return { kind: 'several', holders, address: first.address }

  const general = parent.variable('XEN_BRIDGE', child.name)
  const misfit = known.find(({ ip }) => isExcluded(ip, first?.bridge ?? general, subnets))
  if (misfit !== undefined)
    return complete && !(lacksMask && isKept(parent))
      ? { kind: 'fits none', address: misfit, subnets }
      : { kind: 'unreadable' }
  if (first !== undefined) return { kind: 'found', ...first }
  if (general !== undefined) return { kind: 'general', bridge: general }
  return complete ? { kind: 'nothing' } : { kind: 'unreadable' }
}

export const pullBridge = (parent: MachineView, child: MachineView, nic: string, card: string): readonly Finding[] => {
  const path = ['vifs', nic, 'bridge']
  const remedy = `set XEN_VIF_BRIDGE for ${child.name} in ${parent.name}`
  const situation = situationOf(parent, child, nic)
  const missing = (fault: Omit<Missing, 'from' | 'unless'>): readonly Finding[] => [
    { ...fault, from: placesOf(nic), unless: [path] },
  ]
  switch (situation.kind) {
    case 'said':
      return [{ path, value: situation.bridge, from: situation.from }]
    case 'unreadable':
      return []
    case 'several': {
      const places = situation.holders.map(({ bridge, address }) => `${address.ip} lies on ${bridge}`)
      const message = `nic ${nic} fits several bridges: ${places.join(', ')}`
      return missing({ message, hint: remedy, pointer: situation.address.pointer })
    }
    case 'fits none': {
      const { address, subnets } = situation
      const message = `${address.ip}, the address of nic ${nic}, is in no subnet of a bridge`
      const known = subnets.map(subnet => `${subnet.bridge} has ${printSubnet(subnet)}`).join(', ')
      return missing({ message, hint: `${known}; or ${remedy}`, pointer: address.pointer })
    }
    case 'found':
      return [{ path, value: situation.bridge, from: fromChild(situation.address.pointer) }]
    case 'general':
      return [{ path, value: situation.bridge, from: fromVariable('XEN_BRIDGE') }]
    case 'nothing': {
      const hint = 'set XEN_BRIDGE in the host, or XEN_VIF_BRIDGE there for the guest'
      return missing({ message: `no bridge for nic ${nic}`, hint, pointer: card, variable: 'XEN_BRIDGE' })
    }
  }
}

const subnetsIn = (network: Json | undefined): HostSubnets => {
  if (!isMap(network)) return hostSubnets(network)
  const subnets = known.get(network) ?? hostSubnets(network)
  known.set(network, subnets)
  return subnets
}

/** The guests of a host ask one after the other, each for all its nics. */
const known = new WeakMap<JsonMap, HostSubnets>()

/** Whether the host's network is kept by the component network, which tells of an address without netmask itself. */
const isKept = (parent: MachineView): boolean => parent.get('/software/components/network') !== undefined

/** What decides on the bridge of a nic. */
const placesOf = (nic: string): readonly Wanted[] => [
  ...['ip', 'ipv6addr', 'bootproto'].map(key => fromChild(`/system/network/interfaces/${nic}/${key}`)),
  ...['interfaces', 'bridges'].map(key => fromParent(`/system/network/${key}`)),
  ...['XEN_VIF_BRIDGE', 'XEN_BRIDGE'].map(name => fromVariable(name)),
]

/** XEN_VIF_BRIDGE is one bridge for all nics of the guest, or a map by nic. */
const saidBridge = (parent: MachineView, child: MachineView, nic: string): SaidBridge | undefined => {
  const said = parent.variable('XEN_VIF_BRIDGE', child.name)
  const bridge = isMap(said) ? said[nic] : said
  if (bridge === undefined) return undefined
  return { bridge, from: fromVariable('XEN_VIF_BRIDGE', isMap(said) ? printPointer([nic]) : undefined) }
}

export const staticAddresses = (declared: Json | undefined, nic: string): readonly Address[] => {
  const { bootproto, ip, ipv6addr } = isMap(declared) ? declared : {}
  const pointer = `/system/network/interfaces/${nic}`
  const addresses: readonly Address[] = [
    ...(typeof ip === 'string' && bootproto !== 'dhcp' ? [{ ip: parseIp(ip), pointer: `${pointer}/ip` }] : []),
    ...(typeof ipv6addr === 'string'
      ? [{ ip: parseIp(ipv6addr.replace(/\/.*$/, '')), pointer: `${pointer}/ipv6addr` }]
      : []),
  ]
  return addresses.filter(({ ip }) => ip === undefined || !isShared(ip))
}

const isKnown = (address: Address): address is KnownAddress => address.ip !== undefined

/**
 * An address is certainly not on a bridge that has subnets of its family and none that holds it; without a bridge, on
 * none where any has subnets of that family.
 */
const isExcluded = (ip: Ip, bridge: Json | undefined, subnets: readonly BridgeSubnet[]): boolean => {
  const comparable = subnets.filter(
    subnet => subnet.address.kind() === ip.kind() && (bridge === undefined || subnet.bridge === bridge),
  )
  return comparable.length > 0 && bridgesHolding(ip, comparable).length === 0
}
