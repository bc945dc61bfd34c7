// What of the host backs each disk of a guest: a volume, an image file, a partition. The domain's disks and the storage
// itself follow from it, in different components, which must agree. The guest says how large a disk is, the host what it is.
import type { MachineView, PullFault } from './component.js'
import { byCodeUnit, isMap, type Json } from './json.js'
import { printPointer } from './pointer.js'

export type GuestDisk = {
  /** As the guest sees it: `xvda`. */
  readonly device: string
  /** MiB. */
  readonly size: number
  /** The one that the guest boots from: declared so, else the first by name. */
  readonly boot: boolean
  /** What it is filled with when it is made, as the guest declares it. */
  readonly image: Json | undefined
  /** The installation of the guest, on the boot disk, where there is one (/system/install). */
  readonly installation: string | undefined
  /** Where the guest declares it. */
  readonly pointer: string
  readonly backing: Backing
}

/**
 * `path` of a partition is undefined where the host does not say which: its schema asks for it. A file of a format is no
 * raw one, and is there already.
 */
export type Backing =
  | { readonly type: 'lvm'; readonly group: string; readonly volume: string }
  | { readonly type: 'file'; readonly path: string; readonly format?: string }
  | { readonly type: 'phy'; readonly path: string | undefined }

export type GuestDisks = { readonly disks: readonly GuestDisk[]; readonly faults: readonly DiskFault[] }

/** Why a disk is not among them. */
export type DiskFault = { readonly device: string; readonly fault: PullFault }

const harddisks = '/hardware/harddisks'

/** Where images are kept, for a host that says no other directory (XEN_IMAGES). */
const imageDirectory = '/var/lib/xen/images'

/**
 * The disks of a guest by name. The storage of the boot disk is called as the guest, that of every other one
 * `<guest>-<device>`, always: it keeps its name when disks come and go. What the host's own profile says of a disk
 * of the domain (its type, group, volume, path, device) counts; else it is a volume where there is XEN_VG, and a
 * file where there is XEN_IMAGES alone.
 */
export const guestDisks = (parent: MachineView, child: MachineView): GuestDisks => {
  const declared = child.get(harddisks)
  if (!isMap(declared)) return { disks: [], faults: [] }
  const devices = Object.keys(declared).sort(byCodeUnit)
  const bootDevice = devices.find(device => fieldOf(declared[device], 'boot') === true) ?? devices[0]

  const found = devices.map(device => {
    const boot = device === bootDevice
    const size = fieldOf(declared[device], 'capacity')
    const backing = backingOf(parent, child.name, device, boot ? child.name : `${child.name}-${device}`)
    const image = fieldOf(declared[device], 'image')
    return { device, boot, size, image, backing, pointer: `${harddisks}/${device}` }
  })
  return {
    disks: found.flatMap(({ device, boot, size, image, backing, pointer }) => {
      if (typeof size !== 'number' || backing === undefined) return []
      const installation = installationOn(parent, child, { boot, image, backing })
      return [{ device, boot, size, image, installation, backing, pointer }]
    }),
    faults: found.flatMap(({ device, pointer, size, backing }) => {
      if (backing === undefined) return [{ device, fault: noGroup }]
      return typeof size === 'number' ? [] : [{ device, fault: noCapacity(device, pointer) }]
    }),
  }
}

/** A disk that comes with what it holds, an image or a copy of another volume, is not installed on. */
const installationOn = (
  parent: MachineView,
  child: MachineView,
  { boot, image, backing }: Pick<GuestDisk, 'boot' | 'image' | 'backing'>,
): string | undefined => {
  const install = child.get('/system/install')
  if (!boot || !isMap(install) || image !== undefined) return undefined
  if (backing.type === 'lvm') {
    const place = ['software', 'components', 'lvm', 'groups', backing.group, 'volumes', backing.volume]
    const says = (key: string): boolean => parent.get(printPointer([...place, key])) !== undefined
    if (says('origin') || says('image')) return undefined
  }
  return textOf(install.id) ?? '1'
}

/** `name` is the storage's own; undefined where the host has nowhere to put a disk. */
const backingOf = (parent: MachineView, guest: string, device: string, name: string): Backing | undefined => {
  const said = (key: string): string | undefined => {
    const place = ['software', 'components', 'xen', 'domains', guest, 'disks', device, key]
    return textOf(parent.get(printPointer(place)))
  }
  const group = said('group') ?? textOf(parent.variable('XEN_VG', guest))
  const images = textOf(parent.variable('XEN_IMAGES', guest))
  const type = said('type') ?? (group === undefined && images !== undefined ? 'file' : 'lvm')
  if (type === 'phy') return { type, path: said('device') }
  if (type === 'file') {
    const path = said('path') ?? `${images ?? imageDirectory}/${name}.img`
    const format = said('format') ?? 'raw'
    return format === 'raw' ? { type, path } : { type, path, format }
  }
  return group === undefined ? undefined : { type: 'lvm', group, volume: said('volume') ?? name }
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined)
const fieldOf = (value: Json | undefined, key: string): Json | undefined => (isMap(value) ? value[key] : undefined)

const noGroup: PullFault = {
  message: 'no volume group for the disks',
  hint: 'set XEN_VG in the host or in what it includes, or XEN_IMAGES for image files',
  variable: 'XEN_VG',
  from: ['XEN_VG', 'XEN_IMAGES'].map(name => ({ kind: 'variable', name })),
}

const noCapacity = (device: string, pointer: string): PullFault => ({
  message: `disk ${device} has no capacity`,
  hint: `set ${pointer}/capacity`,
  pointer,
  from: [{ kind: 'child', pointer: `${pointer}/capacity` }],
})
