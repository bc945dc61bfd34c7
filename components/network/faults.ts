// Why a trunk cannot be made as it is declared, whatever is allowed: the profile does not fit this host. And what of
// another trunk is in its way, which that one's change removes. Pure.
import type { Actual } from './actual.js'
import { keptDirectory, keptPath } from './files.js'
import type { Link, Trunk } from './trunk.js'

export const faults = (trunk: Trunk, actual: Actual): readonly string[] => {
  const { device, isDeviceKnown, links } = trunk
  const there = actual.links
  return [
    ...trunk.conflicts,
    ...(device !== null && there[device] === undefined ? [`the host has no interface ${device}`] : []),
    ...(isDeviceKnown
      ? []
      : [`what addresses ${device} has itself is not declared: /system/network/interfaces/${device}`]),
    ...links.flatMap(link => kindFault(link, there)),
    ...links.flatMap(link => strangeBridge(link, trunk, there)),
    ...links.flatMap(({ name, addressing }) =>
      addressing.incomplete.map(ip => `${ip} of ${name} has neither netmask nor prefix`),
    ),
    ...inTheWay(trunk, actual)
      .filter(({ name }) => !isDeclared(name, actual))
      .map(({ words }) => `${words}: it is not declared, give it up first`),
  ]
}

/** In words. */
export const obstacles = (trunk: Trunk, actual: Actual): readonly string[] =>
  inTheWay(trunk, actual)
    .filter(({ name }) => isDeclared(name, actual))
    .map(({ words }) => words)

const isDeclared = (name: string, { managers }: Actual): boolean => managers[name] !== undefined

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

/** A bridge that loses its port keeps its addresses, answers nobody, and takes the way of those who would. */
const strangeBridge = ({ name, bridge }: Link, trunk: Trunk, links: Actual['links']): readonly string[] => {
  const now = links[name]?.bridge ?? null
  if (now === null || now === bridge) return []
  const there = links[now]
  if (there === undefined) return [`${name} is a port of ${now}, which is not declared: give it up (ensure: absent)`]
  const isOfTrunk = trunk.absent.includes(now) || trunk.links.some(link => link.name === now)
  if (isOfTrunk || there.addresses.length === 0) return []
  const held = there.addresses.join(', ')
  return [
    `${name} is a port of ${now}, which has ${held} and is declared elsewhere: give the other bridge another name`,
  ]
}

type Obstacle = { readonly name: string; readonly words: string }

/** An address on two links, and a bridge of two cards, which is a loop where both lead to one switch. */
const inTheWay = ({ links }: Trunk, { elsewhere, files }: Actual): readonly Obstacle[] => {
  const own = links.map(({ name }) => name)
  return links.flatMap(({ name, kind, addressing }) => [
    ...addressing.addresses.flatMap(address => {
      const holder = elsewhere[address]
      return holder === undefined ? [] : [{ name: holder, words: `${holder} has ${address}` }]
    }),
    ...(kind === 'bridge' ? portsByFiles(name, files) : [])
      .filter(port => !own.includes(port))
      .map(port => ({ name: port, words: `${port} is a port of ${name} by ${keptPath(`${port}.network`)}` })),
  ])
}

const portsByFiles = (bridge: string, files: Actual['files']): readonly string[] =>
  Object.entries(files).flatMap(([path, content]) => {
    const isPort = path.startsWith(keptDirectory) && content.split('\n').includes(`Bridge=${bridge}`)
    return isPort ? path.slice(keptPath('').length).replace(/\.network$/, '') : []
  })
