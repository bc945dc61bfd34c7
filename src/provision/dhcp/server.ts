// The DHCP servers that reservations are written for: their files, and how each one's own parser is asked about them.
import { dnsmasqFiles, dnsmasqTrial } from './dnsmasq.js'
import { iscFiles } from './isc.js'
import { keaFiles } from './kea.js'
import type { Reserved } from './reservations.js'

/** A file below the directory that all of them are read from. */
export type ConfigFile = { readonly path: string; readonly content: string }

export type DhcpServer = {
  readonly files: (reserved: readonly Reserved[], directory: string) => readonly ConfigFile[]
  /** Folders of files that are all made here. */
  readonly owned: readonly string[]
  /** What its parser reads in place of the files that it leaves out of a check. */
  readonly trial?: (reserved: readonly Reserved[]) => readonly ConfigFile[]
  /** The command that reads the files in a directory, changes nothing, and fails where they are wrong. */
  readonly check: (directory: string) => readonly [string, ...string[]]
}

export const dhcpServers = {
  isc: {
    files: iscFiles,
    owned: ['hosts'],
    check: directory => ['dhcpd', '-t', '-cf', `${directory}/xenclosure.conf`],
  },
  kea: {
    files: keaFiles,
    owned: ['hosts'],
    check: directory => ['kea-dhcp4', '-t', `${directory}/kea-dhcp4.conf`],
  },
  dnsmasq: {
    files: dnsmasqFiles,
    owned: ['hosts', 'options'],
    trial: dnsmasqTrial,
    check: directory => ['dnsmasq', '--test', `--conf-file=${directory}/trial.conf`],
  },
} satisfies { readonly [name: string]: DhcpServer }

export type DhcpServerName = keyof typeof dhcpServers
