// Which block devices the simulated host has: the disks of its state, where none was described every disk that is
// asked for, and the logical volumes. /dev/disk/by-id/X is a link to a disk that the kernel calls /dev/X.
import { basename } from 'node:path'
import { type Device, type Group, own, type SimulatedState, type Volume } from './state.js'

/** LVM's default; every simulated group has it. */
export const extentSize = 4 * 1024 ** 2

/** What a disk is that nobody described. */
export const blankDisk: Device = { size: 4 * 1024 ** 4, serial: null, signature: null, mountpoint: null }

/** The kernel's name of a disk or of a volume (`/dev/sdb`, `/dev/dm-0`), or the path itself where it is no link. */
export const kernelName = (state: SimulatedState, path: string): string => {
  if (/^\/dev\/disk\/by-[a-z]+\//.test(path)) return `/dev/${basename(path)}`
  const volume = volumesOf(state).find(({ names }) => names.includes(path))
  return volume === undefined ? path : `/dev/dm-${volume.volume.minor}`
}

/** A disk or partition, by any of its names. */
export const deviceAt = (state: SimulatedState, path: string): Device | undefined => {
  const name = kernelName(state, path)
  return own(state.devices, name) ?? (state.anyDevice && mayBeDisk(state, name) ? blankDisk : undefined)
}

/** Not the device mapper's, not the directories of links that each host and each group has. */
const mayBeDisk = ({ groups }: SimulatedState, name: string): boolean =>
  /^\/dev\/[^/]+$/.test(name) &&
  !/^\/dev\/(dm-\d+|zero|null|disk|mapper)$/.test(name) &&
  own(groups, basename(name)) === undefined

export type NamedVolume = {
  readonly groupName: string
  readonly group: Group
  readonly name: string
  readonly volume: Volume
  /** /dev/VG/LV and the device mapper's, with hyphens doubled. */
  readonly names: readonly [path: string, mapper: string]
}

/** Every logical volume of the host. */
export const volumesOf = (state: SimulatedState): readonly NamedVolume[] =>
  Object.entries(state.groups).flatMap(([groupName, group]) =>
    Object.entries(group.volumes).map(([name, volume]) => ({
      groupName,
      group,
      name,
      volume,
      names: [`/dev/${groupName}/${name}`, `/dev/mapper/${doubled(groupName)}-${doubled(name)}`] as const,
    })),
  )

export const volumeAt = (state: SimulatedState, path: string): NamedVolume | undefined =>
  volumesOf(state).find(({ names, volume }) => names.includes(path) || path === `/dev/dm-${volume.minor}`)

/** The volume group that a disk is a physical volume of, by the disk's kernel name. */
export const groupOn = (state: SimulatedState, name: string): readonly [string, Group] | undefined =>
  Object.entries(state.groups).find(([, group]) => group.devices.includes(name))

export const isBlockDevice = (state: SimulatedState, path: string): boolean =>
  deviceAt(state, path) !== undefined || volumeAt(state, path) !== undefined

/** Bytes; of something that is no block device, undefined. */
export const sizeOf = (state: SimulatedState, path: string): number | undefined => {
  const volume = volumeAt(state, path)
  return volume === undefined ? deviceAt(state, path)?.size : volume.volume.extents * extentSize
}

/** Mounted, or holding active volumes. A volume that a domain uses is not held: blkback opens it without O_EXCL. */
export const isHeld = (state: SimulatedState, path: string): boolean => {
  const group = groupOn(state, kernelName(state, path))?.[1]
  const held = { ...group?.volumes, ...group?.pools }
  const holdsVolumes = Object.keys(held).length > 0
  return holdsVolumes || typeof deviceAt(state, path)?.mountpoint === 'string'
}

/** The domain that has this device as a disk, if one has. */
export const userOf = (state: SimulatedState, path: string): SimulatedState['domains'][number] | undefined =>
  state.domains.find(({ config }) =>
    config.disks.some(disk => kernelName(state, disk.target) === kernelName(state, path)),
  )

const doubled = (name: string): string => name.replaceAll('-', '--')
