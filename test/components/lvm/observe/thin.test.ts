// What lvm sees of thin pools, files and partitions: in reports of a Debian 12 host, and in what its tools say.
import t from 'tap'
import type { Actual, PartitionState, PoolSpace } from '../../../../components/lvm/actual.js'
import { lvm } from '../../../../components/lvm/component.js'
import type { LVMVolumes } from '../../../../components/lvm/desired.js'
import { MiB } from '../../../../src/model/quantity.js'
import { reportCommand } from '../../../../src/system/lvm-report.js'
import { type RecordedCall, recordedSystem } from '../../../../src/system/recorded.js'
import { recordedPath } from '../../../fixtures/recorded-path.js'

type Row = Readonly<Record<string, string>>

const answered = (command: string, stdout: string): RecordedCall => ({
  call: 'exec',
  argv: command.split(' '),
  effect: 'observe',
  answer: { code: 0, stdout, stderr: '' },
})

const groupRow: Row = {
  vg_name: 'sysvg',
  vg_uuid: 'G',
  vg_size: String(252 * MiB),
  vg_free: String(180 * MiB),
  vg_extent_size: String(4 * MiB),
}

const observed = (
  rows: readonly Row[],
  desired: LVMVolumes = {},
  calls: readonly RecordedCall[] = [],
  physical: readonly Row[] = [],
): Promise<Actual> =>
  lvm.observe(
    recordedSystem([
      answered(
        reportCommand.join(' '),
        JSON.stringify({ report: [{ vg: [groupRow], pv: physical, lv: onePerVolume(rows), seg: rows }] }),
      ),
      ...calls,
      { call: 'list', path: '/state/disks', answer: null },
    ]).system,
    desired,
    '/state/lvm',
  )

const onePerVolume = (rows: readonly Row[]): readonly Row[] => [
  ...new Map(rows.map(row => [row.lv_uuid, row])).values(),
]

const row = (name: string, size: number, attr: string, layout: string, more: Row = {}): Row => ({
  vg_name: 'sysvg',
  lv_name: name,
  lv_uuid: `uuid-of-${name}`,
  lv_size: String(size),
  lv_attr: attr,
  lv_tags: '',
  lv_layout: layout,
  pool_lv: '',
  lv_metadata_size: '',
  chunk_size: '0',
  data_percent: '',
  metadata_percent: '',
  ...more,
})

const inPool = { pool_lv: 'p', data_percent: '0.00' }
const pool = { lv_metadata_size: '4194304', chunk_size: '65536', data_percent: '87.50', metadata_percent: '11.23' }

/** As lvm2 2.03.16 showed them: a thin volume that also has a snapshot of the old kind has the letter of an origin. */
const rows: readonly Row[] = [
  row('c', 8388608, 'Vwi-a-tz--', 'thin,sparse', inPool),
  row('[lvol0_pmspare]', 4194304, 'ewi-------', 'linear'),
  row('oldsnap', 8388608, 'swi-a-s---', 'linear', { chunk_size: '4096', data_percent: '0.00' }),
  row('p', 16777216, 'twi-aotz--', 'thin,pool', pool),
  row('[p_tdata]', 16777216, 'Twi-ao----', 'linear'),
  row('[p_tmeta]', 4194304, 'ewi-ao----', 'linear'),
  row('sk', 8388608, 'Vwi---tz-k', 'thin,sparse', { pool_lv: 'p' }),
  row('v', 8388608, 'owi-a-tz--', 'thin,sparse', inPool),
  row('x', 16777216, '-wi-a-----', 'linear'),
  row('x', 16777216, '-wi-a-----', 'linear'),
]

t.test('pools, volumes and the spare are told apart, hidden parts are left out, segments counted once', async t => {
  const actual = await observed(rows)
  t.match(actual.groups, [{ name: 'sysvg', spare: 4 * MiB }])
  t.same(
    actual.volumes.map(({ name, size, pool }) => [name, size / MiB, pool]),
    [
      ['c', 8, 'p'],
      ['oldsnap', 8, null],
      ['sk', 8, 'p'],
      ['v', 8, 'p'],
      ['x', 16, null],
    ],
  )
  t.same(actual.pools, [
    {
      group: 'sysvg',
      name: 'p',
      uuid: 'uuid-of-p',
      size: 16 * MiB,
      metadata: 4 * MiB,
      chunk: 64 * 1024,
      full: ['data'],
      fullWhenGrown: ['data'],
    },
  ])
  t.match((await observed([])).groups, [{ spare: 0 }])
})

t.test('what is never the same twice is not seen', async t => {
  const used = (data: string): readonly Row[] => [
    row('p', 16777216, 'twi-aotz--', 'thin,pool', { ...pool, data_percent: data }),
  ]
  t.same(await observed(used('12.34')), await observed(used('56.78')))
})

type Fullness = readonly [
  say: string,
  sizes: { readonly metadata?: number; readonly declared?: number },
  used: readonly [data: string, metadata: string],
  full: readonly PoolSpace[],
  fullWhenGrown?: readonly PoolSpace[],
]

/** Of a pool of 64 MiB, in extents of 4 MiB. */
const fullness: readonly Fullness[] = [
  ['exactly the limit', { metadata: 64 }, ['85.00', '85.00'], []],
  ['above it', { metadata: 64 }, ['85.01', '0.00'], ['data']],
  ['both above it', { metadata: 64 }, ['100.00', '85.01'], ['data', 'metadata']],
  ['less than a quarter of the metadata left', { metadata: 4 }, ['0.00', '75.00'], ['metadata']],
  ['a little more than that', { metadata: 4 }, ['0.00', '74.99'], []],
  ['less than 4 MiB of 20 left', { metadata: 20 }, ['0.00', '80.00'], ['metadata']],
  ['a little more than that', { metadata: 20 }, ['0.00', '79.99'], []],
  ['not active', {}, ['', ''], []],
  ['declared as it is', { declared: 61 }, ['100.00', '0.00'], ['data'], ['data']],
  ['still above it when it has grown: 64 of 72 MiB', { declared: 70 }, ['100.00', '0.00'], ['data'], ['data']],
  ['no more when it has grown: 64 of 76 MiB', { declared: 73 }, ['100.00', '0.00'], ['data'], []],
  ['declared smaller', { declared: 4 }, ['50.00', '0.00'], [], []],
  ['metadata grows along: 3.2 MiB of 4, then of 12', { declared: 9 * 1024 }, ['0.00', '80.00'], ['metadata'], []],
  ['metadata does not grow along', { declared: 1024 }, ['0.00', '80.00'], ['metadata'], ['metadata']],
]

t.test('a pool is too full above 85 %, or where LVM itself makes no volume in it', async t => {
  for (const [say, { metadata = 4, declared }, [data, meta], full, fullWhenGrown = full] of fullness) {
    const percents = { data_percent: data, metadata_percent: meta }
    const state = row('p', 64 * MiB, 'twi-aotz--', 'thin,pool', {
      ...pool,
      ...percents,
      lv_metadata_size: String(metadata * MiB),
    })
    const desired = declared === undefined ? {} : { groups: { sysvg: { pools: { p: { size: declared } } } } }
    const { pools } = await observed([state], desired)
    t.match(pools, [{ full, fullWhenGrown }], say)
  }
})

t.test('files are looked at, links are not followed', async t => {
  const files = { '/srv/a': { size: 1 }, '/srv/b': { size: 1 }, '/srv/c': { size: 1 } }
  const actual = await observed([], { files }, [
    { call: 'stat', path: '/srv/a', answer: { type: 'file', size: 1048576, mode: 0o600 } },
    { call: 'stat', path: '/srv/b', answer: { type: 'link', size: 1, mode: 0o777, target: 'a' } },
    { call: 'stat', path: '/srv/c', answer: null },
  ])
  t.same(actual.files, {
    '/srv/a': { state: 'file', size: MiB },
    '/srv/b': { state: 'other', type: 'link' },
    '/srv/c': { state: 'missing' },
  })
})

const block = (path: string, type: string, size: number, mountpoint: string | null = null) => ({
  path,
  type,
  size,
  serial: null,
  mountpoints: [mountpoint],
})

/** The answers for a device, its partitions and what is made of them. */
const looked = (path: string, name: string, ...blockdevices: readonly object[]): readonly RecordedCall[] => [
  ...recordedPath(path, name),
  {
    call: 'exec',
    argv: ['lsblk', '--json', '--bytes', '-o', 'PATH,TYPE,SIZE,SERIAL,MOUNTPOINTS', path],
    effect: 'observe',
    answer: { code: blockdevices.length === 0 ? 32 : 0, stdout: JSON.stringify({ blockdevices }), stderr: '' },
  },
]

const sdb = '/dev/disk/by-id/ata-1'
const free: PartitionState = { state: 'there', size: 64 * MiB, groups: [], mountpoints: [], holders: [] }
const whole = block('/dev/sdb', 'disk', 64 * MiB)
const member = (device: string, group: string): Row => ({ pv_name: device, pv_uuid: 'P', vg_name: group, pv_size: '1' })

const partitions: readonly (readonly [
  say: string,
  rows: readonly object[],
  physical: readonly Row[],
  state: PartitionState,
])[] = [
  ['nothing there', [], [], { state: 'missing' }],
  ['nothing on it', [whole], [], free],
  [
    'partitioned by its guest',
    [whole, block('/dev/sdb1', 'part', MiB), block('/dev/sdb2', 'part', MiB)],
    [member('/dev/sdc', 'vg0'), member('/dev/sdb2', '')],
    free,
  ],
  [
    'a part mounted, another one in a group, a third one in a RAID',
    [
      whole,
      block('/dev/sdb1', 'part', MiB, '/srv'),
      block('/dev/sdb2', 'part', MiB),
      block('/dev/sdb3', 'part', MiB),
      block('/dev/md0', 'raid1', MiB, '[SWAP]'),
    ],
    [member('/dev/sdb2', 'vg0')],
    { ...free, groups: ['vg0'], mountpoints: ['/srv', '[SWAP]'], holders: ['/dev/md0'] },
  ],
  ['a physical volume', [whole], [member('/dev/sdb', 'vg0')], { ...free, groups: ['vg0'] }],
]

t.test('a partition is seen with what this host does with it', async t => {
  for (const [say, rows, physical, state] of partitions) {
    const volumes = physical.flatMap(({ pv_name = '' }) => recordedPath(pv_name))
    const calls = [...looked(sdb, '/dev/sdb', ...rows), ...volumes]
    const actual = await observed([], { partitions: { [sdb]: { size: 64 } } }, calls, physical)
    t.same(actual.partitions, { [sdb]: state }, say)
  }
})

const image = { source: '/srv/os.raw', sha256: 'a'.repeat(64), unpack: 'raw' } as const

t.test('whether a partition is blank is looked at only where it may have to be filled', async t => {
  const zero = (skip: string, code: number): RecordedCall => ({
    call: 'exec',
    argv: ['cmp', '--bytes=1048576', ...(skip === '' ? [] : [skip]), sdb, '/dev/zero'],
    effect: 'observe',
    answer: { code, stdout: '', stderr: '' },
  })
  const ends = (code: number) => [zero('', 0), zero(`--ignore-initial=${63 * MiB}:0`, code)]
  const signatures = (...types: readonly string[]): RecordedCall =>
    answered(`wipefs --no-act --json ${sdb}`, JSON.stringify({ signatures: types.map(type => ({ type })) }))
  const cases: readonly (readonly [string, readonly RecordedCall[], readonly string[]])[] = [
    ['blank', [signatures(), ...ends(0)], []],
    ['without a signature, but not blank', [signatures(), ...ends(1)], ['something']],
    ['with signatures', [signatures('ext4', 'dos')], ['ext4', 'dos']],
  ]
  for (const [say, calls, content] of cases) {
    const desired = { partitions: { [sdb]: { size: 64, image } } }
    const actual = await observed([], desired, [...looked(sdb, '/dev/sdb', whole), ...calls])
    t.same(actual.partitions, { [sdb]: { ...free, content } }, say)
  }
})

t.test('the tags of volumes are those of ours, those of files and partitions are lines of files', async t => {
  const { volumes } = await observed([
    row('a', 4 * MiB, '-wi-a-----', 'linear', { lv_tags: 'backup,xenclosure_filling' }),
    row('b', 4 * MiB, '-wi-a-----', 'linear'),
  ])
  t.same(
    volumes.map(({ name, tags }) => [name, tags]),
    [
      ['a', ['xenclosure_filling']],
      ['b', []],
    ],
  )
  const file = '/state/disks/%2Fdev%2Fdisk%2Fby-id%2Fata-1'
  const { tags, partitions } = await observed([], { partitions: { [sdb]: { size: 64, image } } }, [
    ...looked(sdb, '/dev/sdb', whole),
    { call: 'list', path: '/state/disks', answer: ['%2Fdev%2Fdisk%2Fby-id%2Fata-1', '%2Fother'] },
    { call: 'read', path: file, answer: 'xenclosure_filled\n' },
  ])
  t.same(tags, { [sdb]: ['xenclosure_filled'] })
  t.same(partitions, { [sdb]: free }, 'and it is not looked at for being blank any more')
})
