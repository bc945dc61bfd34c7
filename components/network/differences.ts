// How a trunk that is there differs from the declared one, in words. What is not declared is not looked at. Pure.
import type { Actual, ActualLink } from './actual.js'
import type { Link, Trunk } from './trunk.js'

export const differences = (trunk: Trunk, actual: Actual): readonly string[] => [
  ...trunk.links.flatMap(link => {
    const there = actual.links[link.name]
    return there === undefined ? [`${link.name} is not there`] : linkDifferences(link, there, actual)
  }),
  ...trunk.absent.filter(name => actual.links[name] !== undefined).map(name => `${name} is there, ensure: absent`),
]

/** Whether guests can be given a bridge: it is there, with what it bridges. */
export const isUsable = (bridge: string, { links }: Trunk, actual: Actual): boolean =>
  actual.links[bridge]?.kind === 'bridge' &&
  links.filter(link => link.bridge === bridge).every(({ name }) => actual.links[name]?.bridge === bridge)

const linkDifferences = (link: Link, there: ActualLink, { routes }: Actual): readonly string[] => {
  const { name, bridge, addressing } = link
  const { dhcp, addresses, gateways } = addressing
  const hasRoute = (to: string, via: string): boolean =>
    routes.some(route => route.to === to && route.via === via && route.link === name)
  return [
    ...(there.bridge === bridge ? [] : [`${name} is ${portOf(there.bridge)}, declared ${portOf(bridge)}`]),
    ...addresses.filter(address => !there.addresses.includes(address)).map(address => `${name} has not ${address}`),
    ...(bridge === null ? [] : there.addresses.map(address => `${name} has ${address}, and is to be a port`)),
    ...(dhcp && !there.addresses.some(address => address.includes('.')) ? [`${name} has no address by DHCP`] : []),
    ...gateways.filter(via => !hasRoute('default', via)).map(via => `${name} leads to no default gateway ${via}`),
    ...addressing.routes
      .filter(({ to, via }) => !hasRoute(to, via))
      .map(({ to, via }) => `no route to ${to} by ${via}`),
    ...settings(link, there),
  ]
}

const portOf = (bridge: string | null): string => (bridge === null ? 'no port' : `a port of ${bridge}`)

const settings = (link: Link, there: ActualLink): readonly string[] =>
  (['mtu', 'stp', 'forwardDelay'] as const)
    .filter(key => link[key] !== null && link[key] !== there[key])
    .map(key => `${link.name} has ${words[key]} ${there[key]}, declared ${link[key]}`)

const words = { mtu: 'mtu', stp: 'stp', forwardDelay: 'forward_delay' } as const
