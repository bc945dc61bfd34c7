// The table "Decisions" of components/network/README.md, row by row.
import t from 'tap'
import type { Actual, ActualLink } from '../../../components/network/actual.js'
import type { Network } from '../../../components/network/desired.js'
import { keptPath, printFiles, printTrial, trialPath } from '../../../components/network/files.js'
import { plan } from '../../../components/network/plan.js'
import { factsOf } from '../../../components/network/situation.js'
import { type Trunk, trunksOf } from '../../../components/network/trunk.js'
import type { Action, Op } from '../../../src/model/action.js'

const declared: Network = {
  default_gateway: '192.0.2.1',
  interfaces: { eth0: { ip: '192.0.2.10', netmask: '255.255.255.0' } },
  bridges: { xenbr0: { netdev: 'eth0' } },
}
const guestsOnly: Network = {
  interfaces: { xenbr9: { ip: '192.168.9.1', prefix: 24 } },
  bridges: { xenbr9: {} },
}
const givenUp: Network = { ...declared, bridges: { ...declared.bridges, xenbr9: { ensure: 'absent' } } }

const link = (more: Partial<ActualLink> = {}): ActualLink => ({
  kind: 'device',
  mac: '52:54:00:00:00:10',
  mtu: 1500,
  bridge: null,
  vlan: null,
  stp: null,
  forwardDelay: null,
  addresses: [],
  ...more,
})
const bridge = (more: Partial<ActualLink> = {}): ActualLink =>
  link({ kind: 'bridge', stp: false, forwardDelay: 15, ...more })

/** eth0 has the address, and nothing else is there. */
const before: Actual = {
  memory: '/state/network',
  links: { eth0: link({ addresses: ['192.0.2.10/24'] }) },
  managers: { eth0: 'systemd-networkd', xenbr0: 'systemd-networkd', xenbr9: 'systemd-networkd' },
  used: [],
  elsewhere: {},
  routes: [{ to: 'default', via: '192.0.2.1', link: 'eth0' }],
  files: {},
  armed: [],
  tried: {},
}
/** All as `declared`, made by somebody else. */
const after: Actual = {
  ...before,
  links: { eth0: link({ bridge: 'xenbr0' }), xenbr0: bridge({ addresses: ['192.0.2.10/24'] }) },
  routes: [{ to: 'default', via: '192.0.2.1', link: 'xenbr0' }],
}

const onlyTrunk = (desired: Network): Trunk => {
  const [trunk] = trunksOf(desired)
  if (trunk === undefined) throw new Error('no trunk')
  return trunk
}
const pathsOf = (files: Readonly<Record<string, string>>, path: (name: string) => string): Actual['files'] =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [path(name), content]))
const trying = pathsOf(printTrial(onlyTrunk(declared), after.links), trialPath)
const kept = pathsOf(printFiles(onlyTrunk(declared), after.links), keptPath)
const digest = factsOf(onlyTrunk(declared), before).digest

/** `reload`, `arm`, `undo?` (an await with a remedy), `write etc`... */
const tell = (op: Op): string => {
  if (op.op === 'exec') return op.argv[0] === 'systemd-run' ? 'arm' : op.argv.join(' ')
  if (op.op === 'await')
    return `${op.probe.kind === 'exec' ? op.probe.argv.join(' ') : ''}${op.failure ? ' or back' : ''}`
  return `${op.op} ${'path' in op ? op.path.replace(/^(\/[^/]+)\/.*\//, '$1/.../') : ''}`
}

const ask = 'ping -c 1 -W 2 192.0.2.1'
const stopTimer = 'systemctl stop xenclosure-network-eth0.timer'
const names = ['eth0.network', 'xenbr0.netdev', 'xenbr0.network']
const confirm = ['ping -c 1 -W 2 192.0.2.10 or back', 'ping -c 1 -W 2 -I xenbr0 192.0.2.1 or back', stopTimer]
const keep = [
  'remove /state/.../eth0',
  ...names.map(name => `write /etc/.../05-xenclosure-${name}`),
  ...names.map(name => `remove /run/.../04-xenclosure-${name}`),
]
const begun = [
  ...names.map(name => `write /run/.../04-xenclosure-${name}`),
  'write /state/.../eth0',
  'networkctl reload',
  ...confirm,
  ...keep,
]
const change = [ask, stopTimer, 'arm', ...begun]

type Row = {
  readonly row: string
  readonly desired?: Network
  readonly actual: Actual
  /** Nothing: no action. */
  readonly expected?: Partial<Action>
  readonly ops?: readonly string[]
}

const rows: readonly Row[] = [
  {
    row: 'as declared, being tried, and the timer runs',
    actual: { ...after, files: trying, armed: ['eth0'], tried: { eth0: digest } },
    expected: { summary: 'confirm the change of eth0', risk: 'disruptive', provides: [] },
    ops: [...confirm, ...keep],
  },
  {
    row: 'as declared, tried, and the timer is stopped',
    actual: { ...after, files: trying },
    expected: { summary: 'keep the change of eth0', risk: 'safe' },
    ops: keep,
  },
  { row: 'as declared, by whoever made it', actual: { ...after, managers: { eth0: 'ifupdown', xenbr0: 'ifupdown' } } },
  { row: 'as declared, by our files', actual: { ...after, files: kept } },
  { row: 'given up, and gone', desired: givenUp, actual: after },
  {
    row: 'another change is on record, and its timer runs',
    actual: { ...before, files: trying, armed: ['eth0'], tried: { eth0: 'another' } },
    expected: { waitsFor: 'network:eth0', risk: 'disruptive' },
    ops: [],
  },
  {
    row: 'the files of another change are there, and its timer runs',
    actual: { ...before, files: { ...trying, [trialPath('eth0.network')]: '[Network]\n' }, armed: ['eth0'] },
    expected: { waitsFor: 'network:eth0', risk: 'disruptive' },
    ops: [],
  },
  {
    row: 'an interface is not of systemd-networkd',
    actual: { ...before, managers: { ...before.managers, eth0: 'ifupdown' } },
    expected: {
      kind: '+',
      waitsFor: 'bridge:eth0',
      provides: ['bridge:xenbr0'],
      reasons: [
        'eth0 is no port, declared a port of xenbr0',
        'eth0 has 192.0.2.10/24, and is to be a port',
        'xenbr0 is not there',
        'ifupdown has eth0: only through systemd-networkd are bridges made here, make it by hand as it is declared',
      ],
    },
    ops: [],
  },
  {
    row: 'it cannot be so: no such interface',
    desired: { ...declared, bridges: { xenbr0: { netdev: 'eth7' } } },
    actual: { ...before, managers: { ...before.managers, eth7: 'systemd-networkd' } },
    expected: { rejected: 'the host has no interface eth7' },
    ops: [],
  },
  {
    row: 'it cannot be so: another one has the address',
    actual: { ...before, elsewhere: { '192.0.2.10/24': 'br0' } },
    expected: { rejected: 'br0 has 192.0.2.10/24: it is not declared, give it up first' },
    ops: [],
  },
  {
    row: 'it cannot be so: what has the name is no bridge',
    actual: { ...before, links: { ...before.links, xenbr0: link({ kind: 'bond' }) } },
    expected: { rejected: 'xenbr0 is there, and is no bridge', provides: ['bridge:xenbr0'] },
    ops: [],
  },
  {
    row: 'its device is a port of a bridge with addresses that is declared elsewhere',
    desired: { ...declared, bridges: { ...declared.bridges, xenbr9: {} } },
    actual: {
      ...before,
      links: { eth0: link({ bridge: 'xenbr9' }), xenbr9: bridge({ addresses: ['192.0.2.11/24'] }) },
      routes: [{ to: 'default', via: '192.0.2.1', link: 'xenbr9' }],
    },
    expected: {
      rejected:
        'eth0 is a port of xenbr9, which has 192.0.2.11/24 and is declared elsewhere: give the other bridge another name',
    },
    ops: [],
  },
  {
    row: "another trunk's link still is a port of its bridge",
    desired: guestsOnly,
    actual: {
      ...before,
      links: {},
      files: { [keptPath('eth0.network')]: '[Network]\nBridge=xenbr9\n', [keptPath('xenbr9.netdev')]: '' },
    },
    expected: { waitsFor: 'network:xenbr9' },
    ops: [],
  },
  {
    row: 'a bridge that is given up has guests in it',
    desired: { bridges: { xenbr9: { ensure: 'absent' } } },
    actual: { ...before, links: { xenbr9: bridge() }, used: ['xenbr9'] },
    expected: { waitsFor: 'guests:xenbr9', reasons: ["guests' interfaces are in xenbr9"] },
    ops: [],
  },
  {
    row: 'nobody is known who would answer',
    desired: { interfaces: { eth0: { bootproto: 'none' } }, bridges: { xenbr0: { netdev: 'eth0' } } },
    actual: { ...before, links: { eth0: link() }, routes: [] },
    expected: {
      rejected:
        'nothing is known that would answer after the change: declare an address that does, /system/network/bridges/xenbr0/probe',
    },
    ops: [],
  },
  {
    row: 'a bridge is given up: with consent',
    desired: { bridges: { xenbr9: { ensure: 'absent' } } },
    actual: { ...before, links: { xenbr9: bridge() }, files: { [keptPath('xenbr9.netdev')]: '' } },
    expected: { kind: '-', risk: 'destructive', consent: 'destroy:network/xenbr9', summary: 'remove xenbr9' },
    ops: ['remove /etc/.../05-xenclosure-xenbr9.netdev', 'networkctl reload', 'networkctl delete xenbr9'],
  },
  {
    row: 'a bridge of guests alone',
    desired: guestsOnly,
    actual: { ...before, links: {} },
    expected: { kind: '+', risk: 'safe', summary: 'make xenbr9', provides: ['bridge:xenbr9'] },
    ops: [
      'write /etc/.../05-xenclosure-xenbr9.netdev',
      'write /etc/.../05-xenclosure-xenbr9.network',
      'networkctl reload',
      'ping -c 1 -W 2 192.168.9.1',
    ],
  },
  {
    row: 'this very change was tried and taken back: with consent',
    actual: { ...before, tried: { eth0: digest } },
    expected: { consent: 'retry:network/eth0', risk: 'disruptive' },
    ops: change,
  },
  {
    row: 'another change was tried and taken back',
    actual: { ...before, tried: { eth0: 'another' } },
    expected: { summary: 'make xenbr0 over eth0' },
    ops: change,
  },
  {
    row: 'different',
    actual: before,
    expected: { kind: '+', risk: 'disruptive', summary: 'make xenbr0 over eth0', queue: 'network' },
    ops: change,
  },
  {
    row: 'different: a killed run left half of it, the timer runs',
    actual: { ...before, files: trying, armed: ['eth0'], tried: { eth0: digest } },
    expected: { kind: '+' },
    ops: begun,
  },
  {
    row: 'different: our files, though the links are as declared',
    actual: { ...after, files: { ...kept, [keptPath('eth0.network')]: 'edited' } },
    expected: {
      kind: '~',
      summary: 'change xenbr0 over eth0',
      provides: [],
      reasons: ['/etc/systemd/network/05-xenclosure-eth0.network is not what is declared'],
    },
    ops: change,
  },
]

for (const { row, desired = declared, actual, expected, ops } of rows) {
  t.test(row, async t => {
    const [action, ...more] = plan(desired, actual)
    t.same(more, [])
    if (expected === undefined) return void t.equal(action, undefined)
    t.match(action, expected)
    t.same(action?.ops.map(tell), ops)
    const { consent, waitsFor, rejected } = expected
    t.same([action?.consent, action?.waitsFor, action?.rejected], [consent, waitsFor, rejected])
  })
}
