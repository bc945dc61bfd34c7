import t from 'tap'
import type { System } from '../../../src/model/schemas/system.js'
import { bootDisk, storageOf } from '../../../src/provision/kickstart/storage.js'

const sound: System = {
  blockdevices: {
    partitions: {
      sda1: { holding_dev: 'sda', size: 1024 },
      sda10: { holding_dev: 'sda' },
      sda2: { holding_dev: 'sda', size: 20480 },
      sdb1: { holding_dev: 'sdb' },
    },
    volume_groups: {
      system: { device_list: ['partitions/sda2'] },
      guests: { device_list: ['partitions/sda10', 'partitions/sdb1'] },
    },
    logical_volumes: { root: { volume_group: 'system', size: 8192 }, swap: { volume_group: 'system', size: 2048 } },
  },
  filesystems: [
    { mountpoint: '/boot', block_device: 'partitions/sda1', type: 'ext4' },
    { mountpoint: '/', block_device: 'logical_volumes/root', mountopts: 'noatime,nodev' },
    { mountpoint: 'swap', block_device: 'logical_volumes/swap' },
  ],
}
const disks = ['sda', 'sdb', 'sdc']

t.test('partitions in the order of their numbers, then groups, then volumes; no other disk is touched', async t => {
  const { commands, faults } = storageOf(sound, disks)
  t.strictSame(faults, [])
  t.strictSame(commands, [
    '# not touched, with all that is on them: sdc',
    'zerombr',
    'ignoredisk --only-use=sda,sdb',
    'clearpart --all --initlabel --drives=sda,sdb',
    'reqpart',
    'part --fstype=ext4 --size=1024 --ondisk=sda /boot',
    'part --size=20480 --ondisk=sda pv.3',
    'part --size=1 --grow --ondisk=sda pv.1',
    'part --size=1 --grow --ondisk=sdb pv.2',
    'volgroup guests pv.1 pv.2',
    'volgroup system pv.3',
    'logvol --vgname=system --name=root --fstype=xfs --fsoptions=noatime,nodev --size=8192 /',
    'logvol --vgname=system --name=swap --fstype=swap --size=2048 swap',
  ])
})

t.test('the firmware starts from the disk of /boot, else from that of /', async t => {
  t.equal(bootDisk(sound), 'sda')
  t.equal(bootDisk({ ...sound, filesystems: [{ mountpoint: '/', block_device: 'partitions/sdb1' }] }), 'sdb')
  t.equal(bootDisk({ ...sound, filesystems: sound.filesystems?.slice(1) ?? [] }), 'sda')
})

t.test('an EFI system partition has the type that kickstart knows, and is not made once more', async t => {
  const blockdevices = { partitions: { sda1: { holding_dev: 'sda', size: 1 }, sda2: { holding_dev: 'sda' } } }
  const root = { mountpoint: '/', block_device: 'partitions/sda2' }
  for (const type of [{ type: 'vfat' }, {}]) {
    const own = { mountpoint: '/boot/efi', block_device: 'partitions/sda1', ...type }
    const { commands } = storageOf({ blockdevices, filesystems: [own, root] }, disks)
    t.ok(commands.includes('part --fstype=efi --size=1 --ondisk=sda /boot/efi'), `${commands}`)
    t.notOk(commands.includes('reqpart'))
  }
})

const mountedOn = (places: { readonly [mountpoint: string]: string }): System => ({
  ...sound,
  filesystems: (sound.filesystems ?? []).map(one => ({ ...one, mountpoint: places[one.mountpoint] ?? one.mountpoint })),
})

const devices = sound.blockdevices ?? {}
const wrong: readonly (readonly [string, System, string, RegExp])[] = [
  [
    'what is to be kept',
    { ...sound, filesystems: (sound.filesystems ?? []).map(one => ({ ...one, format: one.mountpoint !== '/' })) },
    '/system/filesystems/1/format',
    /makes \/ anew/,
  ],
  ['nothing for /', { ...sound, filesystems: [] }, '/system/filesystems', /needs a filesystem for \//],
  [
    'no /boot, and / on a logical volume',
    mountedOn({ '/boot': '/srv' }),
    '/system/filesystems/1/block_device',
    /^the boot loader starts from no logical volume, and \/boot would be on logical_volumes\/root$/,
  ],
  [
    '/boot on a logical volume',
    mountedOn({ '/boot': '/srv', swap: '/boot' }),
    '/system/filesystems/2/block_device',
    /^the boot loader starts from no logical volume, and \/boot would be on logical_volumes\/swap$/,
  ],
  [
    'a disk that is not there',
    {
      ...sound,
      blockdevices: { ...devices, partitions: { ...devices.partitions, sda1: { holding_dev: 'sdx', size: 1 } } },
    },
    '/system/blockdevices/partitions/sda1/holding_dev',
    /no disk sdx in \/hardware\/harddisks/,
  ],
  [
    'a group of what is no partition',
    {
      ...sound,
      blockdevices: {
        ...devices,
        volume_groups: { ...devices.volume_groups, system: { device_list: ['partitions/sda2', 'sdc'] } },
      },
    },
    '/system/blockdevices/volume_groups/system/device_list/1',
    /no block device sdc/,
  ],
  [
    'a volume in a group that is not there',
    {
      ...sound,
      blockdevices: {
        ...devices,
        logical_volumes: { ...devices.logical_volumes, root: { volume_group: 'sytem', size: 1 } },
      },
    },
    '/system/blockdevices/logical_volumes/root/volume_group',
    /no volume group sytem/,
  ],
  [
    'a filesystem on nothing',
    {
      ...sound,
      filesystems: [...(sound.filesystems ?? []), { mountpoint: '/data', block_device: 'logical_volumes/data' }],
    },
    '/system/filesystems/3/block_device',
    /no block device logical_volumes\/data/,
  ],
  [
    'a volume that holds nothing',
    { ...sound, filesystems: sound.filesystems?.slice(0, 2) ?? [] },
    '/system/blockdevices/logical_volumes/swap',
    /swap holds no filesystem/,
  ],
  [
    'a partition that is used twice',
    { ...sound, filesystems: [...(sound.filesystems ?? []), { mountpoint: '/data', block_device: 'partitions/sdb1' }] },
    '/system/blockdevices/partitions/sdb1',
    /sdb1 is used twice/,
  ],
  [
    'two on one place',
    {
      blockdevices: {
        partitions: {
          sda1: { holding_dev: 'sda', size: 1 },
          sda2: { holding_dev: 'sda' },
          sdb1: { holding_dev: 'sdb' },
        },
      },
      filesystems: [
        { mountpoint: '/', block_device: 'partitions/sda2' },
        { mountpoint: '/data', block_device: 'partitions/sda1' },
        { mountpoint: '/data', block_device: 'partitions/sdb1' },
      ],
    },
    '/system/filesystems/2/mountpoint',
    /something is mounted on \/data already/,
  ],
  [
    'two partitions that take the rest',
    { ...sound, blockdevices: { ...devices, partitions: { ...devices.partitions, sda2: { holding_dev: 'sda' } } } },
    '/system/blockdevices/partitions/sda10',
    /two partitions take what is left of sda/,
  ],
]

for (const [what, system, pointer, message] of wrong) {
  t.test(what, async t => {
    const { commands, faults } = storageOf(system, disks)
    t.strictSame(commands, [])
    t.match(faults, [{ pointer, message }])
    t.equal(faults.length, 1)
  })
}
