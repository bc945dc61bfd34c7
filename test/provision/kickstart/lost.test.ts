// Which disks of guests go with their host's own system: every row is a guest that is not to be installed anew.
import t from 'tap'
import type { Json, JsonMap } from '../../../src/model/json.js'
import { dividedDisks, lostDisks } from '../../../src/provision/kickstart/lost.js'

/** The system is on sda and nvme0n1; sdb and nvme0n11 are left alone. */
const system = {
  blockdevices: {
    partitions: { sda1: { holding_dev: 'sda' }, sda2: { holding_dev: 'sda' }, nvme0n1p1: { holding_dev: 'nvme0n1' } },
    volume_groups: { system: { device_list: ['partitions/sda2'] as [string] } },
  },
}
const harddisks = { sda: {}, sdb: {}, nvme0n1: {}, nvme0n11: {} }
const groups: JsonMap = {
  system: { volumes: {} },
  apart: { devices: [{ path: '/dev/sdb' }] },
  beside: { devices: [{ path: '/dev/sdb' }, { path: '/dev/sda3' }] },
  'by-id': { devices: [{ path: '/dev/disk/by-id/scsi-1' }] },
  there: { volumes: {} },
}
const host = (disk: Json): JsonMap => ({
  name: 'h',
  system,
  hardware: { harddisks },
  software: { components: { lvm: { groups }, xen: { domains: { ce: { disks: { xvda: disk } } } } } },
})
const inGroup = (group: string): Json => ({ type: 'lvm', group, volume: 'ce' })
const device = (path: string): Json => ({ type: 'phy', device: path })

const rows: readonly (readonly [string, Json, RegExp | undefined])[] = [
  ['a group on a disk of its own', inGroup('apart'), undefined],
  ['a group of the system', inGroup('system'), /group system, in which its volume is, is made anew/],
  ['a group with one partition beside the system', inGroup('beside'), /sda is divided anew/],
  ['a group on a disk by another name', inGroup('by-id'), /nobody can say on which of sda, sdb, .*by-id\/scsi-1 is/],
  ['a group that names no disk', inGroup('there'), /nothing says on which disks group there lies/],
  ['a file', { type: 'file', path: '/srv/ce.img' }, /made anew/],
  ['a disk of its own', device('/dev/sdb'), undefined],
  ['a partition of a disk of its own', device('/dev/sdb3'), undefined],
  ['a partition of another one', device('/dev/sda3'), /sda is divided anew/],
  ['a partition of NVMe', device('/dev/nvme0n1p2'), /nvme0n1 is divided anew/],
  ['an NVMe whose name is longer', device('/dev/nvme0n11'), undefined],
  ['a disk that the profile does not know', device('/dev/sdz'), /nobody can say/],
]

t.test('the disks that a kickstart file divides', async t => {
  t.strictSame(dividedDisks(system), ['nvme0n1', 'sda'])
  t.strictSame(dividedDisks({}), [])
})

for (const [what, disk, why] of rows) {
  t.test(what, async t => {
    const faults = lostDisks(host(disk), ['ce'])
    if (why === undefined) t.strictSame(faults, [])
    else t.match(faults, [{ pointer: '/software/components/xen/domains/ce/disks/xvda', message: why }])
    t.strictSame(lostDisks(host(disk), []), [], 'who is installed anew loses what it has')
  })
}
