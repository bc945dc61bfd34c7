// The devices of a group are disks that the hardware lists, and none that the machine's own system is on. Part of check-site.ts; pure.
import { diskOf } from '../../../src/model/block-device.js'
import type { Place, SiteFault } from '../../../src/model/component.js'
import { printPointer } from '../../../src/model/pointer.js'
import { devicesOf, type GroupDevice } from '../devices.js'
import { base, type Host, partitionsOf } from '../host.js'

export const checkDevices = (host: Host): readonly SiteFault[] =>
  devicesOf(host.desired).flatMap(device => [...unlisted(host, device), ...ofSystem(host, device)])

type Disks = { readonly [name: string]: { readonly boot?: boolean } }

const disksOf = ({ get }: Host): Disks => (get('/hardware/harddisks') ?? {}) as Disks

/** A disk by the name that the kernel gives it: of `/dev/disk/by-id/ata-1` and of what is made of disks nothing is known here. */
const nameOf = (path: string): string | undefined => /^\/dev\/((?:[hsv]d|xvd)[a-z]+|nvme[0-9]+n[0-9]+)$/.exec(path)?.[1]

/** A warning: a disk may be another machine's, lent over a network. */
const unlisted = (host: Host, { group, path, pointer }: GroupDevice): readonly SiteFault[] => {
  const disks = Object.keys(disksOf(host))
  const name = nameOf(diskOf(path) ?? path)
  const isPartitioned = Object.values(partitionsOf(host)).some(({ holding_dev }) => holding_dev === name)
  if (name === undefined || disks.length === 0 || disks.includes(name) || isPartitioned) return []
  return [
    {
      code: 'advice',
      message: `group ${group} of ${host.name} lies on ${path}, and the disks of its hardware are ${disks.join(', ')}`,
      known: disks.map(disk => `/dev/${disk}`),
      ...placeIn(host, base + pointer),
    },
  ]
}

const ofSystem = (host: Host, { group, path, pointer }: GroupDevice): readonly SiteFault[] => {
  const name = nameOf(path)
  const system = name === undefined ? undefined : systemOn(host, name)
  if (system === undefined) return []
  return [
    {
      code: 'contradiction',
      message: `group ${group} of ${host.name} lies on all of ${path}, ${system.says}`,
      hint: 'another disk, or a partition of this one',
      ...placeIn(host, base + pointer),
      other: placeIn(host, system.pointer),
    },
  ]
}

const systemOn = (host: Host, disk: string): { readonly says: string; readonly pointer: string } | undefined => {
  if (disksOf(host)[disk]?.boot === true)
    return { says: 'from which it boots', pointer: printPointer(['hardware', 'harddisks', disk, 'boot']) }
  const [own] = Object.entries(partitionsOf(host)).find(([, { holding_dev }]) => holding_dev === disk) ?? []
  if (own === undefined) return undefined
  const pointer = printPointer(['system', 'blockdevices', 'partitions', own])
  return { says: `on which its installation makes ${own}`, pointer }
}

const placeIn = ({ name }: Host, pointer: string): Place => ({ machine: name, pointer })
