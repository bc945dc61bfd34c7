// `dhcp`: what a DHCP server is told of the site's machines.
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { makeDirectory } from '../../compiler/make-directory.js'
import { namesText } from '../../model/shorten.js'
import { faultOfFiles } from '../../provision/dhcp/check.js'
import { markOurs, whyNotOurs } from '../../provision/dhcp/claim.js'
import { noteReload, reloadIfDue } from '../../provision/dhcp/reload.js'
import { bootingWithout, type Reserved, reservationsOf } from '../../provision/dhcp/reservations.js'
import { type DhcpServerName, dhcpServers } from '../../provision/dhcp/server.js'
import { type Installed, installFiles } from '../../provision/install-files.js'
import { whileLocked } from '../../system/folder-lock.js'
import { packagesOf } from '../../system/packages.js'
import { compiledSite } from '../compiled.js'
import { plural, printJson, printNotice, printUsageError } from '../output.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

type DhcpOptions = SiteOptions & {
  readonly server: DhcpServerName
  readonly out: string
  readonly check: boolean
  readonly reload?: string
}

export const dhcpCommand = (): Command =>
  siteCommand('dhcp', "a DHCP server's reservations: address, name and boot file of every machine")
    .addOption(new Option('--server <name>', 'the server').choices(Object.keys(dhcpServers)).makeOptionMandatory())
    .requiredOption('--out <dir>', 'a directory of their own, which the server reads them from')
    .option('--reload <unit>', 'this systemd unit reloads or restarts, if anything changed since it last did')
    .option('--no-check', "don't ask the server's own parser first")
    .action(writeReservations)

const writeReservations = async (options: DhcpOptions): Promise<void> => {
  const compiled = compiledSite(options)
  if (compiled === undefined) return
  const directory = resolve(options.out)
  const reserved = reservationsOf(compiled.documents.values())
  warnOfUnreserved(bootingWithout(compiled.documents.values(), reserved), options)
  makeDirectory(directory)
  await whileLocked(directory, () => putInForce(reserved, directory, options), patience)
}

/** Seconds: another call may be waiting for the server's parser, and then for systemd. */
const patience = 240

/** The reload, too, in turns: one that is over forgets that it was due, and another call's files may be new since it began. */
const putInForce = (reserved: readonly Reserved[], directory: string, options: DhcpOptions): void => {
  const refusal = refusalOf(reserved, directory, options)
  if (refusal !== undefined) {
    tell(refusal, options)
    return
  }
  const installed = install(reserved, directory, options)
  const unread = reloadServer(directory, options)
  answer(installed, reserved.length, options)
  if (unread !== undefined) tell(unread, options)
}

const warnOfUnreserved = (without: readonly string[], { json }: DhcpOptions): void => {
  if (without.length === 0) return
  printNotice(
    `no reservation for ${plural(without.length, 'card')} that machines boot by: ${namesText(without)}`,
    "each needs a static IPv4 address with its prefix: its own, its bond's, or that of the bridge over it",
    json,
  )
}

type Failure = { readonly message: string; readonly hint: string; readonly exitCode: 1 | 2 }

const tell = ({ message, hint, exitCode }: Failure, { json }: DhcpOptions): void => {
  printUsageError(message, hint, json)
  process.exitCode = exitCode
}

/** The directory is somebody else's, or the server would not read the files. */
const refusalOf = (reserved: readonly Reserved[], directory: string, options: DhcpOptions): Failure | undefined => {
  const whose = whyNotOurs(directory, options.server)
  if (whose !== undefined)
    return {
      message: whose,
      hint: 'name a directory of its own, which the configuration of the server names',
      exitCode: 2,
    }
  const fault = options.check
    ? checked(options, () => faultOfFiles(dhcpServers[options.server], reserved, directory))
    : undefined
  return fault === undefined ? undefined : { message: fault, hint: 'nothing was changed', exitCode: 1 }
}

/** What is to be reloaded is noted before anything changes. */
const install = (reserved: readonly Reserved[], directory: string, { server, reload }: DhcpOptions): Installed => {
  const { files, owned } = dhcpServers[server]
  return installFiles(directory, files(reserved, directory), owned, () => {
    markOurs(directory, server)
    if (reload !== undefined) noteReload(directory)
  })
}

/** Undefined where the server has read the files, or nobody asked that it does. */
const reloadServer = (directory: string, { server, reload }: DhcpOptions): Failure | undefined => {
  const whyNot = reload === undefined ? undefined : reloadIfDue(directory, dhcpServers[server].reload, reload)
  if (whyNot === undefined) return undefined
  return {
    message: `the files are in place, and ${reload} has not read them: ${whyNot}`,
    hint: 'the same command again makes up for it',
    exitCode: 1,
  }
}

const answer = ({ written, removed }: Installed, machines: number, { json, out, server }: DhcpOptions): void => {
  if (json) {
    printJson({ server, machines, written, removed })
    return
  }
  process.stdout.write(
    `${out}: ${plural(machines, 'machine')}, ${plural(written.length, 'file')} written, ${removed.length} removed\n`,
  )
}

/** A server that is not installed here cannot be asked. */
const checked = ({ server }: DhcpOptions, ask: () => string | undefined): string | undefined => {
  try {
    return ask()
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' || path === undefined) throw error
    return `${path}, which checks the files of ${server}, is not here: install ${packagesOf(path)}, or say --no-check`
  }
}
