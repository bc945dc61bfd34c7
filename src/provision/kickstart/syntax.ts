// Which kickstart syntax a machine's distribution speaks, and what the versions have not in common. Versions are named as
// pykickstart and its ksvalidator name them; what each has is told by its handlers.
import type { System } from '../../model/schemas/system.js'

export type Syntax = {
  /** `RHEL9`, `F43`. */
  readonly version: string
  /** `sshkey` puts keys into authorized_keys: RHEL 7 has it not, and RHEL 8 takes a user's second one for a mistake. */
  readonly hasSshKey: boolean
  /** `timesource` names the servers; before, `timezone --ntpservers` did. */
  readonly hasTimeSource: boolean
  /** `module` enables a stream of one. */
  readonly hasModule: boolean
  /** `repo --metalink` and `url --metalink`. */
  readonly hasMetalink: boolean
  /** How passwords may be hashed, by crypt(5): glibc's own crypt in RHEL 7, libxcrypt 4.1 in 8, and 4.4 since. */
  readonly hashes: readonly string[]
  /** btrfs is a type of file system: RHEL 8 and 9 refuse it. */
  readonly hasBtrfs: boolean
  /** The installer writes NetworkManager's keyfiles; before, ifcfg files. */
  readonly hasKeyfiles: boolean
  /** The least that `reqpart` makes an EFI system partition of, in MiB (pyanaconda's platform.py; its pulls 1644 and 4711). */
  readonly leastEfi: number
}

/** The distributions that are rebuilt from RHEL, by the names in `ID` of their os-release(5). */
const rebuilds = ['rhel', 'almalinux', 'centos', 'rocky', 'ol', 'oracle', 'scientific', 'eurolinux']

const sha = ['5', '6']
const bcrypt = ['2a', '2b', '2y']
const everyHash = [...sha, ...bcrypt, 'y', 'gy']

const rhel: { readonly [major: number]: Syntax } = {
  7: {
    version: 'RHEL7',
    hashes: sha,
    hasSshKey: false,
    hasTimeSource: false,
    hasModule: false,
    hasMetalink: false,
    hasBtrfs: true,
    hasKeyfiles: false,
    leastEfi: 20,
  },
  8: {
    version: 'RHEL8',
    hashes: [...sha, ...bcrypt],
    hasSshKey: false,
    hasTimeSource: false,
    hasModule: true,
    hasMetalink: true,
    hasBtrfs: false,
    hasKeyfiles: false,
    leastEfi: 200,
  },
  9: {
    version: 'RHEL9',
    hashes: everyHash,
    hasSshKey: true,
    hasTimeSource: true,
    hasModule: true,
    hasMetalink: true,
    hasBtrfs: false,
    hasKeyfiles: true,
    leastEfi: 200,
  },
}

/** Older ones are long out of support; what a later one will have nobody has written down yet (pykickstart's handler f46.py). */
const [oldestFedora, newestFedora] = [40, 46]

/** Undefined where the distribution is not installed by kickstart, or in a version that we do not write. */
export const syntaxOf = (os: System['os']): Syntax | undefined => {
  const distribution = os?.distribution?.toLowerCase() ?? ''
  const major = Number(/^\d+/.exec(os?.release ?? '')?.[0])
  if (rebuilds.includes(distribution)) return rhel[major]
  if (distribution !== 'fedora' || !(major >= oldestFedora && major <= newestFedora)) return undefined
  return {
    version: `F${major}`,
    hashes: everyHash,
    hasSshKey: true,
    hasTimeSource: true,
    hasModule: false,
    hasMetalink: true,
    hasBtrfs: true,
    hasKeyfiles: true,
    leastEfi: 500,
  }
}

/** What `syntaxOf` knows, in words. */
export const knownSystems = `RHEL 7, 8, 9 and their rebuilds (almalinux, rocky, centos ...), fedora ${oldestFedora} to ${newestFedora}`
