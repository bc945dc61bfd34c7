// The trees of a site's machines, as values are read from them.
import type { Folded } from '../compose/fold.js'
import type { Composition } from '../compose/include.js'

/**
 * How machines are read: as their profiles have them, or with what they take from their children. What is taken from
 * children is worked out from profiles alone, of whatever machine, so that it does not depend on who was read first.
 */
export type Stage = 'profile' | 'enclosed'

/** Where the trees of the machines come from: each folded with and without what it takes from its children. */
export type Trees = {
  readonly composition: (machine: string) => Composition | undefined
  readonly own: (machine: string) => Folded | undefined
  readonly enclosed: (machine: string) => Folded | undefined
  readonly variables: (machine: string) => ReadonlyMap<string, Folded>
  /** Whether a machine may have more than its profile: a hypervisor does, by what it takes from its guests. */
  readonly mayTake: (machine: string) => boolean
  readonly isAncestor: (ancestor: string, machine: string) => boolean
  readonly isMachine: (name: string) => boolean
  readonly machineNames: () => readonly string[]
}
