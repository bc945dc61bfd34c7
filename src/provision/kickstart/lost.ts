// What goes with a host's own system when it is installed: the disks that its kickstart file divides anew, the groups and
// the file systems on them, and so the disks of guests that lie there. Pure.
import type { JsonMap } from '../../model/json.js'
import { printPointer, valueAt } from '../../model/pointer.js'
import type { System } from '../../model/schemas/system.js'
import { sorted } from '../../model/sorted.js'
import type { ProvisionFault } from '../fault.js'

/** `sda`: the disks that a kickstart file touches; it leaves all others out (ignoredisk). */
export const dividedDisks = ({ blockdevices }: System): readonly string[] => [
  ...new Set(sorted(blockdevices?.partitions ?? {}).map(([, { holding_dev }]) => holding_dev)),
]

/** A guest's disk on its host, as its documents have it. */
type GuestDisk = { readonly type: string; readonly group?: string; readonly path?: string; readonly device?: string }

/**
 * The disks of these guests that would be lost with the host, or of which nobody can say that they would not, each at its
 * place in the host's document.
 */
export const lostDisks = (host: JsonMap, guests: readonly string[]): readonly ProvisionFault[] =>
  guests.flatMap(guest => {
    const pointer = ['software', 'components', 'xen', 'domains', guest, 'disks']
    const disks = (valueAt(host, pointer) ?? {}) as { readonly [vdev: string]: GuestDisk }
    return sorted(disks).flatMap(([vdev, disk]) => {
      const why = whyLost(host, disk)
      if (why === undefined) return []
      return [
        {
          pointer: printPointer([...pointer, vdev]),
          message: `${guest} is not to be installed anew, and ${why}`,
          hint: `install ${guest}, too, or put its disk where the host's kickstart file does not reach (/system/blockdevices)`,
        },
      ]
    })
  })

/** Undefined where it is known to stay. */
const whyLost = (host: JsonMap, { type, group = '', path = '', device = '' }: GuestDisk): string | undefined => {
  switch (type) {
    case 'lvm':
      return whyGroupLost(host, group)
    case 'file':
      return `${path} is on the host's own file systems, which are made anew`
    default:
      return whyDeviceLost(host, device)
  }
}

const whyGroupLost = (host: JsonMap, group: string): string | undefined => {
  const { blockdevices } = systemOf(host)
  if (Object.hasOwn(blockdevices?.volume_groups ?? {}, group))
    return `group ${group}, in which its volume is, is made anew`
  const devices = valueAt(host, ['software', 'components', 'lvm', 'groups', group, 'devices'])
  if (!Array.isArray(devices)) return `nothing says on which disks group ${group} lies, in which its volume is`
  const reasons = devices.map(one => whyDeviceLost(host, String((one as { path: string }).path)))
  const reason = reasons.find(one => one !== undefined)
  return reason && `its volume is in group ${group}: ${reason}`
}

const whyDeviceLost = (host: JsonMap, device: string): string | undefined => {
  const known = Object.keys((valueAt(host, ['hardware', 'harddisks']) ?? {}) as object)
  const disk = known.find(name => isOn(device, name))
  if (disk === undefined) return `nobody can say on which of ${known.join(', ')} ${device} is`
  return dividedDisks(systemOf(host)).includes(disk) ? `${disk} is divided anew` : undefined
}

/** `/dev/sdb1` is on sdb, and `/dev/nvme0n1p1` on nvme0n1. */
const isOn = (device: string, disk: string): boolean => {
  if (device === `/dev/${disk}`) return true
  const rest = device.startsWith(`/dev/${disk}`) ? device.slice(`/dev/${disk}`.length) : ''
  return /\d$/.test(disk) ? /^p\d+$/.test(rest) : /^\d+$/.test(rest)
}

const systemOf = (host: JsonMap): System => (host.system ?? {}) as System
