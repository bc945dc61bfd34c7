// parentage: who encloses whom in a site. survey.ts finds the facts of each machine before anything is taken from a child;
// from then on they stand, and whatever needs to know of enclosures looks here. Pure.
import type { Position } from '../../model/diagnostic.js'
import type { Json } from '../../model/json.js'
import { reachedFrom } from '../../model/reached.js'
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

/** The outermost machine that a machine is enclosed in, through others too; itself where nothing encloses it. */
export const outermost = (machine: string, { parent }: Pick<Parentage, 'parent'>): string => {
  const above = reachedFrom([machine], one => [parent(one)].filter(it => it !== undefined))
  return [...above].at(-1) ?? machine
}

/** The hypervisors that enclose some machines. */
export const hostsAmong = (
  names: Iterable<string>,
  { parent, isHypervisor }: Pick<Parentage, 'parent' | 'isHypervisor'>,
): Hosts =>
  new Map(
    [...names].flatMap(name => {
      const host = parent(name)
      return host !== undefined && isHypervisor(host) ? [[name, host] as const] : []
    }),
  )

/** Whether two surveys of a machine came to the same, wherever its children are written. */
export const isSameEnclosure = (some: Facts, others: Facts): boolean => {
  const plain = ({ complete, type, maxchildren, children }: Facts): string =>
    JSON.stringify([complete, type ?? null, maxchildren ?? null, children.map(({ name }) => name)])
  return plain(some) === plain(others)
}

/** What the facts of a machine alone tell. */
export const enclosuresBy = (
  facts: (machine: string) => Facts | undefined,
): Pick<Parentage, 'children' | 'isHypervisor' | 'maxchildren'> => ({
  children: machine => facts(machine)?.children ?? [],
  isHypervisor: machine => facts(machine)?.type === 'hypervisor',
  maxchildren: machine => facts(machine)?.maxchildren,
})

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

  const parentsOf = (machine: string): readonly string[] => parents.get(machine) ?? []
  return {
    ...enclosuresBy(name => facts.get(name)),
    parent: machine => parentsOf(machine)[0],
    isAncestor: (ancestor, machine) => reachedFrom(parentsOf(machine), parentsOf).has(ancestor),
    hosts,
  }
}
