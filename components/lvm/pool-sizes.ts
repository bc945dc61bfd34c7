// What thin pools take of their group, counted as LVM 2.03 does it, and when one is too full. Pure.
//
// A pool takes its data, its metadata, and the growth of the spare: LVM keeps one per group, as large as the largest
// metadata, to repair any of them. When a pool grows, LVM lets its metadata grow along, to what it reckons for the data.
import { MiB } from '../../src/model/quantity.js'
import type { PoolSpace, PoolState } from './actual.js'
import type { Pool } from './declared.js'
import { extentsFor } from './extents.js'

/** What a group has to give, in extents of so many bytes. */
export type Space = {
  readonly extent: number
  /** Undefined where the group will not come to be, so that nobody knows. */
  readonly free: number | undefined
  readonly spare: number
  /** The metadata of every pool in the group. */
  readonly metadata: readonly number[]
}

/** What a change takes of a group, and what spare and metadata are then. */
export type Taken = Pick<Space, 'spare' | 'metadata'> & { readonly extents: number }

/** lvmthin(7): as large as LVM takes it for the blocks that it can address. */
const mostDeclared = 16192 * MiB
/** What it grows to at most. */
const most = 255 * ((1 << 14) - 64) * 4 * 1024
const least = 2 * MiB
const leastByDefault = 4 * MiB

/** The bytes of metadata for a pool that is made; a thousandth is a little more than 64 bytes per chunk of 64 KiB. */
const metadataOf = ({ size, metadata }: Pool): number =>
  metadata === undefined ? Math.min(mostDeclared, Math.max(leastByDefault, (size * MiB) / 1000)) : metadata * MiB

/** The extents of a pool that is made: data and metadata. */
export const poolExtents = (pool: Pool, extent: number): { readonly data: number; readonly metadata: number } => ({
  data: extentsFor(pool.size, extent),
  metadata: Math.ceil(metadataOf(pool) / extent),
})

export const takenByNew = (pool: Pool, space: Space): Taken => {
  const { data, metadata } = poolExtents(pool, space.extent)
  const spare = Math.max(space.spare, metadata)
  return { extents: data + metadata + spare - space.spare, spare, metadata: [...space.metadata, metadata] }
}

/** Grown to so many extents of data. The spare is looked after only where metadata grows. */
export const takenByGrowth = (pool: PoolState, data: number, space: Space): Taken => {
  const { extent } = space
  const growth = data - pool.size / extent
  const now = pool.metadata / extent
  const then = grownMetadata(pool, data * extent, extent) / extent
  if (then === now) return { ...space, extents: growth }
  const spare = Math.max(space.spare, then, ...space.metadata)
  return { extents: growth + then - now + spare - space.spare, spare, metadata: [...space.metadata, then] }
}

/** The bytes of metadata that a pool has when it has so many bytes of data: 64 for each chunk, in whole sectors. */
export const grownMetadata = (
  { metadata, chunk }: Pick<PoolState, 'metadata' | 'chunk'>,
  data: number,
  extent: number,
): number => {
  const reckoned = Math.floor(data / chunk / 8) * 512
  const wanted = Math.min(most, Math.max(least, reckoned))
  return Math.max(metadata, Math.ceil(wanted / extent) * extent)
}

/** Per cent: above, nothing new is started in a pool. What is there may still grow to what it was promised. */
const limit = 85

/**
 * Per cent of its metadata. LVM itself makes no volume in a pool that has less than 4 MiB of metadata left, or a quarter
 * where that is less.
 */
const metadataLimit = (metadata: number): number => Math.min(limit, 100 - Math.min(25, (4 * MiB * 100) / metadata))

/** Per cent, as `lvs` shows it; NaN where the pool is not active, which is not full. */
export type Usage = { readonly data: number; readonly metadata: number }

export const fullSpaces = (usage: Usage, metadata: number): readonly PoolSpace[] => {
  const limited = metadataLimit(metadata)
  const isMetadataFull = usage.metadata > limit || (limited < limit && usage.metadata >= limited)
  return [...(usage.data > limit ? (['data'] as const) : []), ...(isMetadataFull ? (['metadata'] as const) : [])]
}

/** `more than 85 % of its data space is used`. */
export const fullWords = (space: PoolSpace, metadata: number): string => {
  const limited = space === 'data' ? limit : metadataLimit(metadata)
  const share = limited < limit ? `${Math.floor(limited)} % or more` : `more than ${limit} %`
  return `${share} of its ${space} space is used`
}
