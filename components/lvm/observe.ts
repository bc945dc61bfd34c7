// observe: the volume groups and volumes of the host as LVM reports them, and the declared devices (device.ts). Input of
// plan.ts.
import type { System } from '../../src/model/system.js'
import { ask } from '../../src/system/ask.js'
import type { Actual, DeviceState, PhysicalVolume } from './actual.js'
import type { LVMVolumes } from './desired.js'
import { kernelName, observeDevice } from './device.js'

export const observe = async (system: System, desired: LVMVolumes): Promise<Actual> => {
  const groups = (await report(system, 'vg', 'vgs', 'vg_name,vg_uuid,vg_size,vg_free,vg_extent_size')).map(row => ({
    name: text(row, 'vg_name'),
    uuid: text(row, 'vg_uuid'),
    size: bytes(row, 'vg_size'),
    free: bytes(row, 'vg_free'),
    extent: bytes(row, 'vg_extent_size'),
  }))
  const volumes = (await report(system, 'lv', 'lvs', 'vg_name,lv_name,lv_uuid,lv_size,lv_attr,lv_tags')).map(row => ({
    group: text(row, 'vg_name'),
    name: text(row, 'lv_name'),
    uuid: text(row, 'lv_uuid'),
    size: bytes(row, 'lv_size'),
  }))
  const physical: PhysicalVolume[] = []
  for (const row of await report(system, 'pv', 'pvs', 'pv_name,pv_uuid,vg_name,pv_size')) {
    const [name, group] = [text(row, 'pv_name'), text(row, 'vg_name')]
    // A name of the kernel's own needs no looking up: a link lies deeper, /dev/mapper/mpatha.
    const device = /^\/dev\/.+\//.test(name) ? await kernelName(system, name) : name
    physical.push({ device, group: group === '' ? null : group })
  }
  return { groups, volumes, physical, devices: await observeDevices(system, desired, physical) }
}

const observeDevices = async (
  system: System,
  { groups = {} }: LVMVolumes,
  physical: readonly PhysicalVolume[],
): Promise<Actual['devices']> => {
  const paths = Object.values(groups).flatMap(({ devices = [] }) => devices.map(({ path }) => path))
  const states: [string, DeviceState][] = []
  for (const path of new Set(paths)) states.push([path, await observeDevice(system, path, physical)])
  return Object.fromEntries(states)
}

type Row = { readonly [column: string]: string }

/** One of LVM's JSON reports (lvmreport(7)). Every value is text; sizes are bytes without a unit. */
const report = async (system: System, kind: string, command: string, columns: string): Promise<readonly Row[]> => {
  const argv = [command, '--reportformat', 'json', '--units', 'b', '--nosuffix', '-o', columns]
  const parsed: { report: readonly { [kind: string]: readonly Row[] }[] } = JSON.parse(await ask(system, argv))
  return parsed.report.flatMap(part => part[kind] ?? [])
}

const text = (row: Row, column: string): string => row[column] ?? ''
const bytes = (row: Row, column: string): number => Number(text(row, column))
