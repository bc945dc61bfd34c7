// What observe finds on a host, as plain JSON without times and domain ids, which change from run to run.
import type { Intervention } from '../../src/model/intervention.js'
import type { DomainState, ShutdownReason } from '../../src/system/xl-list.js'
import type { Saved } from './observe/saved.js'

export type Actual = Saved & {
  /** Of this boot of the host. */
  readonly boot: string
  /** The directory in which this component remembers. */
  readonly memory: string
  /** False on a host that was booted without Xen: then nothing is known of domains. */
  readonly xenRuns: boolean
  /** Whether Xen has shadow paging, without which no PV guest can be migrated live; null where no PV guest is declared. */
  readonly pagesInShadow: boolean | null
  /** Every domain but Domain-0, by name. */
  readonly domains: readonly ActualDomain[]
  /**
   * By file name below /etc/xen: the text of the configs of domains declared or moved away, null where there is none, and
   * of the declared ones' installers, where there are any.
   */
  readonly configs: { readonly [file: string]: string | null }
  /** The file names of those configs that others than root may read or write: one may hold a password. */
  readonly open: readonly string[]
  /**
   * What is kept already of what somebody else wrote, by path; null: what stands there is no file. Only of what stands in
   * the place of ours now, and would be kept next.
   */
  readonly kept: { readonly [path: string]: string | null }
  /** The file names of all other configs; they are not read. */
  readonly otherConfigs: readonly string[]
  /** What stands in /etc/xen/auto; null where there is no such directory. */
  readonly autoLinks: readonly AutoLink[] | null
  /**
   * MiB that domains can be given: what is free, and what dom0 gives up. Null where it was not asked for: nothing is to
   * be started, and nothing to grow.
   */
  readonly room: number | null
  /**
   * What the names of disks lead to (canonical-path.ts): of all disks, where the document and Xen do not name the same ones;
   * else of none.
   */
  readonly links: { readonly [path: string]: string }
  /** The disks of missing domains, as declared, that dom0 has mounted or something else of the host holds. */
  readonly inUse: readonly string[]
  /**
   * Of the disks that declared domains are to have and have not: those that are not there, and what is remembered of the
   * others (model/disk-tags.ts), by what the document names.
   */
  readonly missing: readonly string[]
  readonly tags: { readonly [target: string]: readonly string[] }
  /** The partitions among their boot disks that hold nothing, where they might be installed on. */
  readonly blank: readonly string[]
  /** The domains that a missing one needs and that are ready. */
  readonly ready: readonly string[]
  /** The guests that nobody may touch (`agent hold`), and those that an administrator claimed for this host. */
  readonly held: readonly string[]
  readonly claimed: readonly string[]
  /** By guest that is to be installed anew (`agent reinstall`): the order. */
  readonly reinstallations: { readonly [key: string]: string }
  /** No guest is to run on this host for now (`agent down`); null: there is no intervention. */
  readonly intervention: Intervention | null
  /** What is remembered of the starts of domains that are not there, that are started once in a boot of the host, or that have `apply: restart`. */
  readonly starts: { readonly [key: string]: Starts }
  /** The guests that were asked to shut down, and were not seen gone since by the run that asked. */
  readonly asked: readonly string[]
  /** Those of them that have not, for longer than they may take. */
  readonly overdue: readonly string[]
}

export type Starts = {
  /** Each start has a number; in this boot of the host, oldest first. */
  readonly numbers: readonly number[]
  /** Those of earlier boots. */
  readonly earlier: readonly number[]
  /** How often it was started of late. few: it is started again. many: after a while. too many: not any more. */
  readonly recent: 'few' | 'many' | 'too many'
}

export type AutoLink = {
  readonly file: string
  /** Null where it is no link. */
  readonly target: string | null
  /** Of a file that starts a declared domain. */
  readonly content?: string | null
}

export type ActualDomain = {
  readonly name: string
  readonly state: DomainState
  /** Why it has shut down, where it is kept. */
  readonly reason?: ShutdownReason
  /** Null where xl tells nothing of it: it is being built or torn down. */
  readonly config: ActualConfig | null
}

/** What `xl list -l` shows of a domain, as far as it is compared. */
export type ActualConfig = {
  readonly uuid: string
  readonly type: string
  /** KiB: the target, which the balloon driver follows, not the present usage. */
  readonly memory: number
  /** KiB. */
  readonly maxmem: number
  /** Whether it has about as much memory as its target says. */
  readonly hasItsMemory: boolean
  /** The vCPUs that it may use, whether or not it does. */
  readonly vcpus: number
  readonly maxvcpus: number
  /** credit2, credit, ... */
  readonly scheduler: string | null
  readonly weight: number
  readonly cap: number
  readonly kernel: string | null
  readonly ramdisk: string | null
  readonly cmdline: string | null
  readonly bootloader: string | null
  readonly bootloaderArgs: readonly string[]
  readonly disks: readonly ActualDisk[]
  readonly vifs: readonly ActualVif[]
}

export type ActualDisk = { readonly vdev: string; readonly path: string | null; readonly access: 'rw' | 'ro' }
export type ActualVif = { readonly mac: string; readonly bridge: string | null }
