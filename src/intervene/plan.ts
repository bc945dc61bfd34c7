// The steps of an intervention on an enclosure, as an ordered graph: children before parents on the way down, parents
// before children on the way up. Made from the enclosures alone: what is done already is seen when a step's turn comes. Pure.
import type { Enclosed } from '../model/enclosed.js'
import type { AnyStep } from './carry-out.js'
import type { Stage } from './reboot-notes.js'

export type Verb = 'down' | 'up' | 'reboot'

/**
 * `guests down`, `guests up`: by the host's own agent. `power off`, `reboot`: the system of the machine is told to.
 * `power on`: its controller is, or a hand. `switch off`, `switch on`: the same of what has no system of its own, a chassis
 * or a case.
 */
export type Work = 'guests down' | 'power off' | 'switch off' | 'switch on' | 'power on' | 'reboot' | 'guests up'

export type Step = AnyStep & {
  readonly work: Work
  /** Of a host that is itself a guest: its host. */
  readonly guestOf?: string
  /** Of a host: its agent has its guests down, and is asked once more. */
  readonly hasGuests?: true
  /** Of a reboot: the host has it behind it. */
  readonly isOver?: true
  /** Of a chassis or a case: the machines in it, which are off before it is. */
  readonly encloses?: readonly string[]
}

/**
 * Each step after those that it waits for. The enclosure is given with all that it encloses, and with what encloses it: a
 * host that is itself a guest is switched by its host alone. `stages`: the hosts that were rebooted already for this reboot.
 */
export const planSteps = (
  verb: Verb,
  enclosure: Enclosed,
  parent?: Enclosed,
  stages: ReadonlyMap<string, Stage> = new Map(),
): readonly Step[] => {
  const host = parent && hostOf(parent)
  switch (verb) {
    case 'down':
      return stepsDown(enclosure, host)
    case 'up':
      return stepsUp(enclosure, [], host)
    case 'reboot':
      return hostsIn(enclosure).flatMap(machine => stepsOfReboot(machine, stages.get(machine.name)))
  }
}

const step = (machine: string, work: Work, after: readonly string[]): Step => ({
  id: `${machine}: ${work}`,
  machine,
  work,
  after,
})

const isHost = ({ type }: Enclosed): boolean => type === 'hypervisor'
const isCase = ({ type }: Enclosed): boolean => type === 'blade' || type === 'dumb'

/** What a host encloses is a guest: its host's agent starts and ends it. */
const stepsDown = (machine: Enclosed, host?: Enclosed): readonly Step[] => {
  const inner = machine.children.flatMap(child => stepsDown(child, hostOf(machine)))
  const last = idsOf(lastOf(inner))
  const guests = isHost(machine) ? [{ ...step(machine.name, 'guests down', last), ...within(host) }] : []
  if (host !== undefined) return [...inner, ...guests]
  return [...inner, ...guests, stepOff(machine, isHost(machine) ? idsOf(guests) : last)]
}

const stepOff = (machine: Enclosed, after: readonly string[]): Step => {
  if (isCase(machine))
    return { ...step(machine.name, 'switch off', after), encloses: machine.children.map(({ name }) => name) }
  return { ...step(machine.name, 'power off', after), ...(isHost(machine) ? { hasGuests: true } : {}) }
}

const stepsUp = (machine: Enclosed, after: readonly string[], host?: Enclosed): readonly Step[] => {
  const on = host === undefined ? [step(machine.name, isCase(machine) ? 'switch on' : 'power on', after)] : []
  const before = host === undefined ? idsOf(on) : after
  const guests = isHost(machine) ? [{ ...step(machine.name, 'guests up', before), ...within(host) }] : []
  const own = [...on, ...guests]
  const inner = machine.children.flatMap(child => stepsUp(child, idsOf(own.slice(-1)), hostOf(machine)))
  return [...own, ...inner]
}

/** A host that is itself a guest goes down and comes up with its host. */
const stepsOfReboot = (host: Enclosed, stage?: Stage): readonly Step[] => {
  if (stage === 'through') return [{ ...step(host.name, 'reboot', []), isOver: true }]
  const down = stage === undefined ? stepsBeforeReboot(host) : []
  const isOver = stage === undefined ? {} : { isOver: true as const }
  const reboot = { ...step(host.name, 'reboot', idsOf(down.slice(-1))), ...isOver }
  const up = step(host.name, 'guests up', [reboot.id])
  const inner = host.children.flatMap(child => stepsUp(child, [up.id], host))
  return [...down, reboot, ...[up, ...inner].map(closing)]
}

const stepsBeforeReboot = (host: Enclosed): readonly Step[] => {
  const inner = host.children.flatMap(child => stepsDown(child, host))
  return [...inner, step(host.name, 'guests down', idsOf(lastOf(inner)))]
}

const closing = (up: Step): Step => ({ ...up, closes: step(up.machine, 'guests down', []).id })

const hostOf = (machine: Enclosed): Enclosed | undefined => (isHost(machine) ? machine : undefined)

const within = (host: Enclosed | undefined): Pick<Step, 'guestOf'> => (host === undefined ? {} : { guestOf: host.name })

/** The outermost ones. */
const hostsIn = (machine: Enclosed): readonly Enclosed[] =>
  isHost(machine) ? [machine] : machine.children.flatMap(hostsIn)

/** Those that no other one waits for. */
const lastOf = (steps: readonly Step[]): readonly Step[] =>
  steps.filter(({ id }) => !steps.some(({ after }) => after.includes(id)))

const idsOf = (steps: readonly Step[]): readonly string[] => steps.map(({ id }) => id)
