// What becomes of the links of a simulated host: a bridge is made, a change that cuts the link is taken back by itself,
// and a run that is killed anywhere leaves a host that the next one completes, or that the timer brings back.
import t from 'tap'
import type { Network } from '../../../components/network/desired.js'
import { faulty, Killed } from '../../../src/system/faulty.js'
import { recording } from '../../../src/system/recorded.js'
import type { SimulatedSystem } from '../../../src/system/simulated/simulated-system.js'
import { agentOn, connectedHost, hostWith, shapeOf, tellOf } from './host.js'

const agent = agentOn(t.testdir())

const bridged: Network = {
  default_gateway: '192.0.2.1',
  interfaces: { eth0: { ip: '192.0.2.10', netmask: '255.255.255.0' } },
  bridges: { xenbr0: { netdev: 'eth0' } },
}
const withVlan: Network = {
  ...bridged,
  interfaces: { ...bridged.interfaces, 'eth0.7': { ip: '10.7.0.10', prefix: 16 } },
  bridges: { ...bridged.bridges, xenbr7: { netdev: 'eth0.7', mtu: 9000 } },
}

const wired = '/etc/systemd/network/20-wired.network'
const kept = (...names: string[]): readonly string[] => names.map(name => `/etc/systemd/network/05-xenclosure-${name}`)
const untouched = { files: [wired], links: ['eth0 - 192.0.2.10/24', 'eth1 -'], timers: [] }
const made = {
  files: [wired, ...kept('eth0.network', 'xenbr0.netdev', 'xenbr0.network')],
  links: ['eth0 xenbr0', 'eth1 -', 'xenbr0 - 192.0.2.10/24'],
  timers: [],
}

const cut = (host: SimulatedSystem, ...deaf: readonly string[]): SimulatedSystem =>
  hostWith({ ...host.state, network: { ...network(host), deaf } })

const network = ({ state }: SimulatedSystem) => {
  if (state.network === undefined) throw new Error('no network')
  return state.network
}

/** What is there, but for what is written of it. */
const statesOf = (host: SimulatedSystem): unknown => {
  const { links, timers } = shapeOf(host)
  return { links, timers }
}

t.test('a bridge takes over its interface, and the second run has nothing to do', async t => {
  const host = await connectedHost()
  t.same(shapeOf(host), untouched)
  t.same(tellOf(await agent(host, bridged)), ['network/eth0 done'])
  t.same(shapeOf(host), made)
  t.same(network(host).links.xenbr0?.mac, network(host).links.eth0?.mac, "it has its port's MAC")
  t.same(tellOf(await agent(host, bridged)), [])
  host.reboot()
  t.same(shapeOf(host), made)
  t.same(tellOf(await agent(host, bridged)), [])
})

t.test('a host that is as declared is asked no more than shows it', async t => {
  const alone: Network = { interfaces: { xenbr9: { ip: '10.9.0.1', prefix: 16 } }, bridges: { xenbr9: {} } }
  const links = 'ip -json -details address show'
  const bySix: Network = {
    ...bridged,
    interfaces: { eth0: { ...bridged.interfaces?.eth0, ipv6addr: '2001:db8::10/64', gateway: '2001:db8::1' } },
  }
  for (const [desired, asked] of [
    [alone, [links]],
    [bridged, [links, 'ip -json route show']],
    [bySix, [links, 'ip -json -6 route show']],
  ] as const) {
    const host = await connectedHost()
    await agent(host, desired)
    const { system, calls } = recording(host)
    t.same(tellOf(await agent(system, desired)), [])
    t.same(
      calls.flatMap(call => (call.call === 'exec' ? [call.argv.join(' ')] : [])),
      asked,
    )
  }
})

t.test('a VLAN gets its interface and its bridge, and the mtu of a bridge is that of what lies below it', async t => {
  const host = await connectedHost()
  await agent(host, bridged)
  t.same(tellOf(await agent(host, withVlan)), ['network/eth0 done'])
  const { links } = network(host)
  t.match(links['eth0.7'], { vlan: { device: 'eth0', id: 7 }, master: 'xenbr7', mtu: 9000 })
  t.match(links.xenbr7, { addresses: ['10.7.0.10/16'], mtu: 9000 })
  t.match(links.eth0, { master: 'xenbr0', mtu: 9000 })
  t.same(tellOf(await agent(host, withVlan)), [])
})

t.test('a change that cuts the link is taken back, remembered, and tried again with consent alone', async t => {
  const host = cut(await connectedHost(), 'xenbr0')
  const report = await agent(host, bridged)
  t.same(tellOf(report), ['network/eth0 failed'])
  t.match(
    report.actions[0]?.error,
    /ping .* -I xenbr0 192\.0\.2\.1: no answer after the change: what was before is put/,
  )
  const remembered = '/var/lib/xenclosure/network/tried/eth0'
  t.same(shapeOf(host), { ...untouched, files: [wired, remembered] })

  t.same(tellOf(await agent(host, bridged)), ['network/eth0 refused'])
  t.same(tellOf(await agent(host, withVlan)), ['network/eth0 failed'], 'another change is another try')
  t.same(tellOf(await agent(host, withVlan)), ['network/eth0 refused'])
  t.same(shapeOf(host), { ...untouched, files: [wired, remembered] })

  const mended = cut(host)
  t.same(tellOf(await agent(mended, withVlan)), ['network/eth0 refused'])
  t.same(tellOf(await agent(mended, withVlan, 'retry:network/eth0')), ['network/eth0 done'])
  t.same(tellOf(await agent(mended, withVlan)), [])
})

t.test('a gateway that does not answer before the change: nothing is changed', async t => {
  const host = cut(await connectedHost(), 'eth0')
  const report = await agent(host, bridged)
  t.same(tellOf(report), ['network/eth0 waiting'])
  t.match(report.actions[0]?.error, /has not come within 10 s: ping -c 1 -W 2 192\.0\.2\.1/)
  t.same(shapeOf(host), untouched)
})

t.test('settings of a bridge that is there are changed, and taken back with the rest', async t => {
  const host = await connectedHost()
  await agent(host, bridged)
  const slow: Network = { ...bridged, bridges: { xenbr0: { netdev: 'eth0', stp: true, forward_delay: 4 } } }
  const silent = cut(host, 'xenbr0', 'eth0')
  t.same(tellOf(await agent(silent, slow)), ['network/eth0 waiting'])
  t.same(tellOf(await agent(host, slow)), ['network/eth0 done'])
  t.match(network(host).links.xenbr0, { stp: true, forwardDelay: 400 })

  const probed: Network = { ...bridged, bridges: { xenbr0: { netdev: 'eth0', stp: false, probe: '192.0.2.7' } } }
  const deaf = cut(host, 'xenbr0')
  t.same(tellOf(await agent(deaf, probed)), ['network/eth0 failed'])
  t.match(network(deaf).links.xenbr0, { stp: true, forwardDelay: 400, addresses: ['192.0.2.10/24'] })
})

t.test('an agent that is killed at any change: the next run completes it', async t => {
  const whole = await connectedHost()
  await agent(whole, withVlan)
  let kills = 0
  for (;;) {
    const host = await connectedHost()
    if (!(await isKilledAfter(host, withVlan, kills))) break
    t.equal((await agent(host, withVlan)).error, undefined, `killed after ${kills} changes`)
    t.same(shapeOf(host), shapeOf(whole))
    kills += 1
  }
  t.ok(kills > 20, `${kills} kills`)
})

t.test('an agent that is killed at any change of a cut link: the timer brings the old one back', async t => {
  let kills = 0
  for (;;) {
    const host = cut(await connectedHost(), 'xenbr0')
    if (!(await isKilledAfter(host, bridged, kills))) break
    host.elapse(120)
    t.same(statesOf(host), { links: untouched.links, timers: [] }, `killed after ${kills} changes`)
    // A change is on record before it is begun, so that one that cuts the link is never begun a second time unasked.
    const isRecorded = Object.keys(host.state.files).some(path => path.endsWith('/network/tried/eth0'))
    const [told] = tellOf(await agent(host, bridged))
    t.equal(told, isRecorded ? 'network/eth0 refused' : 'network/eth0 failed', `killed after ${kills} changes`)
    t.same(statesOf(host), { links: untouched.links, timers: [] })
    kills += 1
  }
  t.ok(kills > 10, `${kills} kills`)
})

t.test('a cut link, and a run that comes before the timer: the old one comes back, and nothing else stays', async t => {
  for (let kills = 0; ; kills += 1) {
    const host = cut(await connectedHost(), 'xenbr0')
    if (!(await isKilledAfter(host, bridged, kills))) break
    await agent(host, bridged)
    host.elapse(120)
    t.same(statesOf(host), { links: untouched.links, timers: [] }, `killed after ${kills} changes`)
    t.same(tellOf(await agent(host, bridged)), ['network/eth0 refused'], `killed after ${kills} changes`)
  }
})

t.test('a run within the time of a try that is half made goes on under its timer, which puts all back', async t => {
  const before = await connectedHost()
  await agent(before, bridged)
  const change: Network = {
    ...withVlan,
    bridges: { ...withVlan.bridges, xenbr0: { netdev: 'eth0', stp: true, forward_delay: 4, probe: '192.0.2.7' } },
  }
  for (let kills = 0; ; kills += 1) {
    const host = cut(before, 'xenbr0')
    if (!(await isKilledAfter(host, change, kills))) break
    if (!(await isKilledAfter(host, change, 3))) await agent(host, change)
    host.elapse(200)
    t.same(statesOf(host), statesOf(before), `killed after ${kills} changes`)
    t.match(network(host).links.xenbr0, { stp: false }, `killed after ${kills} changes`)
  }
})

t.test('while a change is tried, another edition waits until it is confirmed or taken back', async t => {
  let host = await connectedHost()
  for (let changes = 0; host.state.network?.links.xenbr0 === undefined; changes += 1) {
    host = await connectedHost()
    t.ok(await isKilledAfter(host, bridged, changes))
  }
  t.same(tellOf(await agent(host, withVlan)), ['network/eth0 pending'])
  host.elapse(120)
  t.same(statesOf(host), { links: untouched.links, timers: [] })
  t.same(tellOf(await agent(host, withVlan)), ['network/eth0 done'])
})

t.test('the host is switched off in the middle of a change: it boots as it was before', async t => {
  let host = await connectedHost()
  for (let changes = 0; host.state.network?.links.xenbr0 === undefined; changes += 1) {
    host = await connectedHost()
    t.ok(await isKilledAfter(host, bridged, changes))
  }
  t.match(shapeOf(host), { timers: ['xenclosure-network-eth0'] })
  host.reboot()
  t.same(statesOf(host), { links: untouched.links, timers: [] })
})

t.test('a bridge is removed when it is given up, with consent, and never with guests in it', async t => {
  const host = await connectedHost()
  await agent(host, bridged)
  const gone: Network = { ...bridged, bridges: { xenbr0: { netdev: 'eth0', ensure: 'absent' } } }
  t.same(tellOf(await agent(host, gone)), ['network/eth0 refused'])
  t.same(shapeOf(host), made)

  const occupied = hostWith({ ...host.state, domains: [domain] })
  t.same(tellOf(await agent(occupied, gone, 'destroy:network/xenbr0')), ['network/eth0 pending'])

  t.same(tellOf(await agent(host, gone, 'destroy:network/xenbr0')), ['network/eth0 done'])
  t.same(shapeOf(host), { ...untouched, files: [wired, ...kept('eth0.network')] })
  t.same(tellOf(await agent(host, gone)), [])
})

t.test('where a bridge is no longer declared, it stays as it is and is reported', async t => {
  const host = await connectedHost()
  const both: Network = { ...bridged, bridges: { ...bridged.bridges, xenbr9: {} } }
  t.same(tellOf(await agent(host, both)), ['network/eth0 done', 'network/xenbr9 done'])
  const report = await agent(host, bridged)
  t.same(tellOf(report), [])
  t.same(report.orphans, ['network interface xenbr9'])
})

t.test('ifupdown has the interface: a bridge is not made, and one that is there is taken as it is', async t => {
  const host = await connectedHost()
  await host.write('/etc/network/interfaces', 'auto eth0\niface eth0 inet static\n  address 192.0.2.10/24\n', 0o644)
  const without = hostWith({ ...host.state, network: { ...network(host), networkdRuns: false } })
  t.same(tellOf(await agent(without, bridged)), ['network/eth0 pending'])
  await agent(host, bridged)
  const there = hostWith({ ...host.state, network: { ...network(host), networkdRuns: false } })
  t.same(tellOf(await agent(there, bridged)), [])
})

/** A run killed after so many changes; false where it makes no more than that. */
const isKilledAfter = (host: SimulatedSystem, desired: Network, killAfter: number): Promise<boolean> =>
  agent(faulty(host, { killAfter }), desired).then(
    () => false,
    error => error instanceof Killed || Promise.reject(error),
  )

const domain = {
  domid: 3,
  config: {
    name: 'a',
    type: 'pvh',
    uuid: null,
    memory: 128,
    maxmem: 128,
    vcpus: 1,
    maxvcpus: 1,
    kernel: null,
    ramdisk: null,
    cmdline: null,
    bootloader: null,
    bootloaderArgs: [],
    weight: 256,
    cap: 0,
    disks: [],
    vifs: [{ mac: '00:16:3e:00:00:01', bridge: 'xenbr0' }],
    onPoweroff: 'destroy',
    onReboot: 'restart',
    onCrash: 'destroy',
  },
} as const
