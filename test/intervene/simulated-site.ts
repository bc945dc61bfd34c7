// A site of simulated hosts for interventions: each is a simulated machine with its agent, which can be reached while it is
// on and its cable is in. Counts what is done to it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { xen } from '../../components/xen/component.js'
import type { XenDomains } from '../../components/xen/desired.js'
import { bringUp, downCode, takeDown, upCode } from '../../src/agent/intervene.js'
import type { Report } from '../../src/agent/report.js'
import { type RunRequest, run } from '../../src/agent/run.js'
import { readStatus } from '../../src/agent/status.js'
import { carryOut, type StepResult } from '../../src/intervene/carry-out.js'
import type { Power } from '../../src/intervene/ipmi.js'
import { planSteps, type Step, type Verb } from '../../src/intervene/plan.js'
import { readNotes, rebootOrderOf, stagesOf } from '../../src/intervene/reboot-notes.js'
import { createWork } from '../../src/intervene/work.js'
import type { Enclosed } from '../../src/model/enclosed.js'
import type { ExecResult, System } from '../../src/model/system.js'
import { HostUnreachable, NotLetIn, type Reach, type RemoteHost } from '../../src/remote/remote-host.js'
import { faulty } from '../../src/system/faulty.js'
import type { SimulatedSystem } from '../../src/system/simulated/simulated-system.js'
import { simulatedHost } from '../components/xen/host.js'
import { runRequest } from '../fixtures/run-request.js'

export type Machine = {
  readonly system: SimulatedSystem
  isOn: boolean
  isCutOff: boolean
  /** It answers, and lets nobody in. */
  isDenied?: boolean
  /** Milliseconds from being told to power off until it is; meanwhile it lets nobody in (pam_nologin(8)). */
  takesToEnd?: number
  /** By the site's clock. */
  endsAt?: number
  /** It is there while its host runs it. */
  guestOf?: string
  boots: number
}

export type Site = {
  readonly machines: ReadonlyMap<string, Machine>
  /** So many changes of all hosts' agents and so many commands are done yet; then the tool is dead. */
  killAfter: number
  /** Milliseconds that were waited. */
  clock: number
}

const state = '/var/lib/xenclosure'
const startOfClock = Date.parse('2026-11-28T12:00:00Z')

const requestOn = (system: System, sources: readonly string[] = []): RunRequest =>
  runRequest({ system, components: [xen], sources })

/** Hosts whose guests run; without any, it is a chassis, which has no system that could answer. */
export const startSite = async (
  directory: string,
  hosts: { readonly [name: string]: NonNullable<XenDomains['domains']> },
): Promise<Site> => {
  const machines = new Map<string, Machine>()
  for (const [name, domains] of Object.entries(hosts)) {
    const source = join(directory, `${name}.json`)
    writeFileSync(source, JSON.stringify({ name: 'h', software: { components: { xen: { domains } } } }))
    const system = simulatedHost()
    await run(requestOn(system, [source]))
    system.elapse(60)
    machines.set(name, { system, isOn: true, isCutOff: Object.keys(domains).length === 0, boots: 0 })
  }
  return { machines, killAfter: Number.POSITIVE_INFINITY, clock: 0 }
}

export const machineOf = ({ machines }: Site, name: string): Machine => {
  const machine = machines.get(name)
  if (machine === undefined) throw new Error(`bug: no machine ${name}`)
  return machine
}

export const guestsOn = (site: Site, name: string): readonly string[] =>
  machineOf(site, name)
    .system.state.domains.map(({ config }) => config.name)
    .sort()

/** The machine boots; its resident agent makes a pass. */
export const boot = async (machine: Machine): Promise<void> => {
  machine.isOn = true
  machine.boots += 1
  machine.system.reboot()
  await run(requestOn(machine.system))
}

class ToolKilled extends Error {
  override readonly name = 'ToolKilled'
}

const countOne = (site: Site): void => {
  if (site.killAfter <= 0) throw new ToolKilled()
  site.killAfter -= 1
}

const answer = (code: number, stdout = ''): ExecResult => ({ code, stdout, stderr: '' })

const reachIn =
  (site: Site): Reach =>
  async name => {
    countOne(site)
    const machine = machineOf(site, name)
    if (machine.endsAt !== undefined && site.clock >= machine.endsAt) machine.isOn = false
    const isThere = machine.guestOf === undefined ? machine.isOn : guestsOn(site, machine.guestOf).includes(name)
    if (!isThere || machine.isCutOff) throw new HostUnreachable(`${name}: connection refused`)
    if (machine.isDenied === true || machine.endsAt !== undefined) throw new NotLetIn(`${name}: it is going down`)
    return remoteHost(name, machine, site)
  }

const remoteHost = (name: string, machine: Machine, site: Site): RemoteHost => ({
  name,
  exec: async argv => {
    countOne(site)
    const { system } = machine
    // What is read if it is there: a shell's script, and the path.
    if (argv[0] === 'sh') return answer(0, (await system.read(argv.at(-1) ?? '')) ?? '')
    switch (argv.join(' ')) {
      case 'systemctl poweroff':
        if (machine.takesToEnd === undefined) machine.isOn = false
        else machine.endsAt = site.clock + machine.takesToEnd
        return answer(0)
      case 'systemctl reboot':
        await boot(machine)
        return answer(0)
      case 'cat /proc/sys/kernel/random/boot_id':
        return answer(0, (await system.read('/proc/sys/kernel/random/boot_id')) ?? '')
      default:
        return answer(0)
    }
  },
  agent: async ([verb, ...options]) => {
    countOne(site)
    const { system } = machine
    const request = requestOn(system)
    if (verb === 'status') return answer(0, JSON.stringify(await readStatus(system, state, new Date())))
    const dying = Number.isFinite(site.killAfter) ? faulty(system, { killAfter: site.killAfter }) : system
    const told = (report: Report, code: number): ExecResult => answer(code, JSON.stringify(report))
    if (verb === 'up') {
      const report = await bringUp({ ...request, system: dying })
      return told(report, upCode(report))
    }
    const onTimeout = options.includes('destroy') ? 'destroy' : null
    const report = await takeDown({ ...request, system: dying }, { reason: null, limit: null, limits: {}, onTimeout })
    return told(report, downCode(report))
  },
  put: async (path, content, mode) => {
    countOne(site)
    await machine.system.write(path, content.toString(), mode)
  },
  close: async () => undefined,
})

export type Run = {
  readonly isOver?: () => boolean
  readonly jobs?: number
  readonly downArguments?: readonly string[]
  readonly power?: ReadonlySet<string>
  /** In the place of those of `power`. */
  readonly controller?: Power
  readonly ended?: (result: StepResult) => void
}

/** The outcome of each step, in order: `blade01: guests down: done`. */
export const interveneIn = async (
  site: Site,
  verb: Verb,
  enclosure: Enclosed,
  {
    isOver = () => false,
    jobs = 4,
    downArguments = [],
    power = new Set(),
    controller,
    ended = () => undefined,
  }: Run = {},
): Promise<readonly StepResult[]> => {
  const reach = reachIn(site)
  const asked = { enclosure: enclosure.name, hosts: hostsRebooted(planSteps('reboot', enclosure)) }
  const notes = verb === 'reboot' ? await readNotes(asked, { reach, jobs: 1 }) : new Map()
  const order = rebootOrderOf(asked, notes, new Date(startOfClock + site.clock))
  const work = createWork({
    verb,
    reach,
    ...(verb === 'reboot' ? { order } : {}),
    powerOf: name => (power.has(name) ? (controller ?? powerOf(machineOf(site, name))) : undefined),
    downArguments: () => downArguments,
    signal: new AbortController().signal,
    pause: async milliseconds => {
      site.clock += milliseconds
    },
    now: () => site.clock,
  })
  return carryOut(planSteps(verb, enclosure, undefined, stagesOf(order, notes)), {
    work,
    jobs,
    isOver,
    signal: new AbortController().signal,
    started: () => undefined,
    ended,
  })
}

const hostsRebooted = (steps: readonly Step[]): readonly string[] =>
  steps.filter(({ work }) => work === 'reboot').map(({ machine }) => machine)

const powerOf = (machine: Machine): Power => ({
  isOn: async () => machine.isOn,
  on: () => boot(machine),
  off: async () => {
    machine.isOn = false
  },
})

export const tellResults = (results: readonly StepResult[]): readonly string[] =>
  results.map(({ step, outcome }) => `${step.id}: ${outcome}`)
