// What the host has: the answer of observe.ts, the input of plan.ts. Plain JSON.
import type { GrubConfig } from './grub-config.js'

export type Actual = {
  /** Whether GRUB is configured in Debian's way here: /etc/default/grub.d and update-grub. */
  readonly isDebianWay: boolean
  /** Another file sets GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT (fragment.ts). */
  readonly isReplacedUnderXen: boolean
  /** The text of our file in /etc/default/grub.d; null where there is none. */
  readonly fragment: string | null
  /** What GRUB reads at the next boot. */
  readonly config: GrubConfig
  /** The command lines of this boot, as words; xen is null where Xen does not run. */
  readonly running: { readonly xen: readonly string[] | null; readonly linux: readonly string[] }
}
