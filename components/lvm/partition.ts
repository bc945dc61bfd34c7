// Looks at a partition or disk that a guest is given: whether this host uses it as well. What it holds is the guest's, and
// is not read, but of one that may have to be filled.
import type { System } from '../../src/model/system.js'
import { canonicalPath } from '../../src/system/canonical-path.js'
import { isZeroAtEnds, signaturesOn } from '../../src/system/disk-content.js'
import type { PartitionState, PhysicalVolume } from './actual.js'
import { blockDevices } from './device.js'

/**
 * A disk that a guest has partitioned shows its partitions to this host too, which is nobody's use of it: only what is
 * mounted, or made of them, is.
 */
export const observePartition = async (
  system: System,
  path: string,
  physical: readonly PhysicalVolume[],
  mayBeBlank: boolean,
): Promise<PartitionState> => {
  const device = await canonicalPath(system, path)
  const rows = await blockDevices(system, path)
  const own = rows.find(row => row.path === device || row.path === path) ?? rows[0]
  if (own === undefined) return { state: 'missing' }
  const names = [device, ...rows.map(row => row.path)]
  const groups = physical.filter(volume => names.includes(volume.device)).map(volume => volume.group)
  return {
    state: 'there',
    size: own.size,
    groups: [...new Set(groups.filter(group => group !== null))],
    mountpoints: rows.flatMap(row => row.mountpoints).filter(mountpoint => mountpoint !== null),
    holders: rows.filter(row => row !== own && row.type !== 'part').map(row => row.path),
    ...(mayBeBlank ? { content: await contentOf(system, path, own.size) } : {}),
  }
}

const contentOf = async (system: System, path: string, size: number): Promise<readonly string[]> => {
  const signatures = await signaturesOn(system, path)
  if (signatures.length > 0) return signatures
  return (await isZeroAtEnds(system, path, size)) ? [] : ['something']
}
