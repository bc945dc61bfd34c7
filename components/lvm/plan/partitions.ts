// The partitions and disks that guests are given: written only where they are to be filled, but a guest whose partition is
// not what was meant, or is somebody else's, is not started. Part of plan.ts; pure. The table "Partitions" of README.md has the same rows.
import type { Action } from '../../../src/model/action.js'
import { MiB } from '../../../src/model/quantity.js'
import { sorted } from '../../../src/model/sorted.js'
import type { Actual, PartitionState } from '../actual.js'
import type { LVMVolumes, Partition } from '../desired.js'
import { deviceKey } from '../keys.js'
import { planFilling } from './image.js'

export const planPartitions = (
  declared: NonNullable<LVMVolumes['partitions']>,
  { partitions, tags, memory }: Actual,
  mayCreate: boolean,
): readonly Action[] =>
  sorted(declared).flatMap(([path, partition]) => {
    const found = partitions[path]
    const faults = faultsOf(partition, found)
    if (faults.length > 0) return [usePartition(path, faults)]
    return planFilling({
      place: { kind: 'partition', path, memory },
      id: `partition:${path}`,
      resource: path,
      tags: tags[path] ?? [],
      image: partition.image,
      awaitsRelease: partition.awaitsRelease,
      mayCreate,
      content: found?.state === 'there' ? found.content : undefined,
      key: deviceKey(path),
    })
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
