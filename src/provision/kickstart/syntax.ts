// Which kickstart syntax a machine's distribution speaks, and what the versions have not in common. Versions are named as
// pykickstart and its ksvalidator name them; what each has is told by its handlers.
import type { System } from '../../model/schemas/system.js'

export type Syntax = {
  /** `RHEL9`, `F43`. */
  readonly version: string
  /** `sshkey` puts a key into authorized_keys; RHEL 7 has it not. */
  readonly hasSshKey: boolean
  /** `timesource` names the servers; before, `timezone --ntpservers` did. */
  readonly hasTimeSource: boolean
  /** `module` enables a stream of one. */
  readonly hasModule: boolean
  /** `repo --metalink` and `url --metalink`. */
  readonly hasMetalink: boolean
  /** The installer writes NetworkManager's keyfiles; before, ifcfg files. */
  readonly hasKeyfiles: boolean
}

/** The distributions that are rebuilt from RHEL, by the names in `ID` of their os-release(5). */
const rebuilds = ['rhel', 'almalinux', 'centos', 'rocky', 'ol', 'oracle', 'scientific', 'eurolinux']

const rhel: { readonly [major: number]: Syntax } = {
  7: {
    version: 'RHEL7',
    hasSshKey: false,
    hasTimeSource: false,
    hasModule: false,
    hasMetalink: false,
    hasKeyfiles: false,
  },
  8: {
    version: 'RHEL8',
    hasSshKey: true,
    hasTimeSource: false,
    hasModule: true,
    hasMetalink: true,
    hasKeyfiles: false,
  },
  9: { version: 'RHEL9', hasSshKey: true, hasTimeSource: true, hasModule: true, hasMetalink: true, hasKeyfiles: true },
}

/** The first Fedora whose syntax is that of today: older ones are long out of support. */
const oldestFedora = 40

/** Undefined where the distribution is not installed by kickstart, or in a version that we do not write. */
export const syntaxOf = (os: System['os']): Syntax | undefined => {
  const distribution = os?.distribution?.toLowerCase() ?? ''
  const major = Number(/^\d+/.exec(os?.release ?? '')?.[0])
  if (rebuilds.includes(distribution)) return rhel[major]
  if (distribution !== 'fedora' || !(major >= oldestFedora)) return undefined
  return {
    version: `F${major}`,
    hasSshKey: true,
    hasTimeSource: true,
    hasModule: false,
    hasMetalink: true,
    hasKeyfiles: true,
  }
}
