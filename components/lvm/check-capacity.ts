// What a group's volumes take, beside what its devices give, where the size of every one of them is declared. Part of
// check-site.ts; pure.
import type { SiteFault } from '../../src/model/component.js'
import { printPointer } from '../../src/model/pointer.js'
import { MiB, printSize } from '../../src/model/quantity.js'
import type { Device, Group } from './desired.js'
import { defaultExtent, extentsFor, extentsOn } from './extents.js'
import { base, type Host } from './host.js'
import { sorted } from './sorted.js'

export const checkCapacity = (host: Host): readonly SiteFault[] =>
  sorted(host.desired.groups ?? {}).flatMap(([name, group]) => checkGroup(host, name, group))

/** Blames the first volume by name that does not fit, as the agent would reject it. */
const checkGroup = (host: Host, name: string, { devices, volumes = {} }: Group): readonly SiteFault[] => {
  if (devices === undefined) return []
  const sizes = devices.map(device => sizeOf(device, host))
  const given = sum(sizes.map(size => extentsOn((size ?? 0) * MiB, defaultExtent)))
  const wanted = sorted(volumes).map(([volume, { size }]) => ({ volume, extents: extentsFor(size, defaultExtent) }))
  const total = sum(wanted.map(({ extents }) => extents))
  if (sizes.includes(undefined) || total <= given) return []
  const upTo = (index: number): number => sum(wanted.slice(0, index + 1).map(({ extents }) => extents))
  const blamed = wanted.find((_, index) => upTo(index) > given)
  if (blamed === undefined) return []
  const place = (...path: readonly string[]) => ({
    machine: host.name,
    pointer: base + printPointer(['groups', name, ...path]),
  })
  return [
    {
      code: 'overcommitted',
      message: `no space is left for volume ${blamed.volume} in group ${name} of ${host.name}: its volumes take ${show(total)}, its devices give ${show(given)}`,
      ...place('volumes', blamed.volume, 'size'),
      other: place('devices'),
    },
  ]
}

/** MiB: as declared with the device, else the capacity of the disk of that name. */
const sizeOf = ({ path, size }: Device, { get }: Host): number | undefined => {
  const [, disk] = /^\/dev\/([a-z][a-z0-9]*)$/.exec(path) ?? []
  const capacity = disk === undefined ? undefined : get(`/hardware/harddisks/${disk}/capacity`)
  return size ?? (typeof capacity === 'number' ? capacity : undefined)
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
const show = (extents: number): string => printSize(extents * defaultExtent)
