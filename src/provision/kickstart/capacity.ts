// Whether what an installation makes fits on the machine's disks, where /hardware/harddisks says how large they are; how much
// of a group its guests take is the component lvm's to check. Pure. All sizes in MiB.
import { printPointer } from '../../model/pointer.js'
import type { Hardware } from '../../model/schemas/hardware.js'
import type { System } from '../../model/schemas/system.js'
import { sorted } from '../../model/sorted.js'
import type { ProvisionFault } from '../fault.js'
import { dividedDisks } from './lost.js'

type Harddisks = NonNullable<Hardware['harddisks']>

/** Partitions that are more than their disk, volumes that are more than their group; of known names (storage.ts). */
export const capacityFaults = (system: System, harddisks: Harddisks): readonly ProvisionFault[] => {
  const disks = dividedDisks(system).flatMap(disk => {
    const [capacity, needed] = [harddisks[disk]?.capacity, sizedOn(system, disk)]
    if (capacity === undefined || needed <= capacity) return []
    const [first] = sorted(system.blockdevices?.partitions ?? {}).filter(([, { holding_dev }]) => holding_dev === disk)
    return [
      fault(
        ['partitions', first?.[0] ?? ''],
        `the partitions of ${disk} are ${needed} MiB, and it has ${capacity} MiB`,
      ),
    ]
  })
  if (disks.length > 0) return disks
  const { volume_groups = {}, logical_volumes = {} } = system.blockdevices ?? {}
  return sorted(volume_groups).flatMap(([name, { device_list }]) => {
    const sizes = device_list.map(device => sizeOf(device.replace('partitions/', ''), system, harddisks))
    const needed = sum(Object.values(logical_volumes).map(one => (one.volume_group === name ? one.size : 0)))
    if (sizes.includes(undefined) || needed <= sum(sizes)) return []
    return [
      fault(['volume_groups', name], `the volumes of ${name} are ${needed} MiB, and its partitions ${sum(sizes)} MiB`),
    ]
  })
}

const fault = (path: readonly string[], message: string): ProvisionFault => ({
  pointer: printPointer(['system', 'blockdevices', ...path]),
  message,
})

/** A partition's own size, or what the others leave of its disk; undefined where nobody says how large that is. */
const sizeOf = (name: string, system: System, harddisks: Harddisks): number | undefined => {
  const partition = system.blockdevices?.partitions?.[name]
  if (partition === undefined || partition.size !== undefined) return partition?.size
  const capacity = harddisks[partition.holding_dev]?.capacity
  return capacity === undefined ? undefined : capacity - sizedOn(system, partition.holding_dev)
}

const sizedOn = ({ blockdevices }: System, disk: string): number =>
  sum(Object.values(blockdevices?.partitions ?? {}).map(one => (one.holding_dev === disk ? one.size : 0)))

const sum = (sizes: readonly (number | undefined)[]): number => sizes.reduce<number>((all, size = 0) => all + size, 0)
