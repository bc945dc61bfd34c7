// The decision tables of lvm for image files and partitions: the cases stand in the order of components/lvm/README.md.
import t from 'tap'
import type { FileState, PartitionState } from '../../../../components/lvm/actual.js'
import { lvm } from '../../../../components/lvm/component.js'
import { MiB } from '../../../../src/model/quantity.js'
import { empty, keysOf, planned, testCases } from '../on-disk.js'

const path = '/srv/xen/ce.img'
const desired = { files: { [path]: { size: 64 } } }
const actual = (state: FileState) => ({ ...empty, files: { [path]: state } })
const file = (mebibytes: number): FileState => ({ state: 'file', size: mebibytes * MiB })
const enlarge = `truncate --no-create --size=>${64 * MiB} ${path}`

testCases([
  {
    name: 'file absent, nothing may be created',
    desired: { ...desired, create_filesystems: false },
    actual: actual({ state: 'missing' }),
    plan: [`lvm/file:${path}/create rejected: create_filesystems is false`],
  },
  {
    name: 'file absent',
    desired,
    actual: actual({ state: 'missing' }),
    plan: [`lvm/file:${path}/create: mkdir /srv/xen; write ${path}; ${enlarge}`],
  },
  { name: 'file as declared', desired, actual: actual(file(64)) },
  {
    name: 'file smaller, nothing may be grown',
    desired: { ...desired, create_filesystems: false },
    actual: actual(file(32)),
  },
  { name: 'file smaller', desired, actual: actual(file(32)), plan: [`lvm/file:${path}/grow: ${enlarge}`] },
  {
    name: 'file larger',
    desired,
    actual: actual(file(96)),
    orphans: [`32 MiB of file ${path}, which has 96 MiB`],
  },
  {
    name: "LVM finds a group on a loop device, as a guest's image file is one",
    desired,
    actual: {
      ...actual(file(64)),
      physical: [
        { device: '/dev/loop0', group: 'theirs' },
        { device: '/dev/loop1', group: null },
        { device: '/dev/sda3', group: 'system' },
      ],
    },
    orphans: [
      "group theirs on /dev/loop0: if it is a guest's own, keep it from this host's LVM (global_filter in lvm.conf)",
    ],
  },
  {
    name: 'the same, where no guest has an image file',
    desired: {},
    actual: { ...empty, physical: [{ device: '/dev/loop0', group: 'theirs' }] },
  },
  ...(
    [
      ['directory', 'a directory'],
      ['link', 'a link'],
      ['block', 'a device'],
      ['other', 'something special'],
    ] as const
  ).map(([type, words]) => ({
    name: `no file, but ${words}`,
    desired,
    actual: actual({ state: 'other', type }),
    plan: [`lvm/file:${path}/use rejected: it is no regular file, but ${words}`],
  })),
])

t.test("a file is its guest's alone, and is looked at again right before it is made", async t => {
  const [created] = lvm.plan(desired, actual({ state: 'missing' }))
  t.same(created?.ops.slice(0, 2), [
    { op: 'mkdir', path: '/srv/xen', mode: 0o700 },
    { op: 'write', path, content: '', mode: 0o600 },
  ])
  t.equal(created?.queue, 'lvm/files')
})

t.test('a guest waits for its file, in whatever way it is not there', async t => {
  for (const state of [{ state: 'missing' }, file(32), { state: 'other', type: 'link' }] as const)
    t.same(keysOf(desired, actual(state)), [`file:${path} < `])
  t.same(keysOf({ ...desired, create_filesystems: false }, actual({ state: 'missing' })), [`file:${path} < `])
})

t.test('the reason to grow a file says when the guest sees it', async t => {
  t.same(lvm.plan(desired, actual(file(32)))[0]?.reasons, [
    'it has 32 MiB, declared 64 MiB',
    'the guest sees it after its next start, and must then grow its filesystem itself',
  ])
})

const device = '/dev/disk/by-id/ata-1-part3'
const given = { partitions: { [device]: { size: 1024 } } }
const there = (more: Partial<Extract<PartitionState, { state: 'there' }>> = {}): PartitionState => ({
  state: 'there',
  size: 1024 * MiB,
  groups: [],
  mountpoints: [],
  holders: [],
  ...more,
})

const partitions: readonly (readonly [name: string, state: PartitionState, fault?: string])[] = [
  ['is not there', { state: 'missing' }, 'it is not there'],
  ['is smaller', there({ size: 1023 * MiB }), 'it has 1023 MiB, declared 1024 MiB'],
  ['is larger', there({ size: 2048 * MiB }), 'it has 2048 MiB, declared 1024 MiB'],
  [
    'is a physical volume',
    there({ groups: ['vg0'] }),
    "LVM finds group vg0 on it: if that is the guest's own, keep it from this host's LVM (global_filter in lvm.conf)",
  ],
  ['is mounted', there({ mountpoints: ['/srv', '[SWAP]'] }), 'it is mounted on /srv, [SWAP]'],
  ['has holders', there({ holders: ['/dev/md0'] }), 'it is in use by /dev/md0'],
  [
    'has several faults',
    there({ size: MiB, holders: ['/dev/md0'] }),
    'it has 1 MiB, declared 1024 MiB; it is in use by /dev/md0',
  ],
  ['is as declared, and a bit more', there({ size: 1024 * MiB + 512 })],
]

for (const [name, state, fault] of partitions) {
  t.test(`a partition that ${name}`, async t => {
    const found = { ...empty, partitions: { [device]: state } }
    const rejected = fault === undefined ? [] : [`lvm/partition:${device}/use rejected: ${fault}`]
    t.same(planned(given, found), rejected)
    t.same(planned({ ...given, create_filesystems: false }, found), rejected, 'whether anything may be created or not')
    t.same(keysOf(given, found), fault === undefined ? [] : [`block:${device} < `])
  })
}
