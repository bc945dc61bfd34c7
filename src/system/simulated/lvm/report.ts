// The simulated host's `lvm fullreport`: as JSON, with the columns that were asked for (lvmreport(7)).
import { byCodeUnit } from '../../../model/json.js'
import { type Command, notModelled, succeed } from '../answer.js'
import { extentSize, groupOn, userOf, volumesOf } from '../devices.js'
import type { Pool, SimulatedState } from '../state.js'
import { extentsOf, groupExtents } from './used.js'

type Row = Readonly<Record<string, string>>

const bytes = (extents: number): string => String(extents * extentSize)

const physicalVolumes = (state: SimulatedState): readonly Row[] =>
  Object.entries(state.devices).flatMap(([name, device]) => {
    if (device.signature?.type !== 'LVM2_member') return []
    const group = groupOn(state, name)?.[0]
    const size = group === undefined ? String(device.size) : bytes(extentsOf(device))
    return [{ pv_name: name, pv_uuid: device.signature.uuid, vg_name: group ?? '', pv_size: size }]
  })

const volumeGroups = (state: SimulatedState): readonly Row[] =>
  Object.entries(state.groups).map(([name, group]) => {
    const { all, free } = groupExtents(state, group)
    return {
      vg_name: name,
      vg_uuid: group.uuid,
      vg_size: bytes(all),
      vg_free: bytes(free),
      vg_extent_size: String(extentSize),
    }
  })

const logicalVolumes = (state: SimulatedState): readonly Row[] => [
  ...volumesOf(state).map(({ groupName, name, volume, names }) => {
    const isOpen = userOf(state, names[0]) !== undefined
    const isThin = volume.pool !== undefined
    return {
      ...logicalVolume(groupName, name, volume.uuid, volume.extents),
      lv_attr: `${isThin ? 'V' : '-'}wi-a${isOpen ? 'o' : '-'}${isThin ? 'tz' : '--'}--`,
      lv_layout: isThin ? 'thin,sparse' : 'linear',
      lv_tags: (volume.tags ?? []).join(','),
      pool_lv: volume.pool ?? '',
      data_percent: isThin ? '0.00' : '',
    }
  }),
  ...Object.entries(state.groups).flatMap(([groupName, { uuid, volumes, pools = {}, spare = 0 }]) => [
    ...Object.entries(pools).flatMap(([name, pool]) => {
      const isUsed = Object.values(volumes).some(volume => volume.pool === name)
      return poolRows(groupName, name, pool, isUsed)
    }),
    ...(spare === 0 ? [] : [spareRow(groupName, uuid, spare)]),
  ]),
]

/** A pool, and the hidden parts that it is made of. */
const poolRows = (group: string, name: string, pool: Pool, isUsed: boolean): readonly Row[] => [
  {
    ...logicalVolume(group, name, pool.uuid, pool.extents),
    lv_attr: `twi-a${isUsed ? 'o' : '-'}tz--`,
    lv_layout: 'thin,pool',
    lv_metadata_size: bytes(pool.metadata),
    chunk_size: String(64 * 1024),
    data_percent: pool.dataUsed.toFixed(2),
    metadata_percent: pool.metadataUsed.toFixed(2),
  },
  { ...logicalVolume(group, `[${name}_tdata]`, partUuid(pool.uuid, 'D'), pool.extents), lv_attr: 'Twi-ao----' },
  { ...logicalVolume(group, `[${name}_tmeta]`, partUuid(pool.uuid, 'M'), pool.metadata), lv_attr: 'ewi-ao----' },
]

const spareRow = (group: string, uuid: string, extents: number): Row => ({
  ...logicalVolume(group, '[lvol0_pmspare]', partUuid(uuid, 'S'), extents),
  lv_attr: 'ewi-------',
})

/** No uuid that is given out has a capital. */
const partUuid = (uuid: string, letter: string): string => uuid.slice(0, -1) + letter

const logicalVolume = (group: string, name: string, uuid: string, extents: number): Row => ({
  vg_name: group,
  lv_name: name,
  lv_uuid: uuid,
  lv_size: bytes(extents),
  lv_tags: '',
  lv_layout: 'linear',
  pool_lv: '',
  lv_metadata_size: '',
  chunk_size: '0',
  data_percent: '',
  metadata_percent: '',
})

/** The rows in the order of their names. */
const shown = (rows: readonly Row[], columns: readonly string[], argv: readonly string[]): readonly Row[] =>
  rows.toSorted(byName).map(row =>
    Object.fromEntries(
      columns.map(column => {
        const value = row[column]
        if (value === undefined) throw notModelled(argv)
        return [column, value]
      }),
    ),
  )

const byName = (a: Row, b: Row): number => byCodeUnit(sortingKey(a), sortingKey(b))
const sortingKey = (row: Row): string => Object.values(row).join().replace(/[[\]]/g, '')

/** Each volume has one segment; those of physical volumes are not modelled, for nobody reads them. */
const reports: Readonly<Record<string, (state: SimulatedState) => readonly Row[]>> = {
  vg: volumeGroups,
  pv: physicalVolumes,
  lv: logicalVolumes,
  pvseg: () => [],
  seg: logicalVolumes,
}

/** `lvm fullreport`: a report for each group, and one of the physical volumes that belong to none. */
export const lvm: Command = (state, argv) => {
  const [flags, options] = [argv.slice(0, fullreport.length), argv.slice(fullreport.length)]
  if (flags.join(' ') !== fullreport.join(' ')) throw notModelled(argv)
  const parts = [...Object.keys(state.groups), ''].map(group =>
    Object.fromEntries(
      subreportsIn(options).map(({ kind, columns }) => {
        const rows = reports[kind]?.(state)
        if (rows === undefined) throw notModelled(argv)
        const own = rows.filter(row => row.vg_name === group)
        return [kind, shown(own, columns, argv)]
      }),
    ),
  )
  return succeed(state, JSON.stringify({ report: parts }, null, 2))
}

const fullreport = ['lvm', 'fullreport', '--all', '--reportformat', 'json', '--units', 'b', '--nosuffix']

/** `--configreport KIND -o COLUMNS`, again and again. */
const subreportsIn = (options: readonly string[]) =>
  options.flatMap((option, index) =>
    option === '--configreport'
      ? [{ kind: options[index + 1] ?? '', columns: options[index + 3]?.split(',') ?? [] }]
      : [],
  )
