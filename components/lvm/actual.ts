// What the host has: the answer of observe.ts, the input of plan.ts and orphans.ts. Plain JSON, all sizes in bytes.
import type { Stat } from '../../src/model/system.js'

export type GroupState = {
  readonly name: string
  readonly uuid: string
  readonly size: number
  readonly free: number
  readonly extent: number
  /** What LVM keeps to repair the metadata of the group's pools (pmspare); 0 where it keeps nothing. */
  readonly spare: number
}

export type VolumeState = {
  readonly group: string
  readonly name: string
  readonly uuid: string
  readonly size: number
  /** The thin pool that it lies in. Null: its space is its own. */
  readonly pool: string | null
  readonly tags: readonly string[]
  /**
   * Where it is to be removed or renamed, what stands against that: it is open, or snapshots with space of their own hang
   * on it, which LVM removes with it.
   */
  readonly uses?: readonly VolumeUse[]
}

export type VolumeUse = 'open' | 'snapshots'

/** The spaces of a thin pool, each of which can run full. */
export type PoolSpace = 'data' | 'metadata'

export type PoolState = {
  readonly group: string
  readonly name: string
  readonly uuid: string
  /** The space for data. */
  readonly size: number
  readonly metadata: number
  /** What the pool gives to a volume at a time. */
  readonly chunk: number
  /** The spaces that are used above the limit: how far changes all the time, whether hardly ever. */
  readonly full: readonly PoolSpace[]
  /** Those that still would be if the pool had its declared size. */
  readonly fullWhenGrown: readonly PoolSpace[]
}

/** What LVM calls the device of a physical volume that it misses. */
export const missingDevice = '[unknown]'

export type PhysicalVolume = {
  /** The kernel's name of the device, or `missingDevice`. */
  readonly device: string
  /** Null: initialised (pvcreate), but in no group yet. */
  readonly group: string | null
}

export type Actual = {
  /** The directory in which this component remembers. */
  readonly memory: string
  readonly groups: readonly GroupState[]
  readonly volumes: readonly VolumeState[]
  readonly pools: readonly PoolState[]
  readonly physical: readonly PhysicalVolume[]
  /** The declared devices, by the path that the document names. */
  readonly devices: { readonly [path: string]: DeviceState }
  /** The declared files and partitions, likewise. */
  readonly files: { readonly [path: string]: FileState }
  readonly partitions: { readonly [path: string]: PartitionState }
  /** Of the declared files and partitions that have any: what volumes have of LVM. */
  readonly tags: { readonly [path: string]: readonly string[] }
}

export type DeviceState =
  | { readonly state: 'missing' }
  | { readonly state: 'member'; readonly device: string; readonly group: string }
  | (Inspection & { readonly state: 'free'; readonly device: string })

type Inspection = {
  /** Initialised for LVM (pvcreate) and in no group: what an interrupted vgcreate leaves. */
  readonly initialised: boolean
  readonly size: number
  readonly serial: string | null
  /** Partitions on it and devices made of it. */
  readonly holders: readonly string[]
  readonly mountpoints: readonly string[]
  /** open(2) with O_EXCL succeeds. */
  readonly opensExclusively: boolean
  /** Types of the signatures that wipefs(8) finds: `ext4`, `dos`. */
  readonly signatures: readonly string[]
  /** The first and the last MiB hold zeros only. */
  readonly zeroed: boolean
}

export type FileState =
  | { readonly state: 'missing' }
  | {
      readonly state: 'file'
      readonly size: number
      /** Of a file that is given up: processes and loop devices that have it open. */
      readonly users?: readonly string[]
    }
  | { readonly state: 'other'; readonly type: Exclude<Stat['type'], 'file'> }

export type PartitionState =
  | { readonly state: 'missing' }
  | {
      readonly state: 'there'
      readonly size: number
      /** The groups of this host that lie on it, or on a part of it. */
      readonly groups: readonly string[]
      /** Where it, or a part of it, is mounted; `[SWAP]`. */
      readonly mountpoints: readonly string[]
      /** Devices made of it, or of a part of it: volumes, RAID, encryption. A partition that nothing uses is none. */
      readonly holders: readonly string[]
      /** What it holds, in words, where it is to be filled: signatures, or that it is not blank without one. */
      readonly content?: readonly string[]
    }
