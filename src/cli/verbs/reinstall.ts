// `reinstall`: an enclosure, its host and guests, installed anew in order. What is done by it stands at the provisioner and
// on the hosts: called again, it goes on there.
import { setTimeout as delay } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import { components } from '../../../components/index.js'
import type { CompiledSite } from '../../compiler/compile.js'
import { enclosures } from '../../compiler/enclose/enclosures.js'
import { collectProblems } from '../../compiler/problems.js'
import { didYouMeanOrOneOf } from '../../compiler/suggest.js'
import { carryOut } from '../../intervene/carry-out.js'
import { stopsOf } from '../../intervene/guests.js'
import type { MachineParts } from '../../intervene/machine.js'
import { interventionCode, printResult, printSummary, resultJson, stepJson } from '../../intervene/print.js'
import { createWork as createInterventionWork } from '../../intervene/work.js'
import type { Json } from '../../model/json.js'
import { usualValidity } from '../../model/reinstallation.js'
import { entriesBelow } from '../../reinstall/entries.js'
import { askedOf, type InUse, inUseOn, isInUse, xenNameIn } from '../../reinstall/in-use.js'
import { foundOn, knownOrders } from '../../reinstall/known.js'
import { orderedSince, type Scope, type Standing, standingOrder } from '../../reinstall/order.js'
import { planReinstallation, type Step } from '../../reinstall/plan.js'
import { inUseText, printPlan, standingText, whyStopped } from '../../reinstall/print.js'
import type { Target } from '../../reinstall/target.js'
import { createWork } from '../../reinstall/work.js'
import { inPool } from '../../remote/pool.js'
import type { Reach } from '../../remote/remote-host.js'
import { interruptible, say } from '../agent/tell.js'
import { compiledEnclosure, documentOf } from '../compiled.js'
import { namedDirectory } from '../named-file.js'
import { duration, repeated } from '../option-values.js'
import { printDiagnostics, printJson, printUsageError } from '../output.js'
import { tellFault } from '../provision-faults.js'
import { addressOf } from '../remote/documents.js'
import { type MachineOptions, powersOf, withMachineOptions } from '../remote/machine-options.js'
import { openReach } from '../remote/run-over-ssh.js'
import { type SiteOptions, siteCommand } from '../site-command.js'

type ReinstallOptions = SiteOptions &
  MachineOptions & {
    readonly plan: boolean
    readonly only: readonly string[]
    readonly netboot?: string
    readonly again: boolean
    readonly forceRunning: boolean
    readonly limit: number
    readonly within: number
  }

export const reinstallCommand = (): Command =>
  withMachineOptions(siteCommand('reinstall', 'install an enclosure anew: its host, then its guests, in order'))
    .argument('<enclosure>', 'a host, a guest, a chassis, a case')
    .option('--plan', 'show the steps, what is lost and what stays; change nothing', false)
    .option('--only <name>', 'of the enclosure this machine alone (repeatable)', repeated, [])
    .option(
      '--netboot <dir>',
      'the root of the TFTP server, where the orders to install are put: run this on the provisioner',
      namedDirectory('xenclosure netboot writes into it'),
    )
    .option('--again', 'a new order, whatever became of the one before', false)
    .option('--force-running', 'end guests that run, and install hosts that nothing answers for', false)
    .addOption(
      new Option('--limit <time>', 'what an installation may take: 90min, 3h')
        .argParser(duration)
        .default(7_200_000, '2h'),
    )
    .addOption(
      new Option('--within <time>', 'how long an order is gone on with; what has not begun by then is not installed')
        .argParser(duration)
        .default(usualValidity, '24h'),
    )
    .action(reinstall)

const reinstall = async (enclosure: string, options: ReinstallOptions): Promise<void> => {
  const compiled = compiledEnclosure(enclosure, options)
  if (compiled === undefined || documentOf(compiled, enclosure, options.json) === undefined) return
  const { within, again } = options
  const scope = { enclosure, only: options.only }
  const targets = await soundTargets(scope, compiled, options)
  if (targets === undefined) return
  const machines = [...compiled.documents].map(([name, document]) => ({ name, address: addressOf(document) }))
  const reach = await openReach(machines, options)
  if (reach === undefined) return
  const entries = options.netboot === undefined ? undefined : entriesBelow(options.netboot, () => new Date())
  const known = await knownOrders(targets, { reach, entries, jobs: options.jobs })
  const now = new Date()
  const standing = standingOrder(scope, known, { now, again, within })
  const inUse = standing.isNew ? await whatIsInUse(targets, compiled, reach, options) : []
  const steps = planReinstallation(targets, host => stopsOf(compiled.documents.get(host), components))
  const stopped = whyStopped(standing, orderedSince(standing.order, known), now)
  const carried: Carried = {
    ...{ scope, standing, steps, inUse, stopped },
    targets: new Map(targets.map(one => [one.name, one])),
  }
  if (options.plan) showPlan(carried, options)
  else if (stopped !== undefined) refuseStopped(stopped, standing, options)
  else if (inUse.some(one => one.isDenied)) refuseDenied(inUse, options)
  else if (!options.forceRunning && inUse.some(isInUse)) refuse(inUse, options)
  else await carryOutSteps(carried, { compiled, reach, entries }, options)
}

type Carried = {
  readonly scope: Scope
  readonly standing: Standing
  readonly steps: readonly Step[]
  readonly inUse: readonly InUse[]
  /** Why the order is not gone on with. */
  readonly stopped: string | undefined
  readonly targets: ReadonlyMap<string, Target>
}

/** Undefined (and exit code 2) where something keeps a machine from being installed: then none is. */
const soundTargets = async (
  scope: Scope,
  compiled: CompiledSite,
  { netboot, json }: ReinstallOptions,
): Promise<readonly Target[] | undefined> => {
  // Handlebars is loaded by those who need it.
  const { strangers, targetsOf } = await import('../../reinstall/target.js')
  const enclosed = enclosures(compiled)
  const [stranger] = strangers(enclosed, scope)
  if (stranger !== undefined) {
    const names = [...compiled.site.profiles.keys()]
    printUsageError(`${scope.enclosure} does not enclose ${stranger}`, didYouMeanOrOneOf(stranger, names), json)
    process.exitCode = 2
    return undefined
  }
  const result = targetsOf(enclosed, scope, { documents: compiled.documents, find: compiled.site.textTemplate })
  if (!result.ok) {
    const problems = collectProblems()
    for (const { machine, ...fault } of result.faults) tellFault(problems.error, compiled, machine, fault)
    printDiagnostics(problems.list(), json, compiled.site.sourceLine)
    process.exitCode = 2
    return undefined
  }
  if (netboot === undefined && result.targets.some(({ way }) => way === 'provisioner')) {
    printUsageError('these are installed by their provisioner', 'name the root of its TFTP server: --netboot DIR', json)
    process.exitCode = 2
    return undefined
  }
  return result.targets
}

const whatIsInUse = (
  targets: readonly Target[],
  compiled: CompiledSite,
  reach: Reach,
  options: ReinstallOptions,
): Promise<readonly InUse[]> => {
  const machine = { reach, powerOf: powersOf(compiled, options) }
  const isHost = (name: string): boolean =>
    targets.some(one => one.host === name || (one.name === name && one.guests !== undefined))
  return inPool(askedOf(targets), options.jobs, async name =>
    inUseOn(name, await foundOn(name, isHost(name), machine), targets, xenNameIn(compiled.documents.get(name))),
  )
}

const refuse = (inUse: readonly InUse[], { json }: ReinstallOptions): void => {
  const hint =
    'shut them down first (xenclosure intervene down), or say --force-running: what is on their disks is lost'
  printUsageError(`nothing was done: ${inUse.filter(isInUse).map(inUseText).join('; ')}`, hint, json)
  process.exitCode = 3
}

/** `--force-running` is for what runs and for what is dead, not for what nobody has looked at. */
const refuseDenied = (inUse: readonly InUse[], { json }: ReinstallOptions): void => {
  const denied = inUse.filter(one => one.isDenied)
  const hint = 'it answers, so its guests may run: see to it that you are let in, or switch it off yourself'
  printUsageError(`nothing was done: ${denied.map(inUseText).join('; ')}`, hint, json)
  process.exitCode = 3
}

const refuseStopped = (stopped: string, { timeliness }: Standing, { json }: ReinstallOptions): void => {
  printUsageError(
    `nothing was done: ${stopped}`,
    `to install all of it anew, say --again${insteadOf[timeliness]}`,
    json,
  )
  process.exitCode = 3
}

const insteadOf: { readonly [timeliness in Standing['timeliness']]: string } = {
  'in time': '',
  'too late': ', to go on with this order a longer time --within',
  'yet to come': ', to go on with this order set the clock right',
}

const showPlan = ({ standing, steps, targets, inUse, stopped }: Carried, { json }: ReinstallOptions): void => {
  if (json)
    printJson({ ...standing, stopped: stopped ?? null, steps: steps.map(stepJson), inUse: inUse as unknown as Json })
  else process.stdout.write(printPlan(standing, steps, targets, { inUse, stopped }))
}

type Doors = {
  readonly compiled: CompiledSite
  readonly reach: Reach
  readonly entries: Parameters<typeof createWork>[0]['entries']
}

const carryOutSteps = async (
  { scope, standing, steps, targets }: Carried,
  { compiled, reach, entries }: Doors,
  options: ReinstallOptions,
): Promise<void> => {
  const { json, jobs, limit, forceRunning } = options
  say('info', standingText(standing), json)
  const results = await interruptible(signal => {
    const machine: MachineParts = {
      ...{ reach, signal, powerOf: powersOf(compiled, options) },
      pause: milliseconds => delay(milliseconds),
      now: () => performance.now(),
    }
    const intervention = createInterventionWork({ ...machine, verb: 'down', downArguments: () => ['--reason', reason] })
    return carryOut(steps, {
      work: createWork({
        ...machine,
        ...{ order: standing.order, until: standing.until, targets, entries, limit },
        isForced: forceRunning,
        takeDown: host => intervention({ id: host, machine: host, work: 'guests down', after: [] }),
        today: () => new Date(),
      }),
      ...{ jobs, signal },
      isOver: () => false,
      started: step => say('info', `${step.id} ...`, json),
      ended: result => say(result.outcome === 'failed' ? 'error' : 'info', printResult(result), json),
    })
  })
  process.exitCode = interventionCode(results)
  const { enclosure } = scope
  if (json) printJson({ enclosure, order: standing.order, steps: results.map(resultJson) })
  else process.stdout.write(printSummary(`reinstall ${enclosure}`, results))
}

const reason = 'the host is installed anew'
