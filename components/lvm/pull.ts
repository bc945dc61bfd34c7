// pull: the storage that a guest's disks need, by the compiler from the guest to its host. Which disk lies on what is
// said once, in model/guest-disks.ts; what is wrong with the disks is reported with the domain, not here.
import type { MachineView, Move, Moved, Pulled } from '../../src/model/component.js'
import { type Backing, guestDisks } from '../../src/model/guest-disks.js'
import { printPointer } from '../../src/model/pointer.js'

export const pull = (parent: MachineView, child: MachineView): Pulled => ({
  values: guestDisks(parent, child).disks.flatMap(disk => {
    const place = placeOf(disk.backing)
    if (place === undefined) return []
    const from = (key: string) => ({ kind: 'child', pointer: `${disk.pointer}/${key}` }) as const
    return [
      { pointer: pointerTo(place, 'size'), value: disk.size, from: from('capacity') },
      ...(disk.image === undefined
        ? []
        : [{ pointer: pointerTo(place, 'image'), value: disk.image, from: from('image') }]),
      ...(disk.installation === undefined || disk.backing.type === 'phy'
        ? []
        : [{ pointer: pointerTo(place, 'installation'), value: disk.installation, from: fromInstall }]),
    ]
  }),
  faults: [],
})

const fromInstall = { kind: 'child', pointer: '/system/install' } as const

/** A guest that moves here brings its disks along: none of them is filled. */
export const move = (guest: string, { to }: Move, host: MachineView, machine: MachineView): Moved => ({
  onOldHost: [],
  onNewHost:
    host.name === to
      ? guestDisks(host, machine).disks.flatMap(disk => {
          const place = placeOf(disk.backing)
          return place === undefined ? [] : [{ pointer: pointerTo(place, 'awaitsRelease'), value: guest }]
        })
      : [],
})

const pointerTo = (place: readonly string[], key: string): string =>
  printPointer(['software', 'components', 'lvm', ...place, key])

const placeOf = (backing: Backing): readonly string[] | undefined => {
  switch (backing.type) {
    case 'lvm':
      return ['groups', backing.group, 'volumes', backing.volume]
    case 'file':
      return backing.format === undefined ? ['files', backing.path] : undefined
    case 'phy':
      return backing.path === undefined ? undefined : ['partitions', backing.path]
  }
}
