// observe: the volume groups of the host and what is in them, as LVM reports it, and the devices, files and partitions
// that are declared (device.ts, partition.ts). Input of plan.ts.
import { posix } from 'node:path'
import { parseTags, tagDirectory, tagFile } from '../../src/model/disk-tags.js'
import type { System } from '../../src/model/system.js'
import { canonicalPath } from '../../src/system/canonical-path.js'
import { bytes, observeReport, type Row, text } from '../../src/system/lvm-report.js'
import type { Actual, DeviceState, FileState, GroupState, PartitionState, PhysicalVolume } from './actual.js'
import type { LVMVolumes } from './desired.js'
import { observeDevice } from './device.js'
import { isPool, isShown, logicalRows, poolState, spareIn, volumeState } from './logical-volume.js'
import { usersOf } from './open-files.js'
import { observePartition } from './partition.js'

export const observe = async (system: System, desired: LVMVolumes, memory: string): Promise<Actual> => {
  const report = await observeReport(system)
  const logical = logicalRows(report)
  const groups = report.vg.map(
    (row): GroupState => ({
      name: text(row, 'vg_name'),
      uuid: text(row, 'vg_uuid'),
      size: bytes(row, 'vg_size'),
      free: bytes(row, 'vg_free'),
      extent: bytes(row, 'vg_extent_size'),
      spare: spareIn(text(row, 'vg_name'), logical),
    }),
  )
  const shown = logical.filter(isShown)
  const physical = await observePhysical(system, report.pv)
  const tags = await observeTags(system, desired, memory)
  return {
    memory,
    groups,
    volumes: shown.filter(row => !isPool(row)).map(row => volumeState(row, desired)),
    pools: shown.filter(isPool).map(row => poolState(row, groups, desired)),
    physical,
    devices: await observeDevices(system, desired, physical),
    files: await observeFiles(system, desired),
    partitions: await observePartitions(system, desired, physical, tags),
    tags,
  }
}

const observePhysical = async (system: System, rows: readonly Row[]): Promise<readonly PhysicalVolume[]> => {
  const physical: PhysicalVolume[] = []
  for (const row of rows) {
    const [name, group] = [text(row, 'pv_name'), text(row, 'vg_name')]
    // LVM may call a device by a link, /dev/mapper/mpatha, and one that it misses `[unknown]`.
    const device = name.startsWith('/') ? await canonicalPath(system, name) : name
    physical.push({ device, group: group === '' ? null : group })
  }
  return physical
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

const observeFiles = async (system: System, { files = {} }: LVMVolumes): Promise<Actual['files']> => {
  const states: [string, FileState][] = []
  for (const [path, { ensure }] of Object.entries(files))
    states.push([path, await observeFile(system, path, ensure === 'absent')])
  return Object.fromEntries(states)
}

const observeFile = async (system: System, path: string, isGivenUp: boolean): Promise<FileState> => {
  const found = await system.stat(path)
  if (found === null) return { state: 'missing' }
  const { type, size } = found
  if (type !== 'file') return { state: 'other', type }
  return isGivenUp ? { state: 'file', size, users: await usersOf(system, path) } : { state: 'file', size }
}

const observePartitions = async (
  system: System,
  { partitions = {} }: LVMVolumes,
  physical: readonly PhysicalVolume[],
  tags: Actual['tags'],
): Promise<Actual['partitions']> => {
  const states: [string, PartitionState][] = []
  for (const [path, { image }] of Object.entries(partitions)) {
    const mayBeBlank = image !== undefined && tags[path] === undefined
    states.push([path, await observePartition(system, path, physical, mayBeBlank)])
  }
  return Object.fromEntries(states)
}

/** Nothing is read where nothing was filled. */
const observeTags = async (
  system: System,
  { files = {}, partitions = {} }: LVMVolumes,
  memory: string,
): Promise<Actual['tags']> => {
  const declared = [...Object.keys(files), ...Object.keys(partitions)]
  const kept = declared.length === 0 ? [] : ((await system.list(tagDirectory(memory))) ?? [])
  const tags: Record<string, readonly string[]> = {}
  for (const path of declared) {
    const file = tagFile(memory, path)
    if (kept.includes(posix.basename(file))) tags[path] = parseTags(await system.read(file))
  }
  return tags
}
