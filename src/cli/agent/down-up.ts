// `agent down` and `agent up`: an intervention on this host. Runs follow each other until the guests are down or up, or
// what is left waits for somebody.
import { Command, InvalidArgumentError, Option } from 'commander'
import { bringUp, downCode, takeDown, upCode } from '../../agent/intervene.js'
import { knownGuests } from '../../agent/state.js'
import type { OnTimeout } from '../../model/intervention.js'
import { parseDuration } from '../../model/quantity.js'
import { carryOut } from './carry-out.js'
import { requireKnown } from './guests.js'
import { type AgentParts, type DocumentOptions, openHost, orUsageError, withDocumentOptions } from './options.js'

type DownOptions = DocumentOptions & {
  readonly limit: Limits
  readonly onTimeout?: OnTimeout
  readonly reason?: string
}

export const downCommand = (parts: AgentParts): Command =>
  withTimeLimits(withDocumentOptions(new Command('down'), parts.components))
    .description('an intervention: no guest runs from now on, and those that do are shut down, the last to start first')
    .option('--reason <text>', 'for those who wonder')
    .action(async (options: DownOptions, command: Command) => {
      const system = await orUsageError(command, openHost(options, parts))
      const { limit, onTimeout = null, reason = null } = options
      const known = await knownGuests(parts.components, system, options.state)
      for (const guest of Object.keys(limit.limits)) requireKnown(guest, known, command)
      process.exitCode = await carryOut({ options, parts, command, system }, async request => {
        const report = await takeDown(request, { reason, ...limit, onTimeout })
        return { report, code: downCode(report) }
      })
    })

export const upCommand = (parts: AgentParts): Command =>
  withDocumentOptions(new Command('up'), parts.components)
    .description('the intervention is over: what is to run is started, in order')
    .action(async (options: DocumentOptions, command: Command) => {
      const system = await orUsageError(command, openHost(options, parts))
      process.exitCode = await carryOut({ options, parts, command, system }, async request => {
        const report = await bringUp(request)
        return { report, code: upCode(report) }
      })
    })

/** Seconds: for all guests (null: as their profiles say), and for one of them. */
export type Limits = { readonly limit: number | null; readonly limits: { readonly [guest: string]: number } }

/** `intervene` has the same ones, and hands them on. */
export const withTimeLimits = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--limit <time>',
        'what a guest may take to shut down: 10min for each of them, GUEST=10min (repeatable)',
      )
        .argParser(limitOf)
        .default({ limit: null, limits: {} }, 'its shutdown_timeout'),
    )
    .addOption(
      new Option('--on-timeout <what>', 'then: wait for somebody, or destroy it; default: its on_timeout').choices([
        'wait',
        'destroy',
      ]),
    )

const limitOf = (text: string, { limit, limits }: Limits): Limits => {
  const [time = '', guest] = text.split('=', 2).reverse()
  const parsed = parseDuration(time)
  if (!parsed.ok) throw new InvalidArgumentError(`expected ${parsed.expected}, with GUEST= before it or not`)
  return guest === undefined ? { limit: parsed.value, limits } : { limit, limits: { ...limits, [guest]: parsed.value } }
}
