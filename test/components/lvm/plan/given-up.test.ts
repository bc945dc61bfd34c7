// The decision tables of lvm for what is given up (`ensure: absent`) and for volumes that had another name: the cases
// stand in the order of components/lvm/README.md.
import t from 'tap'
import type { FileState } from '../../../../components/lvm/actual.js'
import { lvm } from '../../../../components/lvm/component.js'
import { gate } from '../../../../src/agent/gate.js'
import { orderActions } from '../../../../src/agent/order.js'
import type { Action } from '../../../../src/model/action.js'
import { MiB } from '../../../../src/model/quantity.js'
import { empty, extent, having, keysOf, onDisk, planned, sized, testCases } from '../on-disk.js'

const absent = { ensure: 'absent' } as const
const remove = (name: string): string => `lvm/vg/${name}/remove: lvremove --yes vg/${name}`
const removePool = (name: string): string =>
  `lvm/vg/${name}/remove-pool: lvremove --yes --select thin_count=0 vg/${name}`
const create = (name: string, extents: number): string =>
  `lvm/vg/${name}/create: lvcreate --yes --wipesignatures y --size ${extents * extent}b --name ${name} vg`

testCases([
  {
    name: 'given up and gone; a pool of a volume’s name, and a volume of a pool’s, are something else',
    desired: onDisk({ volumes: { old: absent, p: absent }, pools: { gone: absent, v: absent } }),
    actual: having({ volumes: { v: 8 }, pools: { p: { size: 8 } }, spare: 4 }),
    orphans: ['pool vg/p of 8 MiB', 'volume vg/v of 8 MiB'],
  },
  {
    name: 'volume given up that others are copies of, there or not',
    desired: onDisk({
      pools: { p: { size: 64 } },
      volumes: { a: absent, c: { size: 8, origin: 'a' }, d: { size: 8, origin: 'a' } },
    }),
    actual: having({ pools: { p: { size: 64 } }, spare: 4, volumes: { a: [8, 'p'], c: [8, 'p'] } }),
    plan: [
      'lvm/vg/a/remove rejected: c, d are declared as copies of it',
      'lvm/vg/d/create rejected: d is a copy of a, which is given up (ensure: absent): when the copy is there, say its pool instead of its origin',
    ],
  },
  {
    name: 'volume given up that has snapshots with space of their own',
    desired: onDisk({ volumes: { old: absent } }),
    actual: having({ volumes: { old: 8 }, uses: { old: ['snapshots', 'open'] } }),
    plan: ['lvm/vg/old/remove rejected: LVM would remove its snapshots with it: remove or merge them first'],
  },
  {
    name: 'volume given up, open',
    desired: onDisk({ volumes: { old: absent } }),
    actual: having({ volumes: { old: 8 }, uses: { old: ['open'] } }),
    plan: ['lvm/vg/old/remove waits for close:vg/old'],
  },
  {
    name: 'volumes given up: with space of its own, thin, a copy, whatever size is declared; also where nothing may be created',
    desired: {
      ...onDisk({
        pools: { p: { size: 64 } },
        volumes: { old: { ...absent, size: 400 }, a: { ...absent, pool: 'p' }, c: { ...absent, origin: 'a' } },
      }),
      create_filesystems: false,
    },
    actual: having({ pools: { p: { size: 64 } }, spare: 4, volumes: { old: 8, a: [8, 'p'], c: [8, 'p'] } }),
    plan: [remove('a'), remove('c'), remove('old')],
  },
  {
    name: 'pool given up with volumes that are not',
    desired: onDisk({ pools: { p: absent }, volumes: { a: absent, b: { size: 8, pool: 'p' } } }),
    actual: having({ pools: { p: { size: 64 } }, spare: 4, volumes: { a: [8, 'p'], b: [8, 'p'], c: [8, 'p'] } }),
    plan: [remove('a'), 'lvm/vg/p/remove-pool rejected: volumes are in it that are not given up: b, c'],
    orphans: ['volume vg/c of 8 MiB'],
  },
  {
    name: 'pools given up: an empty one, and one whose volumes are given up too',
    desired: onDisk({ pools: { p: absent, q: absent }, volumes: { a: absent } }),
    actual: having({ pools: { p: { size: 64 }, q: { size: 8 } }, spare: 4, volumes: { a: [8, 'p'] } }),
    plan: [remove('a'), removePool('p'), removePool('q')],
  },
])

const statuses = (actions: readonly Action[], ...consents: readonly string[]): readonly string[] =>
  gate(orderActions(actions), { consents: new Set(consents) }).map(({ id, status }) => `${id} ${status}`)

t.test('what is given up goes by consent only, and by no other one', async t => {
  const desired = onDisk({ pools: { p: absent }, volumes: { a: absent, old: absent } })
  const actual = having({
    pools: { p: { size: 64 } },
    spare: 4,
    volumes: { a: [8, 'p'], old: 8 },
    uses: { old: ['open'] },
  })
  const actions = lvm.plan(desired, actual)
  t.same(
    actions.map(({ risk, consent }) => [risk, consent]),
    [
      ['destructive', 'destroy:lvm/vg/a'],
      ['safe', undefined],
      ['destructive', 'destroy:lvm/vg/p'],
    ],
  )
  const open = 'lvm/vg/old/remove pending'
  t.same(statuses(actions), ['lvm/vg/a/remove refused', open, 'lvm/vg/p/remove-pool refused'])
  t.same(statuses(actions, 'destroy:lvm/vg/p', 'destroy:lvm/vg/old', 'close:vg/old'), [
    'lvm/vg/a/remove refused',
    open,
    'lvm/vg/p/remove-pool pending',
  ])
  t.same(statuses(actions, 'destroy:lvm/vg/p', 'destroy:lvm/vg/a'), [
    'lvm/vg/a/remove due',
    open,
    'lvm/vg/p/remove-pool due',
  ])
  t.same(
    keysOf(desired, actual)[2],
    'gone:vg/p, space:vg, pool:vg/p < group:vg, gone:vg/a',
    'a pool after the volumes in it',
  )
})

t.test('what fits only into the space of what is given up waits for that; the rest does not', async t => {
  const desired = onDisk({ volumes: { ...sized({ a: 16, b: 400, c: 1000 }), old: absent } })
  const actual = having({ volumes: { old: 720 } })
  t.same(planned(desired, actual), [
    remove('old'),
    create('a', 4),
    create('b', 100),
    'lvm/vg/c/create rejected: needs 1000 MiB in group vg, free: 604 MiB',
  ])
  const actions = lvm.plan(desired, actual)
  t.same(statuses(actions), [
    'lvm/vg/old/remove refused',
    'lvm/vg/a/create due',
    'lvm/vg/b/create pending',
    'lvm/vg/c/create rejected',
  ])
  t.same(statuses(actions, 'destroy:lvm/vg/old')[2], 'lvm/vg/b/create due')
})

t.test('the spare comes free with the last pool, and with no other one', async t => {
  const actual = having({ pools: { p: { size: 400, metadata: 128 } }, spare: 128 })
  const lone = onDisk({ pools: { p: absent }, volumes: sized({ v: 900 }) })
  t.same(planned(lone, actual), [removePool('p'), create('v', 225)])
  t.same(statuses(lvm.plan(lone, actual)), ['lvm/vg/p/remove-pool refused', 'lvm/vg/v/create pending'])
  const rejected = 'lvm/vg/v/create rejected: needs 900 MiB in group vg, free: 888 MiB'
  const another = onDisk({ pools: { p: absent, q: { size: 4 } }, volumes: sized({ v: 900 }) })
  t.equal(planned(another, actual).at(-1), rejected.replace('888', '884'), 'it is as large as it was, for another pool')
  const kept = having({ pools: { p: { size: 400, metadata: 128 }, q: { size: 4, metadata: 4 } }, spare: 128 })
  t.match(planned(lone, kept).at(-1), /rejected: needs 900 MiB/)
})

const path = '/srv/xen/old.img'
const given = { files: { [path]: absent } }
const file = (state: FileState) => ({ ...empty, files: { [path]: state } })

testCases([
  { name: 'file given up, gone', desired: given, actual: file({ state: 'missing' }) },
  {
    name: 'file given up, a directory by now',
    desired: given,
    actual: file({ state: 'other', type: 'directory' }),
    plan: [`lvm/file:${path}/remove rejected: it is no regular file`],
  },
  {
    name: 'file given up, open',
    desired: given,
    actual: file({ state: 'file', size: MiB, users: ['/dev/loop0', 'process 4711'] }),
    plan: [`lvm/file:${path}/remove waits for close:${path}`],
  },
  {
    name: 'file given up',
    desired: given,
    actual: file({ state: 'file', size: MiB, users: [] }),
    plan: [`lvm/file:${path}/remove: remove ${path}`],
  },
])

t.test('a file that is given up goes by consent only', async t => {
  const actions = lvm.plan(given, file({ state: 'file', size: MiB, users: [] }))
  t.same(statuses(actions), [`lvm/file:${path}/remove refused`])
  t.same(statuses(actions, `destroy:lvm/file:${path}`), [`lvm/file:${path}/remove due`])
  const open = lvm.plan(given, file({ state: 'file', size: MiB, users: ['/dev/loop0'] }))
  t.same(statuses(open, `destroy:lvm/file:${path}`, `close:${path}`), [`lvm/file:${path}/remove pending`])
  t.same(open[0]?.reasons, ['ensure: absent', 'it is open: /dev/loop0'])
})

const renamed = onDisk({ volumes: { ce: { size: 8, formerly: 'old' } } })
const rename = 'lvm/vg/ce/rename: lvrename vg old ce'

testCases([
  {
    name: 'formerly something that is not there: made anew, or there by its new name',
    desired: onDisk({ volumes: { a: { size: 8, formerly: 'x' }, b: { size: 8, formerly: 'y' } } }),
    actual: having({ volumes: { b: 8 } }),
    plan: [create('a', 2)],
  },
  {
    name: 'to be renamed, and a pool has the new name',
    desired: renamed,
    actual: having({ volumes: { old: 8 }, pools: { ce: { size: 8 } }, spare: 4 }),
    plan: ['lvm/vg/ce/use rejected: a pool has its name: give the volume another one'],
    orphans: ['pool vg/ce of 8 MiB'],
  },
  {
    name: 'to be renamed, and the former name is declared itself: to be there, or given up',
    desired: onDisk({
      volumes: { a: { size: 8 }, b: { size: 8, formerly: 'a' }, c: { size: 8, formerly: 'd' }, d: absent },
    }),
    actual: having({ volumes: { a: 8, d: 8 } }),
    plan: [
      remove('d'),
      'lvm/vg/b/rename rejected: a, which it was formerly, is declared too',
      'lvm/vg/c/rename rejected: d, which it was formerly, is declared too',
      create('b', 2),
      create('c', 2),
    ],
  },
  {
    name: 'to be renamed, and both are there',
    desired: renamed,
    actual: having({ volumes: { old: 8, ce: 8 } }),
    plan: [
      'lvm/vg/ce/rename rejected: old, which it was formerly, is there beside it: give one of them up, or leave `formerly` out',
    ],
  },
  {
    name: 'to be renamed, open',
    desired: renamed,
    actual: having({ volumes: { old: 8 }, uses: { old: ['open'] } }),
    plan: ['lvm/vg/ce/rename waits for close:vg/old'],
  },
  {
    name: 'to be renamed',
    desired: renamed,
    actual: having({ volumes: { old: 8 }, uses: { old: ['snapshots'] } }),
    plan: [rename],
  },
  {
    name: 'not to be renamed: the old one is an orphan, the new one is made',
    desired: onDisk({ volumes: sized({ ce: 8 }) }),
    actual: having({ volumes: { old: 8 } }),
    plan: [create('ce', 2)],
    orphans: ['volume vg/old of 8 MiB'],
  },
  {
    name: 'renamed, then grown; a copy of it is made after that',
    desired: onDisk({
      pools: { p: { size: 64 } },
      volumes: { a: { size: 16, pool: 'p', formerly: 'old' }, c: { size: 16, origin: 'a' } },
    }),
    actual: having({ pools: { p: { size: 64 } }, spare: 4, volumes: { old: [8, 'p'] } }),
    plan: [
      'lvm/vg/a/rename: lvrename vg old a',
      `lvm/vg/a/grow: lvextend --size ${4 * extent}b vg/a`,
      'lvm/vg/c/create: lvcreate --yes --setactivationskip n --snapshot --name c vg/a',
    ],
  },
])

t.test('guests and all other changes wait for the new name', async t => {
  const desired = onDisk({ volumes: { ce: { size: 16, formerly: 'old' } } })
  const named = 'block:/dev/vg/ce, volume:vg/ce < group:vg'
  t.same(keysOf(desired, having({ volumes: { old: 8 } })), [named, 'block:/dev/vg/ce < group:vg, volume:vg/ce'])
  t.same(keysOf(desired, having({ volumes: { old: 8, ce: 8 } })), [named, 'block:/dev/vg/ce < group:vg, volume:vg/ce'])
  const [first] = lvm.plan(desired, having({ volumes: { old: 8 } }))
  t.equal(first?.queue, 'lvm/rename', 'it is looked at again right before')
})
