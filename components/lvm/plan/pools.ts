// The thin pools of one group: created, grown, left, or too full for anything new. Part of plan.ts; pure. The tables
// "Pools" of README.md have the same rows in the same order.
import type { Action, Key } from '../../../src/model/action.js'
import { printSize, printSizesAlike } from '../../../src/model/quantity.js'
import { sorted } from '../../../src/model/sorted.js'
import type { Actual, PoolState } from '../actual.js'
import type { Group, Pool } from '../declared.js'
import { blockKey, inGroup, lvmCommand, poolKey } from '../keys.js'
import { fullWords, poolExtents, type Space, type Taken, takenByGrowth, takenByNew } from '../pool-sizes.js'
import { declaredIn } from '../thin.js'

export type GroupInput = {
  readonly group: string
  readonly declared: Group
  /** What is in the group. */
  readonly actual: Pick<Actual, 'volumes' | 'pools'>
  /** False: nothing is created or grown (create_filesystems). */
  readonly mayCreate: boolean
}

/** Making a pool fills its metadata with zeros, up to 16 GiB of them. */
const createTimeout = 900_000

type Situation =
  | 'a volume has its name'
  | 'absent, nothing may be created'
  | 'absent, fits'
  | 'absent, does not fit'
  | 'as declared'
  | 'smaller, nothing may be grown'
  | 'smaller, fits'
  | 'smaller, does not fit'
  | 'larger'

type Facts = {
  readonly input: GroupInput
  readonly name: string
  readonly there: PoolState | undefined
  /** Extents of data and, of a pool that is made, of metadata. */
  readonly wanted: { readonly data: number; readonly metadata: number }
  readonly taken: Taken
  readonly space: Space
}

/** Pools get their space in the order of their names; one that does not fit leaves it to the next. */
export const planPools = (
  input: GroupInput,
  space: Space,
): { readonly actions: readonly Action[]; readonly left: Space } => {
  let left = space
  const actions = sorted(input.declared.pools ?? {}).flatMap(([name, pool]) => {
    const facts = factsOf(input, name, pool, left)
    const situation = situationOf(facts)
    if (situation === 'absent, fits' || situation === 'smaller, fits') left = without(left, facts.taken)
    return [...actionOf(situation, facts), ...guardOf(situation, facts)]
  })
  const foreign = input.actual.pools.filter(({ name }) => declaredIn(input.declared.pools, name) === undefined)
  const used = foreign.filter(({ name, full }) => full.length > 0 && blocksIn(name, input).length > 0)
  return { actions: [...actions, ...used.map(pool => guard(pool, pool.full, input))], left }
}

const factsOf = (input: GroupInput, name: string, pool: Pool, space: Space): Facts => {
  const there = input.actual.pools.find(state => state.name === name)
  const wanted = poolExtents(pool, space.extent)
  const taken = there === undefined ? takenByNew(pool, space) : takenByGrowth(there, wanted.data, space)
  return { input, name, there, wanted, taken, space }
}

const without = (space: Space, { extents, ...after }: Taken): Space => ({
  ...space,
  ...after,
  free: space.free === undefined ? undefined : space.free - extents,
})

const situationOf = ({ input, name, there, wanted, taken, space }: Facts): Situation => {
  if (input.actual.volumes.some(volume => volume.name === name)) return 'a volume has its name'
  const fits = space.free === undefined || taken.extents <= space.free
  if (there === undefined) {
    if (!input.mayCreate) return 'absent, nothing may be created'
    return fits ? 'absent, fits' : 'absent, does not fit'
  }
  const size = there.size / space.extent
  if (size === wanted.data) return 'as declared'
  if (size > wanted.data) return 'larger'
  if (!input.mayCreate) return 'smaller, nothing may be grown'
  return fits ? 'smaller, fits' : 'smaller, does not fit'
}

const actionOf = (situation: Situation, facts: Facts): readonly Action[] => {
  switch (situation) {
    case 'a volume has its name':
      return [{ ...createPool(facts), rejected: 'a volume has its name: give the pool another one', ops: [] }]
    case 'absent, nothing may be created':
      return [{ ...createPool(facts), rejected: 'create_filesystems is false', ops: [] }]
    case 'absent, fits':
      return [createPool(facts)]
    case 'absent, does not fit':
      return [{ ...createPool(facts), rejected: lackOf(facts), ops: [] }]
    case 'as declared':
    case 'smaller, nothing may be grown':
      return []
    case 'smaller, fits':
      return [growPool(facts)]
    case 'smaller, does not fit':
      return [{ ...growPool(facts), rejected: lackOf(facts), provides: [], ops: [] }]
    case 'larger':
      return []
  }
}

/** Provides the pool even if it is rejected: volumes that are to be made in it wait. */
const createPool = ({ input: { group }, name, wanted, space }: Facts): Action => {
  const [size, metadata] = [wanted.data * space.extent, wanted.metadata * space.extent]
  const sizes = ['--size', `${size}b`, '--poolmetadatasize', `${metadata}b`]
  const argv = ['lvcreate', '--yes', '--type', 'thin-pool', ...sizes, '--name', name, group]
  return {
    ...inGroup(group, name, 'create-pool'),
    kind: '+',
    summary: `create pool ${group}/${name} of ${printSize(size)}`,
    reasons: ['it is not there'],
    provides: [poolKey(group, name)],
    ops: [lvmCommand(argv, createTimeout)],
  }
}

/** Of a pool that is too full now and will not be then, the guests wait for it too. */
const growPool = ({ input, name, there, wanted, space }: Facts): Action => {
  const { group } = input
  const [size, has] = [wanted.data * space.extent, there?.size ?? 0]
  const isFull = there !== undefined && there.full.length > 0
  const [declared, now] = printSizesAlike(size, has)
  return {
    ...inGroup(group, name, 'grow-pool'),
    kind: '~',
    summary: `grow pool ${group}/${name} to ${declared}`,
    reasons: [`it has ${now}, declared ${declared}`],
    provides: [poolKey(group, name), ...(isFull ? blocksIn(name, input) : [])],
    ops: [lvmCommand(['lvextend', '--size', `${size}b`, `${group}/${name}`])],
  }
}

const lackOf = ({ input: { group }, taken, space }: Facts): string => {
  const [needed, free] = printSizesAlike(taken.extents * space.extent, (space.free ?? 0) * space.extent)
  return `needs ${needed} in group ${group}, with its metadata and LVM's spare of it, free: ${free}`
}

/** What running full would mean to a guest is said to it before it starts. */
const guardOf = (situation: Situation, { input, there }: Facts): readonly Action[] => {
  if (there === undefined) return []
  const full = situation === 'smaller, fits' ? there.fullWhenGrown : there.full
  return full.length === 0 ? [] : [guard(there, full, input)]
}

const guard = (pool: PoolState, full: PoolState['full'], input: GroupInput): Action => {
  const { group } = input
  const words = full.map(space => fullWords(space, pool.metadata)).join(', ')
  const remedies = { data: 'declare a larger pool', metadata: `lvextend --poolmetadatasize ${group}/${pool.name}` }
  return {
    ...inGroup(group, pool.name, 'use-pool'),
    kind: '~',
    summary: `use pool ${group}/${pool.name}`,
    reasons: [],
    rejected: `${words}: remove what is not needed, or ${full.map(space => remedies[space]).join(' and ')}`,
    requires: [],
    provides: [poolKey(group, pool.name), ...blocksIn(pool.name, input)],
    ops: [],
  }
}

/** The declared volumes that are there, in the pool. */
const blocksIn = (pool: string, { group, declared, actual }: GroupInput): readonly Key[] =>
  actual.volumes
    .filter(volume => volume.pool === pool && declaredIn(declared.volumes, volume.name) !== undefined)
    .map(({ name }) => blockKey(group, name))
