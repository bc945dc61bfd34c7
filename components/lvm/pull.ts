// pull: the volumes that a guest's disks need, by the compiler from the guest to its host. Which disk lies on which volume
// is said once, in model/guest-disks.ts; what is wrong with the disks is reported with the domain, not here.
import type { MachineView, Pulled } from '../../src/model/component.js'
import { guestDisks } from '../../src/model/guest-disks.js'
import { printPointer } from '../../src/model/pointer.js'

export const pull = (parent: MachineView, child: MachineView): Pulled => ({
  values: guestDisks(parent, child).disks.map(({ group, volume, size, pointer }) => ({
    pointer: printPointer(['software', 'components', 'lvm', 'groups', group, 'volumes', volume, 'size']),
    value: size,
    from: { kind: 'child', pointer: `${pointer}/capacity` },
  })),
  faults: [],
})
