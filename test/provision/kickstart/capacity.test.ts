import t from 'tap'
import type { System } from '../../../src/model/schemas/system.js'
import { capacityFaults } from '../../../src/provision/kickstart/capacity.js'

const of = (first: number | undefined, root: number): System => ({
  blockdevices: {
    partitions: {
      sda1: { holding_dev: 'sda', size: 1000 },
      sda2: { holding_dev: 'sda', ...(first && { size: first }) },
    },
    volume_groups: { system: { device_list: ['partitions/sda2'] } },
    logical_volumes: { root: { volume_group: 'system', size: root }, swap: { volume_group: 'system', size: 2000 } },
  },
})

const rows: readonly (readonly [string, System, number | undefined, string | undefined])[] = [
  ['what is left of the disk, just enough', of(undefined, 7000), 10_000, undefined],
  ['one MiB more', of(undefined, 7001), 10_000, 'the volumes of system are 9001 MiB, and its partitions 9000 MiB'],
  [
    'a partition of its own size',
    of(8000, 6001),
    10_000,
    'the volumes of system are 8001 MiB, and its partitions 8000 MiB',
  ],
  [
    'partitions that are more than the disk',
    of(9001, 1),
    10_000,
    'the partitions of sda are 10001 MiB, and it has 10000 MiB',
  ],
  ['a disk of which nobody says how large it is', of(undefined, 7001), undefined, undefined],
  [
    'and a partition of it that is too small',
    of(8000, 6001),
    undefined,
    'the volumes of system are 8001 MiB, and its partitions 8000 MiB',
  ],
]

for (const [what, system, capacity, message] of rows) {
  t.test(what, async t => {
    const faults = capacityFaults(system, { sda: capacity === undefined ? {} : { capacity } })
    t.strictSame(
      faults.map(fault => fault.message),
      message === undefined ? [] : [message],
    )
    for (const { pointer } of faults)
      t.match(pointer, /^\/system\/blockdevices\/(volume_groups\/system|partitions\/sda1)$/)
  })
}
