// What must hold of /system/network, which no component owns: an address and a host name are one machine's, a machine that
// has an agent answers to its name, a VLAN lies on something, a port is one of a bridge that is made, and the way out is on a wire. Pure.
import type { SiteFault, SiteView, Unique } from '../../model/component.js'
import { isSameMachine } from '../../model/host-name.js'
import { isShared, parseIp } from '../../model/ip.js'
import { isMap, type Json } from '../../model/json.js'
import { type DeclaredLinks, vlanOf } from '../../model/links.js'
import { parsePointer, printPointer } from '../../model/pointer.js'
import { type Use, uniqueOf, usedTwice } from '../../model/used-twice.js'
import { checkBonds } from './check-bonds.js'
import { checkGateway } from './check-gateway.js'

type Machine = SiteView['machines'][number]

export const checkNetwork = ({ machines }: SiteView): readonly SiteFault[] => {
  const otherNames = machines.flatMap(otherName)
  const misnamed = new Set(otherNames.map(({ machine }) => machine))
  return [
    ...otherNames,
    ...usedTwice('host name', machines.filter(({ name }) => !misnamed.has(name)).flatMap(hostName)),
    ...usedTwice('address', machines.flatMap(addresses)),
    ...machines.flatMap(vlansOnNothing),
    ...machines.flatMap(portsOfNothing),
    ...machines.flatMap(checkBonds),
    ...machines.flatMap(checkGateway),
  ]
}

/** Of one machine, what no other may have. */
export const uniqueInNetwork = (machine: Machine): readonly Unique[] => [
  ...uniqueOf('host name', hostName(machine)),
  ...uniqueOf('address', addresses(machine)),
]

const interfaces = parsePointer('/system/network/interfaces')

const hostName = ({ name, get }: Machine): readonly Use[] => {
  const hostname = get('/system/network/hostname')
  if (typeof hostname !== 'string') return []
  const domain = get('/system/network/domainname')
  const value = typeof domain === 'string' ? `${hostname}.${domain}` : hostname
  const place = { machine: name, pointer: '/system/network/hostname' }
  return [{ value: value.toLowerCase(), owner: name, by: name, place }]
}

/** The agent would refuse the document as another machine's; without components there is nothing for an agent. */
const otherName = ({ name: machine, get }: Machine): readonly SiteFault[] => {
  const [hostname, components] = [get('/system/network/hostname'), get('/software/components')]
  const hasAgent = entriesOf(components).length > 0
  if (!hasAgent || typeof hostname !== 'string' || isSameMachine(machine, hostname)) return []
  const message = `${machine} would be called ${hostname}, and its agent takes a document of that name only`
  const hint = `hostname: ${machine}, or give the profile the name of the machine`
  return [{ code: 'contradiction', message, hint, machine, pointer: '/system/network/hostname' }]
}

const addresses = ({ name, get }: Machine): readonly Use[] =>
  entriesOf(get('/system/network/interfaces')).flatMap(([nic, declared]) => {
    const path = [...interfaces, nic]
    const aliases = entriesOf(isMap(declared) ? declared.aliases : undefined)
    return [
      ...addressAt(name, [...path, 'ip'], nic, declared),
      ...addressAt(name, [...path, 'ipv6addr'], nic, declared),
      ...aliases.flatMap(([alias, value]) => addressAt(name, [...path, 'aliases', alias, 'ip'], nic, value)),
    ]
  })

const addressAt = (machine: string, path: readonly string[], nic: string, declared: Json): readonly Use[] => {
  const written = isMap(declared) ? declared[path.at(-1) ?? ''] : undefined
  const ip = typeof written === 'string' ? parseIp(written.replace(/\/.*$/, '')) : undefined
  if (ip === undefined || isShared(ip)) return []
  const pointer = printPointer(path)
  return [{ value: ip.toString(), owner: machine + pointer, by: `${machine}'s ${nic}`, place: { machine, pointer } }]
}

const vlansOnNothing = ({ name: machine, get }: Machine): readonly SiteFault[] => {
  const network = (get('/system/network') ?? {}) as DeclaredLinks
  return Object.keys(network.interfaces ?? {}).flatMap(name => {
    const id = network.interfaces?.[name]?.vlan
    if (id === undefined || vlanOf(network, name) !== null) return []
    const pointer = printPointer([...interfaces, name, 'vlan'])
    const message = `${name} is VLAN ${id}, and nothing says on which interface`
    return [{ code: 'reference-missing', message, hint: 'physdev: eth0, or a name such as eth0.7', machine, pointer }]
  })
}

/** Of a machine that declares no bridge, something else may make all that its interfaces name. */
const portsOfNothing = ({ name: machine, get }: Machine): readonly SiteFault[] => {
  const network = (get('/system/network') ?? {}) as DeclaredLinks
  const { interfaces: declared = {}, bridges = {} } = network
  const known = Object.keys(bridges)
  const cards = get('/hardware/cards/nic')
  const isCard = (name: string): boolean => isMap(cards) && Object.hasOwn(cards, name)
  /** What is neither a card nor a VLAN may be a bridge of somebody else's making. */
  const isOther = (name: string): boolean =>
    Object.hasOwn(declared, name) && !isCard(name) && vlanOf(network, name) === null
  return Object.entries(declared).flatMap(([name, { bridge }]): readonly SiteFault[] => {
    if (bridge === undefined || known.length === 0 || known.includes(bridge) || isOther(bridge)) return []
    const message = `${machine} makes no bridge ${bridge} for ${name}: it declares ${known.join(', ')}`
    const other = { machine, pointer: '/system/network/bridges' }
    const pointer = printPointer([...interfaces, name, 'bridge'])
    return [{ code: 'reference-missing', message, known, machine, pointer, other }]
  })
}

const entriesOf = (value: Json | undefined): readonly (readonly [string, Json])[] =>
  isMap(value) ? Object.entries(value) : []
