// The simulated host's ip(8) and ping(8), as far as a component asks them.
import { type Command, fail, notModelled, succeed } from './answer.js'
import { isAnswered, linkAt, networkOf, type SimulatedLink, vifsOf, withLink } from './network.js'
import type { SimulatedState } from './state.js'

export const ip: Command = (state, argv) => {
  const words = argv.slice(1).join(' ')
  if (words === '-json -details address show') return succeed(state, JSON.stringify(printLinks(state)))
  if (words === '-json route show') return succeed(state, JSON.stringify(printRoutes(state, '.')))
  if (words === '-json -6 route show') return succeed(state, JSON.stringify(printRoutes(state, ':')))
  const [, , verb, , name = '', ...rest] = argv
  if (!words.startsWith(`link ${verb} dev ${name}`) || !['show', 'set'].includes(verb ?? '')) throw notModelled(argv)
  const link = linkAt(state, name)
  if (link === undefined)
    return fail(state, 1, verb === 'set' ? `Cannot find device "${name}"` : `Device "${name}" does not exist.`)
  if (verb === 'show' && rest.length === 0) return succeed(state, `${link.index}: ${name}: <BROADCAST,MULTICAST,UP>`)
  const [type, bridge, ...settings] = rest
  if (verb !== 'set' || type !== 'type' || bridge !== 'bridge') throw notModelled(argv)
  return succeed(withLink(state, name, withSettings(link, settings)))
}

const withSettings = (link: SimulatedLink, settings: readonly string[]): SimulatedLink => {
  const settingOf = (key: string): string | undefined =>
    settings.includes(key) ? settings[settings.indexOf(key) + 1] : undefined
  const [stp, delay] = [settingOf('stp_state'), settingOf('forward_delay')]
  return {
    ...link,
    ...(stp === undefined ? {} : { stp: stp === '1' }),
    ...(delay === undefined ? {} : { forwardDelay: Number(delay) }),
  }
}

/** `ping -c 1 -W SECONDS [-I INTERFACE] ADDRESS`: 1 where nobody answers, 2 where it cannot be sent. */
export const ping: Command = (state, argv) => {
  const [, count, one, wait, , ...rest] = argv
  if (count !== '-c' || one !== '1' || wait !== '-W') throw notModelled(argv)
  const [option, through, address = option ?? ''] = rest
  if (option === '-I' && linkAt(state, through ?? '') === undefined)
    return fail(state, 2, `ping: SO_BINDTODEVICE ${through}: No such device`)
  const answered = isAnswered(state, address, option === '-I' ? through : undefined)
  if (answered === undefined) return fail(state, 2, 'ping: connect: Network is unreachable')
  return answered ? succeed(state, '1 packets transmitted, 1 received, 0% packet loss, time 0ms') : fail(state, 1)
}

const printLinks = (state: SimulatedState): readonly unknown[] => [
  loopback,
  ...Object.entries(networkOf(state).links).map(([ifname, link]) => ({
    ifindex: link.index,
    ...(link.vlan === undefined ? {} : { link: link.vlan.device }),
    ifname,
    flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
    mtu: link.mtu,
    ...(link.master === undefined ? {} : { master: link.master }),
    operstate: 'UP',
    link_type: 'ether',
    address: link.mac,
    ...infoOf(link),
    addr_info: link.addresses.map(printAddress),
  })),
  ...vifsOf(state).map(([ifname, master], number) => ({
    ifindex: 1000 + number,
    ifname,
    mtu: 1500,
    master,
    link_type: 'ether',
    address: 'fe:ff:ff:ff:ff:ff',
    addr_info: [],
  })),
]

const loopback = {
  ifindex: 1,
  ifname: 'lo',
  mtu: 65536,
  link_type: 'loopback',
  address: '00:00:00:00:00:00',
  addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host' }],
}

const infoOf = ({ kind, vlan, stp, forwardDelay }: SimulatedLink): object => {
  if (kind === 'device') return {}
  const data =
    kind === 'vlan' ? { protocol: '802.1Q', id: vlan?.id } : { forward_delay: forwardDelay, stp_state: stp ? 1 : 0 }
  return { linkinfo: { info_kind: kind, info_data: data } }
}

const printAddress = (address: string): object => {
  const [local, prefixlen] = address.split('/')
  return { family: local?.includes(':') ? 'inet6' : 'inet', local, prefixlen: Number(prefixlen), scope: 'global' }
}

/** Those of one family, which `sign` tells by their gateway. */
const printRoutes = (state: SimulatedState, sign: string): readonly unknown[] =>
  Object.entries(networkOf(state).links).flatMap(([dev, { routes }]) =>
    routes
      .filter(({ via }) => via.includes(sign))
      .map(({ to, via }) => ({ dst: to, gateway: via, dev, protocol: 'static', flags: [] })),
  )
