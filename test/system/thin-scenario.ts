// The calls about thin pools that are recorded on a real host and replayed on the simulated one (scenarios.ts). They use a
// blank disk of 8 GiB, /dev/ram0 (`modprobe brd rd_nr=2 rd_size=8388608`): 2047 extents. Nothing is written to a volume.
import type { Call } from '../../src/system/recorded.js'
import { change, lvcreate, lvextend, observe, reports } from './scenarios.js'

const MiB = 1024 ** 2
const GiB = 1024 ** 3

const pool = (size: number, metadata: number, name: string, group = 'sysvg'): Call => {
  const sizes = ['--size', `${size}b`, '--poolmetadatasize', `${metadata}b`]
  return change('lvcreate', '--yes', '--type', 'thin-pool', ...sizes, '--name', name, group)
}
const thin = (size: number, inPool: string, name: string, group = 'sysvg'): Call => {
  const kind = ['--type', 'thin', '--virtualsize', `${size}b`, '--thinpool', inPool]
  return change('lvcreate', '--yes', '--wipesignatures', 'y', ...kind, '--name', name, group)
}
const copy = (name: string, origin: string): Call =>
  change('lvcreate', '--yes', '--setactivationskip', 'n', '--snapshot', '--name', name, origin)

export const thinScenario: readonly Call[] = [
  change('vgcreate', 'sysvg', '/dev/ram0'),
  // Pools, and what they are refused.
  pool(10 * MiB + 512, 2 * MiB, 'p'),
  ...reports,
  change('vgcreate', 'sysvg', '/dev/ram1'),
  pool(8 * MiB, 4 * MiB, 'p'),
  pool(8 * MiB, 4 * MiB, 'p q'),
  pool(8 * MiB, 4 * MiB, 'q', 'nosuch'),
  pool(8 * MiB + 1, 4 * MiB, 'q'),
  pool(8 * MiB, 4 * MiB + 1, 'q'),
  pool(2042 * 4 * MiB, 8 * MiB, 'q'),
  pool(2041 * 4 * MiB, 8 * MiB, 'q'),
  pool(8 * MiB, 4 * MiB, 'q'),
  pool(8 * MiB, 8 * MiB, 'r'),
  ...reports,
  // Growth, of data alone and with metadata.
  lvextend(64 * MiB, 'sysvg/p'),
  lvextend(64 * MiB, 'sysvg/p'),
  lvextend(8 * MiB, 'sysvg/p'),
  lvextend(64 * MiB + 512, 'sysvg/p'),
  lvextend(5 * GiB, 'sysvg/q'),
  ...reports,
  lvextend(9 * GiB, 'sysvg/q'),
  ...reports,
  // Volumes in pools, and copies of them.
  lvcreate(8 * MiB, 'thick', 'sysvg'),
  lvcreate(8 * MiB, 'p', 'sysvg'),
  thin(8 * MiB, 'nosuch', 'v'),
  thin(8 * MiB, 'thick', 'v'),
  thin(8 * MiB, 'p', 'v', 'nosuch'),
  thin(8 * MiB + 1, 'p', 'v'),
  thin(8 * MiB, 'p', 'v w'),
  thin(32 * MiB, 'p', 'v'),
  thin(10 * MiB + 512, 'p', 'v'),
  thin(10 * MiB + 512, 'p', 'w'),
  copy('x', 'sysvg/nosuch'),
  copy('x', 'sysvg/thick'),
  copy('x', 'sysvg/p'),
  copy('x', 'nosuch/v'),
  copy('w', 'sysvg/v'),
  copy('x y', 'sysvg/v'),
  copy('x', 'sysvg/w'),
  copy('y', 'sysvg/x'),
  ...reports,
  { call: 'stat', path: '/dev/sysvg/y' },
  { call: 'openExclusive', path: '/dev/sysvg/y' },
  { call: 'openExclusive', path: '/dev/ram0' },
  observe('lsblk', '--json', '--bytes', '-o', 'PATH,TYPE,SIZE,SERIAL,MOUNTPOINTS', '/dev/sysvg/y'),
  // Promised more than there is: than the pool has, the pools together, the free space, the group.
  lvextend(40 * MiB, 'sysvg/x'),
  lvextend(40 * MiB, 'sysvg/x'),
  lvextend(8 * MiB, 'sysvg/x'),
  lvextend(6 * GiB, 'sysvg/v'),
  thin(4 * MiB, 'q', 'z'),
  lvcreate(2 * GiB, 'large', 'sysvg'),
  lvextend(12 * MiB, 'sysvg/thick'),
  lvextend(80 * MiB, 'sysvg/p'),
  pool(8 * MiB, 4 * MiB, 's'),
  ...reports,
  lvextend(9 * GiB, 'sysvg/v'),
  ...reports,
]

/** The same with one pool, whose name is then told, and with no space left. */
export const fullGroupScenario: readonly Call[] = [
  change('vgcreate', 'sysvg', '/dev/ram0'),
  pool(64 * MiB, 4 * MiB, 'p'),
  thin(128 * MiB, 'p', 'v'),
  lvcreate(2027 * 4 * MiB, 'large', 'sysvg'),
  copy('c', 'sysvg/v'),
  pool(8 * MiB, 4 * MiB, 'q'),
  lvextend(68 * MiB, 'sysvg/p'),
  lvcreate(4 * MiB, 'last', 'sysvg'),
  copy('d', 'sysvg/v'),
  pool(4 * MiB, 8 * MiB, 'q'),
  ...reports,
]
