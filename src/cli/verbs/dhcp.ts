// `dhcp`: what a DHCP server is told of the site's machines.
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { makeDirectory } from '../../compiler/make-directory.js'
import { namesText } from '../../model/shorten.js'
import { faultOfFiles } from '../../provision/dhcp/check.js'
import { markOurs, whyNotOurs } from '../../provision/dhcp/claim.js'
import { noteReload, reloadIfDue } from '../../provision/dhcp/reload.js'
import { bootingWithout, reservationsOf } from '../../provision/dhcp/reservations.js'
import { type DhcpServerName, dhcpServers } from '../../provision/dhcp/server.js'
import { installFiles } from '../../provision/install-files.js'
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

const writeReservations = (options: DhcpOptions): void => {
  const compiled = compiledSite(options)
  if (compiled === undefined) return
  const [server, directory] = [dhcpServers[options.server], resolve(options.out)]
  const reserved = reservationsOf(compiled.documents.values())
  const without = bootingWithout(compiled.documents.values(), reserved)
  if (without.length > 0)
    printNotice(
      `no reservation for ${plural(without.length, 'card')} that machines boot by: ${namesText(without)}`,
      "each needs a static IPv4 address with its prefix: its own, its bond's, or that of the bridge over it",
      options.json,
    )
  makeDirectory(directory)
  const whose = whyNotOurs(directory, options.server)
  if (whose !== undefined) {
    printUsageError(whose, 'name a directory of its own, which the configuration of the server names', options.json)
    process.exitCode = 2
    return
  }
  const fault = options.check ? checked(options, () => faultOfFiles(server, reserved, directory)) : undefined
  if (fault !== undefined) {
    printUsageError(fault, 'nothing was changed', options.json)
    process.exitCode = 1
    return
  }
  const { reload } = options
  const { written, removed } = installFiles(directory, server.files(reserved, directory), server.owned, () => {
    markOurs(directory, options.server)
    if (reload !== undefined) noteReload(directory)
  })
  const whyNot = reload === undefined ? undefined : reloadIfDue(directory, server.reload, reload)
  const machines = reserved.length
  if (options.json) printJson({ server: options.server, machines, written, removed })
  else
    process.stdout.write(
      `${options.out}: ${plural(machines, 'machine')}, ${plural(written.length, 'file')} written, ${removed.length} removed\n`,
    )
  if (whyNot === undefined) return
  printUsageError(
    `the files are in place, and ${reload} has not read them: ${whyNot}`,
    'the same command again makes up for it',
    options.json,
  )
  process.exitCode = 1
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
