// The reservations for dnsmasq (dnsmasq(8)): for each machine a file of hosts and one of options, in directories that dnsmasq
// reads again on SIGHUP, and a fragment of configuration that names them. Pure.
import { printNetmask } from '../../model/ip.js'
import { type Reservation, type Reserved, subnetsOf } from './reservations.js'
import type { ConfigFile } from './server.js'

/** `directory` is where the files will be read from. */
export const dnsmasqFiles = (reserved: readonly Reserved[], directory: string): readonly ConfigFile[] => [
  ...reserved.flatMap(({ machine, reservations }) => [
    { path: `hosts/${machine}`, content: lines(byAddress(reservations).map(printHost)) },
    { path: `options/${machine}`, content: lines(byAddress(reservations).flatMap(([one]) => printOptions(one))) },
  ]),
  {
    path: 'xenclosure.conf',
    content: lines([
      '# Made by xenclosure: a change belongs into a profile.',
      // It serves the machines that it knows, and no others.
      ...subnetsOf(reserved).map(printRange),
      `dhcp-hostsdir=${directory}/hosts`,
      `dhcp-optsdir=${directory}/options`,
    ]),
  },
]

/** `dnsmasq --test` reads no directory of hosts or options: the same lines as options of their own. */
export const dnsmasqTrial = (reserved: readonly Reserved[]): readonly ConfigFile[] => {
  const all = reserved.flatMap(({ reservations }) => byAddress(reservations))
  const hosts = all.map(one => `dhcp-host=${printHost(one)}`)
  const options = all.flatMap(([one]) => printOptions(one)).map(option => `dhcp-option=${option}`)
  return [{ path: 'trial.conf', content: lines([...subnetsOf(reserved).map(printRange), ...hosts, ...options]) }]
}

type OfOneAddress = readonly [Reservation, ...Reservation[]]

/** The cards of a bond that a machine may boot by share its address: to dnsmasq that is one host of several MACs. */
const byAddress = (reservations: readonly Reservation[]): readonly OfOneAddress[] =>
  [...new Set(reservations.map(({ address }) => address))].flatMap(shared => {
    const [first, ...more] = reservations.filter(({ address }) => address === shared)
    return first === undefined ? [] : [[first, ...more]]
  })

const printHost = (all: OfOneAddress): string => {
  const [{ id, address, hostname }] = all
  return [...all.map(({ mac }) => mac), `set:${id}`, address, hostname].join(',')
}

/** What a loader is fetched from has options, too, which dnsmasq puts where BOOTP has them ("--dhcp-optsfile"). */
const printOptions = ({ id, domain, gateway, nameservers, boot }: Reservation): readonly string[] =>
  [
    domain === undefined ? [] : [`domain-name,${domain}`],
    // Without one, dnsmasq would name itself.
    [gateway === undefined ? 'router' : `router,${gateway}`],
    [['dns-server', ...nameservers].join(',')],
    boot === undefined ? [] : [`bootfile-name,${boot.file}`, `server-ip-address,${boot.server}`],
  ]
    .flat()
    .map(option => `tag:${id},option:${option}`)

const printRange = (subnet: string): string => {
  const [address = '', prefix = '0'] = subnet.split('/')
  return `dhcp-range=${address},static,${printNetmask(Number(prefix))}`
}

const lines = (all: readonly string[]): string => all.map(line => `${line}\n`).join('')
