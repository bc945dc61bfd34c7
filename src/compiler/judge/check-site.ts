// check: what no schema can say, of each machine's components (their `check`) and of all machines together (their
// `checkSite`, and the network, which no component owns). Machines that have an error already take no part, so that one
// cause is told once, and components get only values that their schema takes.
import { isDeepStrictEqual } from 'node:util'
import type { AnyComponent, Capacity, Fault, Place, SiteFault, SiteView, Unique } from '../../model/component.js'
import { isError, type Position } from '../../model/diagnostic.js'
import type { Document } from '../../model/document.js'
import { byCodeUnit, type Json } from '../../model/json.js'
import { parsePointer, printPointer, valueAt } from '../../model/pointer.js'
import type { Composition } from '../compose/include.js'
import type { Machines } from '../enclose/enclose.js'
import type { Parentage } from '../enclose/parentage.js'
import type { Problems } from '../problems.js'
import { remember } from '../remember.js'
import type { Resolver } from '../resolve/resolve.js'
import { didYouMeanOrOneOf, nearest } from '../suggest.js'
import { blame } from './blame.js'
import { checkNetwork, uniqueInNetwork } from './check-network.js'

export type Checking = {
  /** Those whose values have been judged by their own schema. */
  readonly components: readonly AnyComponent[]
  readonly machines: Machines
  readonly compositions: Pick<ReadonlyMap<string, Composition>, 'get'>
  readonly documents: ReadonlyMap<string, Document>
  /** Those with a value that its schema does not take, also where that is told of another machine. */
  readonly mistaken: ReadonlySet<string>
  readonly problems: Problems
}

export const checkSite = (checking: Checking): void => {
  const { components } = checking
  const tell = createTell(checking)
  for (const fault of faultsOfEach(components, viewOf(soundDocuments(checking)))) tell(fault)
  for (const fault of faultsTogether(components, viewOf(soundDocuments(checking)))) tell(fault)
}

/** Whether anything is wrong with documents that are all sound by themselves. */
export const hasFaults = (components: readonly AnyComponent[], documents: ReadonlyMap<string, Document>): boolean => {
  const site = viewOf([...documents])
  return faultsOfEach(components, site).length + faultsTogether(components, site).length > 0
}

/** What each machine has that no other may have, by the machine's name. */
export const uniquesOf = (
  components: readonly AnyComponent[],
  documents: ReadonlyMap<string, Document>,
): ReadonlyMap<string, readonly Unique[]> =>
  new Map(
    viewOf([...documents]).machines.map(machine => [
      machine.name,
      [...components.flatMap(component => component.unique?.(machine) ?? []), ...uniqueInNetwork(machine)],
    ]),
  )

/** What hosts have that their guests share, by the host's name. */
export const capacitiesOf = (
  components: readonly AnyComponent[],
  documents: ReadonlyMap<string, Document>,
  { isHypervisor }: Pick<Parentage, 'isHypervisor'>,
): ReadonlyMap<string, readonly Capacity[]> =>
  new Map(
    viewOf([...documents]).machines.flatMap(machine =>
      isHypervisor(machine.name)
        ? [[machine.name, components.flatMap(component => component.capacities?.(machine) ?? [])] as const]
        : [],
    ),
  )

/** Whether two owners have the same of what only one may have. */
export const haveRivals = (uniques: ReadonlyMap<string, readonly Unique[]>): boolean => {
  const owners = new Map<string, string>()
  return [...uniques.values()].flat().some(one => {
    const key = keyOf(one)
    const owner = owners.get(key) ?? one.owner
    owners.set(key, owner)
    return owner !== one.owner
  })
}

const keyOf = ({ kind, value }: Unique): string => `${kind} ${value}`

/** Of other machines, those that have what only one may have, and one of these has. */
export const rivalsOf = (
  uniques: ReadonlyMap<string, readonly Unique[]>,
  all: Iterable<readonly [machine: string, readonly Unique[]]>,
): readonly string[] => {
  const owners = new Map([...uniques.values()].flat().map(one => [keyOf(one), one.owner]))
  return [...all].flatMap(([name, its]) =>
    !uniques.has(name) && its.some(one => (owners.get(keyOf(one)) ?? one.owner) !== one.owner) ? [name] : [],
  )
}

const faultsOfEach = (components: readonly AnyComponent[], { machines }: SiteView): readonly SiteFault[] =>
  machines.flatMap(({ name, get }) =>
    components.flatMap(component => {
      const base = `/software/components${printPointer([component.name])}`
      const desired = get(base)
      const faults = desired === undefined ? [] : (component.check?.(desired) ?? [])
      return faults.map(fault => placed(fault, name, base))
    }),
  )

const faultsTogether = (components: readonly AnyComponent[], site: SiteView): readonly SiteFault[] => {
  const getOf = new Map(site.machines.map(({ name, get }) => [name, get]))
  /** A name that may be right is told where it is nearly one of those that are known. */
  const isTold = ({ machine, pointer, known = [], isSlip = false }: SiteFault): boolean =>
    !isSlip || nearest(String(getOf.get(machine)?.(pointer)), known) !== undefined
  return [...components.flatMap(component => component.checkSite?.(site) ?? []), ...checkNetwork(site)].filter(isTold)
}

/** Whatever is missing from a machine's document has been reported for it, or for a child that could not be read. */
export const soundDocuments = (checking: Checking): readonly (readonly [string, Document])[] => {
  const { machines, compositions, documents, mistaken, problems } = checking
  const faulty = new Set(problems.list().flatMap(one => (isError(one) ? one.machines : [])))
  const isRead = (name: string): boolean => compositions.get(name)?.complete ?? false
  return [...documents].filter(
    ([name]) =>
      !faulty.has(name) &&
      !mistaken.has(name) &&
      !machines.resolver.hasFailed(name, '') &&
      machines.parentage.children(name).every(child => isRead(child.name)),
  )
}

const viewOf = (documents: readonly (readonly [string, Document])[]): SiteView => {
  const pathOf = remember(parsePointer)
  return {
    machines: documents
      .toSorted(([a], [b]) => byCodeUnit(a, b))
      .map(([name, document]) => ({
        name,
        get: (pointer: string): Json | undefined => valueAt(document, pathOf(pointer)),
      })),
  }
}

/** Where the value at a place in the site comes from, or the nearest place above it. */
export const placeInFile = (
  { machines, compositions }: Pick<Checking, 'machines' | 'compositions'>,
  { machine, pointer }: Place,
  origin = machines.resolver.origin,
): Position => {
  const position = compositions.get(machine)?.position ?? { file: machine, line: 1, column: 1 }
  const tree = machines.trees.enclosed(machine)
  return blame({ name: machine, tree, position }, parsePointer(pointer), origin)
}

const placed = ({ pointer, other, ...fault }: Fault, machine: string, base: string): SiteFault => {
  const place = { ...fault, machine, pointer: base + pointer }
  return other === undefined ? place : { ...place, other: { machine, pointer: base + other } }
}

/**
 * Faults between the same two places are one, told with the first one's words and the machines of all. So are those of a
 * value that names what is not there, on however many machines.
 */
const createTell = ({ machines, compositions, problems }: Checking) => {
  const { origin, given, at } = machines.resolver
  const told = new Map<string, string>()

  const positionOf = (place: Place, origin: Resolver['origin']): Position =>
    placeInFile({ machines, compositions }, place, origin)

  /** Two values from one line of a template differ, if at all, in what the template was given. */
  const positionsOf = (place: Place, other: Place): readonly [Position, Position] => {
    const [at, otherAt] = [positionOf(place, origin), positionOf(other, origin)]
    return isDeepStrictEqual(at, otherAt) ? [positionOf(place, given), positionOf(other, given)] : [at, otherAt]
  }

  const spellingOf = ({ machine, pointer }: Place, known: readonly string[]): string | undefined =>
    didYouMeanOrOneOf(String(at(machine, parsePointer(pointer))), known)

  return ({ code, message, machine, pointer, other, known, ...fault }: SiteFault): void => {
    const add = code === 'advice' ? problems.warning : problems.error
    const hint = known === undefined ? fault.hint : spellingOf({ machine, pointer }, known)
    if (other === undefined) {
      add(code, message, { machine, pointer, position: positionOf({ machine, pointer }, origin), hint })
      return
    }
    const [position, { file, line, column }] = positionsOf({ machine, pointer }, other)
    const places = code === 'reference-missing' ? [position] : [position, { file, line, column }]
    const key = JSON.stringify([code, places])
    const words = told.get(key) ?? `${message} (${file}:${line})`
    told.set(key, words)
    for (const concerned of new Set([machine, other.machine]))
      add(code, words, { machine: concerned, pointer, position, hint })
  }
}
