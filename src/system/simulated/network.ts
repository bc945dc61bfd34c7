// The simulated host's interfaces, as the kernel has them. What configures them stands in networkd.ts; there is no wire:
// whoever is in the subnet of an interface that has a way to a card answers, unless the card is cut off.
import { isInSubnet, parseIp, parseSubnet } from '../../model/ip.js'
import { own, type SimulatedState } from './state.js'

export type SimulatedNetwork = {
  /** By name, in the order in which they were made. */
  readonly links: Readonly<Record<string, SimulatedLink>>
  /** Interfaces through which nothing answers: a switch that lets no bridge in. */
  readonly deaf: readonly string[]
  /** False where something else configures the interfaces. */
  readonly networkdRuns: boolean
}

export type SimulatedLink = {
  readonly index: number
  readonly kind: 'device' | 'bridge' | 'vlan'
  readonly mac: string
  readonly mtu: number
  readonly master?: string
  readonly vlan?: { readonly device: string; readonly id: number }
  readonly stp: boolean
  /** Hundredths of a second. */
  readonly forwardDelay: number
  readonly addresses: readonly string[]
  readonly routes: readonly { readonly to: string; readonly via: string }[]
  /** The file that it was configured by, as networkd read it; absent: unmanaged. */
  readonly file?: { readonly path: string; readonly content: string; readonly modified: number }
  /** networkd could not do what its file says, and leaves it. */
  readonly hasFailed?: true
}

const card = (index: number): Omit<SimulatedLink, 'mac'> => ({
  index,
  kind: 'device',
  mtu: 1500,
  stp: false,
  forwardDelay: 1500,
  addresses: [],
  routes: [],
})

/** Interfaces that are there, by name with their addresses. */
export const networkWith = (macs: Readonly<Record<string, string>>): SimulatedNetwork => ({
  links: Object.fromEntries(Object.entries(macs).map(([name, mac], index) => [name, { ...card(index + 2), mac }])),
  deaf: [],
  networkdRuns: true,
})

/** Two cards. */
export const blankNetwork = networkWith({ eth0: '52:54:00:00:00:02', eth1: '52:54:00:00:00:03' })

export const networkOf = ({ network }: SimulatedState): SimulatedNetwork => network ?? blankNetwork

export const linkAt = (state: SimulatedState, name: string): SimulatedLink | undefined =>
  own(networkOf(state).links, name)

export const withNetwork = (state: SimulatedState, change: Partial<SimulatedNetwork>): SimulatedState => ({
  ...state,
  network: { ...networkOf(state), ...change },
})

export const withLink = (state: SimulatedState, name: string, link: SimulatedLink): SimulatedState =>
  withNetwork(state, { links: { ...networkOf(state).links, [name]: link } })

/** A new interface, by the next number. */
export const addLink = (
  state: SimulatedState,
  name: string,
  link: Pick<SimulatedLink, 'kind' | 'mac'> & Partial<SimulatedLink>,
): SimulatedState => {
  const index = Math.max(1, ...Object.values(networkOf(state).links).map(other => other.index)) + 1
  return withLink(state, name, { ...card(index), ...link, index })
}

/** Its ports are no ports any more; what networkd still wants in it has failed (tried with systemd 252). */
export const removeLink = (state: SimulatedState, name: string): SimulatedState => {
  const { [name]: _gone, ...links } = networkOf(state).links
  const left = Object.entries(links).map(([other, link]) => {
    if (link.master !== name) return [other, link] as const
    const { master: _none, ...free } = link
    const isWanted = link.file?.content.split('\n').includes(`Bridge=${name}`) ?? false
    return [other, isWanted ? { ...free, hasFailed: true as const } : free] as const
  })
  return withNetwork(state, { links: Object.fromEntries(left) })
}

/** What the kernel does when an MTU changes: no VLAN has more than what it lies on, a bridge has the least of its ports'. */
export const withMtusOfBelow = (state: SimulatedState): SimulatedState => {
  const { links } = networkOf(state)
  const capped = mapLinks(links, link => {
    const device = link.vlan === undefined ? undefined : own(links, link.vlan.device)
    return device === undefined ? link : { ...link, mtu: Math.min(link.mtu, device.mtu) }
  })
  const bridged = mapLinks(capped, (link, name) => {
    const ports = Object.values(capped).filter(({ master }) => master === name)
    const isOwn = link.kind !== 'bridge' || ports.length === 0 || /^MTUBytes=/m.test(link.file?.content ?? '')
    return isOwn ? link : { ...link, mtu: Math.min(...ports.map(({ mtu }) => mtu)) }
  })
  return withNetwork(state, { links: bridged })
}

const mapLinks = (
  links: SimulatedNetwork['links'],
  change: (link: SimulatedLink, name: string) => SimulatedLink,
): SimulatedNetwork['links'] =>
  Object.fromEntries(Object.entries(links).map(([name, link]) => [name, change(link, name)]))

/** The guests' interfaces by name, each with its bridge: they are there while the guest runs. */
export const vifsOf = (state: SimulatedState): readonly (readonly [name: string, bridge: string])[] =>
  state.domains.flatMap(({ domid, config }) =>
    config.vifs.flatMap(({ bridge }, number) =>
      bridge !== undefined && linkAt(state, bridge)?.kind === 'bridge'
        ? [[`vif${domid}.${number}`, bridge] as const]
        : [],
    ),
  )

/** Whether an address answers, asked through an interface or by the routes; undefined where no way leads there. */
export const isAnswered = (state: SimulatedState, address: string, through?: string): boolean | undefined => {
  const { links, deaf } = networkOf(state)
  const isOwn = Object.values(links).some(({ addresses }) => addresses.some(one => one.split('/')[0] === address))
  if (isOwn) return true
  const name = through ?? wayTo(state, address)
  if (name === undefined) return undefined
  return isNear(links[name], address) && !deaf.includes(name) && leadsOut(links, name)
}

const wayTo = (state: SimulatedState, address: string): string | undefined => {
  const entries = Object.entries(networkOf(state).links)
  const near = entries.find(([, link]) => isNear(link, address))
  return (near ?? entries.find(([, { routes }]) => routes.some(({ to }) => to === 'default')))?.[0]
}

const isNear = (link: SimulatedLink | undefined, address: string): boolean => {
  const ip = parseIp(address)
  const subnets = link?.addresses.map(parseSubnet) ?? []
  return ip !== undefined && subnets.some(subnet => subnet !== undefined && isInSubnet(ip, subnet))
}

/** A card that is no port itself, a VLAN of a card, or a bridge that has one of them. */
const leadsOut = (links: SimulatedNetwork['links'], name: string): boolean => {
  const link = links[name]
  if (link?.kind !== 'bridge') return link !== undefined && link.master === undefined
  return Object.values(links).some(({ kind, master }) => kind !== 'bridge' && master === name)
}
