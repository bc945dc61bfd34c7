// The decision tables of lvm for thin pools: the cases stand in the order of components/lvm/README.md.
import t from 'tap'
import type { PoolState } from '../../../../components/lvm/actual.js'
import { lvm } from '../../../../components/lvm/component.js'
import type { Group, LVMVolumes, Pool } from '../../../../components/lvm/desired.js'
import { grownMetadata } from '../../../../components/lvm/pool-sizes.js'
import { MiB } from '../../../../src/model/quantity.js'
import { type Case, type Contents, extent, having, keysOf, onDisk, planned, sized, testCases } from '../on-disk.js'

const create = (data: number, metadata: number, name = 'p'): string =>
  `lvm/vg/${name}/create-pool: lvcreate --yes --type thin-pool --size ${data * extent}b --poolmetadatasize ${metadata * extent}b --name ${name} vg`
const grow = (data: number): string => `lvm/vg/p/grow-pool: lvextend --size ${data * extent}b vg/p`
const rejected = (step: string, reason: string): string => `lvm/vg/p/${step}-pool rejected: ${reason}`
const lack = (needed: string, free: string): string =>
  `needs ${needed} in group vg, with its metadata and LVM's spare of it, free: ${free}`

const pools = (p: Pool, more: Partial<Group> = {}): LVMVolumes => onDisk({ pools: { p }, ...more })
const there = (p: Partial<PoolState> & { readonly size: number }, more: Contents = {}) =>
  having({ pools: { p }, spare: p.metadata ?? 4, ...more })

testCases([
  {
    name: 'a volume has its name',
    desired: pools({ size: 16 }),
    actual: having({ volumes: { p: 16 } }),
    plan: [rejected('create', 'a volume has its name: give the pool another one')],
    orphans: ['volume vg/p of 16 MiB'],
  },
  {
    name: 'pool absent, nothing may be created',
    desired: { ...pools({ size: 16 }), create_filesystems: false },
    actual: having({}),
    plan: [rejected('create', 'create_filesystems is false')],
  },
  { name: 'pool absent, fits', desired: pools({ size: 15 }), actual: having({}), plan: [create(4, 1)] },
  {
    name: 'pool absent, fits to the last extent: 253 of data, 1 of metadata, 1 of the spare',
    desired: pools({ size: 253 * 4 }),
    actual: having({}),
    plan: [create(253, 1)],
  },
  {
    name: 'pool absent, does not fit by one extent',
    desired: pools({ size: 254 * 4 }),
    actual: having({}),
    plan: [rejected('create', lack('1024 MiB', '1020 MiB'))],
  },
  { name: 'pool as declared, rounded to extents', desired: pools({ size: 15 }), actual: there({ size: 16 }) },
  {
    name: 'pool smaller, nothing may be grown',
    desired: { ...pools({ size: 64 }), create_filesystems: false },
    actual: there({ size: 16 }),
  },
  { name: 'pool smaller, fits', desired: pools({ size: 62 }), actual: there({ size: 16 }), plan: [grow(16)] },
  {
    name: 'pool smaller, does not fit',
    desired: pools({ size: 1020 }),
    actual: there({ size: 16 }),
    plan: [rejected('grow', lack('1004 MiB', '996 MiB'))],
  },
  {
    name: 'pool larger',
    desired: pools({ size: 16 }),
    actual: there({ size: 64 }),
    orphans: ['48 MiB of pool vg/p, which has 64 MiB'],
  },
  {
    name: 'pool that is not declared',
    desired: onDisk(),
    actual: there({ size: 64 }),
    orphans: ['pool vg/p of 64 MiB'],
  },
])

const remedy = 'remove what is not needed, or'
const dataFull = `more than 85 % of its data space is used: ${remedy} declare a larger pool`
const thin = { size: 4, pool: 'p' }

/** Group vg with pool p of 16 MiB, in which `a` lies; volume `b` is declared as well. */
const fullCases: readonly (Case & { readonly keys: readonly string[] })[] = [
  {
    name: 'data above the limit, and the pool does not grow',
    desired: pools({ size: 16 }, { volumes: { a: thin, b: thin } }),
    actual: there({ size: 16, full: ['data'], fullWhenGrown: ['data'] }, { volumes: { a: [4, 'p'] } }),
    plan: [rejected('use', dataFull), thinCreate('b')],
    keys: ['pool:vg/p, block:/dev/vg/a < ', 'block:/dev/vg/b < group:vg, pool:vg/p'],
  },
  {
    name: 'metadata above the limit',
    desired: pools({ size: 16 }),
    actual: there({ size: 16, metadata: 32, full: ['metadata'], fullWhenGrown: ['metadata'] }),
    plan: [rejected('use', `more than 85 % of its metadata space is used: ${remedy} lvextend --poolmetadatasize vg/p`)],
    keys: ['pool:vg/p < '],
  },
  {
    name: 'both, and a limit that LVM itself has for 20 MiB of metadata',
    desired: pools({ size: 16 }),
    actual: there({ size: 16, metadata: 20, full: ['data', 'metadata'], fullWhenGrown: ['data', 'metadata'] }),
    plan: [
      rejected(
        'use',
        `more than 85 % of its data space is used, 80 % or more of its metadata space is used: ${remedy} declare a larger pool and lvextend --poolmetadatasize vg/p`,
      ),
    ],
    keys: ['pool:vg/p < '],
  },
  {
    name: 'above the limit, and the pool cannot grow',
    desired: pools({ size: 1020 }, { volumes: { a: thin } }),
    actual: there({ size: 16, full: ['data'], fullWhenGrown: [] }, { volumes: { a: [4, 'p'] } }),
    plan: [rejected('grow', lack('1004 MiB', '996 MiB')), rejected('use', dataFull)],
    keys: [' < group:vg', 'pool:vg/p, block:/dev/vg/a < '],
  },
  {
    name: 'above the limit, and still so when the pool grows',
    desired: pools({ size: 20 }, { volumes: { a: thin } }),
    actual: there({ size: 16, full: ['data'], fullWhenGrown: ['data'] }, { volumes: { a: [4, 'p'] } }),
    plan: [grow(5), rejected('use', dataFull)],
    keys: ['pool:vg/p, block:/dev/vg/a < group:vg', 'pool:vg/p, block:/dev/vg/a < '],
  },
  {
    name: 'above the limit, and no more when the pool grows',
    desired: pools({ size: 64 }, { volumes: { a: thin, b: thin } }),
    actual: there({ size: 16, full: ['data'], fullWhenGrown: [] }, { volumes: { a: [4, 'p'] } }),
    plan: [grow(16), thinCreate('b')],
    keys: ['pool:vg/p, block:/dev/vg/a < group:vg', 'block:/dev/vg/b < group:vg, pool:vg/p'],
  },
  {
    name: 'not above the limit, and growing',
    desired: pools({ size: 64 }, { volumes: { a: thin, b: thin } }),
    actual: there({ size: 16 }, { volumes: { a: [4, 'p'] } }),
    plan: [grow(16), thinCreate('b')],
    keys: ['pool:vg/p < group:vg', 'block:/dev/vg/b < group:vg, pool:vg/p'],
  },
  {
    name: 'above the limit, and not declared, with a declared volume in it',
    desired: onDisk({ volumes: sized({ a: 4 }) }),
    actual: there({ size: 16, full: ['data'], fullWhenGrown: ['data'] }, { volumes: { a: [4, 'p'] } }),
    plan: [
      rejected('use', dataFull),
      'lvm/vg/a/use rejected: it lies in pool p, declared with space of its own: declare what it is, or copy it to a volume of another name',
    ],
    orphans: ['pool vg/p of 16 MiB'],
    keys: ['pool:vg/p, block:/dev/vg/a < ', ' < '],
  },
]

function thinCreate(name: string): string {
  return `lvm/vg/${name}/create: lvcreate --yes --wipesignatures y --type thin --virtualsize ${extent}b --thinpool p --name ${name} vg`
}

testCases(fullCases)

t.test('guests and new volumes wait for what a full pool waits for', async t => {
  for (const { name, desired, actual, keys } of fullCases) t.same(keysOf(desired, actual), keys, name)
})

t.test('metadata is as declared, else a thousandth of the data and at least 4 MiB', async t => {
  const roomy = { ...having({}), groups: having({}).groups.map(group => ({ ...group, free: 2 ** 46 })) }
  const metadataOf = (pool: Pool, extentSize = extent): number => {
    const actual = { ...roomy, groups: roomy.groups.map(group => ({ ...group, extent: extentSize })) }
    const [, bytes] = /--poolmetadatasize (\d+)b/.exec(planned(pools(pool), actual)[0] ?? '') ?? []
    return Number(bytes) / MiB
  }
  t.equal(metadataOf({ size: 100 }), 4)
  t.equal(metadataOf({ size: 4000 }), 4)
  t.equal(metadataOf({ size: 4001 }), 8)
  t.equal(metadataOf({ size: 100, metadata: 2 }), 4, 'rounded up to extents')
  t.equal(metadataOf({ size: 100, metadata: 13 }), 16)
  t.equal(metadataOf({ size: 100 * 1024 }), 104, '102.4 MiB')
  t.equal(metadataOf({ size: 20 * 1024 ** 2 }), 16192, 'as large as it can be')
  t.equal(metadataOf({ size: 100 }, MiB), 4, 'in extents of 1 MiB')
  t.equal(metadataOf({ size: 100, metadata: 2 }, MiB), 2)
  t.equal(metadataOf({ size: 100 }, 32 * MiB), 32, 'in extents of 32 MiB')
})

/** Each line was seen on a host with lvm2 2.03.16: extents that vg_free lost. */
const taken: readonly (readonly [
  say: string,
  declared: { [name: string]: Pool },
  contents: Contents,
  extents: number,
])[] = [
  ['a first pool: 16 + 1 + 1', { p: { size: 64, metadata: 4 } }, {}, 18],
  [
    'a second one with larger metadata: 2 + 2, and 1 more for the spare',
    { p: { size: 128 }, q: { size: 8, metadata: 8 } },
    { pools: { p: { size: 128 } }, spare: 4 },
    5,
  ],
  [
    'a third one with smaller metadata: 2 + 1',
    { p: { size: 128 }, q: { size: 8, metadata: 8 }, r: { size: 8, metadata: 2 } },
    { pools: { p: { size: 128 }, q: { size: 8, metadata: 8 } }, spare: 8 },
    3,
  ],
  ['growth that needs no more metadata: 16', { p: { size: 128 } }, { pools: { p: { size: 64 } }, spare: 4 }, 16],
  [
    'a pool where LVM keeps a spare for none yet: 4 + 1 + 1, although another has more metadata',
    { big: { size: 16 }, p: { size: 16, metadata: 4 } },
    { pools: { big: { size: 16, metadata: 12 } } },
    6,
  ],
  ['growth without a spare that needs no more metadata: 2', { p: { size: 24 } }, { pools: { p: { size: 16 } } }, 2],
]

t.test('a pool takes of its group what LVM takes', async t => {
  for (const [say, declared, contents, extents] of taken) {
    t.equal(takenOf(declared, contents, 63), extents, say)
  }
})

/** The same with 2047 extents: where metadata grows along. */
const grown: typeof taken = [
  [
    'from 4 to 5 GiB: 256, 1 of metadata, 1 of the spare',
    { p: { size: 5120 } },
    { pools: { p: { size: 4096 } }, spare: 4 },
    258,
  ],
  [
    'the spare becomes as large as the largest metadata: 1276, 1, 3',
    { big: { size: 16 }, small: { size: 5120 } },
    { pools: { big: { size: 16, metadata: 12 }, small: { size: 16 } } },
    1280,
  ],
]

t.test('a pool that grows takes what its metadata and the spare grow by', async t => {
  for (const [say, declared, contents, extents] of grown) {
    t.equal(takenOf(declared, contents, 2047), extents, say)
  }
})

t.test('metadata grows with data as it was seen to', async t => {
  const seen: readonly (readonly [chunk: number, extent: number, from: number, data: number, metadata: number])[] = [
    [64, 1, 2, 2048, 2],
    [64, 1, 2, 2049, 3],
    [64, 1, 3, 3072, 3],
    [64, 1, 3, 3073, 4],
    [64, 1, 4, 4100, 5],
    [64, 1, 5, 5120, 5],
    [256, 1, 2, 8193, 2],
    [256, 1, 2, 12289, 3],
    [64, 4, 4, 200 * 1024, 200],
    [64, 4, 200, 2 * 1024 ** 2, 2048],
    [64, 128, 128, 200 * 1024, 256],
  ]
  for (const [chunk, extentSize, from, data, metadata] of seen) {
    const pool = { metadata: from * MiB, chunk: chunk * 1024 }
    t.equal(grownMetadata(pool, data * MiB, extentSize * MiB) / MiB, metadata, `${data} MiB in chunks of ${chunk} KiB`)
  }
})

/** The fewest free extents with which nothing is rejected, of a group of so many. */
function takenOf(declared: { [name: string]: Pool }, contents: Contents, most: number): number {
  const { groups, ...actual } = having(contents)
  const fits = (free: number): boolean =>
    lvm
      .plan(onDisk({ pools: declared }), {
        ...actual,
        groups: groups.map(group => ({ ...group, free: free * extent })),
      })
      .every(action => action.rejected === undefined)
  return Array.from({ length: most }, (_, free) => free).find(fits) ?? Number.NaN
}

t.test('pools come before volumes, and leave them the rest', async t => {
  const desired = onDisk({ pools: { p: { size: 1000 } }, volumes: sized({ a: 12, b: 16 }) })
  t.same(planned(desired, having({})), [
    create(250, 1),
    `lvm/vg/a/create: lvcreate --yes --wipesignatures y --size ${3 * extent}b --name a vg`,
    'lvm/vg/b/create rejected: needs 16 MiB in group vg, free: 0 MiB',
  ])
})
