// The calls of ip(8), networkctl(1) and ping(8) that are recorded on a real host and replayed on the simulated one
// (scenarios.ts). They use a card that nothing else has, eth1, and no address of the host's own networks; systemd-networkd
// runs.
import type { Call } from '../../src/system/recorded.js'
import { change, observe } from './scenarios.js'

/** The interfaces that are the recording's own. */
export const ownLinks: readonly string[] = ['eth1', 'eth1.7', 'sysbr0']

const look: readonly Call[] = [
  observe('ip', '-json', '-details', 'address', 'show'),
  observe('ip', '-json', 'route', 'show'),
  observe('ip', '-json', '-6', 'route', 'show'),
  observe('networkctl', '--json=short', 'list'),
]

const pathOf = (name: string): string => `/etc/systemd/network/05-sys-${name}`
const write = (name: string, ...lines: readonly string[]): Call => ({
  call: 'write',
  path: pathOf(name),
  content: lines.map(line => `${line}\n`).join(''),
  mode: 0o644,
})
const remove = (name: string): Call => ({ call: 'remove', path: pathOf(name) })
const networkctl = (...words: readonly string[]): Call => change('networkctl', ...words)
const setBridge = (name: string, ...settings: readonly string[]): Call =>
  change('ip', 'link', 'set', 'dev', name, 'type', 'bridge', ...settings)
const ping = (...words: readonly string[]): Call => observe('ping', '-c', '1', '-W', '2', ...words)

const silent = ['LinkLocalAddressing=no', 'IPv6AcceptRA=no']
const port = ['[Match]', 'Name=eth1', '[Network]', 'Bridge=sysbr0', ...silent]

export const networkScenario: readonly Call[] = [
  ...look,
  // A bridge with addresses and routes, and the card as its port.
  write(
    'sysbr0.netdev',
    '[NetDev]',
    'Name=sysbr0',
    'Kind=bridge',
    'MACAddress=02:00:00:00:00:79',
    '[Bridge]',
    'STP=no',
  ),
  write(
    'sysbr0.network',
    ...['[Match]', 'Name=sysbr0', '[Network]', 'Address=192.168.79.1/24', 'Address=fd00:79::1/64', ...silent],
    ...['[Route]', 'Destination=10.99.0.0/16', 'Gateway=192.168.79.254'],
    ...['[Route]', 'Destination=fd00:99::/64', 'Gateway=fd00:79::fe'],
  ),
  write('eth1.network', ...port),
  ...look,
  networkctl('reload'),
  ...look,
  observe('ip', 'link', 'show', 'dev', 'sysbr0'),
  observe('ip', 'link', 'show', 'dev', 'nosuch'),
  setBridge('sysbr0', 'stp_state', '1', 'forward_delay', '400'),
  setBridge('nosuch', 'stp_state', '1'),
  ...look,
  ping('192.168.79.1'),
  ping('-I', 'nosuch', '192.168.79.1'),
  // A VLAN of the card, and another MTU.
  write('eth1.7.netdev', '[NetDev]', 'Name=eth1.7', 'Kind=vlan', '[VLAN]', 'Id=7'),
  write('eth1.7.network', '[Match]', 'Name=eth1.7', '[Network]', 'Address=192.168.80.1/24', ...silent),
  write('eth1.network', '[Match]', 'Name=eth1', '[Link]', 'MTUBytes=1400', ...port.slice(2), 'VLAN=eth1.7'),
  networkctl('reload'),
  ...look,
  // A bridge that goes while its port is still to be one.
  networkctl('delete', 'sysbr0'),
  ...look,
  networkctl('delete', 'sysbr0'),
  networkctl('reconfigure', 'nosuch'),
  remove('sysbr0.netdev'),
  remove('sysbr0.network'),
  remove('eth1.7.netdev'),
  remove('eth1.7.network'),
  write('eth1.network', '[Match]', 'Name=eth1', '[Network]', 'Address=192.168.81.1/24', ...silent),
  networkctl('reload'),
  networkctl('delete', 'eth1.7'),
  networkctl('reconfigure', 'eth1'),
  ...look,
  remove('eth1.network'),
]
