// `agent down` and `agent up`: an intervention on this host. Runs follow each other until the guests are down or up, or
// what is left waits for somebody.
import { Command, InvalidArgumentError, Option } from 'commander'
import { exitCode } from '../../agent/exit-code.js'
import { bringUp, downCode, takeDown, upCode } from '../../agent/intervene.js'
import { printReport } from '../../agent/print.js'
import type { Report } from '../../agent/report.js'
import type { RunRequest } from '../../agent/run.js'
import { knownGuests } from '../../agent/state.js'
import type { OnTimeout } from '../../model/intervention.js'
import type { Json } from '../../model/json.js'
import { parseQuantity } from '../../model/quantity.js'
import type { System } from '../../model/system.js'
import { printJson } from '../output.js'
import { requireKnown } from './guests.js'
import {
  type AgentParts,
  type DocumentOptions,
  openHost,
  orUsageError,
  partsOfRun,
  readKeys,
  withDocumentOptions,
} from './options.js'
import { complain, interruptible, isExpected } from './tell.js'

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

type Parts = {
  readonly options: DocumentOptions
  readonly parts: AgentParts
  readonly command: Command
  readonly system: System
}

type Outcome = { readonly report: Report; readonly code: number }

/** Without a document it goes by the one in force. */
const carryOut = async (
  { options, parts, command, system }: Parts,
  work: (request: RunRequest) => Promise<Outcome>,
): Promise<number> => {
  const keys = await orUsageError(command, readKeys(options))
  const { json, document: sources } = options
  return interruptible(async signal => {
    try {
      const request = { system, sources, signal, noaction: false, ...keys, ...partsOfRun(options, parts) }
      const { report, code } = await work(request)
      if (json) printJson(report as unknown as Json)
      else process.stdout.write(printReport(report))
      return code
    } catch (error) {
      if (!isExpected(error)) throw error
      complain(error, json)
      return exitCode(error)
    }
  })
}

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
  const parsed = parseQuantity(time, { kind: 'duration', unit: 's' })
  if (!parsed.ok) throw new InvalidArgumentError(`expected ${parsed.expected}, with GUEST= before it or not`)
  return guest === undefined ? { limit: parsed.value, limits } : { limit, limits: { ...limits, [guest]: parsed.value } }
}
