// Looks at a declared device: where it belongs, and, while it is in no group, all that tells whether it is blank.
import type { System } from '../../src/model/system.js'
import { canonicalPath } from '../../src/system/canonical-path.js'
import { isZeroAtEnds, signaturesOn } from '../../src/system/disk-content.js'
import type { DeviceState, PhysicalVolume } from './actual.js'

/** A device that is in a group is not read: what it holds is LVM's. */
export const observeDevice = async (
  system: System,
  path: string,
  physical: readonly PhysicalVolume[],
): Promise<DeviceState> => {
  // What the kernel calls it: `/dev/sdb` for `/dev/disk/by-id/...`.
  const device = await canonicalPath(system, path)
  const known = physical.find(volume => volume.device === device)
  if (known !== undefined && known.group !== null) return { state: 'member', device, group: known.group }
  const rows = await blockDevices(system, path)
  const own = rows.find(row => row.path === device || row.path === path) ?? rows[0]
  if (own === undefined) return { state: 'missing' }
  return {
    state: 'free',
    device,
    initialised: known !== undefined,
    size: own.size,
    serial: own.serial,
    holders: rows.filter(row => row !== own).map(row => row.path),
    mountpoints: own.mountpoints.filter(mountpoint => mountpoint !== null),
    opensExclusively: await system.openExclusive(path),
    signatures: await signaturesOn(system, path),
    zeroed: await isZeroAtEnds(system, path, own.size),
  }
}

type BlockDevice = {
  readonly path: string
  /** `disk`, `part`, `lvm`, `crypt`, ... */
  readonly type: string
  readonly size: number
  readonly serial: string | null
  readonly mountpoints: readonly (string | null)[]
  readonly children?: readonly BlockDevice[]
}

/** The device, its partitions and what is made of it: nested or as a flat list, by lsblk's choice. */
export const blockDevices = async (system: System, path: string): Promise<readonly BlockDevice[]> => {
  const argv = ['lsblk', '--json', '--bytes', '-o', 'PATH,TYPE,SIZE,SERIAL,MOUNTPOINTS', path]
  const { stdout } = await system.exec(argv, { effect: 'observe' })
  const parsed: { blockdevices: readonly BlockDevice[] } =
    stdout.trim() === '' ? { blockdevices: [] } : JSON.parse(stdout)
  const flat = (row: BlockDevice): readonly BlockDevice[] => [row, ...(row.children ?? []).flatMap(flat)]
  return parsed.blockdevices.flatMap(flat)
}
