// The simulated host's systemd-networkd, and networkctl(1): list, reload, reconfigure, delete.
import { type Command, fail, notModelled, succeed } from './answer.js'
import { makeDirectory } from './files.js'
import { addLink, linkAt, networkOf, removeLink, type SimulatedLink, withLink, withMtusOfBelow } from './network.js'
import { fileFor, type NetworkdFile, networkdFiles } from './networkd-files.js'
import type { SimulatedState } from './state.js'

export const networkctl: Command = (state, argv) => {
  const [, verb, ...names] = argv
  const [name] = names
  if (argv.join(' ') === 'networkctl --json=short list') return list(state)
  if (!networkOf(state).networkdRuns)
    return fail(state, 1, `Failed to ${verb} network settings: Unit dbus-org.freedesktop.network1.service not found.`)
  if (verb === 'reload' && names.length === 0) return succeed(reload(state))
  if (name === undefined || names.length > 1) throw notModelled(argv)
  if (linkAt(state, name) === undefined) return fail(state, 1, `Failed to resolve interface "${name}": No such device`)
  if (verb === 'delete') return succeed(removeLink(state, name))
  if (verb === 'reconfigure') return succeed(withMtusOfBelow(configure(state, name, 'again')))
  throw notModelled(argv)
}

/** Makes what is not there yet, and configures anew what has another file than before. */
export const reload = (state: SimulatedState): SimulatedState => {
  const made = networkdFiles(state, 'netdev').reduce(makeBridge, state)
  const order = ['device', 'vlan', 'bridge'] as const
  const configured = order.reduce((reloaded, kind) => {
    const names = Object.entries(networkOf(reloaded).links).filter(([, link]) => link.kind === kind)
    return names.reduce((current, [name]) => configure(current, name, 'if changed'), reloaded)
  }, made)
  return withMtusOfBelow(configured)
}

/** At boot nothing is there but cards, which have no addresses. */
export const bootNetwork = (state: SimulatedState): SimulatedState => {
  const { links, ...network } = networkOf(state)
  const cards = Object.entries(links)
    .filter(([, { kind }]) => kind === 'device')
    .map(([name, link]) => {
      const { master: _master, file: _file, hasFailed: _failed, ...card } = link
      return [name, { ...card, addresses: [], routes: [], mtu: 1500 }] as const
    })
  const booted = { ...state, network: { ...network, links: Object.fromEntries(cards) } }
  if (!network.networkdRuns) return { ...state, network: { ...network, links } }
  return reload(makeDirectory(booted, '/run/systemd/netif', 0o755))
}

const list: (state: SimulatedState) => ReturnType<Command> = state => {
  const { links, networkdRuns } = networkOf(state)
  if (!networkdRuns)
    return fail(state, 1, 'Failed to describe manager: Unit dbus-org.freedesktop.network1.service not found.')
  const Interfaces = Object.entries(links).map(([Name, { index, file, hasFailed, kind }]) => ({
    Index: index,
    Name,
    ...(kind === 'device' ? {} : { Kind: kind }),
    Type: 'ether',
    AdministrativeState: file === undefined ? 'unmanaged' : managedAs(hasFailed),
    ...(file === undefined ? {} : { NetworkFile: file.path }),
  }))
  return succeed(state, JSON.stringify({ Interfaces }))
}

const managedAs = (hasFailed = false): string => (hasFailed ? 'failed' : 'configured')

/** A bridge that is there stays as it is. VLANs are made by the file of the interface below them. */
const makeBridge = (state: SimulatedState, file: NetworkdFile): SimulatedState => {
  const [name = ''] = file.get('NetDev', 'Name')
  const [kind] = file.get('NetDev', 'Kind')
  if (kind !== 'bridge' || linkAt(state, name) !== undefined) return state
  const [mac = '02:00:00:00:00:01'] = file.get('NetDev', 'MACAddress')
  const [delay] = file.get('Bridge', 'ForwardDelaySec')
  return addLink(state, name, {
    kind,
    mac,
    stp: file.get('Bridge', 'STP')[0] === 'yes',
    ...(delay === undefined ? {} : { forwardDelay: Number(delay) * 100 }),
  })
}

const configure = (state: SimulatedState, name: string, when: 'again' | 'if changed'): SimulatedState => {
  const link = linkAt(state, name)
  if (link === undefined) return state
  const file = fileFor(networkdFiles(state, 'network'), name)
  const isSame =
    file?.path === link.file?.path && file?.modified === link.file?.modified && file?.content === link.file?.content
  if (when === 'if changed' && (isSame || link.hasFailed)) return state
  const { master: _master, file: _file, hasFailed: _failed, ...bare } = link
  const empty: SimulatedLink = { ...bare, addresses: [], routes: [] }
  if (file === undefined) return withLink(state, name, link.file === undefined ? link : empty)
  return applyFile(state, name, empty, file)
}

const applyFile = (state: SimulatedState, name: string, link: SimulatedLink, file: NetworkdFile): SimulatedState => {
  const said = (key: string): readonly string[] => file.get('Network', key)
  const [bridge] = said('Bridge')
  const hasFailed = bridge !== undefined && linkAt(state, bridge)?.kind !== 'bridge'
  const leased = said('DHCP').some(value => value !== 'no')
  const [mtu] = file.get('Link', 'MTUBytes')
  const { path, content, modified } = file
  const destinations = file.get('Route', 'Destination')
  const configured: SimulatedLink = {
    ...link,
    ...(bridge === undefined || hasFailed ? {} : { master: bridge }),
    ...(hasFailed ? { hasFailed } : {}),
    ...(mtu === undefined ? {} : { mtu: Number(mtu) }),
    addresses: [...said('Address'), ...(leased ? [lease(link.index)] : [])],
    routes: [
      ...said('Gateway').map(via => ({ to: 'default', via })),
      ...(leased ? [{ to: 'default', via: leaseGateway }] : []),
      ...file.get('Route', 'Gateway').map((via, index) => ({ to: destinations[index] ?? 'default', via })),
    ],
    file: { path, content, modified },
  }
  return said('VLAN').reduce((made, vlan) => makeVlan(made, vlan, name), withLink(state, name, configured))
}

const makeVlan = (state: SimulatedState, name: string, device: string): SimulatedState => {
  const file = networkdFiles(state, 'netdev').find(candidate => candidate.get('NetDev', 'Name').includes(name))
  if (file === undefined || linkAt(state, name) !== undefined) return state
  const id = Number(file.get('VLAN', 'Id')[0])
  const { mac = '', mtu = 1500 } = linkAt(state, device) ?? {}
  return addLink(state, name, { kind: 'vlan', mac, mtu, vlan: { device, id } })
}

/** One network everywhere that nobody else is in. */
const lease = (index: number): string => `198.51.100.${100 + index}/24`
const leaseGateway = '198.51.100.1'
