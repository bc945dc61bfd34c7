import t from 'tap'
import type { System } from '../../../src/model/schemas/system.js'
import { capacityFaults } from '../../../src/provision/kickstart/capacity.js'
import { syntaxOf } from '../../../src/provision/kickstart/syntax.js'

const of = (second: number | undefined, root: number, release = '9'): System => ({
  os: { distribution: 'almalinux', release },
  blockdevices: {
    partitions: {
      sda1: { holding_dev: 'sda', size: 1000 },
      sda2: { holding_dev: 'sda', ...(second && { size: second }) },
    },
    volume_groups: { system: { device_list: ['partitions/sda2'] } },
    logical_volumes: { root: { volume_group: 'system', size: root }, swap: { volume_group: 'system', size: 2000 } },
  },
  filesystems: [
    { mountpoint: '/boot', block_device: 'partitions/sda1' },
    { mountpoint: '/', block_device: 'logical_volumes/root' },
  ],
})

const onUefi = (system: System): System => ({ ...system, netboot: { server: '192.0.2.20', loader: 'grub-uefi' } })
const withOwnEfi = (system: System): System => ({
  ...system,
  filesystems: [...(system.filesystems ?? []), { mountpoint: '/boot/efi', block_device: 'partitions/sda3' }],
})
const fedora = (system: System): System => ({ ...system, os: { distribution: 'fedora', release: '43' } })

/** The system's disk is sdb, and all of sda another partition's. */
const besides = (size: number | undefined): System => {
  const { blockdevices, ...rest } = of(undefined, 6000)
  const sda2 = { holding_dev: 'sdb' }
  const sda1 = { holding_dev: 'sdb', size: 1000 }
  const sdc1 = { holding_dev: 'sda', ...(size && { size }) }
  return { ...rest, blockdevices: { ...blockdevices, partitions: { sda1, sda2, sdc1 } } }
}

/** Templates' kickstart/one-disk. */
const oneDisk = (root: number): System => {
  const { blockdevices, ...rest } = of(undefined, root)
  const { swap, ...volumes } = blockdevices?.logical_volumes ?? {}
  return {
    ...rest,
    blockdevices: {
      ...blockdevices,
      partitions: { sda1: { holding_dev: 'sda', size: 1024 }, sda2: { holding_dev: 'sda' } },
      logical_volumes: { ...volumes, ...(swap && { swap: { ...swap, size: 2048 } }) },
    },
  }
}

const volumes = (needed: number, room: number) =>
  `the volumes of system are ${needed} MiB, and its partitions have room for ${room} MiB`
const partitions = (needed: number, room: number) =>
  `the partitions of sda are ${needed} MiB, and it has room for ${room} MiB`

const rows: readonly (readonly [string, System, number | undefined, string | undefined])[] = [
  ['what is left of the disk, just enough', of(undefined, 6996), 10_000, undefined],
  ['one MiB more, and so one extent', of(undefined, 6997), 10_000, volumes(9000, 8996)],
  ['a partition of its own size', of(8000, 5996), 10_000, undefined],
  ['and less than it needs', of(8000, 5997), 10_000, volumes(8000, 7996)],
  ['partitions that fill the disk', of(8997, 1), 10_000, undefined],
  ['partitions that are more than the disk', of(8998, 1), 10_000, partitions(9998, 9997)],
  ['all of a disk of 60 GiB for the volumes', oneDisk(57 * 1024), 60 * 1024, volumes(60_416, 60_412)],
  ['and an extent less', oneDisk(57 * 1024 - 4), 60 * 1024, undefined],
  ['a partition for what is left, which is nothing', besides(undefined), 2, partitions(1, 0)],
  ['and the least', besides(undefined), 3, undefined],
  ['a disk that the firmware does not start from', besides(9998), 10_000, undefined],
  ['and one MiB more', besides(9999), 10_000, partitions(9999, 9998)],
  ['an EFI system partition of its own', withOwnEfi(of(8998, 1)), 10_000, undefined],
  ['one that the installer makes on UEFI', onUefi(of(8798, 1)), 10_000, undefined],
  ['and one MiB more', onUefi(of(8799, 1)), 10_000, partitions(9799, 9798)],
  ['one that RHEL 7 makes', onUefi(of(8978, 1, '7')), 10_000, undefined],
  ['and one MiB more', onUefi(of(8979, 1, '7')), 10_000, partitions(9979, 9978)],
  ['one that Fedora makes', onUefi(fedora(of(8498, 1))), 10_000, undefined],
  ['and one MiB more', onUefi(fedora(of(8499, 1))), 10_000, partitions(9499, 9498)],
  ['a disk of which nobody says how large it is', of(undefined, 7001), undefined, undefined],
  ['and a partition of it that is too small', of(8000, 5997), undefined, volumes(8000, 7996)],
]

for (const [what, system, capacity, message] of rows) {
  t.test(what, async t => {
    const syntax = syntaxOf(system.os)
    if (syntax === undefined) throw new Error('no syntax')
    const faults = capacityFaults(system, { sda: capacity === undefined ? {} : { capacity } }, syntax)
    t.strictSame(
      faults.map(fault => fault.message),
      message === undefined ? [] : [message],
    )
    for (const { pointer } of faults)
      t.match(pointer, /^\/system\/blockdevices\/(volume_groups\/system|partitions\/(sda1|sdc1))$/)
  })
}
