// plan: what makes the groups and volumes of the host those that are declared. Pure. The tables in README.md, the
// branches here and in plan-volumes.ts, and the cases in the test stand in the same order.
import type { Action, Key } from '../../src/model/action.js'
import type { Actual } from './actual.js'
import type { Device, Group, LVMVolumes } from './desired.js'
import { defaultExtent, extentsOn } from './extents.js'
import { blockKey, groupKey, lvmTimeout, planVolumes, type VolumeInput } from './plan-volumes.js'
import { sorted } from './sorted.js'
import { unfitness } from './unfitness.js'

export const plan = ({ groups = {}, create_filesystems = true }: LVMVolumes, actual: Actual): readonly Action[] =>
  sorted(groups).flatMap(([name, group]) => planGroup({ name, group, actual, mayCreate: create_filesystems }))

type GroupInput = {
  readonly name: string
  readonly group: Group
  readonly actual: Actual
  /** False: nothing is created or grown (create_filesystems). */
  readonly mayCreate: boolean
}

const planGroup = (input: GroupInput): readonly Action[] => {
  const { name, group, actual, mayCreate } = input
  const volumes = volumeInput(input)
  const [found, another] = actual.groups.filter(state => state.name === name)
  if (found !== undefined && another !== undefined) {
    const blocks = volumes.declared.map(volume => blockKey(name, volume.name))
    return [ambiguousGroup(name, [found.uuid, another.uuid], blocks)]
  }
  if (found === undefined) {
    const created = createGroup(input)
    const free = created.rejected === undefined ? extentsOf(group.devices ?? [], actual, defaultExtent) : undefined
    return [created, ...planVolumes({ ...volumes, extent: defaultExtent, free })]
  }
  const lacking = (group.devices ?? []).filter(({ path }) => !isMember(path, name, actual))
  const extensions = mayCreate ? lacking.map(device => extendGroup(name, device, actual)) : []
  const fit = mayCreate ? lacking.filter(device => unfitness(device, actual.devices[device.path]).length === 0) : []
  const free = found.free / found.extent + extentsOf(fit, actual, found.extent)
  return [...extensions, ...planVolumes({ ...volumes, extent: found.extent, free })]
}

const volumeInput = ({ name, group, actual, mayCreate }: GroupInput): Omit<VolumeInput, 'extent' | 'free'> => ({
  group: name,
  declared: sorted(group.volumes ?? {}).map(([volume, { size }]) => ({ name: volume, size })),
  actual: actual.volumes.filter(volume => volume.group === name),
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
    ops: [{ op: 'exec', argv: ['vgcreate', name, ...paths], timeout: lvmTimeout }],
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
    ops: [{ op: 'exec', argv: ['vgextend', name, path], timeout: lvmTimeout }],
  }
}

/** Nobody can say which of them holds the guests' volumes. */
const ambiguousGroup = (name: string, uuids: readonly string[], blocks: readonly Key[]): Action => ({
  ...groupAction(name, 'use'),
  kind: '~',
  summary: `use group ${name}`,
  reasons: [],
  rejected: `there are several groups of this name (${uuids.join(', ')}): rename all but one`,
  provides: blocks,
  ops: [],
})

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

const isMember = (path: string, group: string, { devices }: Actual): boolean => {
  const found = devices[path]
  return found?.state === 'member' && found.group === group
}

/** The extents that devices outside any group will give to one. */
const extentsOf = (devices: readonly Device[], actual: Actual, extent: number): number =>
  devices.reduce((sum, { path }) => {
    const found = actual.devices[path]
    return sum + (found?.state === 'free' ? extentsOn(found.size, extent) : 0)
  }, 0)
