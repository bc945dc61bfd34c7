// orphans: what is in the declared groups and in no document. It is reported; nothing here changes it. Groups that are
// not declared are somebody else's, and are not looked into.
import { printSize } from '../../src/model/quantity.js'
import type { Actual, GroupState, VolumeState } from './actual.js'
import type { Group, LVMVolumes } from './desired.js'
import { extentsFor } from './extents.js'
import { sorted } from './sorted.js'

/** In words: devices, volumes, and what a volume has beyond its declared size, for no volume is ever shrunk. */
export const orphans = ({ groups = {} }: LVMVolumes, actual: Actual): readonly string[] =>
  sorted(groups).flatMap(([name, group]) => {
    const [found, another] = actual.groups.filter(state => state.name === name)
    if (found === undefined || another !== undefined) return []
    const volumes = actual.volumes.filter(volume => volume.group === name)
    return [...foreignDevices(found, group, actual), ...volumes.flatMap(volume => excessOf(volume, group, found))]
  })

/** Where no devices are declared, those that the group lies on are as good as declared. */
const foreignDevices = ({ name }: GroupState, { devices }: Group, actual: Actual): readonly string[] => {
  if (devices === undefined) return []
  const states = devices.map(({ path }) => actual.devices[path])
  const declared = states.map(state => (state?.state === 'member' ? state.device : undefined))
  const foreign = actual.physical.filter(({ device, group }) => group === name && !declared.includes(device))
  return foreign.map(({ device }) => `device ${device} in group ${name}`)
}

const excessOf = ({ name, size }: VolumeState, { volumes = {} }: Group, group: GroupState): readonly string[] => {
  const declared = Object.hasOwn(volumes, name) ? volumes[name] : undefined
  if (declared === undefined) return [`volume ${group.name}/${name} of ${printSize(size)}`]
  const excess = size - extentsFor(declared.size, group.extent) * group.extent
  return excess > 0 ? [`${printSize(excess)} of volume ${group.name}/${name}, which has ${printSize(size)}`] : []
}
