// pull: the storage that a guest's disks need, by the compiler from the guest to its host. Which disk lies on what is
// said once, in model/guest-disks.ts; what is wrong with the disks is reported with the domain, not here.
import type { MachineView, Pulled } from '../../src/model/component.js'
import { type GuestDisk, guestDisks } from '../../src/model/guest-disks.js'
import { printPointer } from '../../src/model/pointer.js'

export const pull = (parent: MachineView, child: MachineView): Pulled => ({
  values: guestDisks(parent, child).disks.flatMap(disk => {
    const place = placeOf(disk)
    if (place === undefined) return []
    return [
      {
        pointer: printPointer(['software', 'components', 'lvm', ...place, 'size']),
        value: disk.size,
        from: { kind: 'child' as const, pointer: `${disk.pointer}/capacity` },
      },
    ]
  }),
  faults: [],
})

const placeOf = (disk: GuestDisk): readonly string[] | undefined => {
  switch (disk.type) {
    case 'lvm':
      return ['groups', disk.group, 'volumes', disk.volume]
    case 'file':
      return ['files', disk.path]
    case 'phy':
      return disk.path === undefined ? undefined : ['partitions', disk.path]
  }
}
