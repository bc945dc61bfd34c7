// The commands that divide the disks: /system/blockdevices and /system/filesystems as partitions, volume groups and logical
// volumes. Only disks that have a partition there are touched. Pure.
import { byCodeUnit } from '../../model/json.js'
import { printPointer } from '../../model/pointer.js'
import type { System } from '../../model/schemas/system.js'
import type { ProvisionFault } from '../fault.js'
import { command } from './command.js'
import { dividedDisks } from './lost.js'

type Blockdevices = NonNullable<System['blockdevices']>
type Partition = NonNullable<Blockdevices['partitions']>[string]
type Filesystem = NonNullable<System['filesystems']>[number]

export type Storage = { readonly commands: readonly string[]; readonly faults: readonly ProvisionFault[] }

/** Needs a filesystem for `/`; `disks` are those of /hardware/harddisks. */
export const storageOf = (system: System, disks: readonly string[]): Storage => {
  const faults = faultsOf(system, disks)
  return faults.length > 0 ? { commands: [], faults } : { commands: commandsOf(system, disks), faults }
}

/** The disk that the firmware starts from: that of /boot, else that of /. */
export const bootDisk = (system: System): string | undefined => {
  const filesystem = bootFilesystem(system)
  return filesystem === undefined ? undefined : disksBelow(system, filesystem.block_device)[0]
}

const bootFilesystem = ({ filesystems = [] }: System): Filesystem | undefined =>
  filesystems.find(({ mountpoint }) => mountpoint === '/boot') ??
  filesystems.find(({ mountpoint }) => mountpoint === '/')

const commandsOf = (system: System, disks: readonly string[]): readonly string[] => {
  const { partitions = {}, volume_groups = {}, logical_volumes = {} } = system.blockdevices ?? {}
  const drives = dividedDisks(system)
  const kept = disks.filter(disk => !drives.includes(disk)).sort(byCodeUnit)
  const physical = physicalVolumes(system)
  const part = (name: string, { holding_dev, size }: Partition): string => {
    const space = { size: size ?? 1, grow: size === undefined, ondisk: holding_dev }
    const volume = physical.get(name)
    if (volume !== undefined) return command('part', space, volume)
    const filesystem = filesystemOn(system, `partitions/${name}`)
    return command('part', { ...formatOf(filesystem), ...space }, filesystem?.mountpoint ?? '')
  }
  return [
    ...(kept.length === 0 ? [] : [`# not touched, with all that is on them: ${kept.join(', ')}`]),
    'zerombr',
    command('ignoredisk', { 'only-use': drives.join(',') }),
    command('clearpart', { all: true, initlabel: true, drives: drives.join(',') }),
    // What the firmware needs beside these: an EFI system partition, or a BIOS boot partition.
    ...(isFirmwareSupplied(system) ? [] : ['reqpart']),
    ...inOrder(partitions).map(([name, partition]) => part(name, partition)),
    ...inOrder(volume_groups).map(([name, { device_list }]) =>
      command('volgroup', {}, name, ...device_list.map(device => physical.get(leaf(device)) ?? '')),
    ),
    ...inOrder(logical_volumes).map(([name, { volume_group, size }]) => {
      const filesystem = filesystemOn(system, `logical_volumes/${name}`)
      return command(
        'logvol',
        { vgname: volume_group, name, ...formatOf(filesystem), size },
        filesystem?.mountpoint ?? '',
      )
    }),
  ]
}

const formatOf = (filesystem: Filesystem | undefined) => ({
  fstype: fixedTypes[filesystem?.mountpoint ?? ''] ?? filesystem?.type ?? 'xfs',
  fsoptions: filesystem?.mountopts,
})

/** By the names that kickstart has for them: what it calls `efi` is vfat on the disk. */
const fixedTypes: { readonly [mountpoint: string]: string } = { swap: 'swap', '/boot/efi': 'efi' }

/** The profile has the EFI system partition itself: `reqpart` would make another one. */
export const isFirmwareSupplied = ({ filesystems = [] }: System): boolean =>
  filesystems.some(({ mountpoint }) => mountpoint === '/boot/efi')

/** `sda2` -> `pv.1`: kickstart's own names of the partitions that groups are made of. */
const physicalVolumes = ({ blockdevices }: System): ReadonlyMap<string, string> => {
  const lists = inOrder(blockdevices?.volume_groups ?? {}).flatMap(([, { device_list }]) => device_list)
  return new Map(lists.map((device, index) => [leaf(device), `pv.${index + 1}`]))
}

const filesystemOn = ({ filesystems = [] }: System, device: string): Filesystem | undefined =>
  filesystems.find(({ block_device }) => block_device === device)

/** The disks that a block device lies on. */
const disksBelow = (system: System, device: string): readonly string[] => {
  const { partitions, volume_groups, logical_volumes } = system.blockdevices ?? {}
  const partition = partitions?.[leaf(device)]
  if (device.startsWith('partitions/')) return partition === undefined ? [] : [partition.holding_dev]
  const group = volume_groups?.[logical_volumes?.[leaf(device)]?.volume_group ?? '']
  return (group?.device_list ?? []).flatMap(one => disksBelow(system, one))
}

const faultsOf = (system: System, disks: readonly string[]): readonly ProvisionFault[] => {
  const { filesystems = [] } = system
  if (!filesystems.some(({ mountpoint }) => mountpoint === '/')) {
    return [
      {
        pointer: '/system/filesystems',
        message: 'a machine that is installed by kickstart needs a filesystem for /',
        hint: 'include kickstart/one-disk, or declare /system/blockdevices and /system/filesystems',
      },
    ]
  }
  return [
    ...unknownDevices(system, disks),
    ...unusedDevices(system),
    ...twiceMounted(system),
    ...twiceGrowing(system),
    ...unkept(system),
    ...unbootable(system),
  ]
}

/** Names that name nothing. */
const unknownDevices = (system: System, disks: readonly string[]): readonly ProvisionFault[] => {
  const { partitions = {}, volume_groups = {}, logical_volumes = {} } = system.blockdevices ?? {}
  const at = (path: readonly string[], what: string, known: readonly string[]): ProvisionFault => ({
    pointer: printPointer(['system', ...path]),
    message: `there is no ${what}`,
    hint: known.length === 0 ? 'none is declared' : `one of: ${[...known].sort(byCodeUnit).join(', ')}`,
  })
  const partitionNames = Object.keys(partitions).map(name => `partitions/${name}`)
  const volumeNames = Object.keys(logical_volumes).map(name => `logical_volumes/${name}`)
  return [
    ...inOrder(partitions).flatMap(([name, { holding_dev }]) =>
      disks.includes(holding_dev)
        ? []
        : [
            at(
              ['blockdevices', 'partitions', name, 'holding_dev'],
              `disk ${holding_dev} in /hardware/harddisks`,
              disks,
            ),
          ],
    ),
    ...inOrder(volume_groups).flatMap(([name, { device_list }]) =>
      device_list.flatMap((device, index) =>
        partitionNames.includes(device)
          ? []
          : [
              at(
                ['blockdevices', 'volume_groups', name, 'device_list', `${index}`],
                `block device ${device}`,
                partitionNames,
              ),
            ],
      ),
    ),
    ...inOrder(logical_volumes).flatMap(([name, { volume_group }]) =>
      Object.hasOwn(volume_groups, volume_group)
        ? []
        : [
            at(
              ['blockdevices', 'logical_volumes', name, 'volume_group'],
              `volume group ${volume_group}`,
              Object.keys(volume_groups),
            ),
          ],
    ),
    ...(system.filesystems ?? []).flatMap(({ block_device }, index) =>
      [...partitionNames, ...volumeNames].includes(block_device)
        ? []
        : [
            at(['filesystems', `${index}`, 'block_device'], `block device ${block_device}`, [
              ...partitionNames,
              ...volumeNames,
            ]),
          ],
    ),
  ]
}

/** Kickstart makes no partition and no volume that holds nothing, and none that holds two things. */
const unusedDevices = (system: System): readonly ProvisionFault[] => {
  const { partitions = {}, volume_groups = {}, logical_volumes = {} } = system.blockdevices ?? {}
  const users = [
    ...Object.values(volume_groups).flatMap(({ device_list }) => device_list),
    ...(system.filesystems ?? []).map(({ block_device }) => block_device),
  ]
  const devices = [
    ...inOrder(partitions).map(([name]) => ['partitions', name] as const),
    ...inOrder(logical_volumes).map(([name]) => ['logical_volumes', name] as const),
  ]
  return devices.flatMap(([kind, name]) => {
    const count = users.filter(user => user === `${kind}/${name}`).length
    if (count === 1) return []
    const message = count === 0 ? `${name} holds no filesystem and is in no volume group` : `${name} is used twice`
    return [{ pointer: printPointer(['system', 'blockdevices', kind, name]), message }]
  })
}

/** A disk with a partition in the profile is divided anew: what is on it cannot be kept, nor be made and not mounted. */
const unkept = ({ filesystems = [] }: System): readonly ProvisionFault[] =>
  filesystems.flatMap(({ mountpoint, ...one }, index) =>
    (['format', 'mount'] as const)
      .filter(key => one[key] === false)
      .map(key => ({
        pointer: printPointer(['system', 'filesystems', `${index}`, key]),
        message: `a kickstart file makes ${mountpoint} anew, and mounts it`,
        hint: `leave ${key} out; a disk that is to be kept has no partition in /system/blockdevices`,
      })),
  )

/** No logical volume is among the stage2_device_types of anaconda's GRUB2, in RHEL 7 to 9 and Fedora (its pulls 334, 1724, 1739). */
const unbootable = (system: System): readonly ProvisionFault[] => {
  const filesystem = bootFilesystem(system)
  if (filesystem === undefined || !filesystem.block_device.startsWith('logical_volumes/')) return []
  return [
    {
      pointer: printPointer(['system', 'filesystems', `${system.filesystems?.indexOf(filesystem)}`, 'block_device']),
      message: `the boot loader starts from no logical volume, and /boot would be on ${filesystem.block_device}`,
      hint: 'declare a partition for /boot, as kickstart/one-disk does',
    },
  ]
}

const twiceMounted = ({ filesystems = [] }: System): readonly ProvisionFault[] => {
  const places = filesystems.map(({ mountpoint }) => mountpoint)
  return places.flatMap((mountpoint, index) =>
    places.indexOf(mountpoint) === index
      ? []
      : [
          {
            pointer: printPointer(['system', 'filesystems', `${index}`, 'mountpoint']),
            message: `something is mounted on ${mountpoint} already`,
          },
        ],
  )
}

const twiceGrowing = ({ blockdevices }: System): readonly ProvisionFault[] => {
  const growing = inOrder(blockdevices?.partitions ?? {}).filter(([, { size }]) => size === undefined)
  return growing.flatMap(([name, { holding_dev }], index) =>
    growing.findIndex(([, other]) => other.holding_dev === holding_dev) === index
      ? []
      : [
          {
            pointer: printPointer(['system', 'blockdevices', 'partitions', name]),
            message: `two partitions take what is left of ${holding_dev}`,
            hint: 'give all but one a size',
          },
        ],
  )
}

/** `sda2` before `sda10`, and all of sda before sdb. */
const inOrder = <T>(map: { readonly [name: string]: T }): readonly (readonly [string, T])[] =>
  Object.entries(map).sort(([a], [b]) => byCodeUnit(stemOf(a), stemOf(b)) || numberOf(a) - numberOf(b))

const stemOf = (name: string): string => name.replace(/\d+$/, '')

const numberOf = (name: string): number => Number(/\d+$/.exec(name)?.[0] ?? 0)

/** `partitions/sda2` -> `sda2` */
const leaf = (device: string): string => device.replace(/^.*\//, '')
