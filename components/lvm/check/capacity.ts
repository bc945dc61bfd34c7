// What is in a group, beside what its devices give, where the size of every one of them is declared; and what a pool's
// volumes are promised, beside what it has. Part of check-site.ts; pure.
import type { Place, SiteFault } from '../../../src/model/component.js'
import { printPointer } from '../../../src/model/pointer.js'
import { MiB, printSizesAlike } from '../../../src/model/quantity.js'
import { sorted } from '../../../src/model/sorted.js'
import { type Group, groupsOf, type Pool } from '../declared.js'
import type { Device } from '../desired.js'
import { defaultExtent, extentsFor, extentsOn } from '../extents.js'
import { base, type Host, partitionsOf } from '../host.js'
import { type Space, takenByNew } from '../pool-sizes.js'
import { poolOf } from '../thin.js'

export const checkCapacity = (host: Host): readonly SiteFault[] =>
  groupsOf(host.desired).flatMap(([name, group]) => [
    ...checkGroup(host, name, group),
    ...sorted(group.pools ?? {}).flatMap(([pool, declared]) => checkPool(host, name, group, pool, declared)),
  ])

/** What takes space of a group or pool. */
type Share = { readonly kind: 'pool' | 'volume'; readonly name: string; readonly extents: number }

/** Blames the first in the agent's order that does not fit, as the agent would reject it. */
const checkGroup = (host: Host, name: string, group: Group): readonly SiteFault[] => {
  const { devices } = group
  if (devices === undefined) return []
  const sizes = devices.map(device => sizeOf(device, host))
  const given = sum(sizes.map(size => extentsOn((size ?? 0) * MiB, defaultExtent)))
  const installed = extentsOfSystem(host, name)
  const wanted = [...poolShares(group), ...volumeShares(group, null)]
  const blamed = firstAbove(given - installed, wanted)
  if (sizes.includes(undefined) || blamed === undefined) return []
  const taken = wanted.some(({ kind }) => kind === 'pool')
    ? "its volumes and pools, with the pools' metadata,"
    : 'its volumes'
  const [needed, has, ofSystem] = printSizesAlike(bytesOf(total(wanted)), bytesOf(given), bytesOf(installed))
  return [
    {
      code: 'overcommitted',
      message: `no space is left for ${blamed.kind} ${blamed.name} in group ${name} of ${host.name}: ${taken} take ${needed}, its devices give ${has}${installed === 0 ? '' : `, of which ${ofSystem} are the system's own`}`,
      ...placeIn(host, name, `${blamed.kind}s`, blamed.name, 'size'),
      other: placeIn(host, name, 'devices'),
    },
  ]
}

const checkPool = (host: Host, name: string, group: Group, pool: string, declared: Pool): readonly SiteFault[] => {
  if (declared.overcommit === true) return []
  const given = extentsFor(declared.size, defaultExtent)
  const wanted = volumeShares(group, pool)
  const blamed = firstAbove(given, wanted)
  if (blamed === undefined) return []
  const [promised, has] = printSizesAlike(bytesOf(total(wanted)), bytesOf(given))
  return [
    {
      code: 'overcommitted',
      message: `no space is left for volume ${blamed.name} in pool ${pool} of group ${name} of ${host.name}: its volumes are promised ${promised}, it has ${has}`,
      hint: 'a larger pool, or `overcommit: true` with it',
      ...placeIn(host, name, 'volumes', blamed.name, 'size'),
      other: placeIn(host, name, 'pools', pool, 'size'),
    },
  ]
}

/** With metadata, and the growth of the spare that LVM keeps of it. */
const poolShares = ({ pools = {} }: Group): readonly Share[] => {
  let space: Space = { extent: defaultExtent, free: undefined, spare: 0, metadata: [] }
  return sorted(pools).map(([name, pool]) => {
    const { extents, ...after } = takenByNew(pool, space)
    space = { ...space, ...after }
    return { kind: 'pool', name, extents }
  })
}

/** The volumes in a pool, or with null those that have their space for themselves. */
const volumeShares = ({ volumes = {} }: Group, pool: string | null): readonly Share[] =>
  sorted(volumes)
    .filter(([name]) => poolOf(name, volumes) === pool)
    .map(([name, { size }]) => ({ kind: 'volume', name, extents: extentsFor(size, defaultExtent) }))

const firstAbove = (given: number, shares: readonly Share[]): Share | undefined =>
  shares.find((_, index) => total(shares.slice(0, index + 1)) > given)

const placeIn = (host: Host, group: string, ...path: readonly string[]): Place => ({
  machine: host.name,
  pointer: base + printPointer(['groups', group, ...path]),
})

/** MiB: as declared with the device, else that of the disk or of the installation's partition of that name. */
export const sizeOf = ({ path, size }: Device, host: Host): number | undefined => {
  const [, name] = /^\/dev\/([a-z][a-z0-9]*)$/.exec(path) ?? []
  if (size !== undefined || name === undefined) return size
  return capacityOf(name, host) ?? sizeOfPartition(name, host)
}

const capacityOf = (disk: string, { get }: Host): number | undefined =>
  get(`/hardware/harddisks/${disk}/capacity`) as number | undefined

/** One without a size has what the others leave of its disk. */
const sizeOfPartition = (name: string, host: Host): number | undefined => {
  const partitions = partitionsOf(host)
  const { holding_dev: disk = '', size } = partitions[name] ?? {}
  const capacity = capacityOf(disk, host)
  if (size !== undefined || capacity === undefined) return size
  const others = Object.values(partitions).filter(({ holding_dev }) => holding_dev === disk)
  return capacity - sum(others.map(({ size = 0 }) => size))
}

type LogicalVolumes = { readonly [name: string]: { readonly volume_group: string; readonly size: number } }

/** What the installation makes in a group for the machine itself: it stands there before any guest's volume. */
const extentsOfSystem = ({ get }: Host, group: string): number => {
  const volumes = Object.values((get('/system/blockdevices/logical_volumes') ?? {}) as LogicalVolumes)
  return sum(
    volumes.filter(({ volume_group }) => volume_group === group).map(({ size }) => extentsFor(size, defaultExtent)),
  )
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
const total = (shares: readonly Share[]): number => sum(shares.map(({ extents }) => extents))
const bytesOf = (extents: number): number => extents * defaultExtent
