// The decision tables of lvm for groups, and for volumes with space of their own: the cases stand in the order of
// components/lvm/README.md.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import type { Actual, DeviceState } from '../../../components/lvm/actual.js'
import { lvm } from '../../../components/lvm/component.js'
import type { LVMVolumes } from '../../../components/lvm/desired.js'
import { createAjv } from '../../../src/model/ajv.js'
import type { MachineView } from '../../../src/model/component.js'
import type { Json } from '../../../src/model/json.js'
import { MiB } from '../../../src/model/quantity.js'
import { runs } from '../../property-runs.js'
import { type Case, disk, empty, extent, having, keysOf, member, onDisk, planned, sized, testCases } from './on-disk.js'

type Free = Extract<DeviceState, { state: 'free' }>

/** Its size gives 255 extents. */
const blank: Free = {
  state: 'free',
  device: '/dev/sdb',
  initialised: false,
  size: 1024 * MiB,
  serial: 'S1',
  holders: [],
  mountpoints: [],
  opensExclusively: true,
  signatures: [],
  zeroed: true,
}

const create = 'lvcreate --yes --wipesignatures y --size'
const rejectedGroup = 'lvm/vg/create rejected:'
const declaredDisk = (more: { size?: number; serial?: string }): LVMVolumes => ({
  groups: { vg: { devices: [{ path: disk, ...more }] } },
})

const twice: Actual = {
  ...having({ volumes: { ce: 100 } }),
  groups: ['U', 'V'].map(uuid => ({ name: 'vg', uuid, size: 255 * extent, free: 0, extent, spare: 0 })),
}

const groupCases: readonly Case[] = [
  {
    name: 'several groups of the name',
    desired: onDisk({ volumes: sized({ ce: 200 }) }),
    actual: twice,
    plan: ['lvm/vg/use rejected: there are several groups of this name (U, V): rename all but one'],
  },
  {
    name: 'group absent, nothing may be created',
    desired: { ...onDisk(), create_filesystems: false },
    actual: { ...empty, devices: { [disk]: blank } },
    plan: [`${rejectedGroup} it is not there, and create_filesystems is false`],
  },
  {
    name: 'group absent, no devices',
    desired: { groups: { vg: { volumes: sized({ ce: 4 }) } } },
    actual: empty,
    plan: [
      `${rejectedGroup} it is not there, and no devices are declared for it`,
      `lvm/vg/ce/create: ${create} 4194304b --name ce vg`,
    ],
  },
  ...deviceCases(),
  {
    name: 'group absent, one device of two unfit',
    desired: { groups: { vg: { devices: [{ path: disk }, { path: '/dev/sdc' }] } } },
    actual: { ...empty, devices: { [disk]: blank, '/dev/sdc': { state: 'missing' } } },
    plan: [`${rejectedGroup} /dev/sdc is not there`],
  },
  {
    name: 'group absent, devices blank or initialised for LVM',
    desired: { groups: { vg: { devices: [{ path: disk, size: 1024, serial: 'S1' }, { path: '/dev/sdc' }] } } },
    actual: {
      ...empty,
      devices: {
        [disk]: blank,
        '/dev/sdc': { ...blank, initialised: true, signatures: ['LVM2_member'], zeroed: false },
      },
    },
    plan: [`lvm/vg/create: vgcreate vg ${disk} /dev/sdc`],
  },
  {
    name: 'group there, on none of the declared devices: another one of that name',
    desired: {
      groups: {
        vg: {
          devices: [{ path: disk }, { path: '/dev/sdc' }, { path: '/dev/sdd' }],
          pools: { p: { size: 4 } },
          volumes: { ...sized({ ce: 4, se: 8 }), old: { ensure: 'absent' }, new: { size: 4, formerly: 'was' } },
        },
      },
    },
    actual: {
      ...having({ volumes: { ce: 8, old: 4, was: 4 } }),
      devices: { [disk]: { state: 'missing' }, '/dev/sdc': blank, '/dev/sdd': member('other') },
    },
    plan: [
      `lvm/vg/use rejected: the group of this name lies on /dev/sdb, on none of the declared devices: ${disk} is not there; /dev/sdc is in no group; /dev/sdd belongs to group other`,
    ],
  },
  {
    name: 'group there, a physical volume missing',
    desired: {
      groups: { vg: { devices: [{ path: disk }, { path: '/dev/sdc' }], volumes: sized({ ce: 200, se: 100 }) } },
    },
    actual: {
      ...having({ volumes: { ce: 100 } }),
      devices: { [disk]: member('vg'), '/dev/sdc': { ...blank, device: '/dev/sdc' } },
      physical: physicalOf('/dev/sdb', '[unknown]'),
    },
    plan: [
      'lvm/vg/use rejected: it misses a physical volume: bring its disk back, or give up what was on it: vgreduce --removemissing vg',
    ],
  },
  { name: 'group there, with its devices', desired: onDisk(), actual: having({}) },
  {
    name: 'group there, without a device that is unfit',
    desired: { groups: { vg: { devices: [{ path: disk }, { path: '/dev/sdc' }], volumes: sized({ ce: 4 }) } } },
    actual: { ...having({}), devices: { [disk]: member('vg'), '/dev/sdc': { state: 'missing' } } },
    plan: [
      'lvm/vg/extend/dev/sdc rejected: /dev/sdc is not there',
      `lvm/vg/ce/create: ${create} 4194304b --name ce vg`,
    ],
  },
  {
    name: 'group there, without a device that is fit',
    desired: { groups: { vg: { devices: [{ path: disk }, { path: '/dev/sdc' }], volumes: sized({ ce: 2040 }) } } },
    actual: { ...having({}), devices: { [disk]: member('vg'), '/dev/sdc': { ...blank, device: '/dev/sdc' } } },
    plan: ['lvm/vg/extend/dev/sdc: vgextend vg /dev/sdc', `lvm/vg/ce/create: ${create} 2139095040b --name ce vg`],
  },
  {
    name: 'group there, without a device, nothing may be grown',
    desired: { groups: { vg: { devices: [{ path: disk }, { path: '/dev/sdc' }] } }, create_filesystems: false },
    actual: { ...having({}), devices: { [disk]: member('vg'), '/dev/sdc': { ...blank, device: '/dev/sdc' } } },
  },
  {
    name: 'group there, with a device that is not declared',
    desired: { groups: { vg: { devices: [{ path: '/dev/sdc' }] } } },
    actual: {
      ...having({}),
      devices: { '/dev/sdc': member('vg', '/dev/sdc') },
      physical: physicalOf('/dev/sdb', '/dev/sdc'),
    },
    orphans: ['device /dev/sdb in group vg'],
  },
]

function physicalOf(...devices: readonly string[]): Actual['physical'] {
  return devices.map(device => ({ device, group: 'vg' }))
}

/** Why a device cannot be taken. */
function deviceCases(): readonly Case[] {
  const unfit: readonly (readonly [
    fault: string,
    state: DeviceState,
    declared?: { size?: number; serial?: string },
  ])[] = [
    ['is not there', { state: 'missing' }],
    ['belongs to group other', member('other')],
    ['has 1024 MiB, declared 2048 MiB', blank, { size: 2048 }],
    ['has the serial S1, declared S2', blank, { serial: 'S2' }],
    ['has 1024 MiB, declared 2048 MiB', { ...blank, initialised: true }, { size: 2048 }],
    ['is too small: 1 MiB', { ...blank, size: MiB }],
    ['is mounted on /srv', { ...blank, mountpoints: ['/srv'] }],
    ['is in use by /dev/sdb1', { ...blank, holders: ['/dev/sdb1'] }],
    ['cannot be opened exclusively', { ...blank, opensExclusively: false }],
    ['holds ext4, dos', { ...blank, signatures: ['ext4', 'dos'] }],
    ['is not blank: its first or last MiB is not zero', { ...blank, zeroed: false }],
  ]
  return unfit.map(([fault, state, declared = {}]) => ({
    name: `group absent, a device that ${fault}`,
    desired: declaredDisk(declared),
    actual: { ...empty, devices: { [disk]: state } },
    plan: [`${rejectedGroup} ${disk} ${fault}`],
  }))
}

const volumeCases: readonly Case[] = [
  {
    name: 'volume absent, nothing may be created',
    desired: { ...onDisk({ volumes: sized({ ce: 8 }) }), create_filesystems: false },
    actual: having({}),
    plan: ['lvm/vg/ce/create rejected: create_filesystems is false'],
  },
  {
    name: 'volume absent, fits',
    desired: onDisk({ volumes: sized({ ce: 5 }) }),
    actual: having({}),
    plan: [`lvm/vg/ce/create: ${create} ${2 * extent}b --name ce vg`],
  },
  {
    name: 'volumes absent, one of them does not fit',
    desired: onDisk({ volumes: sized({ a: 1000, b: 100, c: 20 }) }),
    actual: { ...empty, devices: { [disk]: blank } },
    plan: [
      `lvm/vg/create: vgcreate vg ${disk}`,
      `lvm/vg/a/create: ${create} ${1000 * MiB}b --name a vg`,
      'lvm/vg/b/create rejected: needs 100 MiB in group vg, free: 20 MiB',
      `lvm/vg/c/create: ${create} ${20 * MiB}b --name c vg`,
    ],
  },
  {
    name: 'volume as declared, rounded to extents',
    desired: onDisk({ volumes: sized({ ce: 5 }) }),
    actual: having({ volumes: { ce: 8 } }),
  },
  {
    name: 'volume smaller, nothing may be grown',
    desired: { ...onDisk({ volumes: sized({ ce: 16 }) }), create_filesystems: false },
    actual: having({ volumes: { ce: 8 } }),
  },
  {
    name: 'volume smaller, fits',
    desired: onDisk({ volumes: sized({ ce: 16 }) }),
    actual: having({ volumes: { ce: 8 } }),
    plan: [`lvm/vg/ce/grow: lvextend --size ${16 * MiB}b vg/ce`],
  },
  {
    name: 'volume smaller, does not fit',
    desired: onDisk({ volumes: sized({ ce: 2000 }) }),
    actual: having({ volumes: { ce: 1000 } }),
    plan: ['lvm/vg/ce/grow rejected: needs 1000 MiB in group vg, free: 20 MiB'],
  },
  {
    name: 'volume larger',
    desired: onDisk({ volumes: sized({ ce: 5 }) }),
    actual: having({ volumes: { ce: 20 } }),
    orphans: ['12 MiB of volume vg/ce, which has 20 MiB'],
  },
  {
    name: 'volume that is not declared',
    desired: onDisk(),
    actual: having({ volumes: { old: 20 } }),
    orphans: ['volume vg/old of 20 MiB'],
  },
]

testCases([...groupCases, ...volumeCases])

t.test('a guest waits for its volume, and for nothing else', async t => {
  const ce = onDisk({ volumes: sized({ ce: 4 }) })
  t.same(keysOf(ce, { ...empty, devices: { [disk]: blank } }), ['group:vg < ', 'block:/dev/vg/ce < group:vg'])
  t.same(keysOf(ce, twice), ['block:/dev/vg/ce < '], 'a group that cannot be told from another')
  const maimed = { ...having({ volumes: { ce: 4 } }), physical: physicalOf('[unknown]') }
  t.same(keysOf(ce, maimed), [' < '], 'a volume of a group that misses a device is there')
  t.same(keysOf(onDisk({ volumes: sized({ se: 4 }) }), maimed), ['block:/dev/vg/se < '], 'and another one is not made')
  const large = onDisk({ volumes: sized({ ce: 5000 }) })
  t.same(keysOf(large, having({})), ['block:/dev/vg/ce < group:vg'], 'no volume for want of space')
  t.same(
    keysOf(large, having({ volumes: { ce: 4 } })),
    [' < group:vg, volume:vg/ce'],
    'a volume that cannot grow is there',
  )
  t.same(keysOf(ce, having({}, { state: 'missing' })), ['block:/dev/vg/ce < '], 'a group without any of its devices')
  const two: LVMVolumes = { groups: { vg: { devices: [{ path: disk }, { path: '/dev/sdc' }] } } }
  t.same(keysOf(two, having({})), [' < '], 'a group without one of its devices is there')
})

t.test('the reason to grow a volume says what is left to do in the guest', async t => {
  t.same(lvm.plan(onDisk({ volumes: sized({ ce: 16 }) }), having({ volumes: { ce: 8 } }))[0]?.reasons, [
    'it has 8 MiB, declared 16 MiB',
    'the guest must then grow its filesystem itself',
  ])
})

t.test('no plan takes more than is free, and none has anything to do on what it leads to', async () => {
  const sizes = fc.dictionary(fc.stringMatching(/^[a-e]$/), fc.integer({ min: 1, max: 700 }), { maxKeys: 5 })
  const created = /^lvm\/vg\/(.)\/create: .* --size (\d+)b /
  fc.assert(
    fc.property(sizes, declared => {
      const lines = planned(onDisk({ volumes: sized(declared) }), { ...empty, devices: { [disk]: blank } })
      const made = lines.flatMap(line => {
        const [, name, bytes] = created.exec(line) ?? []
        return name === undefined ? [] : [[name, Number(bytes) / MiB] as const]
      })
      const taken = made.reduce((sum, [, size]) => sum + size * MiB, 0)
      const left = planned(onDisk({ volumes: sized(declared) }), having({ volumes: Object.fromEntries(made) }))
      return taken <= 255 * extent && left.every(line => line.includes(' rejected: '))
    }),
    runs(100),
  )
})

t.test('a host takes the volumes of its guests', async t => {
  const view = (name: string, tree: Json, variables: { readonly [name: string]: Json } = {}): MachineView => ({
    name,
    site: 'test',
    get: pointer => (pointer === '/hardware/harddisks' ? tree : undefined),
    variable: variable => variables[variable],
  })
  const guest = view('ce', { xvda: { capacity: 20480 }, xvdb: { capacity: 1024 } })
  t.same(lvm.pull?.(view('host', null, { XEN_VG: 'vg_guests' }), guest), {
    values: [
      ['ce', 20480, 'xvda'],
      ['ce-xvdb', 1024, 'xvdb'],
    ].map(([volume, value, device]) => ({
      pointer: `/software/components/lvm/groups/vg_guests/volumes/${volume}/size`,
      value,
      from: { kind: 'child', pointer: `/hardware/harddisks/${device}/capacity` },
    })),
    faults: [],
  })
  t.same(lvm.pull?.(view('host', null), guest), { values: [], faults: [] }, 'what is wrong is said with the domain')
})

t.test('names that LVM refuses or keeps for itself are refused', async t => {
  const validate = createAjv().compile(JSON.parse(readFileSync('components/lvm/schema.json', 'utf8')))
  const named = (group: string, volume: string): boolean =>
    validate({ groups: { [group]: { volumes: { [volume]: { size: 1 } } } } })
  for (const name of ['ce', 'ce-xvdb', 'vm0.example.org', '_a+b', '..a', 'a.snapshot']) t.ok(named(name, name), name)
  for (const name of ['', '.', '..', '-a', 'a b', 'a/b', 'a:b']) {
    t.notOk(named(name, 'a'), `group ${name}`)
    t.notOk(named('a', name), `volume ${name}`)
  }
  const reserved = ['cdata', 'cmeta', 'corig', 'cvol', 'imeta', 'iorig', 'mimage', 'mlog', 'pmspare', 'rimage', 'rmeta']
  for (const word of [...reserved, 'tdata', 'tmeta', 'vdata', 'vorigin', 'wcorig'])
    t.notOk(named('a', `b_${word}0`), word)
  for (const name of ['snapshot', 'snapshot1', 'pvmove0']) t.notOk(named('a', name), name)
})
