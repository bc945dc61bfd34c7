// plan: what makes the groups, pools, volumes and files of the host those that are declared. Pure. The tables in
// README.md, the branches here and in plan-*.ts, and the cases in the tests stand in the same order.
import type { Action, Key } from '../../src/model/action.js'
import { sorted } from '../../src/model/sorted.js'
import { type Actual, missingDevice } from './actual.js'
import { filesOf, type Group, givenUpIn, groupsOf } from './declared.js'
import type { Device, LVMVolumes } from './desired.js'
import { defaultExtent, extentsOn } from './extents.js'
import { foreignFault, isForeign, isMember } from './group-identity.js'
import { blockKey, groupKey, lvmCommand } from './keys.js'
import { planContents } from './plan/contents.js'
import { planFiles } from './plan/files.js'
import { planFilesGivenUp } from './plan/files-given-up.js'
import { planPartitions } from './plan/partitions.js'
import type { GroupInput as Contents } from './plan/pools.js'
import { unfitness } from './unfitness.js'

export const plan = (desired: LVMVolumes, actual: Actual): readonly Action[] => {
  const { files = {}, partitions = {}, create_filesystems: mayCreate = true } = desired
  return [
    ...groupsOf(desired).flatMap(([name, group]) => planGroup({ name, group, actual, mayCreate })),
    ...planFilesGivenUp(givenUpIn(files), actual.files),
    ...planFiles(filesOf(desired), actual, mayCreate),
    ...planPartitions(partitions, actual, mayCreate),
  ]
}

type GroupInput = {
  readonly name: string
  readonly group: Group
  readonly actual: Actual
  /** False: nothing is created or grown (create_filesystems). */
  readonly mayCreate: boolean
}

const planGroup = (input: GroupInput): readonly Action[] => {
  const { name, group, actual, mayCreate } = input
  const [found, another] = actual.groups.filter(state => state.name === name)
  if (found !== undefined && another !== undefined) {
    const uuids = [found.uuid, another.uuid].join(', ')
    return [unusableGroup(input, `there are several groups of this name (${uuids}): rename all but one`)]
  }
  if (found === undefined) {
    const created = createGroup(input)
    const free = created.rejected === undefined ? extentsOf(group.devices ?? [], actual, defaultExtent) : undefined
    return [created, ...planContents(contentsOf(input), { extent: defaultExtent, free, spare: 0, metadata: [] })]
  }
  if (isForeign(name, group, actual)) return [unusableGroup(input, foreignFault(name, group, actual))]
  if (actual.physical.some(volume => volume.group === name && volume.device === missingDevice)) {
    const remedy = `bring its disk back, or give up what was on it: vgreduce --removemissing ${name}`
    return [unusableGroup(input, `it misses a physical volume: ${remedy}`, actual.volumes)]
  }
  const lacking = (group.devices ?? []).filter(({ path }) => !isMember(path, name, actual))
  const extensions = mayCreate ? lacking.map(device => extendGroup(name, device, actual)) : []
  const fit = mayCreate ? lacking.filter(device => unfitness(device, actual.devices[device.path]).length === 0) : []
  const { extent } = found
  const metadata = actual.pools.filter(pool => pool.group === name).map(pool => pool.metadata / extent)
  const free = found.free / extent + extentsOf(fit, actual, extent)
  return [...extensions, ...planContents(contentsOf(input), { extent, free, spare: found.spare / extent, metadata })]
}

const contentsOf = ({ name, group, actual, mayCreate }: GroupInput): Contents => ({
  group: name,
  declared: group,
  actual: {
    volumes: actual.volumes.filter(volume => volume.group === name),
    pools: actual.pools.filter(pool => pool.group === name),
  },
  mayCreate,
})

const createGroup = ({ name, group, actual, mayCreate }: GroupInput): Action => {
  const provides = [groupKey(name)]
  if (!mayCreate) return rejectedGroup(name, 'it is not there, and create_filesystems is false', provides)
  const { devices } = group
  if (devices === undefined) return rejectedGroup(name, 'it is not there, and no devices are declared for it', provides)
  const faults = devices.flatMap(device => unfitness(device, actual.devices[device.path]))
  if (faults.length > 0) return rejectedGroup(name, faults.join('; '), provides)
  const paths = devices.map(({ path }) => path)
  return {
    ...groupAction(name, 'create'),
    kind: '+',
    summary: `create group ${name} on ${paths.join(', ')}`,
    reasons: ['it is not there'],
    provides,
    ops: [lvmCommand(['vgcreate', name, ...paths])],
  }
}

/** A device that cannot be taken holds nothing back: the group is there, and what fits into it goes on. */
const extendGroup = (name: string, device: Device, actual: Actual): Action => {
  const { path } = device
  const faults = unfitness(device, actual.devices[path])
  const action: Action = {
    ...groupAction(name, `extend${path}`),
    kind: '~',
    summary: `extend group ${name} by ${path}`,
    reasons: [`group ${name} does not have ${path}`],
    provides: [],
    ops: [],
  }
  if (faults.length > 0) return { ...action, rejected: faults.join('; ') }
  return {
    ...action,
    provides: [groupKey(name)],
    ops: [lvmCommand(['vgextend', name, path])],
  }
}

/** A group to which nothing is done. Guests go on with the `usable` volumes of it; those that need another one wait. */
const unusableGroup = ({ name, group }: GroupInput, rejected: string, usable: Actual['volumes'] = []): Action => {
  const isUsable = (volume: string): boolean => usable.some(there => there.group === name && there.name === volume)
  const volumes = sorted(group.volumes ?? {}).filter(([volume]) => !isUsable(volume))
  return {
    ...groupAction(name, 'use'),
    kind: '~',
    summary: `use group ${name}`,
    reasons: [],
    rejected,
    provides: volumes.map(([volume]) => blockKey(name, volume)),
    ops: [],
  }
}

const rejectedGroup = (name: string, rejected: string, provides: readonly Key[]): Action => ({
  ...groupAction(name, 'create'),
  kind: '+',
  summary: `create group ${name}`,
  reasons: [],
  rejected,
  provides,
  ops: [],
})

const groupAction = (name: string, step: string) =>
  ({ id: `lvm/${name}/${step}`, component: 'lvm', resource: name, risk: 'safe', requires: [] }) as const

/** The extents that devices outside any group will give to one. */
const extentsOf = (devices: readonly Device[], actual: Actual, extent: number): number =>
  devices.reduce((sum, { path }) => {
    const found = actual.devices[path]
    return sum + (found?.state === 'free' ? extentsOn(found.size, extent) : 0)
  }, 0)
