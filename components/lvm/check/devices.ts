// The devices of a group, and those that guests are given, are disks that the hardware lists, and none that the machine's
// own system is on. Part of check-site.ts; pure.
import { diskOf, overlap } from '../../../src/model/block-device.js'
import type { Place, SiteFault } from '../../../src/model/component.js'
import { printPointer } from '../../../src/model/pointer.js'
import { devicesOf } from '../devices.js'
import { base, type Host, partitionsOf } from '../host.js'
import { guestDisks } from './guest-disks.js'

export const checkDevices = (host: Host): readonly SiteFault[] => {
  const [ofGroups, ofGuests] = [groupDevices(host), guestDevices(host)]
  const used = [...ofGroups, ...ofGuests].map(({ path }) => path)
  return [
    ...ofGroups.flatMap(device => [...unlisted(host, device, used), ...ofSystem(host, device)]),
    ...ofGuests.flatMap(device => [
      ...unlisted(host, device, used),
      ...ofSystem(host, device),
      ...ofSystemInPart(host, device),
    ]),
  ]
}

/** `says` is whose it is, in words. */
type UsedDevice = { readonly says: string; readonly path: string; readonly pointer: string }

const groupDevices = (host: Host): readonly UsedDevice[] =>
  devicesOf(host.desired).map(({ group, path, pointer }) => ({
    says: `group ${group} of ${host.name}`,
    path,
    pointer: base + pointer,
  }))

const guestDevices = (host: Host): readonly UsedDevice[] =>
  guestDisks(host).flatMap(({ domain, isAbsent, vdev, path, key, pointer }) =>
    key === 'device' && !isAbsent ? [{ says: `disk ${vdev} of ${domain} on ${host.name}`, path, pointer }] : [],
  )

type Disks = { readonly [name: string]: { readonly boot?: boolean } }

const disksOf = ({ get }: Host): Disks => (get('/hardware/harddisks') ?? {}) as Disks

/** A disk by the name that the kernel gives it: of `/dev/disk/by-id/ata-1` and of what is made of disks nothing is known here. */
const nameOf = (path: string): string | undefined => /^\/dev\/((?:[hsv]d|xvd)[a-z]+|nvme[0-9]+n[0-9]+)$/.exec(path)?.[1]

/** A warning: a disk may be another machine's, lent over a network. What is in use already is no suggestion. */
const unlisted = (host: Host, { says, path, pointer }: UsedDevice, used: readonly string[]): readonly SiteFault[] => {
  const disks = Object.keys(disksOf(host))
  const name = nameOf(diskOf(path) ?? path)
  const isPartitioned = Object.values(partitionsOf(host)).some(({ holding_dev }) => holding_dev === name)
  if (name === undefined || disks.length === 0 || disks.includes(name) || isPartitioned) return []
  const isFree = (disk: string): boolean =>
    systemOn(host, disk) === undefined && !used.some(other => overlap(other, `/dev/${disk}`))
  return [
    {
      code: 'advice',
      message: `${says} lies on ${path}, and the disks of ${host.name}'s hardware are ${disks.join(', ')}`,
      known: disks.filter(isFree).map(disk => `/dev/${disk}`),
      ...placeIn(host, pointer),
    },
  ]
}

const ofSystem = (host: Host, { says, path, pointer }: UsedDevice): readonly SiteFault[] => {
  const name = nameOf(path)
  const system = name === undefined ? undefined : systemOn(host, name)
  if (system === undefined) return []
  return [
    {
      code: 'contradiction',
      message: `${says} lies on all of ${path}, ${system.says}`,
      hint: 'another disk, or a partition of this one',
      ...placeIn(host, pointer),
      other: placeIn(host, system.pointer),
    },
  ]
}

/**
 * A partition that the installation makes and does not use itself may be meant for the guest; of one that it does not make,
 * on the disk from which the host boots, nobody knows: a warning.
 */
const ofSystemInPart = (host: Host, { says, path, pointer }: UsedDevice): readonly SiteFault[] => {
  const disk = nameOf(diskOf(path) ?? '')
  if (disk === undefined) return []
  const partition = path.replace('/dev/', '')
  if (Object.hasOwn(partitionsOf(host), partition)) {
    if (!systemLiesOn(host, partition)) return []
    const message = `${says} lies on ${path}, on which ${host.name}'s own system is`
    const other = placeIn(host, printPointer(['system', 'blockdevices', 'partitions', partition]))
    return [{ code: 'contradiction', message, ...placeIn(host, pointer), other }]
  }
  if (disksOf(host)[disk]?.boot !== true) return []
  const message = `${says} lies on a part of /dev/${disk}, from which ${host.name} boots, and nothing says that it is not the system's`
  const other = placeIn(host, printPointer(['hardware', 'harddisks', disk, 'boot']))
  const hint = 'another disk, or a volume; a partition that is meant for it stands in /system/blockdevices/partitions'
  return [{ code: 'advice', message, hint, ...placeIn(host, pointer), other }]
}

/** By a filesystem that is mounted from it, or a group that the installation makes of it. */
const systemLiesOn = ({ get }: Host, partition: string): boolean => {
  const filesystems = (get('/system/filesystems') ?? []) as readonly { readonly block_device: string }[]
  const groups = (get('/system/blockdevices/volume_groups') ?? {}) as SystemGroups
  const used = [
    ...filesystems.map(({ block_device }) => block_device),
    ...Object.values(groups).flatMap(({ device_list }) => device_list),
  ]
  return used.includes(`partitions/${partition}`)
}

type SystemGroups = { readonly [name: string]: { readonly device_list: readonly string[] } }

const systemOn = (host: Host, disk: string): { readonly says: string; readonly pointer: string } | undefined => {
  if (disksOf(host)[disk]?.boot === true)
    return { says: `from which ${host.name} boots`, pointer: printPointer(['hardware', 'harddisks', disk, 'boot']) }
  const [own] = Object.entries(partitionsOf(host)).find(([, { holding_dev }]) => holding_dev === disk) ?? []
  if (own === undefined) return undefined
  const pointer = printPointer(['system', 'blockdevices', 'partitions', own])
  return { says: `on which ${host.name}'s installation makes ${own}`, pointer }
}

const placeIn = ({ name }: Host, pointer: string): Place => ({ machine: name, pointer })
