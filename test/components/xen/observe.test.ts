// observe, on a host that answers as a real one did (Xen 4.17), and the schema's word on what may be declared.
import { spawnSync } from 'node:child_process'
import t from 'tap'
import { domainsOf } from '../../../components/xen/domain.js'
import { observeDisks } from '../../../components/xen/observe/disks.js'
import { observeSaved } from '../../../components/xen/observe/saved.js'
import { observe } from '../../../components/xen/observe.js'
import schema from '../../../components/xen/schema.json' with { type: 'json' }
import { parseDomains } from '../../../components/xen/xl-list.js'
import { createAjv, judge } from '../../../src/model/ajv.js'
import { CommandFailed } from '../../../src/model/system.js'
import { reportCommand } from '../../../src/system/lvm-report.js'
import { type RecordedCall, recordedSystem } from '../../../src/system/recorded.js'
import { recordedPath } from '../../fixtures/recorded-path.js'
import { simulatedHost } from './host.js'

const list = `Name                                        ID   Mem VCPUs\tState\tTime(s)
Domain-0                                     0  1024     1     r-----     587.1
xen-p2                                      34   128     1     ------       2.9
xen-p1                                      33   128     2     -b----       4.9
`

/** Of an unknown line's domain nothing is told here: it is being built. */
const longList = JSON.stringify([
  {
    domid: 0,
    config: { c_info: { type: 'pv', name: 'Domain-0' }, b_info: { max_memkb: 1048576, target_memkb: 1048575 } },
  },
  {
    domid: 33,
    config: {
      c_info: { type: 'pv', name: 'xen-p1', domid: 4294967295, uuid: '2c6a3a5e-6b7c-5a43-9c33-3f5e5a0b6f21' },
      b_info: {
        max_vcpus: 2,
        avail_vcpus: [0, 1],
        max_memkb: 114688,
        target_memkb: 98304,
        sched_params: { sched: 'credit2', weight: 256, cap: 0 },
        kernel: '/srv/guest/vmlinux',
        cmdline: 'console=hvc0',
        bootloader_args: ['-q'],
        'type.pv': {},
      },
      disks: [
        { pdev_path: '/dev/vg0/xen-p1', vdev: 'xvda', format: 'raw', readwrite: 1 },
        { pdev_path: '/dev/mapper/vg0-xen--p2', vdev: 'xvdb', format: 'raw' },
      ],
      nics: [
        { devid: 0, mac: '00:16:3e:00:01:01', bridge: 'xenbr0', ifname: 'xp1.0', nictype: 'vif' },
        { devid: 1, mac: '00:16:3e:00:01:02', nictype: 'vif' },
      ],
      on_reboot: 'restart',
    },
  },
])

const exec = (argv: readonly string[], stdout: string, code = 0): RecordedCall => ({
  call: 'exec',
  argv,
  effect: 'observe',
  answer: { code, stdout, stderr: code === 0 ? '' : 'no hypervisor' },
})

const underXen: RecordedCall = { call: 'read', path: '/sys/hypervisor/type', answer: 'xen\n' }

/** Those of a file that stands in the place of a link of ours; the others are nobody's whom we would keep more of. */
const keptFiles = ['xen-p1.cfg.auto.orig', 'xen-p1.cfg.auto.orig.1', 'xen-p1.cfg.auto.origin', 'xen-p2.cfg.auto.orig']

const calls: readonly RecordedCall[] = [
  underXen,
  { call: 'read', path: '/proc/sys/kernel/random/boot_id', answer: 'boot-1\n' },
  exec(['xl', 'list'], list),
  exec(['xl', 'list', '-l'], longList),
  exec(['xl', 'info'], 'nr_cpus                : 4\nvirt_caps              : pv hvm hap shadow gnttab-v1\n'),
  { call: 'list', path: '/etc/xen', answer: ['auto', ...keptFiles, 'old.cfg', 'xen-p1.cfg', 'xl.conf'] },
  { call: 'read', path: '/etc/xen/xen-p1.cfg', answer: 'name = "xen-p1"\n' },
  { call: 'read', path: '/etc/xen/xen-p1.cfg', encoding: 'latin1', answer: 'name = "xen-p1"\n' },
  { call: 'stat', path: '/etc/xen/xen-p1.cfg', answer: { type: 'file', size: 1, mode: 0o640 } },
  { call: 'list', path: '/etc/xen/auto', answer: ['50-xen-p1', 'README', 'xen-p1.cfg'] },
  {
    call: 'stat',
    path: '/etc/xen/auto/50-xen-p1',
    answer: { type: 'link', size: 13, mode: 0o777, target: '../xen-p1.cfg' },
  },
  { call: 'stat', path: '/etc/xen/auto/README', answer: { type: 'file', size: 1, mode: 0o644 } },
  { call: 'stat', path: '/etc/xen/auto/xen-p1.cfg', answer: { type: 'file', size: 1, mode: 0o644 } },
  { call: 'read', path: '/etc/xen/auto/xen-p1.cfg', answer: 'memory = 1\n' },
  { call: 'read', path: '/etc/xen/auto/xen-p1.cfg', encoding: 'latin1', answer: 'memory = 1\n' },
  { call: 'stat', path: '/etc/xen/xen-p1.cfg.auto.orig', answer: { type: 'file', size: 1, mode: 0o600 } },
  { call: 'read', path: '/etc/xen/xen-p1.cfg.auto.orig', encoding: 'latin1', answer: 'memory = 2\n' },
  { call: 'stat', path: '/etc/xen/xen-p1.cfg.auto.orig.1', answer: { type: 'directory', size: 1, mode: 0o755 } },
  { call: 'read', path: '/etc/default/xendomains', answer: null },
  { call: 'read', path: '/etc/sysconfig/xendomains', answer: null },
  { call: 'list', path: '/var/lib/xen/save', answer: null },
  { call: 'list', path: '/state/holds', answer: ['xen-p2.json', 'xen-p3.json.new'] },
  { call: 'list', path: '/state/claims', answer: null },
  { call: 'list', path: '/state/reinstallations', answer: ['ce.json', 'se.json'] },
  { call: 'read', path: '/state/reinstallations/ce.json', answer: '{"order":"o1","isBegun":false}' },
  { call: 'read', path: '/state/reinstallations/se.json', answer: '{"order":' },
  { call: 'list', path: '/state/shutdowns', answer: null },
  { call: 'read', path: '/state/intervention.json', answer: null },
  ...recordedPath('/dev/mapper/vg0-xen--p2', '/dev/dm-1'),
  ...recordedPath('/dev/vg0/xen-p1', '/dev/dm-0'),
]

const options = { uuid: '2c6a3a5e-6b7c-5a43-9c33-3f5e5a0b6f21', type: 'pv', memory: 96 } as const

t.test('a host is observed as plain JSON, without domain ids and times', async t => {
  const { system, history } = recordedSystem(calls)
  t.strictSame(await observe(system, { domains: { 'xen-p1': { options } } }, '/state'), {
    boot: 'boot-1',
    memory: '/state',
    xenRuns: true,
    pagesInShadow: true,
    domains: [
      {
        name: 'xen-p1',
        state: 'running',
        config: {
          uuid: '2c6a3a5e-6b7c-5a43-9c33-3f5e5a0b6f21',
          type: 'pv',
          memory: 98304,
          maxmem: 114688,
          hasItsMemory: false,
          vcpus: 2,
          maxvcpus: 2,
          scheduler: 'credit2',
          weight: 256,
          cap: 0,
          kernel: '/srv/guest/vmlinux',
          ramdisk: null,
          cmdline: 'console=hvc0',
          bootloader: null,
          bootloaderArgs: ['-q'],
          disks: [
            { vdev: 'xvda', path: '/dev/vg0/xen-p1', access: 'rw' },
            { vdev: 'xvdb', path: '/dev/mapper/vg0-xen--p2', access: 'ro' },
          ],
          vifs: [
            { mac: '00:16:3e:00:01:01', bridge: 'xenbr0' },
            { mac: '00:16:3e:00:01:02', bridge: null },
          ],
        },
      },
      { name: 'xen-p2', state: 'running', config: null },
    ],
    configs: { 'xen-p1.cfg': 'name = "xen-p1"\n' },
    open: ['xen-p1.cfg'],
    kept: { '/etc/xen/xen-p1.cfg.auto.orig': 'memory = 2\n', '/etc/xen/xen-p1.cfg.auto.orig.1': null },
    otherConfigs: ['old.cfg'],
    autoLinks: [
      { file: '50-xen-p1', target: '../xen-p1.cfg' },
      { file: 'README', target: null },
      { file: 'xen-p1.cfg', target: null, content: 'memory = 1\n' },
    ],
    saveDirectory: '/var/lib/xen/save',
    saved: [],
    room: null,
    links: { '/dev/mapper/vg0-xen--p2': '/dev/dm-1', '/dev/vg0/xen-p1': '/dev/dm-0' },
    inUse: [],
    missing: [],
    tags: {},
    blank: [],
    ready: [],
    held: ['xen-p2'],
    claimed: [],
    reinstallations: { ce: 'o1' },
    intervention: null,
    starts: {},
    asked: [],
    overdue: [],
  })
  t.notOk(
    history.some(call => call.call === 'read' && call.path === '/etc/xen/old.cfg'),
    'of others, no file is read',
  )
})

t.test('where xendomains saves domains is what a shell reads in its settings', async t => {
  const table: readonly (readonly [string, string | null])[] = [
    ['# Debian has it so\nXENDOMAINS_SAVE=/var/lib/xen/save\n', '/var/lib/xen/save'],
    ['XENDOMAINS_SAVE=/srv/saved # a large disk\n', '/srv/saved'],
    ['XENDOMAINS_SAVE="/srv/saved guests"\n', '/srv/saved guests'],
    ["  XENDOMAINS_SAVE='/srv/saved'\nXENDOMAINS_AUTO=/etc/xen/auto\n", '/srv/saved'],
    ['XENDOMAINS_SAVE=/srv/one\n#XENDOMAINS_SAVE=/srv/two\nXENDOMAINS_SAVE=/srv/three\n', '/srv/three'],
    ['XENDOMAINS_SAVE=""\n', null],
    ['XENDOMAINS_SAVE=\nXENDOMAINS_SHUTDOWN_ALL="--all --wait"\n', null],
  ]
  for (const [text, directory] of table) {
    const { stdout } = spawnSync('sh', ['-c', `${text}printf %s "$XENDOMAINS_SAVE"`], { encoding: 'utf8' })
    t.equal(stdout, directory ?? '', 'a shell')
    for (const path of ['/etc/default/xendomains', '/etc/sysconfig/xendomains']) {
      const host = simulatedHost()
      await host.write(path, text, 0o644)
      await host.write(`${directory ?? '/var/lib/xen/save'}/ce`, 'state', 0o600)
      t.same(await observeSaved(host), { saveDirectory: directory, saved: directory === null ? [] : ['ce'] }, text)
    }
  }
  for (const text of ['', 'XENDOMAINS_SAVE=$HOME/saved\n', 'XENDOMAINS_SAVE=saved\n']) {
    const host = simulatedHost()
    await host.write('/etc/default/xendomains', text, 0o644)
    t.match(await observeSaved(host), { saveDirectory: '/var/lib/xen/save' }, text)
  }
})

t.test('where Xen does not run, xl is not asked', async t => {
  const { system } = recordedSystem([{ ...underXen, answer: null }, ...calls.slice(1)])
  t.match(await observe(system, {}, '/state'), { xenRuns: false, domains: [], otherConfigs: ['old.cfg', 'xen-p1.cfg'] })
})

t.test('a Xen that does not answer is an error with what xl said', async t => {
  const { system } = recordedSystem([exec(['xl', 'list'], '', 1), ...calls.filter(call => call.call !== 'exec')])
  await t.rejects(observe(system, {}, '/state'), { name: 'CommandFailed', code: 1, stderr: 'no hypervisor' })
  await t.rejects(observe(system, {}, '/state'), CommandFailed)
})

t.test('a guest is overdue when it was asked in this boot, too long ago, and has not ended since', async t => {
  const asked = '/state/shutdowns/xen-p1'
  const uptime = exec(['xl', 'uptime', 'xen-p1'], 'Name  ID Uptime\nxen-p1  33 1 day,  2:00:30\n')
  const find = exec(['find', asked, '-mmin', '+2', '-mmin', '-1560.5'], `${asked}\n`)
  const rows: readonly (readonly [string, content: string | null, RecordedCall, RecordedCall, readonly string[]])[] = [
    ['overdue', 'boot-1\n', uptime, find, ['xen-p1']],
    ['in time', 'boot-1\n', uptime, { ...find, answer: { code: 0, stdout: '', stderr: '' } } as RecordedCall, []],
    ['asked in an earlier boot', 'boot-0\n', uptime, find, []],
    ['not asked', null, uptime, find, []],
    ['being built', 'boot-1\n', exec(['xl', 'uptime', 'xen-p1'], 'Name  ID Uptime\n'), find, []],
    ['gone meanwhile', 'boot-1\n', exec(['xl', 'uptime', 'xen-p1'], '', 1), find, []],
  ]
  const desired = { domains: { 'xen-p1': { options, shutdown_timeout: 120 } } }
  for (const [name, content, age, found, overdue] of rows) {
    const read: RecordedCall = { call: 'read', path: asked, answer: content }
    const list: RecordedCall = { call: 'list', path: '/state/shutdowns', answer: content === null ? [] : ['xen-p1'] }
    const { system } = recordedSystem([
      ...calls.filter(call => !('path' in call) || call.path !== '/state/shutdowns'),
      list,
      read,
      age,
      found,
    ])
    t.same((await observe(system, desired, '/state')).overdue, overdue, name)
  }
})

t.test('the letters of xl list are states', async t => {
  const states = [
    ['r-----', 'running'],
    ['-b----', 'running'],
    ['------', 'running'],
    ['--p---', 'paused'],
    ['---s--', 'shut down', 'poweroff'],
    ['--ps--', 'shut down', 'poweroff'],
    ['--psr-', 'shut down', 'reboot'],
    ['--pss-', 'shut down', 'suspend'],
    ['--psw-', 'shut down', 'watchdog'],
    ['--psS-', 'shut down', 'soft reset'],
    ['--ps?-', 'shut down', 'unknown'],
    ['---sc-', 'crashed'],
    ['----c-', 'crashed'],
    ['-----d', 'dying'],
    ['--ps-d', 'dying'],
  ] as const
  for (const [letters, state, reason] of states) {
    const line = `Name  ID Mem VCPUs State Time(s)\nce.example.org   7   128     1     ${letters}       2.9\n`
    t.same(
      parseDomains(line, '[]'),
      [{ name: 'ce.example.org', state, ...(reason && { reason }), config: null }],
      letters,
    )
  }
  t.same(parseDomains('Name\n(null)   7   0     1     -----d       2.9\n', '[]'), [], 'a nameless one is nobody')
  t.throws(() => parseDomains('Name\nsomething else\n', '[]'), /no known form/)
})

t.test('the schema refuses what xl would take in silence', async t => {
  const validate = createAjv().compile(schema)
  const find = (domain: object, name = 'ce') => judge(validate, { domains: { [name]: { options, ...domain } } })
  const disk = { type: 'lvm', group: 'vg0', volume: 'ce' }
  const vif = { mac: '00:16:3e:00:00:01', bridge: 'xenbr0' }
  t.same(find({ disks: { xvda: disk, xvdb1: disk, hda: disk, sdp15: disk }, vifs: { eth0: vif } }), [])

  const refused: readonly (readonly [string, object, string, string?])[] = [
    ['a misspelt option', { options: { ...options, vcpu: 2 } }, '/domains/ce/options/vcpu'],
    ['memory 0', { options: { ...options, memory: 0 } }, '/domains/ce/options/memory'],
    ['a line break', { options: { ...options, cmdline: 'a\nb' } }, '/domains/ce/options/cmdline'],
    ['NUL', { options: { ...options, kernel: '/a\0b' } }, '/domains/ce/options/kernel'],
    [
      'an underscore for a hyphen',
      { options: { ...options, on_crash: 'rename_restart' } },
      '/domains/ce/options/on_crash',
    ],
    ['a short MAC', { vifs: { eth0: { ...vif, mac: '00:16:3e:00:01' } } }, '/domains/ce/vifs/eth0/mac'],
    ['a multicast MAC', { vifs: { eth0: { ...vif, mac: '01:16:3e:00:00:01' } } }, '/domains/ce/vifs/eth0/mac'],
    ['a comma in a vif', { vifs: { eth0: { ...vif, model: 'e1000,script=x' } } }, '/domains/ce/vifs/eth0/model'],
    ['an unknown vdev', { disks: { xvd: disk } }, '/domains/ce/disks/xvd'],
    ['an unknown disk type', { disks: { xvda: { ...disk, type: 'tape' } } }, '/domains/ce/disks/xvda/type'],
    ['a name of digits', {}, '/domains/17', '17'],
    ['a name with a slash', {}, '/domains/a~1b', 'a/b'],
    ['a name like an option', {}, '/domains/-a', '-a'],
    ['the name of dom0', {}, '/domains/Domain-0', 'Domain-0'],
    ['a long name', {}, `/domains/${'a'.repeat(201)}`, 'a'.repeat(201)],
  ]
  for (const [name, domain, pointer, key] of refused) t.equal(find(domain, key)[0]?.pointer, pointer, name)
})

t.test('an answer of xl that cannot be read is a failed command, not a fault of ours', async t => {
  const head = 'Name  ID  Mem VCPUs  State  Time(s)\n'
  t.throws(() => parseDomains(`${head}what is this\n`, '[]'), { name: 'CommandFailed', message: /xl list: printed/ })
  t.throws(() => parseDomains(head, 'libxl: error'), { name: 'CommandFailed', message: /xl list -l: printed/ })
})

const volumesOf = (...rows: readonly (readonly [group: string, name: string, tags: string])[]): RecordedCall => {
  const lv = rows.map(([vg_name, lv_name, lv_tags]) => ({ vg_name, lv_name, lv_tags }))
  return exec(reportCommand, JSON.stringify({ report: [{ lv }] }))
}

t.test('the disks that a domain is still to get are looked at, with their tags', async t => {
  const disks = {
    xvda: { type: 'lvm', group: 'vg0', volume: 'new' },
    xvdb: { type: 'lvm', group: 'vg0', volume: 'whole' },
    xvdc: { type: 'lvm', group: 'vg0', volume: 'gone' },
    xvdd: { type: 'file', path: '/srv/new.img' },
    xvde: { type: 'phy', device: '/dev/sdz' },
  } as const
  const targets = ['/dev/vg0/gone', '/dev/vg0/new', '/dev/vg0/whole', '/dev/sdz', '/srv/new.img']
  const { system } = recordedSystem([
    { call: 'list', path: '/state/disks', answer: ['%2Fsrv%2Fnew.img'] },
    { call: 'read', path: '/state/disks/%2Fsrv%2Fnew.img', answer: 'xenclosure_filling\n' },
    volumesOf(['vg0', 'new', 'mine,xenclosure_filling'], ['vg0', 'whole', 'mine']),
    ...targets.map(
      (path): RecordedCall => ({
        call: 'stat',
        path,
        answer: path === '/dev/sdz' ? null : { type: 'block', size: 1, mode: 0o660 },
      }),
    ),
  ])
  const declared = domainsOf({ domains: { ce: { options, disks } } })
  t.same(await observeDisks(system, declared, { domains: [], reinstallations: {}, memory: '/state/xen' }), {
    tags: { '/dev/vg0/new': ['xenclosure_filling'], '/srv/new.img': ['xenclosure_filling'] },
    missing: ['/dev/vg0/gone', '/dev/sdz'],
    blank: [],
  })
  const off = domainsOf({ domains: { ce: { options, disks, ensure: 'stopped' } } })
  t.same(
    await observeDisks(recordedSystem([]).system, off, { domains: [], reinstallations: {}, memory: '/state/xen' }),
    {
      tags: {},
      missing: [],
      blank: [],
    },
  )
})

t.test('of a domain that can be installed, the boot disk is looked at: whether a partition is blank, too', async t => {
  const zero = (skip: readonly string[], code: number): RecordedCall =>
    exec(['cmp', '--bytes=1048576', ...skip, '/dev/sdz', '/dev/zero'], '', code)
  const looked = (code: number, tags: string | null): readonly RecordedCall[] => [
    { call: 'list', path: '/state/disks', answer: tags === null ? null : ['%2Fdev%2Fsdz'] },
    { call: 'read', path: '/state/disks/%2Fdev%2Fsdz', answer: tags },
    { call: 'stat', path: '/dev/sdz', answer: { type: 'block', size: 1, mode: 0o660 } },
    exec(
      ['lsblk', '--json', '--bytes', '-o', 'PATH,SIZE', '/dev/sdz'],
      '{"blockdevices": [{"path": "/dev/sdz", "size": 4194304}]}',
    ),
    exec(['wipefs', '--no-act', '--json', '/dev/sdz'], ''),
    zero([], 0),
    zero(['--ignore-initial=3145728:0'], code),
  ]
  const disks = { xvda: { type: 'phy', device: '/dev/sdz' } } as const
  const there = { name: 'ce', state: 'running', config: null } as const
  const domain = domainsOf({ domains: { ce: { options, disks, install_options: { kernel: '/srv/install' } } } })
  const cases: readonly (readonly [number, string | null, readonly string[]])[] = [
    [0, null, ['/dev/sdz']],
    [1, null, []],
    [0, 'xenclosure_installed=1\n', []],
  ]
  for (const [code, tags, blank] of cases) {
    const { system } = recordedSystem(looked(code, tags))
    t.match(await observeDisks(system, domain, { domains: [there], reinstallations: {}, memory: '/state/xen' }), {
      blank,
    })
  }
})
