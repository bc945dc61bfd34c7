// What LVM's report of logical volumes says: which of them are pools, volumes, and parts that LVM keeps for itself. Part
// of observe.ts; pure.
import { tagsIn } from '../../src/model/disk-tags.js'
import { bytes, type LVMReport, type Row, text } from '../../src/system/lvm-report.js'
import type { GroupState, PoolState, VolumeState, VolumeUse } from './actual.js'
import type { Group, LVMVolumes } from './desired.js'
import { extentsFor } from './extents.js'
import { fullSpaces, grownMetadata, type Usage } from './pool-sizes.js'
import { declaredIn } from './thin.js'

/** The volumes, each with the size of its chunks, which all its segments say alike. */
export const logicalRows = ({ lv, seg }: LVMReport): readonly Row[] => {
  const nameOf = (row: Row): string => `${text(row, 'vg_name')}/${text(row, 'lv_name')}`
  const chunks = new Map(seg.map(row => [nameOf(row), text(row, 'chunk_size')]))
  return lv.map(row => ({ ...row, chunk_size: chunks.get(nameOf(row)) ?? '' }))
}

/** The names of hidden parts stand in brackets: `[pool_tdata]`. */
export const isShown = (row: Row): boolean => !text(row, 'lv_name').startsWith('[')

export const isPool = (row: Row): boolean => text(row, 'lv_layout') === 'thin,pool'

/** Volumes in caches have a pool_lv as well. */
const isThin = (row: Row): boolean => text(row, 'lv_layout') === 'thin,sparse'

/** The bytes of what LVM keeps to repair the pools of a group. */
export const spareIn = (group: string, rows: readonly Row[]): number => {
  const spare = rows.find(row => text(row, 'vg_name') === group && /^\[.*_pmspare\]$/.test(text(row, 'lv_name')))
  return spare === undefined ? 0 : bytes(spare, 'lv_size')
}

export const volumeState = (row: Row, desired: LVMVolumes): VolumeState => {
  const [group, name] = [text(row, 'vg_name'), text(row, 'lv_name')]
  const uses = isToGo(name, declaredIn(desired.groups, group)?.volumes) ? { uses: usesOf(text(row, 'lv_attr')) } : {}
  return {
    group,
    name,
    uuid: text(row, 'lv_uuid'),
    size: bytes(row, 'lv_size'),
    pool: isThin(row) ? text(row, 'pool_lv') : null,
    tags: tagsIn(text(row, 'lv_tags')),
    ...uses,
  }
}

/** Removed or renamed. Of all others it makes no difference who has them open, and that changes with every guest. */
const isToGo = (name: string, volumes: Group['volumes'] = {}): boolean =>
  declaredIn(volumes, name)?.ensure === 'absent' || Object.values(volumes).some(({ formerly }) => formerly === name)

/**
 * lvs(8), lv_attr: the first letter of an origin is o, or O while a snapshot is merged into it; the sixth is o for open, X
 * where that is not known, and - otherwise.
 */
const usesOf = (attributes: string): readonly VolumeUse[] => [
  ...(/^o/i.test(attributes) ? (['snapshots'] as const) : []),
  ...(attributes[5] === '-' ? [] : (['open'] as const)),
]

/** How much of it is used goes no further than this: it is never the same twice. */
export const poolState = (row: Row, groups: readonly GroupState[], { groups: declared }: LVMVolumes): PoolState => {
  const [group, name] = [text(row, 'vg_name'), text(row, 'lv_name')]
  const pool = {
    group,
    name,
    uuid: text(row, 'lv_uuid'),
    size: bytes(row, 'lv_size'),
    metadata: bytes(row, 'lv_metadata_size'),
    chunk: bytes(row, 'chunk_size'),
  }
  const used = { data: percent(row, 'data_percent'), metadata: percent(row, 'metadata_percent') }
  const wanted = declaredIn(declaredIn(declared, group)?.pools, name)
  const extent = groups.find(state => state.name === group)?.extent
  const size = wanted?.size === undefined || extent === undefined ? pool.size : extentsFor(wanted.size, extent) * extent
  const grown =
    size > pool.size && extent !== undefined ? { ...pool, size, metadata: grownMetadata(pool, size, extent) } : pool
  return {
    ...pool,
    full: fullSpaces(used, pool.metadata),
    fullWhenGrown: fullSpaces(usageOf(used, pool, grown), grown.metadata),
  }
}

type Sizes = Pick<PoolState, 'size' | 'metadata'>

/** The same use in other sizes. */
const usageOf = (used: Usage, { size, metadata }: Sizes, grown: Sizes): Usage => ({
  data: (used.data * size) / grown.size,
  metadata: (used.metadata * metadata) / grown.metadata,
})

/** Of a pool that is not active, nothing is known. */
const percent = (row: Row, column: string): number => (text(row, column) === '' ? Number.NaN : bytes(row, column))
