// What the host has: the answer of observe.ts, the input of plan.ts. Plain JSON.
import type { Environment } from './environment.js'
import type { GrubConfig } from './grub-config.js'
import type { Running } from './running.js'
import type { Way } from './way.js'

export type Actual = {
  /** How GRUB is configured here; null where no way that is known is found. */
  readonly way: Way | null
  /** Another file sets GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT (fragment.ts). */
  readonly isReplacedUnderXen: boolean
  /** The declared kernel and hypervisor that are not in /boot. */
  readonly missingFiles: readonly string[]
  /** The file that holds our settings; null where there is none. */
  readonly defaults: string | null
  /** What GRUB reads at the next boot. */
  readonly config: GrubConfig
  readonly environment: Environment
  /** Our script in /etc/grub.d; null where there is none. */
  readonly script: string | null
  /** Why an entry can't be tried once here; null where it can, or where nothing is to be tried. */
  readonly obstacle: string | null
  /** The component's directory on the host. */
  readonly memory: string
  /** The last trial that was prepared; null where there was none. */
  readonly trial: Trial | null
  /** The id of this boot. */
  readonly boot: string
  readonly running: Running
}

export type Trial = {
  /** Of the declaration that was to be tried (fragment.ts, bootDigest). */
  readonly digest: string
  /** The boot in which it was prepared: the next one is the trial. */
  readonly boot: string
}
