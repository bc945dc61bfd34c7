// Whether a device may be taken into a volume group. Pure; the list in README.md has the same order.
import { MiB, printSize } from '../../src/model/quantity.js'
import type { DeviceState } from './actual.js'
import type { Device } from './desired.js'

/**
 * Why a device cannot be taken into a group, every reason; empty for one that can: a blank one, or one that LVM has
 * initialised and that is in no group. A device that is in a group already is not blank either.
 */
export const unfitness = ({ path, size, serial }: Device, found: DeviceState | undefined): readonly string[] => {
  if (found === undefined || found.state === 'missing') return [`${path} is not there`]
  if (found.state === 'member') return [`${path} belongs to group ${found.group}`]
  const actualSize = Math.floor(found.size / MiB)
  const faults: readonly (readonly [boolean, string])[] = [
    [size !== undefined && size !== actualSize, `has ${actualSize} MiB, declared ${size} MiB`],
    [serial !== undefined && serial !== found.serial, `has the serial ${found.serial ?? '(none)'}, declared ${serial}`],
    [found.size < smallest, `is too small: ${printSize(found.size)}`],
    [found.mountpoints.length > 0, `is mounted on ${found.mountpoints.join(', ')}`],
    [found.holders.length > 0, `is in use by ${found.holders.join(', ')}`],
    [!found.opensExclusively, 'cannot be opened exclusively'],
    [!found.initialised && found.signatures.length > 0, `holds ${found.signatures.join(', ')}`],
    [!found.initialised && !found.zeroed, 'is not blank: its first or last MiB is not zero'],
  ]
  return faults.filter(([isFault]) => isFault).map(([, fault]) => `${path} ${fault}`)
}

/** LVM's own data and one extent. */
const smallest = 8 * MiB
