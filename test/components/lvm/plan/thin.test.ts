// The decision table of lvm for volumes in thin pools, and copies of them: the cases stand in the order of
// components/lvm/README.md, without the rows of plan.test.ts.
import t from 'tap'
import type { LVMVolumes, Volume } from '../../../../components/lvm/desired.js'
import { type Contents, extent, having, keysOf, onDisk, planned, testCases } from '../on-disk.js'

type Volumes = { readonly [name: string]: Volume }

const declared = (volumes: Volumes, more: Partial<LVMVolumes> = {}): LVMVolumes => ({
  ...onDisk({ pools: { p: { size: 64 }, q: { size: 64 } }, volumes }),
  ...more,
})

/** The pools are there. */
const there = (volumes: Contents['volumes'] = {}) =>
  having({ pools: { p: { size: 64 }, q: { size: 64 } }, spare: 4, volumes })

const inP = { pool: 'p' }
const thin = (name: string, extents: number): string =>
  `lvm/vg/${name}/create: lvcreate --yes --wipesignatures y --type thin --virtualsize ${extents * extent}b --thinpool p --name ${name} vg`
const copy = (name: string, origin: string): string =>
  `lvm/vg/${name}/create: lvcreate --yes --setactivationskip n --snapshot --name ${name} vg/${origin}`
const extend = (name: string, extents: number): string => `lvextend --size ${extents * extent}b vg/${name}`
const rejected = (what: string, reason: string): string => `lvm/vg/${what} rejected: ${reason}`
const asItIs = 'declare what it is, or copy it to a volume of another name'

testCases([
  {
    name: 'a pool has its name',
    desired: onDisk({ volumes: { p: { size: 4 } } }),
    actual: having({ pools: { p: { size: 16 } }, spare: 4 }),
    plan: [rejected('p/use', 'a pool has its name: give the volume another one')],
    orphans: ['pool vg/p of 16 MiB'],
  },
  {
    name: 'volumes absent, nothing may be created',
    desired: declared({ a: { size: 8, ...inP }, c: { size: 8, origin: 'a' } }, { create_filesystems: false }),
    actual: there(),
    plan: ['a', 'c'].map(name => rejected(`${name}/create`, 'create_filesystems is false')),
  },
  {
    name: 'volumes absent that contradict something',
    desired: onDisk({
      pools: { p: { size: 64 }, q: { size: 64 } },
      volumes: {
        a: { size: 8, pool: 'none' },
        b: { size: 8, origin: 'none' },
        c: { size: 8, origin: 'thick' },
        d: { size: 8, origin: 'e', pool: 'p' },
        e: { size: 8, origin: 'd', pool: 'p' },
        f: { size: 8, origin: 'thin', pool: 'q' },
        g: { size: 4, origin: 'thin' },
        q: { size: 4, pool: 'p' },
        thick: { size: 8 },
        thin: { size: 8, pool: 'p' },
      },
    }),
    actual: having({
      pools: { p: { size: 64 }, q: { size: 64 } },
      spare: 4,
      volumes: { thick: 8, thin: [8, 'p'] },
    }),
    plan: [
      rejected('a/create', 'group vg has no pool none for volume a: it declares p, q'),
      rejected('b/create', 'group vg has no volume none that b could be a copy of'),
      rejected('c/create', 'c is a copy of thick, which is no thin volume: it has neither pool nor origin'),
      rejected('d/create', 'copies of each other: d -> e -> d'),
      rejected('e/create', 'copies of each other: d -> e -> d'),
      rejected('f/create', 'f is in pool q, and thin, which it is a copy of, in pool p'),
      rejected('g/create', 'g has 4 MiB, less than thin, which it is a copy of: 8 MiB'),
      rejected('q/use', 'a pool has its name: give the volume another one'),
    ],
  },
  {
    name: 'volume absent, in a pool: above what is free, for it takes nothing of that',
    desired: declared({ a: { size: 5, ...inP }, b: { size: 9000, ...inP } }),
    actual: there(),
    plan: [thin('a', 2), thin('b', 2250)],
  },
  {
    name: 'copy absent, of what has space of its own on the host',
    desired: declared({ a: { size: 8, ...inP }, c: { size: 8, origin: 'a' } }),
    actual: there({ a: 8 }),
    plan: [
      rejected('a/use', `it is no thin volume, declared in pool p: ${asItIs}`),
      rejected('c/create', 'a, which it is a copy of, is no thin volume'),
    ],
  },
  {
    name: 'copy absent, of what lies in another pool on the host',
    desired: declared({ a: { size: 8, ...inP }, c: { size: 8, origin: 'a' } }),
    actual: there({ a: [8, 'q'] }),
    plan: [
      rejected('a/use', `it lies in pool q, declared in pool p: ${asItIs}`),
      rejected('c/create', 'a, which it is a copy of, lies in pool q'),
    ],
  },
  {
    name: 'copies absent: as large as the origin, larger, and one of a copy',
    desired: declared({
      a: { size: 8, ...inP },
      b: { size: 7, origin: 'a', ...inP },
      c: { size: 12, origin: 'a' },
      d: { size: 12, origin: 'c' },
    }),
    actual: there({ a: [8, 'p'] }),
    plan: [
      rejected('b/create', 'b has 7 MiB, less than a, which it is a copy of: 8 MiB'),
      `${copy('c', 'a')}; ${extend('c', 3)}`,
      copy('d', 'c'),
    ],
  },
  {
    name: 'copies absent, of a volume that grows first, and of one that is larger than declared',
    desired: declared({
      a: { size: 16, ...inP },
      b: { size: 8, ...inP },
      c: { size: 16, origin: 'a' },
      d: { size: 12, origin: 'b' },
    }),
    actual: there({ a: [8, 'p'], b: [20, 'p'] }),
    plan: [`lvm/vg/a/grow: ${extend('a', 4)}`, copy('c', 'a'), copy('d', 'b')],
    orphans: ['12 MiB of volume vg/b, which has 20 MiB'],
  },
  {
    name: 'volumes of another kind than declared: they neither grow nor take space',
    desired: declared({ a: { size: 8 }, b: { size: 8, ...inP }, c: { size: 8, ...inP }, d: { size: 8, origin: 'e' } }),
    actual: there({ a: [4, 'p'], b: 4, c: [4, 'q'], d: 4 }),
    plan: [
      rejected('a/use', `it lies in pool p, declared with space of its own: ${asItIs}`),
      rejected('b/use', `it is no thin volume, declared in pool p: ${asItIs}`),
      rejected('c/use', `it lies in pool q, declared in pool p: ${asItIs}`),
      rejected('d/use', `it is no thin volume, declared as a copy: ${asItIs}`),
    ],
  },
  {
    name: 'volumes as declared, also a copy whose origin has gone',
    desired: declared({ a: { size: 5, ...inP }, c: { size: 8, origin: 'a' }, d: { size: 8, origin: 'gone' } }),
    actual: there({ a: [8, 'p'], c: [8, 'p'], d: [8, 'q'] }),
  },
  {
    name: 'volume smaller, nothing may be grown',
    desired: declared({ a: { size: 8, ...inP } }, { create_filesystems: false }),
    actual: there({ a: [4, 'p'] }),
  },
  {
    name: 'volumes smaller: in a pool there is nothing that they would not fit in',
    desired: declared({ a: { size: 9000, ...inP }, c: { size: 9004, origin: 'a' } }),
    actual: there({ a: [4, 'p'], c: [4, 'p'] }),
    plan: [`lvm/vg/a/grow: ${extend('a', 2250)}`, `lvm/vg/c/grow: ${extend('c', 2251)}`],
  },
  {
    name: 'volume larger, and one that is not declared',
    desired: declared({ a: { size: 4, ...inP } }),
    actual: there({ a: [12, 'p'], old: [8, 'p'] }),
    orphans: ['8 MiB of volume vg/a, which has 12 MiB', 'volume vg/old of 8 MiB'],
  },
])

t.test('a volume waits for its pool, and a copy for its origin', async t => {
  const volumes = { a: { size: 8, ...inP }, c: { size: 12, origin: 'a' } }
  t.same(keysOf(onDisk({ pools: { p: { size: 64 } }, volumes }), having({})), [
    'pool:vg/p < group:vg',
    'block:/dev/vg/a < group:vg, pool:vg/p',
    'block:/dev/vg/c < group:vg, pool:vg/p, block:/dev/vg/a',
  ])
  t.same(keysOf(declared({ ...volumes, a: { size: 12, ...inP } }), there({ a: [8, 'p'] })), [
    'block:/dev/vg/a < group:vg, volume:vg/a',
    'block:/dev/vg/c < group:vg, pool:vg/p, block:/dev/vg/a',
  ])
  t.same(
    keysOf(declared({ a: { size: 8 }, p: { size: 8 } }), there({ a: [8, 'p'] })),
    [' < ', 'block:/dev/vg/p < '],
    'a guest goes on with a volume of another kind, and waits for one that is a pool',
  )
})

t.test('a copy says what it is a copy of', async t => {
  const desired = declared({ a: { size: 8, ...inP }, c: { size: 12, origin: 'a' } })
  const { lvm } = await import('../../../../components/lvm/component.js')
  t.same(
    lvm.plan(desired, there()).map(({ summary }) => summary),
    ['create volume vg/a of 8 MiB in pool p', 'create volume vg/c of 12 MiB in pool p, a copy of a'],
  )
  t.equal(planned(desired, there()).length, 2)
})
