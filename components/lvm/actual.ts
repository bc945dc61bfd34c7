// What the host has: the answer of observe.ts, the input of plan.ts and orphans.ts. Plain JSON.

/** Sizes in bytes. */
export type GroupState = {
  readonly name: string
  readonly uuid: string
  readonly size: number
  readonly free: number
  readonly extent: number
}

export type VolumeState = {
  readonly group: string
  readonly name: string
  readonly uuid: string
  /** Bytes. */
  readonly size: number
}

export type PhysicalVolume = {
  /** The kernel's name of the device, or what LVM says of one that it misses: `[unknown]`. */
  readonly device: string
  /** Null: initialised (pvcreate), but in no group yet. */
  readonly group: string | null
}

export type Actual = {
  readonly groups: readonly GroupState[]
  readonly volumes: readonly VolumeState[]
  readonly physical: readonly PhysicalVolume[]
  /** The declared devices, by the path that the document names. */
  readonly devices: { readonly [path: string]: DeviceState }
}

export type DeviceState =
  | { readonly state: 'missing' }
  | { readonly state: 'member'; readonly device: string; readonly group: string }
  | (Inspection & { readonly state: 'free'; readonly device: string })

type Inspection = {
  /** Initialised for LVM (pvcreate) and in no group: what an interrupted vgcreate leaves. */
  readonly initialised: boolean
  /** Bytes. */
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
