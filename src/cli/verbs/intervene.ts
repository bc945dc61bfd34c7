// `intervene`: an enclosure down, up or rebooted, in order. Which machines and in which order says the site; what happens
// on a host is done there, by its own agent.
import { setTimeout as delay } from 'node:timers/promises'
import { Argument, type Command, Option } from 'commander'
import { components } from '../../../components/index.js'
import type { CompiledSite } from '../../compiler/compile.js'
import { enclosures } from '../../compiler/enclose/enclosures.js'
import { didYouMeanOrOneOf } from '../../compiler/suggest.js'
import { carryOut } from '../../intervene/carry-out.js'
import { type DownOrder, downArguments, guestsOf, stopsOf } from '../../intervene/guests.js'
import { planSteps, type Step, type Verb } from '../../intervene/plan.js'
import { interventionCode, printResult, printSteps, printSummary, resultJson, stepJson } from '../../intervene/print.js'
import { type RebootOrder, readNotes, rebootOrderOf, type Stage, stagesOf } from '../../intervene/reboot-notes.js'
import { createWork } from '../../intervene/work.js'
import type { GuestStop } from '../../model/component.js'
import { findEnclosed } from '../../model/enclosed.js'
import type { OnTimeout } from '../../model/intervention.js'
import type { Json } from '../../model/json.js'
import { namesText } from '../../model/shorten.js'
import { inPool } from '../../remote/pool.js'
import type { Reach } from '../../remote/remote-host.js'
import { type Limits, withTimeLimits } from '../agent/down-up.js'
import { interruptible, say } from '../agent/tell.js'
import { compiledEnclosure, documentOf } from '../compiled.js'
import { duration } from '../option-values.js'
import { printJson, printUsageError } from '../output.js'
import { addressOf } from '../remote/documents.js'
import { type MachineOptions, powersOf, withMachineOptions } from '../remote/machine-options.js'
import { openReach } from '../remote/run-over-ssh.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

type InterveneOptions = SiteOptions &
  MachineOptions & {
    readonly plan: boolean
    readonly window?: number
    readonly limit: Limits
    readonly onTimeout?: OnTimeout
    readonly reason?: string
  }

export const interveneCommand = (): Command =>
  withMachineOptions(
    withTimeLimits(
      siteCommand('intervene', 'take an enclosure down, up or through a reboot, with all that it encloses'),
    ),
  )
    .addArgument(new Argument('<what>', 'down, up or reboot').choices(['down', 'up', 'reboot']))
    .argument('<enclosure>', 'a host, a chassis, a case')
    .option('--plan', 'show the steps, and which guests could be migrated instead; change nothing', false)
    .addOption(new Option('--window <time>', 'begin nothing more after so long: 30min, 2h').argParser(duration))
    .option('--reason <text>', 'for those who wonder: their host says it')
    .action(intervene)

const intervene = async (verb: Verb, name: string, options: InterveneOptions): Promise<void> => {
  const { json } = options
  const compiled = compiledEnclosure(name, options)
  if (compiled === undefined || documentOf(compiled, name, json) === undefined) return
  const found = findEnclosed(enclosures(compiled), name)
  if (found === undefined || found.machine.type === 'guest') {
    const host = found?.parent?.name ?? 'its host'
    return refuse(
      `${name} is a guest of ${host}, and encloses nothing`,
      `name ${host}, or declare ensure: stopped`,
      json,
    )
  }
  const all = planSteps(verb, found.machine, found.parent)
  const stops = new Map(hostsOf(all).map(host => [host, stopsOf(compiled.documents.get(host), components)]))
  const guests = [...stops.values()].flat().map(({ guest }) => guest)
  const stranger = Object.keys(options.limit.limits).find(guest => !guests.includes(guest))
  if (stranger !== undefined && verb !== 'up')
    return refuse(
      `no guest ${stranger} goes down with ${name}`,
      didYouMeanOrOneOf(stranger, guests) ?? 'no guest does',
      json,
    )

  const machines = [...compiled.documents].map(([machine, document]) => ({
    name: machine,
    address: addressOf(document),
  }))
  const reach = await openReach(machines, options)
  if (reach === undefined) return
  const { order, stages } = verb === 'reboot' ? await rebootIn(name, all, reach, options) : {}
  const steps = planSteps(verb, found.machine, found.parent, stages)
  if (options.plan) await showPlan(steps, { stops, compiled, reach }, options)
  else await carryOutSteps(steps, { verb, name, stops, compiled, reach, ...(order && { order }) }, options)
}

type Reboot = { readonly order: RebootOrder; readonly stages: ReadonlyMap<string, Stage> }

/** Which reboot of the enclosure it is, and how far its hosts are with it. */
const rebootIn = async (
  enclosure: string,
  steps: readonly Step[],
  reach: Reach,
  { jobs, json }: InterveneOptions,
): Promise<Reboot> => {
  const hosts = steps.filter(({ work }) => work === 'reboot').map(({ machine }) => machine)
  const notes = await readNotes({ enclosure, hosts }, { reach, jobs })
  const order = rebootOrderOf({ enclosure, hosts }, notes, new Date())
  const stages = stagesOf(order, notes)
  if (stages.size > 0)
    say('info', `goes on with the reboot of ${order.begun}: ${namesText([...stages.keys()])} rebooted already`, json)
  return { order, stages }
}

const refuse = (message: string, hint: string, json: boolean): void => {
  printUsageError(message, hint, json)
  process.exitCode = 2
}

const hostsOf = (steps: readonly Step[]): readonly string[] =>
  steps.filter(({ work }) => work === 'guests down').map(({ machine }) => machine)

const orderOf = ({ limit, onTimeout, reason }: InterveneOptions): DownOrder => ({
  ...limit,
  onTimeout: onTimeout ?? null,
  reason: reason ?? null,
})

type Stops = ReadonlyMap<string, readonly GuestStop[]>

const showPlan = async (
  steps: readonly Step[],
  { stops, compiled, reach }: Pick<Carried, 'stops' | 'compiled' | 'reach'>,
  options: InterveneOptions,
): Promise<void> => {
  const powerOf = powersOf(compiled, options)
  const asked = await inPool([...stops], options.jobs, async ([host, ofHost]) => {
    return [host, await guestsOf(host, ofHost, orderOf(options), reach)] as const
  })
  const guests = new Map(asked)
  if (options.json) {
    const told = steps.map(step => ({
      ...stepJson(step),
      ...(step.work === 'guests down' ? { guests: guests.get(step.machine) as unknown as Json } : {}),
      ...(step.work === 'power off' ? { controller: powerOf(step.machine) !== undefined } : {}),
    }))
    printJson({ steps: told })
  } else process.stdout.write(printSteps(steps, guests, machine => powerOf(machine) !== undefined))
}

type Carried = {
  readonly verb: Verb
  readonly name: string
  readonly stops: Stops
  readonly compiled: CompiledSite
  readonly reach: Reach
  readonly order?: RebootOrder
}

const carryOutSteps = async (
  steps: readonly Step[],
  { verb, name, stops, compiled, reach, order }: Carried,
  options: InterveneOptions,
): Promise<void> => {
  const { json, jobs, window = Number.POSITIVE_INFINITY } = options
  const started = performance.now()
  const results = await interruptible(signal =>
    carryOut(steps, {
      work: createWork({
        ...{ verb, reach, signal, ...(order && { order }) },
        powerOf: powersOf(compiled, options),
        downArguments: host => downArguments(orderOf(options), stops.get(host) ?? []),
        pause: milliseconds => delay(milliseconds),
        now: () => performance.now(),
      }),
      ...{ jobs, signal },
      isOver: () => performance.now() - started > window,
      started: step => say('info', `${step.id} ...`, json),
      ended: result => say(result.outcome === 'failed' ? 'error' : 'info', printResult(result), json),
    }),
  )
  process.exitCode = interventionCode(results)
  if (json) printJson({ enclosure: name, what: verb, steps: results.map(resultJson) })
  else process.stdout.write(printSummary(`${verb} ${name}`, results))
}
