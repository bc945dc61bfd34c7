// parentage: who encloses whom in a site. survey.ts finds the facts of each machine before anything is taken from a child;
// from then on they stand, and whatever needs to know of enclosures looks here. Pure.
import type { Position } from '../model/diagnostic.js'
import type { Json } from '../model/json.js'
import type { Hosts } from './moves.js'

export type Child = { readonly name: string; readonly position: Position }

/** What all machines of a site must know of one of them. */
export type Facts = {
  readonly name: string
  /** False where a file of it could not be read or an include is missing. */
  readonly complete: boolean
  /** Of its enclosure. */
  readonly type?: Json | undefined
  readonly maxchildren?: Json | undefined
  /** In the order in which it references them; also those that have no profile. */
  readonly children: readonly Child[]
}

export type Parentage = {
  readonly children: (machine: string) => readonly Child[]
  /** The first in the order of the profiles, where several claim it. */
  readonly parent: (machine: string) => string | undefined
  readonly isAncestor: (ancestor: string, machine: string) => boolean
  readonly isHypervisor: (machine: string) => boolean
  readonly maxchildren: (machine: string) => Json | undefined
  /** The hypervisor that encloses each guest; the first, where several claim it. */
  readonly hosts: Hosts
}

/** Whether two surveys of a machine came to the same, wherever its children are written. */
export const isSameEnclosure = (some: Facts, others: Facts): boolean => {
  const plain = ({ complete, type, maxchildren, children }: Facts): string =>
    JSON.stringify([complete, type ?? null, maxchildren ?? null, children.map(({ name }) => name)])
  return plain(some) === plain(others)
}

/** The parentage of a site from the facts of all of its machines, in the order of the profiles. */
export const parentageOf = (all: readonly Facts[]): Parentage => {
  const facts = new Map(all.map(one => [one.name, one]))
  const parents = new Map<string, string[]>()
  const hosts = new Map<string, string>()
  for (const { name, type, children } of all) {
    for (const child of children) {
      parents.set(child.name, [...(parents.get(child.name) ?? []), name])
      if (type === 'hypervisor' && !hosts.has(child.name)) hosts.set(child.name, name)
    }
  }

  const isAncestor = (ancestor: string, machine: string): boolean => {
    const above = new Set(parents.get(machine))
    // What is added to a set while it is walked through is walked through, too.
    for (const one of above) for (const parent of parents.get(one) ?? []) above.add(parent)
    return above.has(ancestor)
  }

  return {
    children: machine => facts.get(machine)?.children ?? [],
    parent: machine => parents.get(machine)?.[0],
    isAncestor,
    isHypervisor: machine => facts.get(machine)?.type === 'hypervisor',
    maxchildren: machine => facts.get(machine)?.maxchildren,
    hosts,
  }
}
