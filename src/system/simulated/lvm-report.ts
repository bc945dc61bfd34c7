// The simulated host's pvs, vgs and lvs: reports as JSON with the columns that were asked for (lvmreport(7)).
import { byCodeUnit } from '../../model/json.js'
import { type Command, notModelled, succeed } from './answer.js'
import { extentSize, groupOn, userOf, volumesOf } from './devices.js'
import type { Device, Group, SimulatedState } from './state.js'

type Row = Readonly<Record<string, string>>

/** LVM keeps the first MiB of a device for itself. */
const metadataSize = 1024 ** 2

/** How many extents a device of so many bytes has. */
export const extentsOf = (device: Device): number => Math.floor((device.size - metadataSize) / extentSize)

export const groupExtents = (state: SimulatedState, group: Group): { readonly all: number; readonly free: number } => {
  const devices = group.devices.map(name => state.devices[name]).filter(device => device !== undefined)
  const all = devices.reduce((sum, device) => sum + extentsOf(device), 0)
  const used = Object.values(group.volumes).reduce((sum, volume) => sum + volume.extents, 0)
  return { all, free: all - used }
}

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

const logicalVolumes = (state: SimulatedState): readonly Row[] =>
  volumesOf(state).map(({ groupName, name, volume, names }) => ({
    vg_name: groupName,
    lv_name: name,
    lv_uuid: volume.uuid,
    lv_size: bytes(volume.extents),
    lv_attr: userOf(state, names[0]) === undefined ? '-wi-a-----' : '-wi-ao----',
    lv_tags: '',
  }))

/** All rows, in the order of their names. */
const report =
  (kind: string, rowsOf: (state: SimulatedState) => readonly Row[]): Command =>
  (state, argv) => {
    const columns = argv.at(-1)?.split(',') ?? []
    const expected = [`${kind}s`, '--reportformat', 'json', '--units', 'b', '--nosuffix', '-o', argv.at(-1)]
    if (argv.length !== expected.length || expected.some((word, index) => word !== argv[index])) throw notModelled(argv)
    const rows = [...rowsOf(state)].sort((a, b) => byCodeUnit(Object.values(a).join(), Object.values(b).join()))
    const shown = rows.map(row =>
      Object.fromEntries(
        columns.map(column => {
          const value = row[column]
          if (value === undefined) throw notModelled(argv)
          return [column, value]
        }),
      ),
    )
    return succeed(state, JSON.stringify({ report: [{ [kind]: shown }] }, null, 2))
  }

export const pvs = report('pv', physicalVolumes)
export const vgs = report('vg', volumeGroups)
export const lvs = report('lv', logicalVolumes)
