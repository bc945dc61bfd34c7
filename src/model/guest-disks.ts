// Which volume of the host backs each disk of a guest. The domain's disks and the volumes themselves follow from it, in
// different components, which must agree.
import type { MachineView, PullFault } from './component.js'
import { byCodeUnit, isMap, type Json } from './json.js'

export type GuestDisk = {
  /** As the guest sees it: `xvda`. */
  readonly device: string
  /** The volume group, XEN_VG. */
  readonly group: string
  readonly volume: string
  /** MiB. */
  readonly size: number
  /** The one that the guest boots from: declared so, else the first by name. */
  readonly boot: boolean
  /** Where the guest declares it. */
  readonly pointer: string
}

export type GuestDisks = { readonly disks: readonly GuestDisk[]; readonly faults: readonly Omit<PullFault, 'unless'>[] }

const harddisks = '/hardware/harddisks'

/**
 * The disks of a guest by name. The volume of the boot disk is called as the guest, every other one `<guest>-<device>`,
 * always: a volume keeps its name when disks come and go.
 */
export const guestDisks = (parent: MachineView, child: MachineView): GuestDisks => {
  const declared = child.get(harddisks)
  if (!isMap(declared) || Object.keys(declared).length === 0) return { disks: [], faults: [] }
  const devices = Object.keys(declared).sort(byCodeUnit)
  const bootDevice = devices.find(device => fieldOf(declared[device], 'boot') === true) ?? devices[0]

  const group = parent.variable('XEN_VG', child.name)
  if (typeof group !== 'string') return { disks: [], faults: [groupFault(child.name)] }

  const disks = devices.map(device => {
    const boot = device === bootDevice
    const volume = boot ? child.name : `${child.name}-${device}`
    const size = fieldOf(declared[device], 'capacity')
    return { device, group, volume, size, boot, pointer: `${harddisks}/${device}` }
  })
  return {
    disks: disks.flatMap(disk => (typeof disk.size === 'number' ? [{ ...disk, size: disk.size }] : [])),
    faults: disks
      .filter(({ size }) => typeof size !== 'number')
      .map(({ device, pointer }) => capacityFault(device, pointer)),
  }
}

const fieldOf = (value: Json | undefined, key: string): Json | undefined => (isMap(value) ? value[key] : undefined)

const groupFault = (guest: string): PullFault => ({
  message: `no volume group for the disks of ${guest}`,
  hint: 'set XEN_VG in the host or in what it includes',
  pointer: harddisks,
  variable: 'XEN_VG',
})

const capacityFault = (device: string, pointer: string): PullFault => ({
  message: `disk ${device} has no capacity`,
  hint: `set ${pointer}/capacity`,
  pointer,
})
