// The volumes of one group: created, grown, or left. Part of plan.ts; pure.
import type { Action, Key } from '../../src/model/action.js'
import { printSize } from '../../src/model/quantity.js'
import type { VolumeState } from './actual.js'
import { extentsFor } from './extents.js'

export type VolumeInput = {
  readonly group: string
  /** In the order in which they get their space; sizes in MiB. */
  readonly declared: readonly { readonly name: string; readonly size: number }[]
  /** Those that are in the group. */
  readonly actual: readonly VolumeState[]
  readonly mayCreate: boolean
  /** Bytes. */
  readonly extent: number
  /** Free extents; undefined where the group will not come to be, so that nobody knows. */
  readonly free: number | undefined
}

/** LVM waits for udev and for other LVM commands. */
export const lvmTimeout = 120_000

export const groupKey = (group: string): Key => `group:${group}`
export const blockKey = (group: string, volume: string): Key => `block:/dev/${group}/${volume}`

/** Those that do not fit into what those before them left are rejected. */
export const planVolumes = (input: VolumeInput): readonly Action[] => {
  let { free } = input
  return input.declared.flatMap(({ name, size }) => {
    const actual = input.actual.find(volume => volume.name === name)
    const wanted = extentsFor(size, input.extent)
    const needed = wanted - (actual === undefined ? 0 : actual.size / input.extent)
    if (needed <= 0) return []
    const volume = { ...input, name, bytes: wanted * input.extent }
    const lack = free !== undefined && needed > free ? lackOf(needed, free, input) : undefined
    if (free !== undefined && lack === undefined && input.mayCreate) free -= needed
    return actual === undefined ? [createVolume(volume, lack)] : growVolume(volume, actual, lack)
  })
}

const lackOf = (needed: number, free: number, { group, extent }: VolumeInput): string =>
  `needs ${printSize(needed * extent)} in group ${group}, free: ${printSize(free * extent)}`

type Wanted = { readonly group: string; readonly name: string; readonly bytes: number; readonly mayCreate: boolean }

/** Provides the block device even if it is rejected: a guest without its disk is not started. */
const createVolume = ({ group, name, bytes, mayCreate }: Wanted, lack: string | undefined): Action => {
  const argv = ['lvcreate', '--yes', '--wipesignatures', 'y', '--size', `${bytes}b`, '--name', name, group]
  const rejected = mayCreate ? lack : 'create_filesystems is false'
  const action: Action = {
    ...volumeAction(group, name, 'create'),
    kind: '+',
    summary: `create volume ${group}/${name} of ${printSize(bytes)}`,
    reasons: ['it is not there'],
    provides: [blockKey(group, name)],
    ops: [],
  }
  if (rejected !== undefined) return { ...action, rejected }
  return { ...action, ops: [{ op: 'exec', argv, timeout: lvmTimeout }] }
}

/** A guest whose volume cannot grow has its disk all the same, and is not held back. */
const growVolume = (
  { group, name, bytes, mayCreate }: Wanted,
  { size }: VolumeState,
  lack: string | undefined,
): readonly Action[] => {
  if (!mayCreate) return []
  const action: Action = {
    ...volumeAction(group, name, 'grow'),
    kind: '~',
    summary: `grow volume ${group}/${name} to ${printSize(bytes)}`,
    reasons: [
      `it has ${printSize(size)}, declared ${printSize(bytes)}`,
      'the guest must then grow its filesystem itself',
    ],
    provides: [],
    ops: [],
  }
  if (lack !== undefined) return [{ ...action, rejected: lack }]
  const argv = ['lvextend', '--size', `${bytes}b`, `${group}/${name}`]
  return [{ ...action, provides: [blockKey(group, name)], ops: [{ op: 'exec', argv, timeout: lvmTimeout }] }]
}

const volumeAction = (group: string, name: string, step: string) =>
  ({
    id: `lvm/${group}/${name}/${step}`,
    component: 'lvm',
    resource: `${group}/${name}`,
    risk: 'safe',
    requires: [groupKey(group)],
  }) as const
