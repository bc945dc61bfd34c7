// The decision table of lvm for images: the cases stand in the order of components/lvm/README.md.
import t from 'tap'
import type { Actual, PartitionState } from '../../../../components/lvm/actual.js'
import { lvm } from '../../../../components/lvm/component.js'
import type { Image, LVMVolumes } from '../../../../components/lvm/desired.js'
import { gate } from '../../../../src/agent/gate.js'
import { orderActions } from '../../../../src/agent/order.js'
import { MiB } from '../../../../src/model/quantity.js'
import { empty, having, keysOf, onDisk, planned, testCases } from '../on-disk.js'

const image: Image = { source: '/srv/os.raw.xz', sha256: 'a'.repeat(64), unpack: 'raw.xz' }
const ce = { size: 64, image }
const volume = (more: object = {}): LVMVolumes => onDisk({ volumes: { ce: { ...ce, ...more } } })
const path = '/srv/xen/ce.img'
const tagFile = '/state/disks/%2Fsrv%2Fxen%2Fce.img'
const device = '/dev/disk/by-id/ata-1-part3'
const partitionTags = '/state/disks/%2Fdev%2Fdisk%2Fby-id%2Fata-1-part3'

const tagged = (size: number): Actual => {
  const actual = having({ volumes: { ce: size } })
  return { ...actual, volumes: actual.volumes.map(state => ({ ...state, tags: ['xenclosure_filling'] })) }
}
const file = (size: number, tags?: readonly string[]): Actual => ({
  ...empty,
  files: { [path]: { state: 'file', size: size * MiB } },
  tags: tags === undefined ? {} : { [path]: tags },
})
const partition = (content?: readonly string[], tags?: readonly string[]): Actual => {
  const there = { state: 'there', size: 64 * MiB, groups: [], mountpoints: [], holders: [] } as const
  const state: PartitionState = content === undefined ? there : { ...there, content }
  return { ...empty, partitions: { [device]: state }, tags: tags === undefined ? {} : { [device]: tags } }
}

const create = 'lvcreate --yes --wipesignatures y --size 67108864b --addtag xenclosure_filling --name ce vg'
const commit = 'lvchange --deltag xenclosure_filling vg/ce'
const enlarge = `truncate --no-create --size=>${64 * MiB} ${path}`

testCases([
  {
    name: 'absent, with an image: a volume',
    desired: volume(),
    actual: having({}),
    plan: [`lvm/vg/ce/create: ${create}; fill /dev/vg/ce; ${commit}`],
  },
  {
    name: 'absent, with an image: a thin volume',
    desired: onDisk({ pools: { thin: { size: 128 } }, volumes: { ce: { ...ce, pool: 'thin' } } }),
    actual: having({ pools: { thin: { size: 128 } } }),
    plan: [
      `lvm/vg/ce/create: lvcreate --yes --wipesignatures y --type thin --virtualsize 67108864b --thinpool thin --addtag xenclosure_filling --name ce vg; fill /dev/vg/ce; ${commit}`,
    ],
  },
  {
    name: 'absent, with an image: a file',
    desired: { files: { [path]: ce } },
    actual: empty,
    plan: [
      `lvm/file:${path}/create: mkdir /srv/xen; write ${tagFile}; write ${path}; ${enlarge}; fill ${path}; remove ${tagFile}`,
    ],
  },
  {
    name: 'absent, with an image, and its guest brings it along',
    desired: volume({ awaitsRelease: 'ce' }),
    actual: having({}),
    plan: ['lvm/vg/ce/create: lvcreate --yes --wipesignatures y --size 67108864b --name ce vg'],
  },
  {
    name: 'marked, nothing may be created',
    desired: { ...volume(), create_filesystems: false },
    actual: tagged(64),
    plan: ['lvm/vg/ce/fill rejected: it is half filled, and create_filesystems is false'],
  },
  {
    name: 'marked, no image',
    desired: onDisk({ volumes: { ce: { size: 64 } } }),
    actual: tagged(64),
    plan: [
      'lvm/vg/ce/fill rejected: it is half filled, and no image is declared: declare it again, or lvchange --deltag xenclosure_filling vg/ce',
    ],
  },
  {
    name: 'marked, no image: a file',
    desired: { files: { [path]: { size: 64 } } },
    actual: file(64, ['xenclosure_filling']),
    plan: [
      `lvm/file:${path}/fill rejected: it is half filled, and no image is declared: declare it again, or remove ${tagFile}`,
    ],
  },
  {
    name: 'marked, and its guest brings it along',
    desired: volume({ awaitsRelease: 'ce' }),
    actual: tagged(64),
    plan: ['lvm/vg/ce/fill waits for release:ce'],
  },
  {
    name: 'marked: a volume',
    desired: volume(),
    actual: tagged(64),
    plan: [`lvm/vg/ce/fill: fill /dev/vg/ce; ${commit}`],
  },
  {
    name: 'marked, and smaller',
    desired: volume(),
    actual: tagged(32),
    plan: ['lvm/vg/ce/grow: lvextend --size 67108864b vg/ce', `lvm/vg/ce/fill: fill /dev/vg/ce; ${commit}`],
  },
  {
    name: 'marked: a file, smaller',
    desired: { files: { [path]: ce } },
    actual: file(0, ['xenclosure_filling']),
    plan: [`lvm/file:${path}/grow: ${enlarge}`, `lvm/file:${path}/fill: fill ${path}; remove ${tagFile}`],
  },
  {
    name: 'marked: a partition',
    desired: { partitions: { [device]: ce } },
    actual: partition(undefined, ['xenclosure_filling']),
    plan: [`lvm/partition:${device}/fill: fill ${device}; write ${partitionTags}`],
  },
  { name: 'a volume that is there, and not marked', desired: volume(), actual: having({ volumes: { ce: 64 } }) },
  { name: 'a file that is there, and not marked', desired: { files: { [path]: ce } }, actual: file(64) },
  {
    name: 'a partition that was filled',
    desired: { partitions: { [device]: ce } },
    actual: partition(undefined, ['xenclosure_filled']),
  },
  {
    name: 'a partition that its guest brings along',
    desired: { partitions: { [device]: { ...ce, awaitsRelease: 'ce' } } },
    actual: partition([]),
  },
  {
    name: 'a partition that is not blank',
    desired: { partitions: { [device]: ce } },
    actual: partition(['ext4']),
    plan: [
      `lvm/partition:${device}/fill rejected: it holds ext4, and was not filled by this agent: wipefs --all to have it filled, or declare no image`,
    ],
  },
  {
    name: 'a blank partition, nothing may be created',
    desired: { partitions: { [device]: ce }, create_filesystems: false },
    actual: partition([]),
    plan: [`lvm/partition:${device}/fill rejected: create_filesystems is false`],
  },
  {
    name: 'a blank partition',
    desired: { partitions: { [device]: ce } },
    actual: partition([]),
    plan: [`lvm/partition:${device}/fill: write ${partitionTags}; fill ${device}; write ${partitionTags}`],
  },
])

t.test('a guest waits for its disk to be whole, in whatever way it is not', async t => {
  t.same(keysOf(volume(), having({})), ['block:/dev/vg/ce < group:vg, unlinked:/dev/vg/ce'])
  const filled = ['block:/dev/vg/ce, filled:/dev/vg/ce < block:/dev/vg/ce, unlinked:/dev/vg/ce']
  for (const desired of [volume(), volume({ awaitsRelease: 'ce' }), onDisk({ volumes: { ce: { size: 64 } } })])
    t.same(keysOf(desired, tagged(64)), filled)
})

t.test('a filling waits for its disk to grow, and its own key is none to wait for', async t => {
  const gated = gate(orderActions(lvm.plan(volume(), tagged(32))), { consents: new Set() })
  t.same(
    gated.map(({ id, status }) => `${id} ${status}`),
    ['lvm/vg/ce/grow due', 'lvm/vg/ce/fill due'],
  )
})

t.test('a moved guest waits for its release, whatever is allowed', async t => {
  const [action] = gate(lvm.plan(volume({ awaitsRelease: 'ce' }), tagged(64)), { consents: new Set(['release:ce']) })
  t.match(action, { status: 'pending', waitsFor: 'release:ce' })
})

t.test('the operation says all of the image; it is looked at once more, one at a time', async t => {
  const tar: Image = {
    source: 'https://images.example.org/os.tar.zst',
    sha256: 'b'.repeat(64),
    unpack: 'tar.zst',
    filesystem: 'xfs',
  }
  const [action] = lvm.plan(volume({ image: tar }), having({}))
  t.same(action?.ops[1], { op: 'fill', ...tar, target: '/dev/vg/ce' })
  t.equal(action?.queue, 'lvm/fill')
  t.equal(action?.summary, 'create volume vg/ce of 64 MiB, filled from https://images.example.org/os.tar.zst')
  t.same(planned(volume({ image: tar, awaitsRelease: 'ce' }), having({ volumes: { ce: 64 } })), [])
})
