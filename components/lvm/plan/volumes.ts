// The volumes of one group: created, copied, grown, or left. Part of plan.ts; pure. The table "Volumes" of README.md has
// the same rows in the same order; what the actions do is in volume-actions.ts.
import type { Action } from '../../../src/model/action.js'
import { printSizesAlike } from '../../../src/model/quantity.js'
import { sorted } from '../../../src/model/sorted.js'
import type { VolumeState } from '../actual.js'
import type { Volume } from '../declared.js'
import { extentsFor } from '../extents.js'
import { blockKey } from '../keys.js'
import type { Space } from '../pool-sizes.js'
import { declaredIn, poolOf, thinFaults } from '../thin.js'
import {
  copyVolume,
  created,
  createThin,
  createVolume,
  creation,
  growVolume,
  rejectedVolume,
  type Wanted,
} from '../volume-actions.js'
import { contentFor, type Disk, planFilling } from './image.js'
import type { GroupInput } from './pools.js'

type Situation =
  | 'a pool has its name'
  | 'absent, nothing may be created'
  | 'absent, contradicts'
  | 'absent, fits'
  | 'absent, does not fit'
  | 'absent, thin'
  | 'absent, a copy of what is no origin'
  | 'absent, a copy'
  | 'of another kind'
  | 'as declared'
  | 'smaller, nothing may be grown'
  | 'smaller, fits'
  | 'smaller, does not fit'
  | 'larger'

type Facts = Wanted & {
  readonly there: VolumeState | undefined
  readonly faults: readonly string[]
  /** Why its origin cannot be copied, and what that will have when it is: it grows first. */
  readonly originFault: string | undefined
  readonly originBytes: number
  readonly hasPoolsName: boolean
  readonly mayCreate: boolean
  readonly image: Volume['image']
  readonly installation: string | undefined
  readonly awaitsRelease: string | undefined
  /** Extents that it takes of the group's free ones. */
  readonly needed: number
  readonly free: number | undefined
  readonly extent: number
}

/** Volumes get their space in the order of their names; one that does not fit leaves it to the next. */
export const planVolumes = (input: GroupInput, space: Space): readonly Action[] => {
  let { free } = space
  const faults = thinFaults(input.group, input.declared)
  return sorted(input.declared.volumes ?? {}).flatMap(([name, volume]) => {
    const messages = faults.filter(fault => fault.volume === name).map(({ message }) => message)
    const facts = { ...factsOf(input, name, volume, space.extent), faults: messages, free }
    const situation = situationOf(facts)
    const isTaken = situation === 'absent, fits' || situation === 'smaller, fits'
    if (free !== undefined && isTaken) free -= facts.needed
    return [
      ...actionOf(situation, facts),
      ...(facts.there === undefined ? [] : planFilling(diskOf(facts, facts.there))),
    ]
  })
}

const diskOf = ({ group, name, image, awaitsRelease, mayCreate }: Facts, { tags }: VolumeState): Disk => ({
  place: { kind: 'volume', group, name },
  id: `${group}/${name}`,
  resource: `${group}/${name}`,
  tags,
  image,
  awaitsRelease,
  mayCreate,
  key: blockKey(group, name),
})

const factsOf = (
  { group, declared: { volumes = {} }, actual, mayCreate }: GroupInput,
  name: string,
  { size, origin, image, installation, awaitsRelease }: Volume,
  extent: number,
): Omit<Facts, 'faults' | 'free'> => {
  const bytesOf = (mebibytes: number): number => extentsFor(mebibytes, extent) * extent
  const there = actual.volumes.find(volume => volume.name === name)
  const source = actual.volumes.find(volume => volume.name === origin)
  const pool = poolOf(name, volumes)
  return {
    group,
    name,
    pool,
    origin,
    bytes: bytesOf(size),
    there,
    originFault: originFaultOf(origin, source, pool),
    originBytes: Math.max(source?.size ?? 0, bytesOf(declaredIn(volumes, origin ?? '')?.size ?? 0)),
    hasPoolsName: actual.pools.some(other => other.name === name),
    mayCreate,
    image,
    installation,
    awaitsRelease,
    needed: pool === null ? extentsFor(size, extent) - (there?.size ?? 0) / extent : 0,
    extent,
  }
}

const situationOf = (facts: Facts): Situation => {
  const { there, pool, origin, bytes, needed, free } = facts
  if (facts.hasPoolsName) return 'a pool has its name'
  const fits = free === undefined || needed <= free
  if (there === undefined) {
    if (!facts.mayCreate) return 'absent, nothing may be created'
    if (facts.faults.length > 0) return 'absent, contradicts'
    if (pool === null) return fits ? 'absent, fits' : 'absent, does not fit'
    if (origin === undefined) return 'absent, thin'
    return facts.originFault === undefined ? 'absent, a copy' : 'absent, a copy of what is no origin'
  }
  if (!isOfKind(there, pool)) return 'of another kind'
  if (there.size === bytes) return 'as declared'
  if (there.size > bytes) return 'larger'
  if (!facts.mayCreate) return 'smaller, nothing may be grown'
  return fits ? 'smaller, fits' : 'smaller, does not fit'
}

/** Where a copy's origins lead to no pool, any will do. */
const isOfKind = (there: VolumeState, pool: Wanted['pool']): boolean =>
  pool === undefined ? there.pool !== null : there.pool === pool

/** An origin that is not there yet will be as it is declared. */
const originFaultOf = (
  origin: string | undefined,
  there: VolumeState | undefined,
  pool: Wanted['pool'],
): string | undefined =>
  there === undefined || isOfKind(there, pool) ? undefined : `${origin}, which it is a copy of, ${liesIn(there.pool)}`

const actionOf = (situation: Situation, facts: Facts): readonly Action[] => {
  const { there, origin = '', originFault = '' } = facts
  switch (situation) {
    case 'a pool has its name':
      return [rejectedVolume(facts, 'a pool has its name: give the volume another one', false)]
    case 'absent, nothing may be created':
      return [{ ...needless(creation(facts)), rejected: 'create_filesystems is false' }]
    case 'absent, contradicts':
      return [{ ...needless(creation(facts)), rejected: facts.faults.join('; ') }]
    case 'absent, fits':
      return [created(facts, contentFor(facts), createVolume)]
    case 'absent, does not fit':
      return [{ ...creation(facts), rejected: lackOf(facts) }]
    case 'absent, thin':
      return [created(facts, contentFor(facts), createThin)]
    case 'absent, a copy of what is no origin':
      return [{ ...creation(facts), rejected: originFault }]
    case 'absent, a copy':
      return [{ ...creation(facts), ops: copyVolume(facts, origin, facts.originBytes) }]
    case 'of another kind':
      return [rejectedVolume(facts, kindFault(facts), true)]
    case 'as declared':
    case 'smaller, nothing may be grown':
      return []
    case 'smaller, fits':
      return [growVolume(facts, there?.size ?? 0)]
    case 'smaller, does not fit':
      return [{ ...growVolume(facts, there?.size ?? 0), rejected: lackOf(facts), provides: [], ops: [] }]
    case 'larger':
      return []
  }
}

/** Volumes that are declared as copies of each other would wait in a circle. */
const needless = (action: Action): Action => ({ ...action, requires: [] })

const lackOf = ({ group, needed, free = 0, extent }: Facts): string => {
  const [need, has] = printSizesAlike(needed * extent, free * extent)
  return `needs ${need} in group ${group}, free: ${has}`
}

const kindFault = ({ there, pool }: Facts): string => {
  const inPool = pool === undefined ? 'as a copy' : `in pool ${pool}`
  const declared = pool === null ? 'with space of its own' : inPool
  return `it ${liesIn(there?.pool ?? null)}, declared ${declared}: declare what it is, or copy it to a volume of another name`
}

const liesIn = (pool: string | null): string => (pool === null ? 'is no thin volume' : `lies in pool ${pool}`)
