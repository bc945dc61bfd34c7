// A simulated host as an installer leaves it on the machine that a document describes: its memory, its disks, its cards
// with their addresses. What the document does not say of the hardware is as on any blank host.
import type { Document } from '../../model/document.js'
import { declaredSubnet, isInSubnet, parseIp, parseSubnet } from '../../model/ip.js'
import { isList, isMap, type Json, type JsonMap } from '../../model/json.js'
import { MiB } from '../../model/quantity.js'
import type { Hardware } from '../../model/schemas/hardware.js'
import type { System } from '../../model/schemas/system.js'
import { sorted } from '../../model/sorted.js'
import { blankHost } from './blank.js'
import { boot } from './boot.js'
import { blankDisk, kernelName } from './devices.js'
import { writeFile } from './files.js'
import { networkWith } from './network.js'
import { defaultMemory } from './spec.js'
import type { Device, SimulatedState } from './state.js'

/** Every disk that it does not describe exists, too, large and blank. */
export const declaredHost = (document: Document): SimulatedState => {
  const memory = memoryOf(document) ?? defaultMemory
  const blank = blankHost({ hostname: document.name, memory, devices: [] })
  const macs = macsOf(document)
  const isDescribed = Object.keys(macs).length > 0
  const wired: SimulatedState = {
    ...blank,
    devices: disksOf(document, blank),
    ...(isDescribed && { network: networkWith(macs) }),
  }
  return boot(networkFiles(document).reduce((state, [path, text]) => writeFile(state, path, text, 0o644), wired))
}

/** Of the cards, and of the bonds of them: a bond has the address of its first port. */
export const macsOf = ({ hardware, system }: Document): Readonly<Record<string, string>> => {
  const cards = sorted(((hardware ?? {}) as Hardware).cards?.nic ?? {}).map(
    ([name, { hwaddr }]) => [name, hwaddr] as const,
  )
  const ports = sorted(((system ?? {}) as System).network?.interfaces ?? {})
  const bonds = ports.flatMap(([port, { master }]) =>
    cards.flatMap(([name, mac]) => (name === port && master !== undefined ? [[master, mac] as const] : [])),
  )
  return Object.fromEntries([...bonds.reverse(), ...cards])
}

/** MiB. */
const memoryOf = ({ hardware }: Document): number | undefined => {
  const { ram = [] } = (hardware ?? {}) as Hardware
  return ram.length === 0 ? undefined : ram.reduce((sum, { size }) => sum + size, 0)
}

/** Where a component says what a device must be before it is used, it is that; the others have what the hardware says. */
const disksOf = ({ hardware, software }: Document, state: SimulatedState): SimulatedState['devices'] => {
  const { harddisks = {} } = (hardware ?? {}) as Hardware
  const described = sorted(harddisks).flatMap(([name, { capacity }]) =>
    capacity === undefined ? [] : [[`/dev/${name}`, { ...blankDisk, size: capacity * MiB }] as const],
  )
  const demanded = demandsIn(software ?? {}).map(
    ({ path, size, serial }) => [kernelName(state, path), demandedDisk(size, serial)] as const,
  )
  return Object.fromEntries([...described, ...demanded])
}

type Demand = { readonly path: string; readonly size: Json | undefined; readonly serial: Json | undefined }

const demandedDisk = (size: Json | undefined, serial: Json | undefined): Device => ({
  ...blankDisk,
  ...(typeof size === 'number' && { size: size * MiB }),
  ...(typeof serial === 'string' && { serial }),
})

/** Whatever component says it: a device by its path, with the size or the serial number that it must have. */
const demandsIn = (value: Json): readonly Demand[] => {
  if (isList(value)) return value.flatMap(demandsIn)
  if (!isMap(value)) return []
  const byKey = Object.entries(value).flatMap(([path, said]) => (isMap(said) ? demandOf(path, said) : []))
  return [...demandOf(value.path, value), ...byKey, ...Object.values(value).flatMap(demandsIn)]
}

const demandOf = (path: Json | undefined, { size, serial }: JsonMap): readonly Demand[] => {
  const isDevice = typeof path === 'string' && path.startsWith('/dev/')
  return isDevice && (size !== undefined || serial !== undefined) ? [{ path, size, serial }] : []
}

/** The static addresses of its cards, as an installer writes them for networkd; a card without any asks by DHCP. */
const networkFiles = (document: Document): readonly (readonly [path: string, content: string])[] => {
  const { network = {} } = (document.system ?? {}) as System
  const cards = Object.keys(macsOf(document))
  return sorted(network.interfaces ?? {}).flatMap(([name, { ip, netmask, prefix, gateway, bootproto }]) => {
    if (!cards.includes(name) || ip === undefined || bootproto === 'dhcp') return []
    const subnet = declaredSubnet({ ip, netmask, prefix })
    if (subnet === undefined) return []
    const address = `${subnet.address}/${subnet.prefix}`
    const via = gateway ?? gatewayOn(address, network.default_gateway)
    const lines = ['[Match]', `Name=${name}`, '', '[Network]', `Address=${address}`]
    const content = `${[...lines, ...(via === undefined ? [] : [`Gateway=${via}`])].join('\n')}\n`
    return [[`/etc/systemd/network/10-${name}.network`, content] as const]
  })
}

const gatewayOn = (address: string, gateway: string | undefined): string | undefined => {
  const [subnet, ip] = [parseSubnet(address), gateway === undefined ? undefined : parseIp(gateway)]
  return subnet !== undefined && ip !== undefined && isInSubnet(ip, subnet) ? gateway : undefined
}
