// What the compiler refuses of groups, files and partitions: the cases stand in the order of the table "Checks" of
// components/lvm/README.md. Places in files are tested in test/compiler.
import t from 'tap'
import { lvm } from '../../../components/lvm/component.js'
import type { Group, LVMVolumes } from '../../../components/lvm/desired.js'
import type { Json } from '../../../src/model/json.js'
import { parsePointer, valueAt } from '../../../src/model/pointer.js'

/** `CODE PLACE (OTHER): MESSAGE` */
const faults = (desired: LVMVolumes): readonly string[] =>
  (lvm.check?.(desired) ?? []).map(({ code, message, pointer, other }) => `${code} ${pointer} (${other}): ${message}`)

const vg = (group: Group): LVMVolumes => ({ groups: { vg: group } })
const pools = { p: { size: 100 }, q: { size: 100 } }
const a = { size: 10, pool: 'p' }

const cases: readonly (readonly [say: string, desired: LVMVolumes, ...found: string[]])[] = [
  [
    'a name of a pool and of a volume',
    vg({ pools, volumes: { p: { size: 10 } } }),
    'contradiction /groups/vg/volumes/p (/groups/vg/pools/p): p is declared as a volume and as a pool of group vg',
  ],
  [
    'a pool that is not declared',
    vg({ pools, volumes: { a: { size: 10, pool: 'r' } } }),
    'reference-missing /groups/vg/volumes/a/pool (/groups/vg/pools): group vg has no pool r for volume a: it declares p, q',
  ],
  [
    'a pool where none is declared',
    vg({ volumes: { a } }),
    'reference-missing /groups/vg/volumes/a/pool (/groups/vg): group vg has no pool p for volume a: it declares none',
  ],
  [
    'an origin that is not declared',
    vg({ pools, volumes: { a, b: { size: 10, origin: 'x' } } }),
    'reference-missing /groups/vg/volumes/b/origin (/groups/vg/volumes): group vg has no volume x that b could be a copy of',
  ],
  [
    'an origin that is what every object has',
    vg({ pools, volumes: { b: { size: 10, origin: 'toString' } } }),
    'reference-missing /groups/vg/volumes/b/origin (/groups/vg/volumes): group vg has no volume toString that b could be a copy of',
  ],
  [
    'a copy of itself',
    vg({ volumes: { b: { size: 10, origin: 'b' } } }),
    'contradiction /groups/vg/volumes/b/origin (/groups/vg/volumes/b/origin): copies of each other: b -> b',
  ],
  [
    'copies of each other, of which another one is a copy: told of the first, for all of them',
    vg({
      volumes: {
        a: { size: 10, origin: 'c' },
        b: { size: 10, origin: 'd' },
        c: { size: 10, origin: 'b' },
        d: { size: 10, origin: 'c' },
      },
    }),
    ...['b', 'c', 'd'].map(
      () =>
        'contradiction /groups/vg/volumes/b/origin (/groups/vg/volumes/d/origin): copies of each other: b -> d -> c -> b',
    ),
  ],
  [
    'an origin with space of its own',
    vg({ pools, volumes: { a: { size: 10 }, b: { size: 10, origin: 'a', pool: 'p' } } }),
    'contradiction /groups/vg/volumes/b/origin (/groups/vg/volumes/a): b is a copy of a, which is no thin volume: it has neither pool nor origin',
  ],
  [
    "a pool that is not the origin's",
    vg({ pools, volumes: { a, b: { size: 10, origin: 'a', pool: 'q' } } }),
    'contradiction /groups/vg/volumes/b/pool (/groups/vg/volumes/a/pool): b is in pool q, and a, which it is a copy of, in pool p',
  ],
  [
    "a pool that is not the origin's origin's",
    vg({ pools, volumes: { a, b: { size: 10, origin: 'a' }, c: { size: 10, origin: 'b', pool: 'q' } } }),
    'contradiction /groups/vg/volumes/c/pool (/groups/vg/volumes/b/origin): c is in pool q, and b, which it is a copy of, in pool p',
  ],
  [
    'a copy smaller than its origin',
    vg({ pools, volumes: { a, b: { size: 9, origin: 'a' } } }),
    'contradiction /groups/vg/volumes/b/size (/groups/vg/volumes/a/size): b has 9 MiB, less than a, which it is a copy of: 10 MiB',
  ],
  [
    'copies and copies of copies, in the pool of the first',
    vg({
      pools,
      volumes: { a, b: { size: 10, origin: 'a', pool: 'p' }, c: { size: 12, origin: 'b', pool: 'p' }, d: { size: 12 } },
    }),
  ],
  [
    'a pool that is given up, with a volume that is not',
    vg({ pools: { p: { ensure: 'absent' } }, volumes: { a, b: { ensure: 'absent', pool: 'p' } } }),
    'contradiction /groups/vg/volumes/a/pool (/groups/vg/pools/p/ensure): a is to be in pool p of group vg, which is given up (ensure: absent)',
  ],
  [
    'an origin that is given up, with a copy that is not',
    vg({
      pools,
      volumes: { a: { ensure: 'absent' }, b: { size: 10, origin: 'a' }, c: { ensure: 'absent', origin: 'a' } },
    }),
    'contradiction /groups/vg/volumes/b/origin (/groups/vg/volumes/a/ensure): b is a copy of a, which is given up (ensure: absent): when the copy is there, say its pool instead of its origin',
  ],
  [
    'former names: one that is declared, given up, a pool; one of two volumes; one of its own',
    vg({
      pools: { p: { size: 100 } },
      volumes: {
        a: { size: 10 },
        b: { size: 10, formerly: 'a' },
        c: { size: 10, formerly: 'old' },
        d: { size: 10, formerly: 'p' },
        e: { size: 10, formerly: 'x' },
        f: { size: 10, formerly: 'x' },
        g: { size: 10, formerly: 'g' },
        h: { size: 10, formerly: 'gone' },
        old: { ensure: 'absent' },
      },
    }),
    'contradiction /groups/vg/volumes/b/formerly (/groups/vg/volumes/a): b was formerly a, which is declared too, as a volume of group vg',
    'contradiction /groups/vg/volumes/c/formerly (/groups/vg/volumes/old): c was formerly old, which is declared too, as a volume of group vg',
    'contradiction /groups/vg/volumes/d/formerly (/groups/vg/pools/p): d was formerly p, which is declared too, as a pool of group vg',
    'used-twice /groups/vg/volumes/f/formerly (/groups/vg/volumes/e/formerly): f was formerly x, and so was e',
    'contradiction /groups/vg/volumes/g/formerly (/groups/vg/volumes/g): g was formerly g, which is declared too, as a volume of group vg',
  ],
  [
    'files below another file',
    { files: { '/srv/a': { size: 1 }, '/srv/a/b': { size: 1 }, '/srv/ab': { size: 1 } } },
    'contradiction /files/~1srv~1a~1b (/files/~1srv~1a): /srv/a/b cannot lie below /srv/a, which is a file itself',
  ],
  [
    "a partition of a group's device",
    {
      groups: { vg: { devices: [{ path: '/dev/sdc' }, { path: '/dev/sdb' }] } },
      partitions: { '/dev/sdb1': { size: 1 }, '/dev/sdd': { size: 1 } },
    },
    'used-twice /partitions/~1dev~1sdb1 (/groups/vg/devices/1/path): /dev/sdb1, which guests are given, overlaps /dev/sdb of group vg',
  ],
  [
    'a disk beside one of its partitions',
    {
      partitions: {
        '/dev/disk/by-id/x': { size: 1 },
        '/dev/disk/by-id/x-part1': { size: 1 },
        '/dev/disk/by-id/y-part1': { size: 1 },
      },
    },
    'used-twice /partitions/~1dev~1disk~1by-id~1x-part1 (/partitions/~1dev~1disk~1by-id~1x): /dev/disk/by-id/x-part1, which guests are given, overlaps /dev/disk/by-id/x, which they are given too',
  ],
]

for (const [say, desired, ...found] of cases) t.test(say, async t => t.same(faults(desired), found))

/** `PLACE (OTHER): MESSAGE` of a host that declares this, with a disk of 100 MiB: 24 extents. */
const overcommitted = (group: Group, system: Json = {}): readonly string[] => {
  const groups = { vg: { devices: [{ path: '/dev/sdb' }], ...group } }
  const tree: Json = JSON.parse(
    JSON.stringify({
      hardware: { harddisks: { sdb: { capacity: 100 } } },
      system,
      software: { components: { lvm: { groups } } },
    }),
  )
  const get = (pointer: string): Json | undefined => valueAt(tree, parsePointer(pointer))
  const found = lvm.checkSite?.({ machines: [{ name: 'h', get }] }) ?? []
  return found.map(({ code, message, pointer, other }) => {
    const below = (place: string): string => place.replace('/software/components/lvm/groups/vg', '')
    return `${code} ${below(pointer)} (${below(other?.pointer ?? '')}): ${message}`
  })
}

const sizes: readonly (readonly [say: string, group: Group, ...found: string[]])[] = [
  [
    'pool, metadata, spare and volume that fill the group: 16 + 1 + 1 + 6',
    { pools: { p: { size: 64 } }, volumes: { a: { size: 24 } } },
  ],
  [
    'one extent more',
    { pools: { p: { size: 64 } }, volumes: { a: { size: 25 } } },
    "overcommitted /volumes/a/size (/devices): no space is left for volume a in group vg of h: its volumes and pools, with the pools' metadata, take 100 MiB, its devices give 96 MiB",
  ],
  [
    'a pool that leaves no space for its metadata',
    { pools: { o: { size: 4, metadata: 8 }, p: { size: 76 } }, volumes: { a: { size: 4 } } },
    "overcommitted /pools/p/size (/devices): no space is left for pool p in group vg of h: its volumes and pools, with the pools' metadata, take 104 MiB, its devices give 96 MiB",
  ],
  [
    'pools of which the second one makes the spare larger: 1 + 1 + 1, 1 + 3 + 2, 15 of a volume',
    { pools: { p: { size: 4 }, q: { size: 4, metadata: 12 } }, volumes: { a: { size: 60 } } },
  ],
  [
    'one extent more',
    { pools: { p: { size: 4 }, q: { size: 4, metadata: 12 } }, volumes: { a: { size: 64 } } },
    "overcommitted /volumes/a/size (/devices): no space is left for volume a in group vg of h: its volumes and pools, with the pools' metadata, take 100 MiB, its devices give 96 MiB",
  ],
  [
    'thin volumes and copies that fill their pool, rounded up to extents',
    { pools: { p: { size: 62 } }, volumes: { a: { size: 29, pool: 'p' }, b: { size: 30, origin: 'a' } } },
  ],
  [
    'one extent more',
    { pools: { p: { size: 62 } }, volumes: { a: { size: 29, pool: 'p' }, b: { size: 33, origin: 'a' } } },
    'overcommitted /volumes/b/size (/pools/p/size): no space is left for volume b in pool p of group vg of h: its volumes are promised 68 MiB, it has 64 MiB',
  ],
  [
    'sizes that are compared, in one unit',
    { volumes: { a: { size: 4096 } } },
    'overcommitted /volumes/a/size (/devices): no space is left for volume a in group vg of h: its volumes take 4096 MiB, its devices give 96 MiB',
  ],
  [
    'more than the pool has, allowed',
    { pools: { p: { size: 62, overcommit: true } }, volumes: { a: { size: 9000, pool: 'p' } } },
  ],
]

for (const [say, group, ...found] of sizes)
  t.test(`what is in a group: ${say}`, async t => t.same(overcommitted(group), found))

t.test('a group on a partition of the disk that the system is installed on', async t => {
  const partitions = {
    sdb1: { holding_dev: 'sdb', size: 20 },
    sdb2: { holding_dev: 'sdb' },
    sdc1: { holding_dev: 'sdc' },
  }
  const logical_volumes = {
    root: { volume_group: 'vg', size: 30 },
    other: { volume_group: 'other', size: 1000 },
  }
  const system = { blockdevices: { partitions, logical_volumes } }
  const devices: Group['devices'] = [{ path: '/dev/sdb2' }]
  // 80 MiB are left for the partition: 19 extents, of which root takes 8.
  t.same(overcommitted({ devices, volumes: { a: { size: 44 } } }, system), [])
  t.same(overcommitted({ devices, volumes: { a: { size: 45 } } }, system), [
    "overcommitted /volumes/a/size (/devices): no space is left for volume a in group vg of h: its volumes take 48 MiB, its devices give 76 MiB, of which 32 MiB are the system's own",
  ])
  t.same(
    overcommitted({ devices: [{ path: '/dev/sdb1' }], volumes: { a: { size: 20 } } }, { blockdevices: { partitions } }),
    [
      'overcommitted /volumes/a/size (/devices): no space is left for volume a in group vg of h: its volumes take 20 MiB, its devices give 16 MiB',
    ],
  )
  t.same(overcommitted({ devices: [{ path: '/dev/sdc1' }], volumes: { a: { size: 9000 } } }, system), [], 'unknown')
})

/** `CODE PLACE (OTHER): MESSAGE` of a host that boots from sda, installs to sda and sdc, and has sdb beside. */
const onDevice = (path: string): readonly string[] => {
  const tree: Json = {
    hardware: { harddisks: { sda: { capacity: 100, boot: true }, sdb: { capacity: 100 }, sdc: {}, nvme0n1: {} } },
    system: { blockdevices: { partitions: { sda1: { holding_dev: 'sda' }, sdc1: { holding_dev: 'sdc' } } } },
    software: { components: { lvm: { groups: { vg: { devices: [{ path }] } } } } },
  }
  const get = (pointer: string): Json | undefined => valueAt(tree, parsePointer(pointer))
  const found = lvm.checkSite?.({ machines: [{ name: 'h', get }] }) ?? []
  return found.map(({ code, message, pointer, other }) => `${code} ${pointer} (${other?.pointer}): ${message}`)
}

const place = '/software/components/lvm/groups/vg/devices/0/path'
const devices: readonly (readonly [path: string, ...found: string[]])[] = [
  ['/dev/sdb'],
  ['/dev/sda2'],
  ['/dev/nvme0n1p3'],
  ['/dev/md0'],
  ['/dev/disk/by-id/ata-1-part2'],
  [
    '/dev/sdd',
    `advice ${place} (undefined): group vg of h lies on /dev/sdd, and the disks of h's hardware are sda, sdb, sdc, nvme0n1`,
  ],
  [
    '/dev/sdd1',
    `advice ${place} (undefined): group vg of h lies on /dev/sdd1, and the disks of h's hardware are sda, sdb, sdc, nvme0n1`,
  ],
  [
    '/dev/nvme1n1',
    `advice ${place} (undefined): group vg of h lies on /dev/nvme1n1, and the disks of h's hardware are sda, sdb, sdc, nvme0n1`,
  ],
  [
    '/dev/sda',
    `contradiction ${place} (/hardware/harddisks/sda/boot): group vg of h lies on all of /dev/sda, from which h boots`,
  ],
  [
    '/dev/sdc',
    `contradiction ${place} (/system/blockdevices/partitions/sdc1): group vg of h lies on all of /dev/sdc, on which h's installation makes sdc1`,
  ],
]
for (const [path, ...found] of devices)
  t.test(`a group on ${path}, beside the disks of the hardware`, async t => t.same(onDevice(path), found))

/** Of a guest with this as a disk of its own, on a host as above whose group has sdb, and that mounts sda1. */
const givenDevice = (device: string, ensure?: string): readonly string[] => {
  const domain = { ...(ensure === undefined ? {} : { ensure }), disks: { xvdb: { type: 'phy', device } } }
  const tree: Json = {
    hardware: { harddisks: { sda: { capacity: 100, boot: true }, sdb: { capacity: 100 }, sdc: {}, sde: {} } },
    system: {
      blockdevices: {
        partitions: {
          sda1: { holding_dev: 'sda' },
          sda2: { holding_dev: 'sda' },
          sdc1: { holding_dev: 'sdc' },
          sda3: { holding_dev: 'sda' },
        },
        volume_groups: { vg_system: { device_list: ['partitions/sda2'] } },
      },
      filesystems: [{ mountpoint: '/', block_device: 'partitions/sda1' }],
    },
    software: {
      components: { lvm: { groups: { vg: { devices: [{ path: '/dev/sdb' }] } } }, xen: { domains: { ce: domain } } },
    },
  }
  const get = (pointer: string): Json | undefined => valueAt(tree, parsePointer(pointer))
  const found = lvm.checkSite?.({ machines: [{ name: 'h', get }] }) ?? []
  return found.map(
    ({ code, message, pointer, other, known }) =>
      `${code} ${pointer} (${other?.pointer ?? known?.join(' ')}): ${message}`,
  )
}

const given = '/software/components/xen/domains/ce/disks/xvdb/device'
const givenDevices: readonly (readonly [path: string, ...found: string[]])[] = [
  ['/dev/sde'],
  ['/dev/sde1'],
  ['/dev/sda3'],
  ['/dev/md0'],
  ['/dev/disk/by-id/ata-1-part2'],
  [
    '/dev/sda',
    `contradiction ${given} (/hardware/harddisks/sda/boot): disk xvdb of ce on h lies on all of /dev/sda, from which h boots`,
  ],
  [
    '/dev/sdc',
    `contradiction ${given} (/system/blockdevices/partitions/sdc1): disk xvdb of ce on h lies on all of /dev/sdc, on which h's installation makes sdc1`,
  ],
  [
    '/dev/sda1',
    `contradiction ${given} (/system/blockdevices/partitions/sda1): disk xvdb of ce on h lies on /dev/sda1, on which h's own system is`,
  ],
  [
    '/dev/sda2',
    `contradiction ${given} (/system/blockdevices/partitions/sda2): disk xvdb of ce on h lies on /dev/sda2, on which h's own system is`,
  ],
  [
    '/dev/sda5',
    `advice ${given} (/hardware/harddisks/sda/boot): disk xvdb of ce on h lies on a part of /dev/sda, from which h boots, and nothing says that it is not the system's`,
  ],
  [
    '/dev/sdf',
    `advice ${given} (/dev/sde): disk xvdb of ce on h lies on /dev/sdf, and the disks of h's hardware are sda, sdb, sdc, sde`,
  ],
]
for (const [path, ...found] of givenDevices)
  t.test(`a guest that is given ${path}`, async t => {
    t.same(givenDevice(path), found)
    t.same(givenDevice(path, 'absent'), [], "what a guest had that is given up is nobody else's care")
  })

t.test('a disk that the hardware does not list: those that are free are suggested', async t => {
  const known = (partitions: Json, domains: Json): Json | undefined => {
    const groups = { vg: { devices: [{ path: '/dev/sdx' }] }, other: { devices: [{ path: '/dev/sdb1' }] } }
    const harddisks = { sda: { boot: true }, sdb: {}, sdc: {}, sdd: {}, sde: {} }
    const tree: Json = {
      hardware: { harddisks },
      system: { blockdevices: { partitions } },
      software: { components: { lvm: { groups }, xen: { domains } } },
    } as Json
    const get = (pointer: string): Json | undefined => valueAt(tree, parsePointer(pointer))
    return lvm.checkSite?.({ machines: [{ name: 'h', get }] })[0]?.known as Json | undefined
  }
  t.same(known({}, {}), ['/dev/sdc', '/dev/sdd', '/dev/sde'], 'neither the boot disk nor one that a group has')
  const disks = { xvdb: { type: 'phy', device: '/dev/sdd' } }
  t.same(known({ sdc1: { holding_dev: 'sdc' } }, { ce: { disks } }), ['/dev/sde'])
})

t.test('of a machine whose hardware lists no disks, nothing is known', async t => {
  const tree: Json = { software: { components: { lvm: { groups: { vg: { devices: [{ path: '/dev/sdd' }] } } } } } }
  const get = (pointer: string): Json | undefined => valueAt(tree, parsePointer(pointer))
  t.same(lvm.checkSite?.({ machines: [{ name: 'h', get }] }), [])
})
