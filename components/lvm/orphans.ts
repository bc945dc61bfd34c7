// orphans: what is in the declared groups and in no document, what is larger than declared (nothing is ever shrunk), and
// what LVM finds where guests' image files lie. It is reported; nothing here changes it. Groups that are not declared are
// somebody else's, and are not looked into.
import { MiB, printSize, printSizesAlike } from '../../src/model/quantity.js'
import { sorted } from '../../src/model/sorted.js'
import { type Actual, type GroupState, missingDevice } from './actual.js'
import { filesOf, type Group, groupsOf } from './declared.js'
import type { LVMVolumes } from './desired.js'
import { extentsFor } from './extents.js'
import { isForeign } from './group-identity.js'
import { declaredIn } from './thin.js'

/** In words: devices, pools, volumes, and what a pool, volume or file has beyond its declared size. */
export const orphans = (desired: LVMVolumes, actual: Actual): readonly string[] => [
  ...groupsOf(desired).flatMap(([name, group]) => inGroup(name, group, actual)),
  ...sorted(filesOf(desired)).flatMap(([path, { size }]) => {
    const found = actual.files[path]
    return found?.state === 'file' ? beyond(`file ${path}`, found.size, size * MiB) : []
  }),
  ...onLoopDevices(desired, actual),
]

const inGroup = (name: string, group: Group, actual: Actual): readonly string[] => {
  const [found, another] = actual.groups.filter(state => state.name === name)
  if (found === undefined || another !== undefined || isForeign(name, group, actual)) return []
  const excess = (kind: 'pool' | 'volume', state: { readonly name: string; readonly size: number }) => {
    const declared = declaredIn(group[`${kind}s`], state.name)
    if (isToGo(kind, state.name, group)) return []
    const words = `${kind} ${name}/${state.name}`
    if (declared === undefined) return [`${words} of ${printSize(state.size)}`]
    return beyond(words, state.size, extentsFor(declared.size, found.extent) * found.extent)
  }
  return [
    ...foreignDevices(found, group, actual),
    ...actual.pools.filter(pool => pool.group === name).flatMap(pool => excess('pool', pool)),
    ...actual.volumes.filter(volume => volume.group === name).flatMap(volume => excess('volume', volume)),
  ]
}

/** It is given up, or to be renamed. */
const isToGo = (kind: 'pool' | 'volume', name: string, { givenUp, volumes = {} }: Group): boolean =>
  givenUp[`${kind}s`].includes(name) ||
  (kind === 'volume' && Object.values(volumes).some(({ formerly }) => formerly === name))

const beyond = (words: string, has: number, declared: number): readonly string[] => {
  if (has <= declared) return []
  const [more, all] = printSizesAlike(has - declared, has)
  return [`${more} of ${words}, which has ${all}`]
}

/** Image files are guests' disks through loop devices: what LVM finds there is most likely a guest's own. */
const onLoopDevices = (desired: LVMVolumes, { physical, devices }: Actual): readonly string[] => {
  if (sorted(filesOf(desired)).length === 0) return []
  const own = Object.values(devices).map(state => (state.state === 'member' ? state.device : undefined))
  return physical
    .filter(({ device, group }) => group !== null && /^\/dev\/loop\d/.test(device) && !own.includes(device))
    .map(
      ({ device, group }) =>
        `group ${group} on ${device}: if it is a guest's own, keep it from this host's LVM (global_filter in lvm.conf)`,
    )
}

/** Where no devices are declared, those that the group lies on are as good as declared. */
const foreignDevices = ({ name }: GroupState, { devices }: Group, actual: Actual): readonly string[] => {
  if (devices === undefined) return []
  const states = devices.map(({ path }) => actual.devices[path])
  const declared = states.map(state => (state?.state === 'member' ? state.device : undefined))
  const there = actual.physical.filter(({ device, group }) => group === name && device !== missingDevice)
  const foreign = there.filter(({ device }) => !declared.includes(device))
  return foreign.map(({ device }) => `device ${device} in group ${name}`)
}
