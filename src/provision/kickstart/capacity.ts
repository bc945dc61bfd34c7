// Whether what an installation makes fits on the machine's disks, where /hardware/harddisks says how large they are; how much
// of a group its guests take is the component lvm's to check. Pure. All sizes in MiB.
import { printPointer } from '../../model/pointer.js'
import type { Hardware } from '../../model/schemas/hardware.js'
import type { System } from '../../model/schemas/system.js'
import { sorted } from '../../model/sorted.js'
import type { ProvisionFault } from '../fault.js'
import { dividedDisks } from './lost.js'
import { bootDisk, isFirmwareSupplied } from './storage.js'
import type { Syntax } from './syntax.js'

type Harddisks = NonNullable<Hardware['harddisks']>

/** Partitions that are more than their disk, volumes that are more than their group; of known names (storage.ts). */
export const capacityFaults = (system: System, harddisks: Harddisks, syntax: Syntax): readonly ProvisionFault[] => {
  const rooms = roomsOf(system, harddisks, syntax)
  const disks = dividedDisks(system).flatMap(disk => {
    const [room, needed] = [rooms.get(disk), partitionedOn(system, disk)]
    if (room === undefined || needed <= room) return []
    const [first] = sorted(system.blockdevices?.partitions ?? {}).filter(([, { holding_dev }]) => holding_dev === disk)
    return [
      fault(
        ['partitions', first?.[0] ?? ''],
        `the partitions of ${disk} are ${needed} MiB, and it has room for ${room} MiB`,
        `its partition table and what the firmware needs take the rest of ${harddisks[disk]?.capacity} MiB`,
      ),
    ]
  })
  if (disks.length > 0) return disks
  const { volume_groups = {}, logical_volumes = {} } = system.blockdevices ?? {}
  return sorted(volume_groups).flatMap(([name, { device_list }]) => {
    const sizes = device_list.map(device => extentsIn(device.replace('partitions/', ''), system, rooms))
    const volumes = Object.values(logical_volumes).filter(({ volume_group }) => volume_group === name)
    const needed = sum(volumes.map(({ size }) => Math.ceil(size / extent) * extent))
    if (sizes.includes(undefined) || needed <= sum(sizes)) return []
    return [
      fault(
        ['volume_groups', name],
        `the volumes of ${name} are ${needed} MiB, and its partitions have room for ${sum(sizes)} MiB`,
        `LVM takes ${metadata} MiB of each partition, and all else in extents of ${extent} MiB`,
      ),
    ]
  })
}

const fault = (path: readonly string[], message: string, hint: string): ProvisionFault => ({
  pointer: printPointer(['system', 'blockdevices', ...path]),
  message,
  hint,
})

/**
 * GPT: partitions begin at whole MiB, the first at 1 (libparted's optimal alignment), and the copy of the table ends the
 * disk. MBR, which RHEL 7 to 9 write on BIOS, has no copy: nobody says which it will be, and it is one MiB.
 */
const partitionTable = 2

/** The BIOS boot partition that `reqpart` makes (pyanaconda's platform.py). */
const biosBoot = 1

/** blivet's LVM_PE_START and LVM_PE_SIZE (its devicelibs/lvm.py), which are LVM's defaults. */
const [metadata, extent] = [1, 4]

/** What partitions of the profile may take, of each disk whose size is known. */
const roomsOf = (system: System, harddisks: Harddisks, { leastEfi }: Syntax): ReadonlyMap<string, number> => {
  const required = system.netboot?.loader === 'grub-uefi' ? leastEfi : biosBoot
  const firmware = isFirmwareSupplied(system) ? 0 : required
  const first = bootDisk(system)
  return new Map(
    sorted(harddisks).flatMap(([disk, { capacity }]) =>
      capacity === undefined ? [] : [[disk, capacity - partitionTable - (disk === first ? firmware : 0)]],
    ),
  )
}

/** Of a partition's own size, or of what the others leave of its disk; undefined where nobody says how large that is. */
const extentsIn = (name: string, system: System, rooms: ReadonlyMap<string, number>): number | undefined => {
  const { holding_dev = '', size } = system.blockdevices?.partitions?.[name] ?? {}
  const room = rooms.get(holding_dev)
  const all = size ?? (room === undefined ? undefined : room - partitionedOn(system, holding_dev, name))
  return all === undefined ? undefined : Math.floor((all - metadata) / extent) * extent
}

/** By all but one; the one that grows begins with 1 MiB (storage.ts). */
const partitionedOn = ({ blockdevices }: System, disk: string, except?: string): number =>
  sum(
    Object.entries(blockdevices?.partitions ?? {}).map(([name, { holding_dev, size = 1 }]) =>
      holding_dev === disk && name !== except ? size : 0,
    ),
  )

const sum = (sizes: readonly (number | undefined)[]): number => sizes.reduce<number>((all, size = 0) => all + size, 0)
