// The tables of components/xen/README.md, row by row, and what holds for every plan.
import fc from 'fast-check'
import t from 'tap'
import type { Actual, ActualConfig, ActualDomain, AutoLink, Starts } from '../../../components/xen/actual.js'
import { printConfig } from '../../../components/xen/config/print.js'
import type { Domain, XenDomains } from '../../../components/xen/desired.js'
import { differences } from '../../../components/xen/differences.js'
import { domainsOf } from '../../../components/xen/domain.js'
import { memoryNeed } from '../../../components/xen/memory-need.js'
import { orphans } from '../../../components/xen/orphans.js'
import { plan } from '../../../components/xen/plan.js'
import { gate } from '../../../src/agent/gate.js'
import { orderActions } from '../../../src/agent/order.js'
import type { Action } from '../../../src/model/action.js'
import type { DomainState, ShutdownReason } from '../../../src/system/xl-list.js'
import { runs } from '../../property-runs.js'
import { anIntervention, bareHost } from './host.js'

const ce: Domain = {
  options: {
    uuid: '2c6a3a5e-6b7c-5a43-9c33-3f5e5a0b6f11',
    type: 'pvh',
    memory: 128,
    kernel: '/srv/vmlinux',
    cmdline: 'ro',
  },
  disks: {
    xvda: { type: 'lvm', group: 'vg0', volume: 'ce' },
    xvdb: { type: 'phy', device: '/dev/sdb1', access: 'ro' },
  },
  vifs: { eth0: { mac: '00:16:3E:00:00:01', bridge: 'xenbr0' } },
}

const running: ActualConfig = {
  uuid: '2c6a3a5e-6b7c-5a43-9c33-3f5e5a0b6f11',
  type: 'pvh',
  memory: 131072,
  maxmem: 131072,
  hasItsMemory: true,
  vcpus: 1,
  maxvcpus: 1,
  scheduler: 'credit2',
  weight: 256,
  cap: 0,
  kernel: '/srv/vmlinux',
  ramdisk: null,
  cmdline: 'ro',
  bootloader: null,
  bootloaderArgs: [],
  disks: [
    { vdev: 'xvda', path: '/dev/vg0/ce', access: 'rw' },
    { vdev: 'xvdb', path: '/dev/sdb1', access: 'ro' },
  ],
  vifs: [{ mac: '00:16:3e:00:00:01', bridge: 'xenbr0' }],
}

const textOf = (domain: Domain): string =>
  domainsOf({ domains: { ce: domain } })
    .map(printConfig)
    .join('')
const desire = (domain: Partial<Domain> = {}, rest: Partial<XenDomains> = {}): XenDomains => ({
  ...rest,
  domains: { ce: { ...ce, ...domain } },
})
const there = (state: DomainState, config: ActualConfig | null = running, name = 'ce'): ActualDomain => ({
  name,
  state,
  config,
})

/** A host on which `ce` is as declared, but for what is given. */
const host = (actual: Partial<Actual> = {}): Actual => ({
  ...bareHost,
  domains: [there('running')],
  configs: { 'ce.cfg': textOf(ce) },
  autoLinks: [{ file: '50-ce', target: '../ce.cfg' }],
  ...actual,
})

/** What an action waits for or needs leave for, and what it is about: `+ start`, `~ restart (restart:ce)`. */
const tell = ({ kind, id, waitsFor, consent, rejected }: Action): string => {
  const suffix = rejected === undefined ? (consent ?? waitsFor ?? '') : 'rejected'
  return `${kind} ${id.split('/').at(-1)}${suffix === '' ? '' : ` (${suffix})`}`
}

type Row = readonly [name: string, desired: XenDomains, actual: Actual, actions: readonly string[]]

const other = { ...ce, options: { ...ce.options, on_crash: 'restart' as const } }
const contradictory = { ...ce, options: { ...ce.options, maxmem: 64 } }
const links = (...autoLinks: NonNullable<Actual['autoLinks']>): Actual => host({ autoLinks })
const absent = (actual: Partial<Actual> = {}): Actual => host({ domains: [], ...actual })

const givenUp = desire({ ensure: 'absent' })
const shared = desire({ disks: { ...ce.disks, xvda: { type: 'lvm', group: 'vg0', volume: 'ce', shared: true } } })
const unlinked = (state: DomainState, actual: Partial<Actual> = {}): Actual =>
  host({ domains: [there(state)], autoLinks: [], ...actual })
const configRows: readonly Row[] = [
  ['held', desire(other), unlinked('running', { held: ['ce'] }), ['~ hold (hold:ce)']],
  ['given up', givenUp, absent({ autoLinks: [] }), ['- config']],
  ['gone', givenUp, absent({ autoLinks: [], configs: { 'ce.cfg': null } }), []],
  ['contradictory', desire(contradictory), host({ domains: [there('running', null)] }), ['~ config (rejected)']],
  ['absent, domain there', desire(), host({ configs: { 'ce.cfg': null } }), ['+ config']],
  ['absent', desire(), absent({ configs: { 'ce.cfg': null } }), ['+ config', '+ start']],
  ['same', desire(), host(), []],
  ['same, open to others', desire(), host({ open: ['ce.cfg'] }), ['~ config']],
  ['different, domain there', desire(other), host(), ['~ config']],
  ['different', desire({ ...other, ensure: 'stopped' }), absent({ autoLinks: [] }), ['~ config']],
]

const autoRows: readonly Row[] = [
  ['unwanted: auto false', desire({ auto: false }), host(), ['- auto']],
  ['unwanted: an intervention', desire(), absent({ intervention: anIntervention }), ['- auto']],
  ['unwanted: stopped', desire({ ensure: 'stopped' }), absent(), ['- auto']],
  ['unwanted: not released', desire({ movedFrom: 'old' }), host(), ['- auto']],
  ['unwanted: held', desire(), host({ held: ['ce'] }), ['- auto', '~ hold (hold:ce)']],
  ['unwanted: shared', shared, host({ claimed: ['ce'] }), ['- auto']],
  ['unwanted: needs others', desire({ needs: ['mon'] }), host(), ['~ config (rejected)', '- auto']],
  ['none wanted', desire({ auto: false }), links(), []],
  ['absent', desire(), links(), ['+ auto']],
  [
    'absent, and a disk is not there that the config is to have, nor is the domain started',
    desire({ disks: { xvda: { type: 'phy', device: '/dev/sdz' } } }, { create_domains: false }),
    absent({ autoLinks: [], missing: ['/dev/sdz'] }),
    ['~ config', '+ auto (block:/dev/sdz)'],
  ],
  [
    'absent, and a disk is not there, nor is the domain started',
    desire({}, { create_domains: false }),
    absent({ autoLinks: [], missing: ['/dev/vg0/ce'] }),
    ['+ auto (block:/dev/vg0/ce)'],
  ],
  [
    'too early: a disk is not there',
    desire(),
    absent({ missing: ['/dev/vg0/ce'] }),
    ['- unlink', '+ auto (block:/dev/vg0/ce)', '+ start'],
  ],
  [
    'too early: a disk is half filled',
    desire(),
    absent({ tags: { '/dev/vg0/ce': ['xenclosure_filling'] } }),
    ['- unlink', '+ auto (block:/dev/vg0/ce)', '+ start (filled:/dev/vg0/ce)'],
  ],
  [
    'too early for one that runs: its config has a disk that is not there',
    desire(),
    host({ missing: ['/dev/vg0/ce'] }),
    ['- unlink', '+ auto (block:/dev/vg0/ce)'],
  ],
  [
    'not too early: its config has not yet the disk that it is given',
    desire({ disks: { ...ce.disks, xvdz: { type: 'phy', device: '/dev/sdz' } } }),
    host({ missing: ['/dev/sdz'] }),
    ['~ config (block:/dev/sdz)', '~ xvdz'],
  ],
  ['wrong: another NN', desire({ order: 5 }), host(), ['~ auto']],
  ['wrong: another target', desire(), links({ file: '50-ce', target: '/srv/ce.cfg' }), ['~ auto']],
  ['wrong: a file', desire(), links({ file: 'ce.cfg', target: null }), ['~ auto']],
  [
    'wrong: more than one',
    desire(),
    links({ file: '10-ce', target: '/etc/xen/ce.cfg' }, { file: '50-ce', target: '../ce.cfg' }),
    ['~ auto'],
  ],
  ['right', desire(), host(), []],
]

const renamed = { ...running, vifs: [], disks: [] }
const stopped = desire({ ensure: 'stopped' })
const theirs = [{ vdev: 'xvda', path: '/dev/sdc', access: 'rw' }] as const
const otherwise = (actual: Partial<Actual> = {}): Actual =>
  host({ domains: [there('running', { ...running, kernel: '/srv/older' })], ...actual })
const startsOf = (recent: Starts['recent'], ...numbers: readonly number[]): Pick<Actual, 'starts'> => ({
  starts: { ce: { numbers, earlier: [], recent } },
})
const once = desire({ restart: 'no' })
const runRows: readonly Row[] = [
  ['held: running otherwise', desire(), unlinked('running', { held: ['ce'] }), ['~ hold (hold:ce)']],
  ['held: absent', desire(), absent({ autoLinks: [], held: ['ce'] }), ['~ hold (hold:ce)']],
  ['held: to be given up', givenUp, unlinked('running', { held: ['ce'] }), ['~ hold (hold:ce)']],
  ['stopped', stopped, absent({ autoLinks: [] }), []],
  ['stopped: crashed and kept', stopped, unlinked('crashed'), []],
  ['to be stopped, paused', stopped, unlinked('paused'), ['~ unpause (unpause:ce)']],
  ['to be stopped, overdue', stopped, unlinked('running', { overdue: ['ce'] }), ['- stop (shutdown:ce)']],
  [
    'to be stopped, overdue for good',
    desire({ ensure: 'stopped', on_timeout: 'destroy' }),
    unlinked('running', { overdue: ['ce'] }),
    ['- stop (destroy:xen/ce)'],
  ],
  ['to be stopped', stopped, unlinked('running'), ['- stop (stop:ce)']],
  ['to be stopped: an intervention', desire(), unlinked('running', { intervention: anIntervention }), ['- stop']],
  [
    'to be stopped for good: an intervention',
    desire({ on_timeout: 'destroy' }),
    unlinked('running', { intervention: anIntervention, overdue: ['ce'] }),
    ['- stop'],
  ],
  ['to be stopped: apply: restart', desire({ ensure: 'stopped', apply: 'restart' }), unlinked('running'), ['- stop']],
  ['dying', desire(), host({ domains: [there('dying', null)] }), ['~ gone (gone:ce)']],
  ['crashed', desire(), host({ domains: [there('crashed')] }), ['~ gone (gone:ce)']],
  ['shut down', desire(), host({ domains: [there('shut down')] }), ['~ gone (gone:ce)']],
  ['paused', desire(), host({ domains: [there('paused')] }), ['~ unpause (unpause:ce)']],
  ['running otherwise, overdue', desire(), otherwise({ overdue: ['ce'] }), ['~ restart (shutdown:ce)']],
  [
    'running otherwise, overdue for good',
    desire({ on_timeout: 'destroy' }),
    otherwise({ overdue: ['ce'] }),
    ['~ restart (destroy:xen/ce)'],
  ],
  [
    'running otherwise, contested',
    desire({ disks: { ...ce.disks, xvda: { type: 'phy', device: '/dev/sdc' } } }),
    otherwise({
      domains: [there('running'), there('running', { ...running, uuid: 'x', vifs: [], disks: theirs }, 'old')],
    }),
    ['~ config', '~ restart (rejected)'],
  ],
  [
    'running otherwise, half-filled disk',
    desire({ disks: { ...ce.disks, xvda: { type: 'phy', device: '/dev/sdc' } } }),
    otherwise({ tags: { '/dev/sdc': ['xenclosure_filling'] } }),
    ['~ config (block:/dev/sdc)', '~ restart (filled:/dev/sdc)'],
  ],
  [
    'running otherwise, no room',
    desire({ options: { ...ce.options, memory: 1024 } }),
    host({ room: 500 }),
    ['~ config', '~ restart (memory:ce)'],
  ],
  [
    'running otherwise, with room for the difference',
    desire({ options: { ...ce.options, memory: 512 } }),
    host({ room: 388 }),
    ['~ config', '~ restart (restart:ce)'],
  ],
  ['running otherwise', desire(), otherwise(), ['~ restart (restart:ce)']],
  ['running otherwise: apply: restart', desire({ apply: 'restart' }), otherwise(), ['~ restart']],
  [
    'running otherwise, and changeable',
    desire(),
    host({ domains: [there('running', { ...running, kernel: '/srv/older', weight: 512 })] }),
    ['~ scheduling', '~ restart (restart:ce)'],
  ],
  [
    'running otherwise, and changeable: apply: restart',
    desire({ apply: 'restart' }),
    host({ domains: [there('running', { ...running, kernel: '/srv/older', weight: 512 })] }),
    ['~ restart'],
  ],
  [
    'running, changeable',
    desire(),
    host({ domains: [there('running', { ...running, memory: 65536, weight: 512 })] }),
    ['~ memory', '~ scheduling'],
  ],
  [
    'running, changeable: no room',
    desire(),
    host({ domains: [there('running', { ...running, memory: 65536 })], room: 60 }),
    ['~ memory (memory:ce)'],
  ],
  [
    'running, short of memory',
    desire(),
    host({ domains: [there('running', { ...running, hasItsMemory: false })] }),
    ['~ guest (guest:ce)'],
  ],
  ['running, not remembered', once, host(), ['~ note']],
  ['running, remembered', once, host(startsOf('few', 1)), []],
  ['running', desire(), host({ domains: [there('running', { ...running, uuid: 'another' })] }), []],
  [
    'running, its disk by another name',
    desire({ disks: { ...ce.disks, xvdb: { type: 'phy', device: '/dev/disk/by-id/x', access: 'ro' } } }),
    host({ links: { '/dev/disk/by-id/x': '/dev/sdb1', '/dev/sdb1': '/dev/sdb1', '/dev/vg0/ce': '/dev/dm-0' } }),
    ['~ config'],
  ],
  ['creation switched off', desire({}, { create_domains: false }), absent(), []],
  ['not released', desire({ movedFrom: 'old' }), absent({ autoLinks: [] }), ['~ release (release:ce)']],
  ['no Xen', desire(), absent({ xenRuns: false }), ['~ boot (reboot)']],
  ['saved', desire(), absent({ saved: ['ce'] }), ['~ restore (restore:ce)']],
  ['has run', once, absent(startsOf('few', 1)), []],
  ['has not run in this boot', once, absent(startsOf('few')), ['+ start']],
  ['not claimed', shared, absent({ autoLinks: [] }), ['~ lease (lease:ce)']],
  ['claimed', shared, absent({ autoLinks: [], claimed: ['ce'] }), ['+ start']],
  [
    'there under another name: uuid',
    desire(),
    host({ domains: [there('running', renamed, 'old')] }),
    ['+ start (rejected)'],
  ],
  [
    'there under another name: MAC',
    desire(),
    host({ domains: [there('paused', { ...running, uuid: 'another', disks: [] }, 'old')] }),
    ['+ start (rejected)'],
  ],
  [
    'there under another name: disk, by its other path',
    desire(),
    host({
      domains: [
        there(
          'running',
          { ...renamed, uuid: 'x', disks: [{ vdev: 'hda', path: '/dev/mapper/vg0-ce', access: 'ro' }] },
          'old',
        ),
      ],
    }),
    ['+ start (rejected)'],
  ],
  [
    'being filled',
    desire(),
    absent({ autoLinks: [], tags: { '/dev/vg0/ce': ['xenclosure_filling'] } }),
    ['+ auto (block:/dev/vg0/ce)', '+ start (filled:/dev/vg0/ce)'],
  ],
  ['filled', desire(), absent({ tags: { '/dev/sdb1': ['xenclosure_filled'] } }), ['+ start']],
  ['in use', desire(), absent({ inUse: ['/dev/vg0/ce'] }), ['~ unmount (unmount:ce)']],
  ['no room', desire(), absent({ room: 131 }), ['+ start (memory:ce)']],
  ['just room', desire(), absent({ room: 132 }), ['+ start']],
  ['crash loop', desire(), absent(startsOf('too many', 1, 2, 3, 4, 5, 6)), ['+ start (crash-loop:ce)']],
  ['backing off', desire(), absent(startsOf('many', 1, 2, 3)), ['+ start (crash-loop:ce)']],
  ['lost, started again', desire(), absent(startsOf('few', 1, 2)), ['+ start']],
  ['not running', desire(), absent(), ['+ start']],
]

const fresh = desire({ install_options: { kernel: '/srv/install' } })
const toInstall: Partial<Actual> = { autoLinks: [], tags: { '/dev/vg0/ce': ['xenclosure_install=1'] } }
const startText = textOf({
  ...ce,
  options: {
    ...Object.fromEntries(Object.entries(ce.options).filter(([option]) => option !== 'cmdline')),
    ...({ kernel: '/srv/install', on_poweroff: 'preserve', on_reboot: 'preserve', on_crash: 'preserve' } as const),
  } as Domain['options'],
})
const installer: Partial<Actual> = { ...toInstall, configs: { 'ce.cfg': textOf(ce), 'ce.start': startText } }
const ended = (state: DomainState, reason?: ShutdownReason): Actual['domains'] => [
  { ...there(state), ...(reason === undefined ? {} : { reason }) },
]
const over: Partial<Actual> = {
  ...installer,
  tags: { '/dev/vg0/ce': ['xenclosure_install=1', 'xenclosure_installed=1'] },
}
/** By an order of another name than that of any installation before. */
const ordered: Partial<Actual> = { reinstallations: { ce: '2' } }
const anew = (actual: Partial<Actual> = {}): Actual =>
  host({ ...installer, tags: { '/dev/vg0/ce': ['xenclosure_installed=1'] }, ...ordered, ...actual })
const soon = ['~ install (install:ce)']
const installRows: readonly Row[] = [
  [
    'stopped, and its installer runs',
    desire({ ensure: 'stopped', install_options: { kernel: '/srv/install' } }),
    host({ ...toInstall }),
    ['~ install (install:ce)'],
  ],
  ['to be installed anew, overdue', fresh, anew({ overdue: ['ce'] }), ['~ reinstall (shutdown:ce)', ...soon]],
  [
    'to be installed anew, overdue for good',
    desire({ install_options: { kernel: '/srv/install' }, on_timeout: 'destroy' }),
    anew({ overdue: ['ce'] }),
    ['~ reinstall', ...soon],
  ],
  ['to be installed anew, kept', fresh, anew({ domains: ended('crashed') }), ['~ reinstall', ...soon]],
  ['to be installed anew', fresh, anew(), ['~ reinstall', ...soon]],
  [
    'to be installed anew: its config, and its link',
    fresh,
    anew({ configs: host().configs, autoLinks: host().autoLinks }),
    ['+ installer', '- auto', '~ reinstall', ...soon],
  ],
  ['to be installed anew: by its provisioner', desire(), host(ordered), ['~ reinstall']],
  ['to be installed anew: absent', fresh, anew({ domains: [] }), ['+ start', ...soon]],
  ['to be installed anew: absent, by its provisioner', desire(), absent(ordered), ['+ start']],
  [
    'to be installed anew, but its installer runs',
    fresh,
    host({ ...installer, ...ordered }),
    ['~ install (install:ce)'],
  ],
  [
    'to be installed anew, and its boot disk knows',
    fresh,
    host({ ...installer, reinstallations: { ce: '1' } }),
    ['~ install (install:ce)', '~ order'],
  ],
  ['its installer runs', fresh, host(installer), ['~ install (install:ce)']],
  [
    'its installer has restarted',
    fresh,
    host({ ...installer, domains: ended('shut down', 'reboot') }),
    ['- installer', '+ auto', '+ install'],
  ],
  [
    'its installer has shut down',
    fresh,
    host({ ...installer, domains: ended('shut down', 'poweroff') }),
    ['- installer', '+ auto', '+ install'],
  ],
  [
    'what is kept after its end has installed another disk',
    fresh,
    host({
      ...installer,
      domains: [
        {
          ...there('shut down', { ...running, disks: [{ vdev: 'xvda', path: '/dev/vg0/old', access: 'rw' }] }),
          reason: 'poweroff',
        },
      ],
    }),
    ['~ gone (gone:ce)'],
  ],
  ['its installer has crashed', fresh, host({ ...installer, domains: ended('crashed') }), ['~ gone (gone:ce)']],
  [
    'its installer was stopped',
    fresh,
    host({ ...installer, domains: ended('shut down', 'watchdog') }),
    ['~ gone (gone:ce)'],
  ],
  [
    'kept after its end, and its disk, which is blank, is not marked: no installer of ours',
    desire({ install_options: { kernel: '/srv/install' } }),
    host({ ...installer, tags: {}, blank: ['/dev/vg0/ce'], domains: ended('shut down', 'poweroff') }),
    ['~ gone (gone:ce)'],
  ],
  [
    'its installer is over, and kept',
    fresh,
    host({ ...over, domains: ended('shut down', 'reboot') }),
    ['- installer', '+ auto', '+ install'],
  ],
  ['its installer is over, and gone', fresh, absent(over), ['- installer', '+ auto', '+ start']],
  ['to be installed, without an installer', desire(), absent(toInstall), ['+ start (rejected)']],
  ['to be installed: no config', fresh, absent(toInstall), ['+ installer', '+ start', '~ install (install:ce)']],
  ['to be installed', fresh, absent(installer), ['+ start', '~ install (install:ce)']],
  [
    'to be installed: its disk will be new',
    fresh,
    absent({ ...installer, tags: {}, missing: ['/dev/vg0/ce'] }),
    ['+ start', '~ install (install:ce)'],
  ],
  [
    'to be installed: a link',
    fresh,
    absent({ ...installer, autoLinks: host().autoLinks }),
    ['- auto', '+ start', '~ install (install:ce)'],
  ],
  [
    'installed: a disk that says nothing',
    fresh,
    absent({ ...installer, tags: {} }),
    ['- installer', '+ auto', '+ start'],
  ],
  [
    'moves here: its disk is none of its own',
    desire({ install_options: { kernel: '/srv/install' }, movedFrom: 'old' }),
    absent({ autoLinks: [], missing: ['/dev/vg0/ce'] }),
    ['~ release (release:ce)'],
  ],
]

const noConfig = { configs: { 'ce.cfg': null } }
const namesake = {
  domains: { ce: { ...ce, ensure: 'absent' as const }, se: { options: { ...ce.options, name: 'ce' } } },
}
const absentRows: readonly Row[] = [
  [
    'named twice',
    namesake,
    unlinked('running', { configs: { 'ce.cfg': null, 'se.cfg': null } }),
    ['~ config (rejected)', '+ auto', '- end (rejected)', '~ restart (restart:se)'],
  ],
  ['dying', givenUp, unlinked('dying', noConfig), ['~ gone (gone:ce)']],
  ['running', givenUp, unlinked('running', noConfig), ['- end (destroy:xen/ce)']],
  ['kept: paused', givenUp, unlinked('paused', noConfig), ['- end (destroy:xen/ce)']],
  ['kept: crashed', givenUp, unlinked('crashed', noConfig), ['- end (destroy:xen/ce)']],
  ['kept: shut down', givenUp, unlinked('shut down', noConfig), ['- end (destroy:xen/ce)']],
  ['saved', givenUp, absent({ autoLinks: [], saved: ['ce'], ...noConfig }), ['- end (destroy:xen/ce)']],
  ['gone', givenUp, absent({ autoLinks: [], ...noConfig }), []],
]

const tables = {
  installing: installRows,
  config: configRows,
  'auto link': autoRows,
  'what is given up': absentRows,
  running: runRows,
}
t.test('what the host or the guest did by itself is routine, and no drift', async t => {
  const link = [{ file: '50-ce', target: '../ce.cfg' }]
  const started = startsOf('few', 1)
  const rows: readonly (readonly [string, XenDomains, Actual, string, boolean])[] = [
    ['xendomains did not start it', desire(), absent({ autoLinks: link }), 'start', false],
    ['nobody has started it in this boot', desire({ auto: false }), absent({ autoLinks: [] }), 'start', true],
    ['it was started in this boot', desire({ auto: false }), absent({ autoLinks: [], ...started }), 'start', false],
    ['it crashes again and again', desire(), absent(startsOf('too many', 1, 2, 3, 4, 5, 6)), 'start', true],
    ['xendomains started it, and once is enough', once, host(), 'note', true],
    ['its config was edited', desire(), host({ configs: { 'ce.cfg': 'x' } }), 'config', false],
  ]
  for (const [name, desired, actual, step, isRoutine] of rows) {
    const action = plan(desired, actual).find(({ id }) => id === `xen/ce/${step}`)
    t.equal(action?.routine, isRoutine ? true : undefined, name)
    t.ok(action, name)
  }
})

for (const [table, rows] of Object.entries(tables))
  t.test(`the table of ${table}`, async t => {
    for (const [name, desired, actual, actions] of rows) t.same(plan(desired, actual).map(tell), actions, name)
  })

t.test('a host with nothing of it gets the config, the link and the domain, in this order', async t => {
  const actual = absent({ configs: { 'ce.cfg': null }, autoLinks: null })
  t.matchOnly(plan(desire(), actual), [
    {
      id: 'xen/ce/config',
      component: 'xen',
      resource: 'ce',
      kind: '+',
      summary: 'write /etc/xen/ce.cfg',
      reasons: ['there is no /etc/xen/ce.cfg'],
      risk: 'safe',
      provides: ['file:/etc/xen/ce.cfg'],
      requires: [],
      ops: [{ op: 'write', path: '/etc/xen/ce.cfg', content: textOf(ce), mode: 0o600 }],
    },
    {
      id: 'xen/ce/auto',
      component: 'xen',
      resource: 'ce',
      kind: '+',
      summary: 'link /etc/xen/auto/50-ce to /etc/xen/ce.cfg',
      reasons: ['it starts with the host'],
      risk: 'safe',
      provides: [],
      requires: ['file:/etc/xen/ce.cfg', 'domain:ce/running'],
      ops: [
        { op: 'mkdir', path: '/etc/xen/auto', mode: 0o755 },
        { op: 'link', path: '/etc/xen/auto/50-ce', target: '../ce.cfg' },
      ],
    },
    {
      id: 'xen/ce/start',
      component: 'xen',
      resource: 'ce',
      kind: '+',
      summary: 'start domain ce',
      reasons: ['it does not run'],
      risk: 'safe',
      queue: 'xen/start',
      provides: ['domain:ce/running'],
      requires: ['file:/etc/xen/ce.cfg', 'block:/dev/vg0/ce', 'block:/dev/sdb1', 'bridge:xenbr0'],
      ops: [
        {
          op: 'exec',
          argv: ['systemd-run', '--scope', '--quiet', '--collect', 'xl', 'create', '/etc/xen/ce.cfg'],
          timeout: 300_000,
        },
        { op: 'write', path: '/state/xen/starts/ce/1', content: 'boot-1\n', mode: 0o600 },
      ],
    },
  ])
})

t.test('the config of a domain that is there is written only after xl has it', async t => {
  const ops = plan(desire(other), host()).flatMap(({ ops }) => ops)
  t.match(ops, [
    { op: 'write', path: '/etc/xen/ce.cfg.next' },
    { op: 'exec', argv: ['xl', 'config-update', 'ce', '/etc/xen/ce.cfg.next'] },
    { op: 'remove', path: '/etc/xen/ce.cfg.next' },
    { op: 'write', path: '/etc/xen/ce.cfg' },
  ])
  t.same(plan(desire(other), host())[0]?.reasons, ['changed: on_crash'])
})

t.test('a config that somebody else wrote is kept beside ours, once', async t => {
  const theirs = 'name = "ce"  # by hand\n'
  const firstOp = (text: string, actual: Actual) =>
    plan(desire(other), { ...actual, configs: { 'ce.cfg': text } })[0]?.ops[0]
  for (const actual of [host(), absent()])
    t.match(firstOp(theirs, actual), { op: 'write', path: '/etc/xen/ce.cfg.orig', content: theirs, mode: 0o600 })
  t.notMatch(firstOp(textOf(ce), host()), { path: '/etc/xen/ce.cfg.orig' })
})

t.test('a file in /etc/xen/auto that starts it is kept before it goes, a link is not', async t => {
  const theirs = 'name = "ce"  # by hand\n'
  const kept = { op: 'write', path: '/etc/xen/ce.cfg.auto.orig', content: theirs, mode: 0o600 }
  const removed = { op: 'remove', path: '/etc/xen/auto/ce.cfg' }
  const opsWith = (link: AutoLink, domain = {}) => plan(desire(domain), links(link))[0]?.ops
  const file = { file: 'ce.cfg', target: null, content: theirs }
  t.match(opsWith(file), [kept, removed, { op: 'link' }])
  t.match(opsWith(file, { auto: false }), [kept, removed])
  for (const link of [
    { ...file, content: textOf(ce) },
    { file: 'ce.cfg', target: '../ce.cfg' },
  ])
    t.match(opsWith(link), [removed, { op: 'link' }])
})

t.test('what somebody else wrote is kept under a name of its own, and once', async t => {
  const [first, second, third] = ['# the first\n', '# the second\n', '# the third\n'] as const
  const keeps = (actual: Partial<Actual>, domain: Domain = other): readonly string[] =>
    plan(desire(domain), absent({ autoLinks: [], ...actual })).flatMap(({ ops }) =>
      ops.flatMap(op => (op.op === 'write' && op.path.includes('.orig') ? [`${op.path}: ${op.content}`] : [])),
    )
  const config = (kept: Actual['kept'], text: string = third) => keeps({ configs: { 'ce.cfg': text }, kept })
  const orig = '/etc/xen/ce.cfg.orig'
  t.same(config({}), [`${orig}: ${third}`])
  t.same(config({ [orig]: first }), [`${orig}.1: ${third}`])
  t.same(config({ [orig]: first, [`${orig}.1`]: second }), [`${orig}.2: ${third}`])
  t.same(config({ [orig]: null }), [`${orig}.1: ${third}`], 'a directory of that name')
  t.same(config({ [orig]: first, [`${orig}.1`]: third }), [], 'kept by a run that was killed before it went on')
  t.same(config({ [orig]: first, [`${orig}.2`]: second }), [`${orig}.1: ${third}`], 'a gap')

  const auto = { file: 'ce.cfg', target: null, content: third }
  const keptAuto = '/etc/xen/ce.cfg.auto.orig'
  t.same(keeps({ autoLinks: [auto], kept: { [keptAuto]: first } }), [`${keptAuto}.1: ${third}`])
  t.same(keeps({ autoLinks: [auto], kept: { [keptAuto]: third } }), [])
})

t.test('what is kept of a file in /etc/xen/auto has the name of no config', t => {
  const [auto, config] = ['# starts ce\n', '# the config of auto-ce\n']
  const actual = absent({
    autoLinks: [{ file: 'ce.cfg', target: null, content: auto }],
    configs: { 'auto-ce.cfg': config },
  })
  const second = {
    ...ce,
    options: { ...ce.options, uuid: '00000000-0000-4000-8000-0000000000aa' },
    vifs: {},
    disks: {},
  }
  const ops = plan({ domains: { ce, 'auto-ce': second } }, actual).flatMap(action => action.ops)
  const kept = ops.flatMap(op => (op.op === 'write' && [auto, config].includes(op.content) ? [op.path] : []))
  t.same(new Set(kept), new Set(['/etc/xen/ce.cfg.auto.orig', '/etc/xen/auto-ce.cfg.orig']))
  t.end()
})

t.test('a config that somebody else wrote is kept when its domain is given up, too', async t => {
  const theirs = '# by hand\n'
  const opsWith = (text: string) =>
    plan(desire({ ensure: 'absent' }), absent({ configs: { 'ce.cfg': text } })).find(({ id }) => id === 'xen/ce/config')
      ?.ops
  const removed = { op: 'remove', path: '/etc/xen/ce.cfg' }
  t.match(opsWith(theirs), [{ op: 'write', path: '/etc/xen/ce.cfg.orig', content: theirs }, removed])
  t.same(opsWith(textOf(ce)), [removed])
})

t.test('a domain that must not start does not start with the host either', async t => {
  const desired = { domains: { ce, se: { ...ce, order: 60 } } }
  const actions = gate(orderActions(plan(desired, absent({ autoLinks: [] }))), { consents: new Set() })
  const links = actions.filter(({ id }) => id.endsWith('/auto'))
  t.same(
    links.map(({ id, status }) => `${id} ${status}`),
    ['xen/ce/auto due', 'xen/se/auto pending'],
  )
})

const ask = [
  { op: 'write', path: '/state/xen/shutdowns/ce', content: 'boot-1\n', mode: 0o600 },
  { op: 'exec', argv: ['xl', 'shutdown', '-F', 'ce'], timeout: 60_000 },
] as const
const looked = { op: 'exec', argv: ['ls', '/srv/vmlinux'] } as const
const isGone = {
  op: 'await',
  probe: { kind: 'exec', argv: ['xl', 'list', 'ce'], expect: [1] },
  within: 300_000,
} as const
const forget = { op: 'remove', path: '/state/xen/shutdowns/ce' } as const
const unhindered = [
  { kind: 'unheld', path: '/state/xen/holds/ce.json' } as const,
  { kind: 'absent', path: '/etc/xenclosure/off' } as const,
].map(probe => ({ op: 'await', probe, within: 0, otherwise: [] }) as const)
const destroyed = [{ op: 'exec', argv: ['xl', 'destroy', 'ce'], timeout: 60_000 }, forget] as const
const started = [
  { op: 'exec', argv: ['systemd-run', '--scope', '--quiet', '--collect', 'xl', 'create', '/etc/xen/ce.cfg'] },
  { op: 'write', path: '/state/xen/starts/ce/1' },
] as const
const opsOf = (desired: XenDomains, actual: Actual): Action['ops'] => plan(desired, actual).at(-1)?.ops ?? []

t.test(
  'an installation is noted as done before its installer goes, and only then the domain itself starts',
  async t => {
    const done = host({ ...installer, domains: ended('shut down', 'reboot') })
    const lvchange = (option: string, tag: string) => ({ op: 'exec', argv: ['lvchange', option, tag, 'vg0/ce'] })
    const [note, close] = [lvchange('--addtag', 'xenclosure_installed=1'), lvchange('--deltag', 'xenclosure_install=1')]
    t.match(opsOf(fresh, done), [note, ...destroyed, close, ...started])
    t.match(opsOf(fresh, host({ ...over, domains: ended('shut down', 'reboot') })), [...destroyed, close, ...started])
    t.match(opsOf(fresh, absent(over)), [close, ...started])
    t.same(plan(fresh, done).at(-1)?.provides, ['domain:ce/running'])
  },
)

t.test('an installer starts from its own config, is kept after its end, and is not what others need', async t => {
  const actions = plan(fresh, absent(toInstall))
  const written = { op: 'write', path: '/etc/xen/ce.start', content: startText, mode: 0o600 }
  t.match(actions[0]?.ops, [written])
  const byHand = absent({ ...toInstall, configs: { 'ce.cfg': textOf(ce), 'ce.start': '# by hand\n' } })
  t.match(plan(fresh, byHand)[0]?.ops, [
    { op: 'write', path: '/etc/xen/ce.start.orig', content: '# by hand\n' },
    written,
  ])
  const [start, rest] = actions.slice(-2)
  t.match(start?.ops, [
    { op: 'exec', argv: ['systemd-run', '--scope', '--quiet', '--collect', 'xl', 'create', '/etc/xen/ce.start'] },
  ])
  t.equal(start?.ops.length, 1, 'and no start is remembered')
  t.same(start?.provides, [])
  t.same(rest?.provides, ['domain:ce/running'])
  const after = plan(
    {
      domains: {
        ...fresh.domains,
        se: { ...ce, options: { ...ce.options, uuid: 'v', name: 'se' }, disks: {}, vifs: {}, needs: ['ce'] },
      },
    },
    absent(toInstall),
  )
  const gated = gate(orderActions(after), { consents: new Set() })
  t.match(
    gated.find(({ id }) => id === 'xen/se/start'),
    { status: 'pending' },
  )
})

t.test('of a partition, that it is to be installed is noted before the installer writes to it', async t => {
  const disks = { xvda: { type: 'phy', device: '/dev/sdz' } } as const
  const actions = plan(
    desire({ install_options: { kernel: '/srv/install' }, installation: 'el9', disks }),
    absent({ autoLinks: [], blank: ['/dev/sdz'] }),
  )
  const file = '/state/disks/%2Fdev%2Fsdz'
  t.match(actions.at(-2)?.ops, [{ op: 'write', path: file, content: 'xenclosure_install=el9\n' }, { op: 'exec' }])
  const tags = { '/dev/sdz': ['xenclosure_install=el9'] }
  const installed = { ...running, disks: [{ vdev: 'xvda', path: '/dev/sdz', access: 'rw' as const }] }
  const domains = [{ ...there('shut down', installed), reason: 'reboot' as const }]
  const done = host({ autoLinks: [], tags, domains })
  t.match(opsOf(desire({ install_options: {}, disks }), done), [
    { op: 'write', path: file, content: 'xenclosure_install=el9\nxenclosure_installed=el9\n' },
    ...destroyed,
    { op: 'write', path: file, content: 'xenclosure_installed=el9\n' },
    ...started,
  ])
})

t.test('a domain is asked to shut down when its kernel is there, and started again only when it is gone', async t => {
  t.same(opsOf(stopped, unlinked('running')), [...ask, { ...isGone, otherwise: [] }, forget])
  t.match(opsOf(desire(), otherwise()), [
    ...[looked, ...ask, { ...isGone, otherwise: [] }, forget],
    ...[...unhindered, ...started],
  ])
  const slow = desire({ ensure: 'stopped', shutdown_timeout: 90 })
  t.match(opsOf(slow, unlinked('running')), [{}, {}, { op: 'await', within: 90_000 }, {}])
})

t.test('only one whose time is over is destroyed, and that is destructive', async t => {
  const declared = { on_timeout: 'destroy' } as const
  t.match(plan(desire(declared), otherwise({ overdue: ['ce'] })), [{ risk: 'destructive', waitsFor: undefined }])
  t.match(opsOf(desire(declared), otherwise({ overdue: ['ce'] })), [looked, ...destroyed, ...unhindered, ...started])
  t.match(opsOf(desire(declared), otherwise()), [
    ...[looked, ...ask, { ...isGone, otherwise: [] }, forget],
    ...[...unhindered, ...started],
  ])
  t.same(opsOf(desire({ ...declared, ensure: 'stopped' }), unlinked('running', { overdue: ['ce'] })), destroyed)
})

t.test('what is given up is shut down first, and its config goes last', async t => {
  const actual = host()
  t.match(gate(orderActions(plan(givenUp, actual)), { consents: new Set() }), [
    { id: 'xen/ce/end', status: 'refused', risk: 'destructive' },
    { id: 'xen/ce/config', status: 'pending', ops: [{ op: 'remove', path: '/etc/xen/ce.cfg' }] },
    { id: 'xen/ce/auto', status: 'due', risk: 'safe' },
  ])
  const end = (declared: Partial<Domain>, state: DomainState = 'running'): Action['ops'] =>
    plan(desire({ ensure: 'absent', ...declared }), unlinked(state)).at(-1)?.ops ?? []
  t.same(end({}), [...ask, { ...isGone, otherwise: [] }, forget])
  t.same(end({ on_timeout: 'destroy' }), [...ask, { ...isGone, otherwise: [...unhindered, ...destroyed] }, forget])
  t.same(end({}, 'crashed'), destroyed)
  const saved = plan(givenUp, absent({ autoLinks: [], saveDirectory: '/srv/saved', saved: ['ce'] })).at(-1)
  t.same(saved?.ops, [{ op: 'remove', path: '/srv/saved/ce' }])
})

t.test('of the starts, the last ones of this boot are remembered', async t => {
  const remembered = (starts: Omit<Starts, 'recent'>) =>
    opsOf(desire(), absent({ starts: { ce: { ...starts, recent: 'few' } } }))
      .slice(1)
      .map(op =>
        op.op === 'remove' || op.op === 'write' ? `${op.op} ${op.path.slice('/state/xen/starts/'.length)}` : op,
      )
  t.same(remembered({ numbers: [], earlier: [] }), ['write ce/1'])
  t.same(remembered({ numbers: [], earlier: [3, 4] }), ['remove ce/3', 'remove ce/4', 'write ce/5'])
  t.same(remembered({ numbers: [1, 2, 3, 4, 5], earlier: [] }), ['write ce/6'])
  t.same(remembered({ numbers: [8, 9, 10, 11, 12, 13], earlier: [] }), ['remove ce/8', 'write ce/14'])
})

t.test('a start that is allowed in a crash loop forgets what was before', async t => {
  const ops = opsOf(desire(), absent(startsOf('too many', 1, 2)))
  t.match(ops, [
    { op: 'exec' },
    { op: 'remove', path: /1$/ },
    { op: 'remove', path: /2$/ },
    { op: 'write', path: /3$/ },
  ])
})

t.test('a start forgets that an earlier domain of the name was asked to shut down', async t => {
  t.match(opsOf(desire(), absent({ asked: ['ce', 'se'] })), [forget, ...started])
})

t.test('memory is given out in start order', async t => {
  const named = (n: number, order: number, memory = 128): Domain => ({
    options: { ...ce.options, uuid: String(n), memory },
    order,
  })
  const desired = { domains: { a: named(1, 30), b: named(2, 20, 1024), c: named(3, 10) } }
  const starts = plan(desired, absent({ room: 300 })).filter(({ id }) => id.endsWith('/start'))
  t.same(starts.map(tell), ['+ start', '+ start (memory:b)', '+ start'])
  t.same(starts[1]?.reasons, ['it takes 1036 MiB, and 868 MiB are lacking'])
})

t.test('memory that a domain takes is what libxl reckons', async t => {
  const rows: readonly (readonly [Partial<Domain['options']>, number])[] = [
    [{}, 128 + 1 + 1 + 2],
    [{ type: 'pv' }, 128 + 1 + 1 + 1 + 1],
    [{ memory: 1024, vcpus: 4 }, 1024 + 4 + 8 + 2],
    [{ memory: 1024, maxmem: 4096, vcpus: 1, maxvcpus: 8 }, 1024 + 8 + 32 + 2],
  ]
  for (const [options, need] of rows) t.equal(memoryNeed({ ...ce.options, ...options }), need)
})

t.test('a domain starts when those that it needs are ready', async t => {
  const mon = (ready: Domain['ready'], part: Partial<Domain> = {}): Domain => ({
    options: { ...ce.options, uuid: 'm' },
    address: '192.0.2.1',
    ...(ready === undefined ? {} : { ready }),
    ...part,
  })
  const with_ = (needed: Domain): XenDomains => ({ domains: { ce: { ...ce, needs: ['mon'] }, mon: needed } })
  const monRuns = there('running', { ...running, uuid: 'm', disks: [], vifs: [] }, 'mon')
  const fresh = { configs: {}, autoLinks: [] }
  const rows: readonly (readonly [string, XenDomains, Partial<Actual>, readonly string[]])[] = [
    ['running', with_(mon(undefined)), fresh, ['mon/start due', 'ce/start due']],
    ['port', with_(mon({ port: 5432 })), fresh, ['mon/start due', 'mon/ready due', 'ce/start due']],
    ['delay', with_(mon({ delay: 30 })), fresh, ['mon/start due', 'mon/ready due', 'ce/start due']],
    ['it runs', with_(mon({ port: 5432 })), { ...fresh, domains: [monRuns] }, ['mon/ready due', 'ce/start due']],
    ['it is ready', with_(mon({ port: 5432 })), { ...fresh, domains: [monRuns], ready: ['mon'] }, ['ce/start due']],
    [
      'it is saved',
      with_(mon({ port: 5432 })),
      { ...fresh, saved: ['mon'] },
      ['mon/restore pending', 'mon/ready pending', 'ce/start pending'],
    ],
    [
      'it is not to run: the config is rejected',
      with_(mon({ delay: 30 }, { ensure: 'stopped' })),
      fresh,
      ['ce/start pending'],
    ],
    ['no domain is started', { ...with_(mon({ delay: 30 })), create_domains: false }, fresh, []],
    ['it is held', with_(mon(undefined)), { ...fresh, held: ['mon'] }, ['mon/hold pending', 'ce/start pending']],
    [
      'it is paused',
      with_(mon(undefined)),
      { ...fresh, domains: [{ ...monRuns, state: 'paused' }] },
      ['mon/unpause pending', 'ce/start pending'],
    ],
  ]
  for (const [name, desired, actual, expected] of rows) {
    const actions = gate(orderActions(plan(desired, absent(actual))), { consents: new Set() })
    const told = actions
      .filter(({ id }) => !/config$|auto$/.test(id))
      .map(({ id, status }) => `${id.slice(4)} ${status}`)
    t.same(told, expected, name)
  }
  const opsFor = (ready: Domain['ready']) =>
    plan(with_(mon(ready)), absent(fresh)).find(({ id }) => id === 'xen/mon/ready')?.ops
  t.same(opsFor({ port: 5432, within: 60 }), [
    { op: 'await', probe: { kind: 'listening', host: '192.0.2.1', port: 5432 }, within: 60_000, otherwise: [] },
  ])
  t.same(opsFor({ delay: 30 }), [{ op: 'exec', argv: ['sleep', '30'], timeout: 90_000 }])
})

t.test('domains that need each other in a circle are rejected, and nothing else is', async t => {
  const desired = {
    domains: {
      a: { ...ce, needs: ['b'] },
      b: { ...ce, needs: ['a'], options: { ...ce.options, uuid: 'b' }, vifs: {}, disks: {} },
      se: { ...ce, options: { ...ce.options, uuid: 's' }, vifs: {}, disks: {} },
    },
  }
  const actions = gate(orderActions(plan(desired, absent({ configs: {}, autoLinks: [] }))), { consents: new Set() })
  t.same(
    actions.map(({ id, status }) => `${id.slice(4)} ${status}`),
    [
      'a/config rejected',
      'b/config rejected',
      'se/config due',
      'se/start due',
      'se/auto due',
      'a/start pending',
      'b/start pending',
    ],
  )
})

t.test('a restart waits until what the start needs is there', async t => {
  t.match(plan(desire({ apply: 'restart' }), otherwise()), [
    { requires: ['file:/etc/xen/ce.cfg', 'block:/dev/vg0/ce', 'block:/dev/sdb1', 'bridge:xenbr0'], risk: 'disruptive' },
  ])
})

t.test('a wrong link is gone before the right one is made', async t => {
  const ops = plan(desire(), links({ file: '10-ce', target: '../ce.cfg' })).flatMap(({ ops }) => ops)
  t.same(ops, [
    { op: 'remove', path: '/etc/xen/auto/10-ce' },
    { op: 'link', path: '/etc/xen/auto/50-ce', target: '../ce.cfg' },
  ])
})

t.test('domains start by order, then by name', async t => {
  const guest = (uuid: string, order?: number): Domain => ({
    options: { ...ce.options, uuid },
    ...(order === undefined ? {} : { order }),
  })
  const desired = { domains: { b: guest('1'), a: guest('2'), z: guest('3', 10), c: guest('4', 99) } }
  const actual = absent({ configs: {}, autoLinks: [] })
  const starts = plan(desired, actual).filter(({ id }) => id.endsWith('/start'))
  t.same(
    starts.map(({ resource }) => resource),
    ['z', 'a', 'b', 'c'],
  )
})

t.test('two declared domains of one name in Xen are both rejected', async t => {
  const desired = { domains: { ce, se: { ...ce, options: { ...ce.options, name: 'ce' } } } }
  const configs = plan(desired, host()).filter(({ id }) => id.endsWith('/config'))
  t.same(
    configs.map(({ id, rejected }) => `${id}: ${rejected}`),
    ['xen/ce/config: se is called ce in Xen, too', 'xen/se/config: ce is called ce in Xen, too'],
  )
})

t.test('two declared domains that share a disk never start together', async t => {
  const desired = {
    domains: { ce: { ...ce, order: 1 }, se: { ...ce, options: { ...ce.options, uuid: 'b' }, vifs: {} } },
  }
  const starts = plan(desired, absent()).filter(({ id }) => id.endsWith('/start'))
  t.same(starts.map(tell), ['+ start', '+ start (rejected)'])
  t.equal(starts[1]?.rejected, 'ce uses its disk /dev/vg0/ce')
})

t.test('a domain that runs otherwise is pending with each option, old -> new', async t => {
  const cases: readonly (readonly [Partial<Domain>, Partial<ActualConfig>, readonly string[]])[] = [
    [{}, {}, []],
    [{ options: { ...ce.options, memory: 256 } }, {}, ['memory: 128 MiB -> 256 MiB', 'maxmem: 128 MiB -> 256 MiB']],
    [{ options: { ...ce.options, memory: 64 } }, {}, ['memory: 128 MiB -> 64 MiB']],
    [{ options: { ...ce.options, maxmem: 256 } }, {}, ['maxmem: 128 MiB -> 256 MiB']],
    [{ options: { ...ce.options, maxmem: 1024 } }, {}, ['maxmem: 128 MiB -> 1024 MiB']],
    [{}, { maxmem: 262144 }, []],
    [{ options: { ...ce.options, vcpus: 2 } }, {}, ['vcpus: 1 -> 2']],
    [{ options: { ...ce.options, vcpus: 1, maxvcpus: 4 } }, {}, ['maxvcpus: 1 -> 4']],
    [{ options: { ...ce.options, vcpus: 1, maxvcpus: 4 } }, { maxvcpus: 4 }, []],
    [{}, { maxvcpus: 4 }, []],
    [{ options: { ...ce.options, type: 'pv' } }, {}, ['type: pvh -> pv']],
    [
      {},
      { kernel: null, bootloader: 'pygrub', bootloaderArgs: ['-q'], cmdline: null },
      [
        'kernel: none -> /srv/vmlinux',
        'cmdline: none -> ro',
        'bootloader: pygrub -> none',
        'bootloader_args: ["-q"] -> none',
      ],
    ],
    [
      { options: { uuid: 'u', type: 'pv', memory: 128, firmware: 'pvgrub64', root: '/dev/xvda', extra: 'ro' } },
      { type: 'pv', kernel: '/usr/lib/xen-4.17/boot/pvgrub64.bin', cmdline: 'root=/dev/xvda ro' },
      [],
    ],
    [
      { disks: { xvda: { type: 'lvm', group: 'vg0', volume: 'ce', access: 'ro' } } },
      {},
      ['disk xvda: /dev/vg0/ce rw -> /dev/vg0/ce ro', 'disk xvdb: /dev/sdb1 ro -> none'],
    ],
    [
      { disks: { xvda: { type: 'lvm', group: 'vg-0', volume: 'ce' } } },
      { disks: [{ vdev: 'xvda', path: '/dev/mapper/vg--0-ce', access: 'rw' }] },
      [],
    ],
    [
      { vifs: { eth0: { mac: '00:16:3e:00:00:02', bridge: 'xenbr0' } } },
      {},
      ['vif 00:16:3e:00:00:01: xenbr0 -> none', 'vif 00:16:3e:00:00:02: none -> xenbr0'],
    ],
    [
      { vifs: { eth0: { mac: '00:16:3e:00:00:01', bridge: 'xenbr1' } } },
      {},
      ['vif 00:16:3e:00:00:01: xenbr0 -> xenbr1'],
    ],
    [{ vifs: { eth0: { mac: '00:16:3e:00:00:01' } } }, {}, []],
    [
      { options: { ...ce.options, bootloader_args: ['a b'] } },
      { bootloaderArgs: ['a', 'b'] },
      ['bootloader_args: ["a","b"] -> ["a b"]'],
    ],
  ]
  for (const [declared, actual, expected] of cases) {
    const [domain] = domainsOf(desire(declared))
    t.same(
      domain === undefined ? [] : differences(domain, { ...running, ...actual }, {}),
      expected,
      expected.join(', ') || 'equal',
    )
  }
})

t.test('values that contradict each other are all named', async t => {
  const twice = { eth0: { mac: '00:16:3e:00:00:01' }, eth1: { mac: '00:16:3E:00:00:01' } }
  const options = { uuid: 'u', type: 'pv' as const, memory: 128, maxmem: 64, vcpus: 4, maxvcpus: 2 }
  const [config] = plan(desire({ options, vifs: twice }), absent())
  t.same(config?.rejected?.split('; '), [
    'maxmem is 64 MiB, less than memory, 128 MiB',
    'maxvcpus is 2, less than vcpus, 4',
    'a pv domain needs a kernel or a bootloader',
    'two vifs have the MAC 00:16:3e:00:00:01',
  ])
  t.same(config?.reasons, [], 'said once')
  const ide: Domain = {
    ...ce,
    options: { ...ce.options, type: 'hvm' },
    disks: { hda: { type: 'phy', device: '/dev/sdb', access: 'ro' } },
  }
  t.equal(plan(desire(ide), absent())[0]?.rejected, 'an HVM domain cannot have hda read-only: take an sd device')
  const both = { ...ce.options, firmware: 'pvgrub64' }
  t.equal(plan(desire({ options: both }), absent())[0]?.rejected, 'kernel and firmware exclude each other')
})

t.test('what no document declares is an orphan, its config only beside it', async t => {
  const actual = host({
    domains: [there('running'), there('paused', null, 'old')],
    otherConfigs: ['old.cfg', 'linked.cfg', 'unused.cfg'],
    autoLinks: [
      { file: '50-ce', target: '../ce.cfg' },
      { file: '10-linked', target: '../linked.cfg' },
      { file: 'gone', target: '/etc/xen/gone.cfg' },
    ],
  })
  t.same(orphans(desire(), actual), [
    'domain old',
    'file /etc/xen/auto/10-linked',
    'file /etc/xen/auto/gone',
    'file /etc/xen/linked.cfg',
    'file /etc/xen/old.cfg',
  ])
})

t.test('the same values give the same plan, whatever the order of the maps', async t => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 6 })
  const property = fc.property(names, fc.infiniteStream(fc.integer({ min: 0, max: 3 })), (keys, orders) => {
    const guests = keys.map((key, index): [string, Domain] => {
      const order = orders.next().value ?? 50
      return [key, { options: { ...ce.options, uuid: String(index) }, order }]
    })
    const actual = absent({ configs: {} })
    const forth = plan({ domains: Object.fromEntries(guests) }, actual)
    const back = plan({ domains: Object.fromEntries(guests.toReversed()) }, actual)
    t.strictSame(forth, back)
    t.equal(new Set(forth.map(({ id }) => id)).size, forth.length)
  })
  fc.assert(property, runs(30))
})

t.test('a config that holds a password is marked as secret', async t => {
  const guarded = { ...ce, options: { ...ce.options, vncpasswd: 'hush' } }
  const write = plan({ domains: { ce: guarded } }, absent({ configs: {}, autoLinks: [] }))[0]?.ops[0]
  t.match(write, { op: 'write', sensitive: true })
  t.notMatch(plan(desire(), absent({ configs: {}, autoLinks: [] }))[0]?.ops[0], { sensitive: true })
})
