// A simulated host as one plain JSON value. Every command and every change of a file is a function from one state to
// the next, so a host can be kept in a file, compared and copied, and is never seen half changed.
import { createHash } from 'node:crypto'
import type { SimulatedNetwork } from './network.js'
import type { DomainConfig } from './xl/config.js'

export type SimulatedState = {
  /** The form of this value; a file that lacks it is not a simulated host. */
  readonly simulated: 1
  /** Null: answers to any name. */
  readonly hostname: string | null
  /** MiB. */
  readonly memory: number
  /** Whether a disk that nobody declared exists as well, blank. */
  readonly anyDevice: boolean
  readonly boot: Boot
  /** By absolute path. Parents of what exists exist. */
  readonly files: Readonly<Record<string, FileNode>>
  /** Disks and partitions, by kernel name. */
  readonly devices: Readonly<Record<string, Device>>
  /** Volume groups, by name. */
  readonly groups: Readonly<Record<string, Group>>
  /** Dom0 aside, in the order of their ids. */
  readonly domains: readonly Domain[]
  /** How many identities were given out: the next uuid, MAC and domain id follow from it. */
  readonly counter: number
  /** What grub-probe says of /boot/grub; absent: ext4 on a partition. */
  readonly bootLies?: { readonly abstraction?: string; readonly filesystem?: string }
  /** Words of a command line with which Xen or Linux does not come up. */
  readonly fatal?: readonly string[]
  /** Seconds that have passed; it stands still by itself. Absent: none. */
  readonly clock?: number
  /** What disks were filled with, by device or file; absent: none was. */
  readonly contents?: Readonly<Record<string, Content>>
  /** What is known of sources of images: null where there is none. Any other is what is expected of it. */
  readonly sources?: Readonly<Record<string, ImageSource | null>>
  /** Absent: as a blank host has it. */
  readonly network?: SimulatedNetwork
  /** systemd's timers, by unit. */
  readonly timers?: Readonly<Record<string, Timer>>
}

export type Timer = {
  /** What the clock says when it elapses. */
  readonly at: number
  readonly commands: readonly (readonly string[])[]
}

export type Boot = {
  /** /proc/sys/kernel/random/boot_id */
  readonly id: string
  /** The hypervisor's command line; null where Linux was booted without it. */
  readonly xen: string | null
  /** /proc/cmdline */
  readonly linux: string
  /** What dom0 has, in MiB. */
  readonly dom0Memory: number
}

export type FileNode =
  | {
      readonly type: 'file'
      readonly content: string
      readonly mode: number
      /** What the clock said when it was written. */
      readonly modified?: number
      /** Bytes, where that is more than the content: a hole follows. */
      readonly size?: number
    }
  | { readonly type: 'directory'; readonly mode: number }
  | { readonly type: 'link'; readonly target: string }

/** `half`: the filling was cut short. */
export type Content = {
  readonly sha256: string
  readonly unpack: string
  readonly filesystem?: string
  readonly half?: true
}

export type ImageSource = {
  readonly sha256: string
  /** Bytes, unpacked; absent: it fits. */
  readonly size?: number
}

export type Device = {
  /** Bytes. */
  readonly size: number
  readonly serial: string | null
  /** What wipefs finds: null on a blank device. */
  readonly signature: Signature | null
  readonly mountpoint: string | null
}

export type Signature = { readonly type: string; readonly offset: number; readonly uuid: string }

export type Group = {
  readonly uuid: string
  /** Physical volumes by kernel name, in the order in which they came. */
  readonly devices: readonly string[]
  readonly volumes: Readonly<Record<string, Volume>>
  /** Thin pools; absent where there never was one. */
  readonly pools?: Readonly<Record<string, Pool>>
  /** The extents of the spare for the pools' metadata. */
  readonly spare?: number
}

export type Volume = {
  readonly uuid: string
  readonly extents: number
  /** It is /dev/dm-MINOR. */
  readonly minor: number
  /** Absent: none. */
  readonly tags?: readonly string[]
  /** The thin pool that it lies in: its extents are promised, not taken. */
  readonly pool?: string
}

export type Pool = {
  readonly uuid: string
  readonly extents: number
  /** Extents. */
  readonly metadata: number
  /** Per cent of each, which guests use. */
  readonly dataUsed: number
  readonly metadataUsed: number
}

export type Domain = {
  readonly domid: number
  /** Memory, vcpus, weight, cap and devices are those of now. */
  readonly config: DomainConfig
  /** Absent: running. */
  readonly phase?: 'paused' | 'shut down' | 'crashed'
  /** Why it has shut down; absent: it powered off. */
  readonly reason?: 'reboot'
  /** What the clock said when it was made; absent: 0. */
  readonly since?: number
  /** It does nothing that it is asked: shutdown, less memory, more memory. */
  readonly isDeaf?: true
  /** MiB; absent: what it was given. Differs from that in a deaf guest. */
  readonly used?: number
}

/** Seconds. */
export const clockOf = ({ clock }: SimulatedState): number => clock ?? 0

/** The entry of a record that a key names, never something that the record inherits. */
export const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

/** A new identity: 32 hex digits, the same for the same history. */
export const identity = (state: SimulatedState): readonly [SimulatedState, string] => {
  const counter = state.counter + 1
  return [{ ...state, counter }, createHash('sha256').update(`identity ${counter}`).digest('hex').slice(0, 32)]
}

/** 32 hex digits as RFC 9562 writes them. */
export const printUuid = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

/** 32 characters as LVM writes them, 6-4-4-4-4-4-6. */
export const printLvmUuid = (hex: string): string =>
  hex.replace(/^(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-$5-$6-')
