// The simulated host's tools that look at block devices: lsblk, wipefs, cmp with /dev/zero.
import { posix } from 'node:path'
import { type Answer, type Command, fail, notModelled, parseArguments, succeed } from './answer.js'
import { deviceAt, isBlockDevice, kernelName, sizeOf, volumeAt, volumesOf } from './devices.js'
import { contentOf } from './fill.js'
import type { SimulatedState } from './state.js'

/** The device and, as for real without the NAME column, its holders beside it, ordered by device number. */
export const lsblk: Command = (state, argv) => {
  const { options, operands } = parseArguments(argv, ['--json', '--bytes'], ['-o'])
  const [path, ...more] = operands
  if (path === undefined || more.length > 0 || !('--json' in options && '--bytes' in options)) throw notModelled(argv)
  const found = rowsOf(state, path)
  const columns = options['-o']?.split(',') ?? []
  const rows = found.map(row =>
    Object.fromEntries(
      columns.map(column => {
        const value = row[column as keyof Row]
        if (value === undefined) throw notModelled(argv)
        return [column.toLowerCase(), value]
      }),
    ),
  )
  const report = JSON.stringify({ blockdevices: rows }, null, 3)
  if (rows.length > 0) return succeed(state, report)
  return { ...fail(state, 32, `lsblk: ${path}: not a block device`), stdout: `${report}\n` }
}

type Row = {
  readonly PATH: string
  readonly TYPE: string
  readonly SIZE: number
  readonly SERIAL: string | null
  readonly MOUNTPOINTS: readonly (string | null)[]
}

const rowsOf = (state: SimulatedState, path: string): readonly Row[] => {
  const asked = volumeAt(state, path)
  const name = kernelName(state, path)
  const device = deviceAt(state, path)
  const volumes = asked === undefined ? volumesOf(state).filter(({ group }) => group.devices.includes(name)) : [asked]
  const volumeRows = volumes.map(({ names, volume }) => ({
    number: [253, volume.minor] as const,
    row: { PATH: names[1], TYPE: 'lvm', SIZE: sizeOf(state, names[0]) ?? 0, SERIAL: null, MOUNTPOINTS: [null] },
  }))
  const deviceRows = (device === undefined ? [] : [device]).map(({ size, serial, mountpoint }) => ({
    number: [majorOf(name), 0] as const,
    row: { PATH: name, TYPE: 'disk', SIZE: size, SERIAL: serial, MOUNTPOINTS: [mountpoint] },
  }))
  return [...deviceRows, ...volumeRows]
    .sort((a, b) => a.number[0] - b.number[0] || a.number[1] - b.number[1])
    .map(({ row }) => row)
}

/** Linux's list of device numbers (admin-guide/devices.txt); virtio's and NVMe's are given out from 254 and 259. */
const majorOf = (name: string): number => {
  if (name.startsWith('/dev/ram')) return 1
  if (name.startsWith('/dev/vd')) return 254
  return name.startsWith('/dev/nvme') ? 259 : 8
}

export const wipefs: Command = (state, argv) => {
  const { options, operands } = parseArguments(argv, ['--no-act', '--json'], [])
  const [path = '', ...more] = operands
  if (more.length > 0 || !('--no-act' in options && '--json' in options)) throw notModelled(argv)
  if (!isBlockDevice(state, path)) {
    return fail(state, 1, `wipefs: error: ${path}: probing initialization failed: No such file or directory`)
  }
  const signature = deviceAt(state, path)?.signature ?? null
  const found = (signature === null ? [] : [signature]).map(({ type, offset, uuid }) => ({
    device: posix.basename(kernelName(state, path)),
    offset: `0x${offset.toString(16)}`,
    type,
    uuid,
    label: null,
  }))
  return succeed(state, JSON.stringify({ signatures: found }, null, 3))
}

/** A signature is the only content that a simulated device can have: its sector is where the first MiB differs. */
export const cmp: Command = (state, argv) => {
  const { options, operands } = parseArguments(argv, [], ['--bytes', '--ignore-initial'])
  const [path = '', zero, ...more] = operands
  const skipped = /^(\d+):0$/.exec(options['--ignore-initial'] ?? '0:0')?.[1]
  if (zero !== '/dev/zero' || more.length > 0 || skipped === undefined || !('--bytes' in options)) {
    throw notModelled(argv)
  }
  const size = sizeOf(state, path)
  if (size === undefined) return fail(state, 2, `cmp: ${path}: No such file or directory`)
  if (contentOf(state, path) !== undefined && skipped === '0') return differ(state, path, 0)
  if (Number(skipped) >= size) return fail(state, 1, `cmp: EOF on ${path} which is empty`)
  const signature = deviceAt(state, path)?.signature ?? null
  if (signature === null || Number(skipped) > signature.offset) return succeed(state)
  return differ(state, path, signature.offset - (signature.offset % 512))
}

const differ = (state: SimulatedState, path: string, offset: number): Answer => ({
  ...succeed(state, `${path} /dev/zero differ: char ${offset + 1}, line 1`),
  code: 1,
})
