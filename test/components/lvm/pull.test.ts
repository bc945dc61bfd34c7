// What a host's storage takes from its guests' disks, and what it is told of one that moves.
import t from 'tap'
import { move, pull } from '../../../components/lvm/pull.js'
import type { MachineView } from '../../../src/model/component.js'
import type { JsonMap } from '../../../src/model/json.js'
import { parsePointer, valueAt } from '../../../src/model/pointer.js'

const view = (name: string, tree: JsonMap, variables: JsonMap = {}): MachineView => ({
  name,
  site: 'example',
  get: pointer => valueAt(tree, parsePointer(pointer)),
  variable: variable => variables[variable],
})

const image = { source: '/srv/os.raw', sha256: 'a'.repeat(64), unpack: 'raw' }
const host = view('gridhost', {}, { XEN_VG: 'vg' })
const guest = (system: JsonMap = {}, xvdb: JsonMap = {}): MachineView =>
  view('ce', { hardware: { harddisks: { xvda: { capacity: 64 }, xvdb: { capacity: 32, ...xvdb } } }, system })

const values = (child: MachineView, parent = host): unknown =>
  pull(parent, child).values.map(({ pointer, value }) => [pointer.replace('/software/components/lvm/', ''), value])

t.test('a disk says its size and its image, and the boot disk whether its guest is installed on it', async t => {
  const [a, b] = ['groups/vg/volumes/ce', 'groups/vg/volumes/ce-xvdb']
  t.same(values(guest()), [
    [`${a}/size`, 64],
    [`${b}/size`, 32],
  ])
  t.same(values(guest({ install: { kernel: '/srv/install' } }, { image })), [
    [`${a}/size`, 64],
    [`${a}/installation`, '1'],
    [`${b}/size`, 32],
    [`${b}/image`, image],
  ])
})

t.test('a partition is none that is made: what is installed on it is told by what it holds', async t => {
  const disks = { xvda: { type: 'phy', device: '/dev/sdc' } }
  const parent = view(
    'gridhost',
    { software: { components: { xen: { domains: { ce: { disks } } } } } },
    { XEN_VG: 'vg' },
  )
  t.same(values(guest({ install: {} }), parent), [
    ['partitions/~1dev~1sdc/size', 64],
    ['groups/vg/volumes/ce-xvdb/size', 32],
  ])
})

t.test('an image of another format than raw is none that is made', async t => {
  const said = (format: string): MachineView => {
    const disks = { xvda: { type: 'file', path: '/srv/ce.img', format } }
    return view('gridhost', { software: { components: { xen: { domains: { ce: { disks } } } } } }, { XEN_VG: 'vg' })
  }
  t.same(values(guest(), said('qcow2')), [['groups/vg/volumes/ce-xvdb/size', 32]])
  t.same(values(guest(), said('raw')), [
    ['files/~1srv~1ce.img/size', 64],
    ['groups/vg/volumes/ce-xvdb/size', 32],
  ])
})

t.test('of a guest that moves, the new host is told that it brings its disks along', async t => {
  const hosts = { from: 'old', to: 'gridhost' }
  t.same(move('ce', hosts, host, guest()), {
    onOldHost: [],
    onNewHost: ['ce', 'ce-xvdb'].map(volume => ({
      pointer: `/software/components/lvm/groups/vg/volumes/${volume}/awaitsRelease`,
      value: 'ce',
    })),
  })
  t.same(move('ce', hosts, view('old', {}), guest()), { onOldHost: [], onNewHost: [] })
})
