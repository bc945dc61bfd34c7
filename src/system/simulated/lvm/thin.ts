// What LVM does on the simulated host when thin pools are made and grown, and what it warns of where volumes are promised
// more than there is.
import { extentSize } from '../devices.js'
import { type Group, identity, type Pool, printLvmUuid, type SimulatedState } from '../state.js'
import { withGroup } from './groups.js'
import { extentsFor, printLvm, rounding } from './sizes.js'
import { groupExtents, sum } from './used.js'

type Sizes = Pick<Pool, 'extents' | 'metadata'>

/** The use of a new pool's metadata in per cent, about. */
const metadataOfNothing = 10

/** The spare comes first, then data and metadata are looked at: the refusal names what is left then. */
export const makePool = (
  state: SimulatedState,
  groupName: string,
  group: Group,
  name: string,
  { extents, metadata }: Sizes,
): { readonly state: SimulatedState } | { readonly refusal: string } => {
  const { free } = groupExtents(state, group)
  const growth = spareGrowth(group, metadata)
  if (growth > free && group.spare === undefined) return { refusal: insufficient(groupName, free, growth) }
  if (growth > free) return { refusal: tooLittle(growth, free) }
  const left = free - growth
  if (extents > left) return { refusal: insufficient(groupName, left, extents) }
  if (extents + metadata > left) return { refusal: tooLittle(extents + metadata, left) }
  const [next, hex] = identity(state)
  const pool: Pool = { uuid: printLvmUuid(hex), extents, metadata, dataUsed: 0, metadataUsed: metadataOfNothing }
  const pools = { ...group.pools, [name]: pool }
  const after = { ...group, pools, spare: (group.spare ?? 0) + growth }
  return { state: withGroup(next, groupName, after) }
}

const spareGrowth = ({ spare = 0 }: Group, metadata: number): number => Math.max(0, metadata - spare)

const insufficient = (group: string, free: number, required: number): string =>
  `  Volume group "${group}" has insufficient free space (${free} extents): ${required} required.`

export const tooLittle = (needed: number, available: number): string =>
  `  Insufficient free space: ${needed} extents needed, but only ${available} available`

/**
 * Metadata grows along with data, to 64 bytes for each chunk of 64 KiB, and the spare to the largest metadata. It grows
 * first, and stays so where data then finds no space.
 */
export const growPool = (
  state: SimulatedState,
  group: Group,
  path: string,
  pool: Pool,
  extents: number,
): { readonly group: Group; readonly said: readonly string[]; readonly refusal?: string } => {
  const name = path.slice(path.indexOf('/') + 1)
  const reckoned = Math.floor((extents * extentSize) / (64 * 1024) / 8) * 512
  const metadata = Math.max(pool.metadata, extentsFor(reckoned))
  const grown = metadata > pool.metadata
  const { free } = groupExtents(state, group)
  if (metadata - pool.metadata > free) return { group, said: [], refusal: tooLittle(metadata - pool.metadata, free) }
  const others = Object.values(group.pools ?? {}).map(other => other.metadata)
  const spare = grown ? Math.max(group.spare ?? 0, metadata, ...others) : group.spare
  const withMetadata: Pool = { ...pool, metadata, metadataUsed: (pool.metadataUsed * pool.metadata) / metadata }
  const first: Group = {
    ...group,
    pools: { ...group.pools, [name]: withMetadata },
    ...(spare === undefined ? {} : { spare }),
  }
  const said = grown ? [...rounding(reckoned), changed(`${path}_tmeta`, pool.metadata, metadata)] : []
  const { free: left } = groupExtents(state, first)
  const growth = extents - pool.extents
  if (growth > left) return { group: first, said, refusal: tooLittle(growth, left) }
  const whole: Pool = { ...withMetadata, extents, dataUsed: (pool.dataUsed * pool.extents) / extents }
  return {
    group: { ...first, pools: { ...first.pools, [name]: whole } },
    said: [...said, changed(`${path}_tdata`, pool.extents, extents)],
  }
}

export const changed = (path: string, from: number, to: number): string =>
  `  Size of logical volume ${path} changed from ${printLvm(from)} (${from} extents) to ${printLvm(to)} (${to} extents).`

/**
 * The warnings after a change in a group. Those of a pool, or of a thin volume in it, come where its volumes are promised
 * more than it has; then, and after any other change, all pools of the group are looked at together.
 */
export const overprovisioning = (
  state: SimulatedState,
  groupName: string,
  group: Group,
  pool: string | undefined,
): { readonly stdout: readonly string[]; readonly stderr: string } => {
  const pools = Object.entries(group.pools ?? {})
  const thin = Object.values(group.volumes).filter(volume => volume.pool !== undefined)
  const promised = sum(thin.map(({ extents }) => extents))
  const has = sum(pools.map(([, { extents }]) => extents))
  const own = sum(thin.filter(volume => volume.pool === pool).map(({ extents }) => extents))
  const isWithin = pools.some(([name, { extents }]) => name === pool && own <= extents)
  if (isWithin || promised <= has) return { stdout: [], stderr: '' }
  const which = pools.every(([name]) => name === pool) ? ` ${groupName}/${pool}` : 's'
  const { all, free } = groupExtents(state, group)
  const [beyond, size] = beyondWhat(promised, { all, free, has })
  const sizes = `Sum of all thin volume sizes (${printLvm(promised)}) exceeds the size of thin pool${which}${beyond} (${size})`
  return {
    stdout: [
      '  WARNING: You have not turned on protection against thin pools running out of space.',
      '  WARNING: Set activation/thin_pool_autoextend_threshold below 100 to trigger automatic extension of thin pools before they get full.',
    ],
    stderr: `  WARNING: ${sizes}.\n`,
  }
}

type Extents = { readonly all: number; readonly free: number; readonly has: number }

const beyondWhat = (promised: number, { all, free, has }: Extents): readonly [words: string, size: string] => {
  if (all < promised) return [' and the size of whole volume group', printLvm(all)]
  if (free === 0) return ['', 'no free space in volume group']
  if (free < promised) return [' and the amount of free space in volume group', printLvm(free)]
  return ['', printLvm(has)]
}
