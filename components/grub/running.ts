// What runs, as its own command lines and versions tell, and whether an entry of the menu is what was booted. Pure.
import type { MenuItem } from './grub-config.js'
import { parseWords } from './options.js'

export type Running = {
  /** The hypervisor; null where Xen does not run. */
  readonly xen: { readonly version: string; readonly words: readonly string[] } | null
  readonly linux: {
    /** As `uname -r` says it; null where that is not known. */
    readonly release: string | null
    readonly words: readonly string[]
  }
  /** The digest of the declaration that this boot tries; null where it is no trial. */
  readonly trial: string | null
}

/** The word that a trial's kernel command line has. Linux takes it for a module's, and hands it to nobody. */
export const trialMark = 'xenclosure.trial='

/** /proc/cmdline without what a trial adds at its end. */
export const parseLinuxLine = (line: string): { readonly words: readonly string[]; readonly trial: string | null } => {
  const words = parseWords(line)
  const index = words.findIndex(word => word.startsWith(trialMark))
  if (index === -1) return { words, trial: null }
  return { words: words.slice(0, index), trial: words[index]?.slice(trialMark.length) ?? null }
}

/** The same files by their versions, the same options in the same order. */
export const isRunning = ({ xen, linux }: MenuItem, running: Running): boolean => {
  if (linux === null || (xen === null) !== (running.xen === null)) return false
  const isSameXen =
    xen === null ||
    running.xen === null ||
    (isVersion(xen.file, running.xen.version) && same(xen.words, running.xen.words))
  const { release, words } = running.linux
  return isSameXen && (release === null || versionOf(linux.file) === release) && same(linux.words, words)
}

/** `vmlinuz-6.1.0-56-amd64` -> `6.1.0-56-amd64` */
const versionOf = (file: string): string => file.replace(/^[^0-9]*-/, '')

/** `xen-4.17-amd64.gz` is 4.17; a name without a version may be any. */
const isVersion = (file: string, version: string): boolean => {
  const named = /^xen-(\d+\.\d+)/.exec(file)?.[1]
  return named === undefined || named === version
}

const same = (entry: readonly string[], line: readonly string[]): boolean =>
  entry.filter(isOption).join(' ') === line.filter(isOption).join(' ')

/** GRUB's placeholder, the name of the file that it tells Linux, and what 20_linux_xen adds under EFI are none. */
const isOption = (word: string): boolean => !/^(placeholder|BOOT_IMAGE=.*|no-real-mode|edd=off)$/.test(word)
