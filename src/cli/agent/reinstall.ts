// `agent reinstall`: a guest of this host is installed anew.
import { Command, InvalidArgumentError, Option } from 'commander'
import { reinstallGuest } from '../../agent/reinstall.js'
import { knownGuests } from '../../agent/state.js'
import { isInstallationName, usualValidity, validityFrom } from '../../model/reinstallation.js'
import { duration } from '../option-values.js'
import { carryOut } from './carry-out.js'
import { guestName, requireKnown } from './guests.js'
import { type AgentParts, type DocumentOptions, openHost, orUsageError, withDocumentOptions } from './options.js'

type ReinstallOptions = DocumentOptions & { readonly order: string; readonly within: number }

export const reinstallCommand = (parts: AgentParts): Command =>
  withDocumentOptions(new Command('reinstall'), parts.components)
    .description('install a guest anew: it is shut down, and starts as its installer; what is on its boot disk is lost')
    .argument('<guest>', 'the guest', guestName)
    .addOption(
      new Option('--order <name>', 'an order of one name is carried out once, however often it is given')
        .argParser(orderName)
        .default(nameOfNow(), 'the time'),
    )
    .addOption(
      new Option('--within <time>', 'a guest that has not gone down by then stays as it is')
        .argParser(duration)
        .default(usualValidity, '24h'),
    )
    .action(async (guest: string, options: ReinstallOptions, command: Command) => {
      const system = await orUsageError(command, openHost(options, parts))
      requireKnown(guest, await knownGuests(parts.components, system, options.state), command)
      const order = { guest, order: options.order, ...validityFrom(Date.now(), options.within) }
      process.exitCode = await carryOut({ options, parts, command, system }, request => reinstallGuest(request, order))
    })

function orderName(text: string): string {
  if (isInstallationName(text)) return text
  throw new InvalidArgumentError('expected at most 64 letters, digits and _+./:-')
}

function nameOfNow(): string {
  return new Date().toISOString().replace(/\.\d+/, '')
}
