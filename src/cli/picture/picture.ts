// What a picture of the enclosures shows: each host with its guests, what it has, and who takes how much of it.
import type { Enclosures } from '../../compiler/cache/kept-picture.js'
import type { CompiledSite } from '../../compiler/compile.js'
import { enclosures } from '../../compiler/enclose/enclosures.js'
import { capacitiesOf } from '../../compiler/judge/check-site.js'
import type { Capacity } from '../../model/component.js'
import type { Enclosed } from '../../model/enclosed.js'
import { MiB } from '../../model/quantity.js'

export type Picture = { readonly site: string; readonly boxes: readonly Box[] }

/** A machine that is not itself inside a hypervisor. */
export type Box = {
  readonly name: string
  readonly type: string
  /** Of a hypervisor. */
  readonly guests: readonly string[]
  /** What another one encloses: a chassis its blades. */
  readonly boxes: readonly Box[]
  readonly capacities: readonly Capacity[]
}

export const pictureOf = (site: string, { enclosed, capacities }: Enclosures): Picture => {
  const boxOf = ({ name, type, children }: Enclosed): Box => {
    if (type !== 'hypervisor') return { name, type, guests: [], boxes: children.map(boxOf), capacities: [] }
    const guests = children.map(child => child.name)
    return { name, type, guests, boxes: [], capacities: capacities(name).map(inOrderOf(guests)) }
  }
  return { site, boxes: enclosed.map(boxOf) }
}

/** What the host itself takes, then the guests' shares as the guests stand below. */
const inOrderOf =
  (guests: readonly string[]) =>
  (capacity: Capacity): Capacity => {
    const placed = capacity.shares.map(share => ({ share, place: guests.indexOf(takerOf(share.name, guests) ?? '') }))
    return { ...capacity, shares: placed.sort((a, b) => a.place - b.place).map(({ share }) => share) }
  }

/** The guest that a share is named by, as its volumes are (`ce-data`); undefined of what is the host's own. */
export const takerOf = (share: string, guests: readonly string[]): string | undefined =>
  guests.filter(guest => share === guest || share.startsWith(`${guest}-`)).toSorted((a, b) => b.length - a.length)[0]

/** What is to be shown of a site that has been compiled. */
export const enclosuresIn = (compiled: CompiledSite): Enclosures => {
  const capacities = capacitiesOf(compiled.rules.judged, compiled.documents, compiled.machines.parentage)
  return { enclosed: enclosures(compiled), capacities: host => capacities.get(host) ?? [] }
}

/** A box and all that are in it. */
export const withInner = (box: Box): readonly Box[] => [box, ...box.boxes.flatMap(withInner)]

export const takenOf = ({ shares }: Capacity): number => shares.reduce((sum, { size }) => sum + size, 0)

/** Whether there is enough: `tight` from nine tenths, `over` where more is taken than there is. */
export type Standing = 'free' | 'tight' | 'over'

export const standingOf = (capacity: Capacity): Standing => {
  const { has } = capacity
  const taken = takenOf(capacity)
  if (has === undefined || taken === 0 || taken < has * 0.9) return 'free'
  return taken > has ? 'over' : 'tight'
}

/** Of what it is shortest of. */
export const worstOf = ({ capacities }: Box): Standing => {
  const all = capacities.map(standingOf)
  return (['over', 'tight'] as const).find(standing => all.includes(standing)) ?? 'free'
}

export const titleOf = ({ name, type }: Box): string => `${name}, ${type}`

/** `26.5 of 64 GiB`, in few digits. */
export const capacityText = (capacity: Capacity): string => {
  const taken = gibibytes(takenOf(capacity))
  return capacity.has === undefined ? `${taken} GiB` : `${taken} of ${gibibytes(capacity.has)} GiB`
}

export const gibibytes = (mebibytes: number): string => String(Math.round(((mebibytes * MiB) / 1024 ** 3) * 10) / 10)
