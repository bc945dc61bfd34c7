// What of the host backs a guest's disks: the rows of the table "Disks" of docs/enclosures.md.
import t from 'tap'
import type { MachineView } from '../../src/model/component.js'
import { type Backing, guestDisks } from '../../src/model/guest-disks.js'
import type { JsonMap } from '../../src/model/json.js'
import { parsePointer, valueAt } from '../../src/model/pointer.js'

const view = (name: string, tree: JsonMap, variables: JsonMap = {}): MachineView => ({
  name,
  site: 'example',
  get: pointer => valueAt(tree, parsePointer(pointer)),
  variable: variable => variables[variable],
})

const guest = (harddisks: JsonMap): MachineView => view('ce', { hardware: { harddisks } })

/** A host whose profile says this of the guest's disks. */
const host = (disks: JsonMap, variables: JsonMap): MachineView =>
  view('gridhost', { software: { components: { xen: { domains: { ce: { disks } } } } } }, variables)

const group = { XEN_VG: 'vg' }
const images = { XEN_IMAGES: '/srv/xen' }

const rows: readonly {
  readonly said: JsonMap
  readonly variables: JsonMap
  readonly xvda: Backing
  readonly xvdb: Backing
}[] = [
  {
    said: {},
    variables: group,
    xvda: { type: 'lvm', group: 'vg', volume: 'ce' },
    xvdb: { type: 'lvm', group: 'vg', volume: 'ce-xvdb' },
  },
  {
    said: {},
    variables: images,
    xvda: { type: 'file', path: '/srv/xen/ce.img' },
    xvdb: { type: 'file', path: '/srv/xen/ce-xvdb.img' },
  },
  {
    said: {},
    variables: { ...group, ...images },
    xvda: { type: 'lvm', group: 'vg', volume: 'ce' },
    xvdb: { type: 'lvm', group: 'vg', volume: 'ce-xvdb' },
  },
  {
    said: { xvdb: { type: 'file' } },
    variables: group,
    xvda: { type: 'lvm', group: 'vg', volume: 'ce' },
    xvdb: { type: 'file', path: '/var/lib/xen/images/ce-xvdb.img' },
  },
  {
    said: { xvda: { type: 'file', path: '/srv/a.img' }, xvdb: { type: 'file' } },
    variables: { ...group, ...images },
    xvda: { type: 'file', path: '/srv/a.img' },
    xvdb: { type: 'file', path: '/srv/xen/ce-xvdb.img' },
  },
  {
    said: { xvda: { group: 'fast' }, xvdb: { group: 'slow', volume: 'data' } },
    variables: {},
    xvda: { type: 'lvm', group: 'fast', volume: 'ce' },
    xvdb: { type: 'lvm', group: 'slow', volume: 'data' },
  },
  {
    said: { xvda: { type: 'lvm' }, xvdb: { type: 'phy', device: '/dev/sdc1' } },
    variables: group,
    xvda: { type: 'lvm', group: 'vg', volume: 'ce' },
    xvdb: { type: 'phy', path: '/dev/sdc1' },
  },
  {
    said: { xvda: { type: 'phy', device: '/dev/sdc1' }, xvdb: { type: 'phy' } },
    variables: {},
    xvda: { type: 'phy', path: '/dev/sdc1' },
    xvdb: { type: 'phy', path: undefined },
  },
]

t.test('a disk is what the host says, else a volume, else a file', async t => {
  const child = guest({ xvda: { capacity: 20 }, xvdb: { capacity: 10 } })
  for (const { said, variables, xvda, xvdb } of rows)
    t.same(
      guestDisks(host(said, variables), child),
      {
        disks: [
          { device: 'xvda', boot: true, size: 20, pointer: '/hardware/harddisks/xvda', backing: xvda },
          { device: 'xvdb', boot: false, size: 10, pointer: '/hardware/harddisks/xvdb', backing: xvdb },
        ],
        faults: [],
      },
      JSON.stringify({ said, variables }),
    )
})

t.test('the storage of the boot disk has the name of the guest, wherever the disk stands', async t => {
  const child = guest({ xvdb: { capacity: 2, boot: true }, xvda: { capacity: 1 } })
  t.match(guestDisks(host({}, group), child).disks, [
    { device: 'xvda', backing: { volume: 'ce-xvda' }, boot: false },
    { device: 'xvdb', backing: { volume: 'ce' }, boot: true },
  ])
})

t.test('a disk that there is nowhere to put, or that has no capacity, is a fault of its own', async t => {
  const two = { xvda: { capacity: 1 }, xvdb: { capacity: 1 } }
  const nowhere = { message: 'no volume group for the disks', hint: /XEN_VG .*XEN_IMAGES/, variable: 'XEN_VG' }
  t.match(guestDisks(host({}, {}), guest(two)), {
    disks: [],
    faults: [
      { device: 'xvda', fault: nowhere },
      { device: 'xvdb', fault: nowhere },
    ],
  })
  t.match(guestDisks(host({ xvdb: { type: 'file' } }, {}), guest(two)), {
    disks: [{ device: 'xvdb' }],
    faults: [{ device: 'xvda', fault: nowhere }],
  })
  t.same(
    guestDisks(host({}, group), guest({ xvda: {}, xvdb: {} })).faults.map(({ fault }) => fault.message),
    ['disk xvda has no capacity', 'disk xvdb has no capacity'],
  )
  t.same(guestDisks(host({}, {}), guest({})), { disks: [], faults: [] })
})
