// A simulated host and its agent: the real agent's run, on a machine that is a value in memory. It is let run until it has
// nothing more to do; what would come from outside meanwhile, comes.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mayBeAllowed } from '../agent/gate.js'
import { isUnderWay, type Report, type ReportedAction } from '../agent/report.js'
import { run } from '../agent/run.js'
import { defaultStateDirectory } from '../agent/state.js'
import type { AnyComponent, Validate } from '../model/component.js'
import { SimulatedSystem } from '../system/simulated/simulated-system.js'
import type { SimulatedState } from '../system/simulated/state.js'
import { type GuestWatch, watchGuests } from './absences.js'
import type { Times } from './times.js'

export type Agents = {
  readonly components: readonly AnyComponent[]
  readonly validate: Validate
  /** Of this program. */
  readonly version: string
  /** The consents that the agents are given. */
  readonly allow: readonly string[]
  /** The hour: which maintenance windows are open. */
  readonly now: Date
  readonly times: Times
  /** Where documents are put for the agents to read. */
  readonly scratch: string
}

export type Actor = {
  readonly host: string
  readonly system: SimulatedSystem
  readonly watch: GuestWatch
  /** One run of the agent, by a document's bytes. */
  readonly run: (document: string, allow: readonly string[]) => Promise<Report>
}

export const createActor = (host: string, state: SimulatedState, agents: Agents): Actor => {
  const { components, validate, version, now, times, scratch } = agents
  const watch = watchGuests(host, times)
  const path = join(scratch, `${host}.json`)
  // Two may rehearse the same host at once; the agent's lock tells hosts apart by their label.
  const system = new SimulatedSystem(state, { label: `simulated host (${path})`, save: watch.see })
  let written: string | undefined
  const common = { system, components, validate, version, trust: [], state: defaultStateDirectory, noaction: false }
  return {
    ...{ host, system, watch },
    run: (document, allow) => {
      if (document !== written) writeFileSync(path, document)
      written = document
      return run({ ...common, sources: [path], allow: new Set(allow), now: () => now, events: () => undefined })
    },
  }
}

/** Whether what waits for leave gets it: restarts and reboots come, too. What would destroy something never does. */
export type Leave = 'as asked' | 'everything that waits'

export type Settled = {
  /** What was carried out, in order. */
  readonly done: readonly ReportedAction[]
  /** What is left, whatever for. */
  readonly left: readonly ReportedAction[]
  readonly report: Report
}

/** A trial boot takes two, an installation too; an agent that has more to do each time never comes to rest. */
const mostRuns = 12

/**
 * The agent runs again and again, until nothing is left that another run would do: each looks at the host once more when
 * it has applied, and tells. `known` is what an earlier run left, where nothing has happened since.
 */
export const settle = async (
  actor: Actor,
  document: string,
  agents: Agents,
  leave: Leave,
  known?: Settled,
): Promise<Settled> => {
  const done: ReportedAction[] = []
  const consent = consenting(agents.allow, leave)
  if (known !== undefined && !comesAbout(actor, known.left, leave) && !consent.grants(known.left))
    return { ...known, done }
  for (let runs = 1; ; runs += 1) {
    const report = await actor.run(document, consent.given())
    const left = report.actions.filter(({ outcome }) => outcome !== 'done')
    done.push(...report.actions.filter(({ outcome }) => outcome === 'done'))
    const isComing = comesAbout(actor, left, leave)
    const isGranted = consent.grants(left)
    const isOver = !isUnderWay(report) && !isComing && !isGranted
    if (isOver || runs === mostRuns) return { done, left, report }
    actor.system.elapse(agents.times('interval', actor.host))
  }
}

/** The consents that were given, and with leave for everything those that pending actions turn out to wait for. */
const consenting = (allow: readonly string[], leave: Leave) => {
  const given = new Set(allow)
  return {
    given: (): readonly string[] => [...given],
    /** Whether there is one more. */
    grants: (left: readonly ReportedAction[]): boolean => {
      const before = given.size
      if (leave === 'everything that waits') for (const name of leavesOf(left)) given.add(name)
      return given.size > before
    },
  }
}

/** Names by which pending actions are allowed. */
const leavesOf = (left: readonly ReportedAction[]): readonly string[] =>
  left.flatMap(action => (action.status === 'pending' && mayBeAllowed(action) ? (action.waitsFor ?? []) : []))

/** What happens on the host by itself, or by its administrator: installers come to their end, a host restarts. */
const comesAbout = (actor: Actor, left: readonly ReportedAction[], leave: Leave): boolean => {
  const awaited = left.flatMap(({ waitsFor }) => waitsFor ?? [])
  const installing = awaited
    .flatMap(name => /^install:(.+)$/.exec(name)?.[1] ?? [])
    .filter(guest => actor.watch.isUp(guest))
  for (const guest of installing) actor.system.guest(guest, 'poweroff')
  const restarts = leave === 'everything that waits' && awaited.includes('reboot')
  if (restarts) actor.system.reboot()
  return restarts || installing.length > 0
}
