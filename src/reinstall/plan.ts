// The steps of a reinstallation, as an ordered graph: a host, then its guests in their start order. Made from the machines
// alone: what is done already is seen when a step's turn comes. Pure.
import type { AnyStep } from '../intervene/carry-out.js'
import type { GuestStop } from '../model/component.js'
import type { Target } from './target.js'

/**
 * `guests down`, `guests up`: of a host. `install`: the machine is ordered to be installed, and comes up in its installer.
 * `installed`: that has come to its end.
 */
export type Work = 'guests down' | 'install' | 'installed' | 'guests up'

export type Step = AnyStep & { readonly work: Work }

/** Each step after those that it waits for. `stopsOf`: how a host's guests go down, which is the reverse of their start. */
export const planReinstallation = (
  targets: readonly Target[],
  stopsOf: (host: string) => readonly GuestStop[],
): readonly Step[] => {
  const rank = ({ name, host }: Target): number =>
    host === undefined ? 0 : 1 + startingBefore(name, stopsOf(host)).length
  return [...targets].sort((a, b) => rank(a) - rank(b)).flatMap(target => stepsOf(target, targets, stopsOf))
}

const stepsOf = (
  { name, host, guests }: Target,
  targets: readonly Target[],
  stopsOf: (host: string) => readonly GuestStop[],
): readonly Step[] => {
  if (host !== undefined) {
    const isHostInstalled = targets.some(target => target.name === host)
    const before = startingBefore(name, stopsOf(host)).filter(other => targets.some(target => target.name === other))
    const after = [
      ...(isHostInstalled ? [idOf(host, 'guests up')] : []),
      ...before.map(other => idOf(other, 'installed')),
    ]
    return inTurn(name, after, 'install', 'installed')
  }
  const isHost = guests !== undefined
  return inTurn(
    name,
    [],
    ...(isHost ? (['guests down'] as const) : []),
    'install',
    'installed',
    ...(isHost ? (['guests up'] as const) : []),
  )
}

/** Those that may go down only when this one is down. */
const startingBefore = (guest: string, stops: readonly GuestStop[]): readonly string[] =>
  stops.filter(({ after }) => after.includes(guest)).map(stop => stop.guest)

const inTurn = (machine: string, after: readonly string[], ...works: readonly Work[]): readonly Step[] =>
  works.map((work, index) => {
    const before = works[index - 1]
    return { id: idOf(machine, work), machine, work, after: before === undefined ? after : [idOf(machine, before)] }
  })

const idOf = (machine: string, work: Work): string => `${machine}: ${work}`
