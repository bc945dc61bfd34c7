// The DHCP servers that reservations are written for: their files, and how each one's own parser is asked about them.
import { dnsmasqFiles, dnsmasqTrial } from './dnsmasq.js'
import { iscFiles } from './isc.js'
import { keaFiles } from './kea.js'
import type { Reserved } from './reservations.js'

/** A file below the directory that all of them are read from. */
export type ConfigFile = { readonly path: string; readonly content: string }

/** As systemctl calls it. Where the unit has no reload, `reload-or-restart` restarts it. */
export type Reload = 'restart' | 'reload-or-restart'

export type DhcpServer = {
  readonly files: (reserved: readonly Reserved[], directory: string) => readonly ConfigFile[]
  /** Folders of files that are all made here. */
  readonly owned: readonly string[]
  /** What it takes to have it read its files, whichever of them changed. */
  readonly reload: Reload
  /** What its parser reads in place of the files that it leaves out of a check. */
  readonly trial?: (reserved: readonly Reserved[]) => readonly ConfigFile[]
  /** The command that reads the files in a directory, changes nothing, and fails where they are wrong. */
  readonly check: (directory: string) => readonly [string, ...string[]]
}

export const dhcpServers = {
  isc: {
    files: iscFiles,
    owned: ['hosts'],
    // "Whenever changes are made to the dhcpd.conf file, dhcpd must be restarted" (dhcpd(8)).
    reload: 'restart',
    check: directory => ['dhcpd', '-t', '-cf', `${directory}/xenclosure.conf`],
  },
  kea: {
    files: keaFiles,
    owned: ['hosts'],
    // At SIGHUP it reads its whole configuration, and keeps the old one where that is wrong.
    reload: 'reload-or-restart',
    check: directory => ['kea-dhcp4', '-t', `${directory}/kea-dhcp4.conf`],
  },
  dnsmasq: {
    files: dnsmasqFiles,
    owned: ['hosts', 'options'],
    // At SIGHUP it reads hosts and options, but no configuration, where the subnets are (dnsmasq(8), "NOTES"). And 2.90, which
    // Debian 12 has, can end by SIGSEGV as it reads them then.
    reload: 'restart',
    trial: dnsmasqTrial,
    check: directory => ['dnsmasq', '--test', `--conf-file=${directory}/trial.conf`],
  },
} satisfies { readonly [name: string]: DhcpServer }

export type DhcpServerName = keyof typeof dhcpServers
