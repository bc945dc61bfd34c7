// The partitions and disks that guests are given: never written, but a guest whose partition is not what was meant, or is
// somebody else's, is not started. Part of plan.ts; pure. The table "Partitions" of README.md has the same rows.
import type { Action } from '../../src/model/action.js'
import { MiB } from '../../src/model/quantity.js'
import type { Actual, PartitionState } from './actual.js'
import type { LVMVolumes, Partition } from './desired.js'
import { deviceKey } from './keys.js'
import { sorted } from './sorted.js'

export const planPartitions = (
  declared: NonNullable<LVMVolumes['partitions']>,
  actual: Actual['partitions'],
): readonly Action[] =>
  sorted(declared).flatMap(([path, partition]) => {
    const faults = faultsOf(partition, actual[path])
    return faults.length === 0 ? [] : [usePartition(path, faults)]
  })

/** Why a guest cannot be given it, every reason. */
const faultsOf = ({ size }: Partition, found: PartitionState | undefined): readonly string[] => {
  if (found === undefined || found.state === 'missing') return ['it is not there']
  const { groups, mountpoints, holders } = found
  const has = Math.floor(found.size / MiB)
  const faults: readonly (readonly [boolean, string])[] = [
    [has !== size, `it has ${has} MiB, declared ${size} MiB`],
    [
      groups.length > 0,
      `LVM finds group ${groups.join(', ')} on it: if that is the guest's own, keep it from this host's LVM (global_filter in lvm.conf)`,
    ],
    [mountpoints.length > 0, `it is mounted on ${mountpoints.join(', ')}`],
    [holders.length > 0, `it is in use by ${holders.join(', ')}`],
  ]
  return faults.filter(([isFault]) => isFault).map(([, fault]) => fault)
}

const usePartition = (path: string, faults: readonly string[]): Action => ({
  id: `lvm/partition:${path}/use`,
  component: 'lvm',
  resource: path,
  kind: '~',
  summary: `use ${path}`,
  reasons: [],
  risk: 'safe',
  rejected: faults.join('; '),
  provides: [deviceKey(path)],
  requires: [],
  ops: [],
})
