// What holds for every plan, whatever is declared and found; and for every host, whatever it was before.
import fc from 'fast-check'
import t from 'tap'
import type { Network } from '../../../components/network/desired.js'
import { observe } from '../../../components/network/observe.js'
import { plan } from '../../../components/network/plan.js'
import { gate } from '../../../src/agent/gate.js'
import { orderActions } from '../../../src/agent/order.js'
import type { Action, Op } from '../../../src/model/action.js'
import type { SimulatedSystem } from '../../../src/system/simulated/simulated-system.js'
import { runs } from '../../property-runs.js'
import { agentOn, connectedHost, hostWith } from './host.js'

/** Each has addresses of its own: one that moves to another interface takes a run to go and a run to come. */
const nic = (...addresses: readonly string[]) =>
  fc.record(
    {
      bootproto: fc.constantFrom<'static' | 'dhcp' | 'none'>('static', 'dhcp', 'none'),
      ip: fc.constantFrom(...addresses),
      prefix: fc.constantFrom(16, 24),
      gateway: fc.constantFrom('192.0.2.1', '192.0.2.77'),
    },
    { requiredKeys: ['prefix'] },
  )
const bridge = fc.record(
  {
    netdev: fc.constantFrom('eth0', 'eth1', 'eth0.7', 'eth1.8', 'eth9'),
    stp: fc.boolean(),
    forward_delay: fc.constantFrom(2, 15),
    mtu: fc.constantFrom(1500, 9000),
    ensure: fc.constantFrom<'present' | 'absent'>('present', 'absent'),
    probe: fc.constant('192.0.2.7'),
  },
  { requiredKeys: [] },
)
const declared: fc.Arbitrary<Network> = fc.record({
  default_gateway: fc.constant('192.0.2.1'),
  interfaces: fc.record(
    { eth0: nic('192.0.2.10', '192.0.2.11'), eth1: nic('10.7.0.10'), 'eth0.7': nic('10.8.0.10') },
    { requiredKeys: ['eth0', 'eth1'] },
  ),
  bridges: fc.record({ xenbr0: bridge, xenbr1: bridge, xenbr2: bridge }, { requiredKeys: [] }),
})

const flat = (ops: readonly Op[]): readonly Op[] =>
  ops.flatMap(op => (op.op === 'await' ? [op, ...flat(op.otherwise)] : [op]))

const indexOf = (ops: readonly Op[], program: string, verb: string): number =>
  ops.findIndex(op => op.op === 'exec' && op.argv[0] === program && (op.argv[1] === verb || verb === ''))

/** No change of a link that the host may be reached by without the way back before it, and somebody to ask behind it. */
const judge = (action: Action, { bridges = {} }: Network): void => {
  const { ops, consent, risk, id, rejected, waitsFor } = action
  const reload = indexOf(ops, 'networkctl', 'reload')
  const armed = indexOf(ops, 'systemd-run', '')
  const isOfGuests = Object.hasOwn(bridges, id.replace('network/', ''))
  if (reload >= 0 && !isOfGuests && (armed < 0 || armed > reload)) throw new Error(`${id} reloads without a way back`)
  if (armed >= 0 && !ops.some(op => op.op === 'await' && op.failure !== undefined)) throw new Error(`${id} asks nobody`)
  const deletes = flat(ops).some(op => op.op === 'exec' && op.argv[1] === 'delete')
  if (deletes && !(risk === 'destructive' && consent?.startsWith('destroy:network/')))
    throw new Error(`${id} deletes without consent`)
  if (ops.length === 0 && rejected === undefined && waitsFor === undefined) throw new Error(`${id} does nothing`)
}

t.setTimeout(5 * 60_000)

const agent = agentOn(t.testdir())
const first = await connectedHost()

const everyConsent = ['eth0', 'eth1', 'eth9', 'xenbr0', 'xenbr1', 'xenbr2'].map(name => `retry:network/${name}`)
const destructive = [
  'xenbr0',
  'xenbr1',
  'xenbr2',
  'xenbr0+xenbr1',
  'xenbr0+xenbr2',
  'xenbr1+xenbr2',
  'xenbr0+xenbr1+xenbr2',
]

/** How the host can still be reached: by whom its way out is answered. */
const isReachable = async (host: SimulatedSystem): Promise<boolean> => {
  const asked = ['192.0.2.1', '192.0.2.77', '198.51.100.1', '192.0.2.7']
  const codes = []
  for (const one of asked)
    codes.push((await host.exec(['ping', '-c', '1', '-W', '2', one], { effect: 'observe' })).code)
  return codes.includes(0)
}

t.test('a run leaves nothing due, nothing deleted unasked, no timer, and a host that can be reached', async t => {
  const property = fc.asyncProperty(
    fc.array(fc.tuple(declared, fc.boolean(), fc.subarray(['xenbr0', 'xenbr1', 'eth0'])), {
      minLength: 1,
      maxLength: 4,
    }),
    async steps => {
      let host = hostWith(first.state)
      for (const [desired, allows, deaf] of steps) {
        const { network } = host.state
        if (network !== undefined) host = hostWith({ ...host.state, network: { ...network, deaf } })
        const actions = plan(desired, await observe(host, desired, '/var/lib/xenclosure/network'))
        for (const action of gate(orderActions(actions), { consents: new Set() })) judge(action, desired)
        const wasReachable = await isReachable(host)
        const before = Object.keys(network?.links ?? {})
        const report = await agent(host, desired, ...(allows ? [...everyConsent, ...destructive] : []))
        if (report.error?.code === 'did-not-converge') throw new Error(report.error.message)
        if (Object.keys(host.state.timers ?? {}).length > 0) throw new Error('a timer is left')
        if (Object.keys(host.state.files).some(path => path.startsWith('/run/systemd/network/')))
          throw new Error('what was tried is neither kept nor gone')
        const gone = before.filter(name => host.state.network?.links[name] === undefined)
        if (gone.some(name => !allows || desired.bridges?.[name]?.ensure !== 'absent'))
          throw new Error(`gone: ${gone.join(', ')}`)
        if (wasReachable && !(await isReachable(host)))
          throw new Error(`not reachable after ${report.actions.map(({ id, outcome }) => `${id} ${outcome}`)}`)
      }
    },
  )
  await t.resolves(fc.assert(property, runs(1000)))
})
