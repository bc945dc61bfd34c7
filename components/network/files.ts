// The files of systemd-networkd that make a trunk (systemd.netdev(5), systemd.network(5)), and where they stand. Pure.
import type { ActualLink } from './actual.js'
import { hasAddresses } from './addressing.js'
import type { Link, Trunk } from './trunk.js'

/** By name, `xenbr0.netdev`. */
export type Files = Readonly<Record<string, string>>

/** A change is tried in the first, which a reboot forgets, and kept in the second. The first file of a name's order wins. */
export const trialPath = (name: string): string => `/run/systemd/network/04-xenclosure-${name}`
export const keptPath = (name: string): string => `/etc/systemd/network/05-xenclosure-${name}`

export const trialDirectory = '/run/systemd/network'
export const keptDirectory = '/etc/systemd/network'

/** The name of one of our files, `xenbr0.netdev`; undefined for another one. */
export const nameOfFile = (file: string): string | undefined =>
  /^0[45]-xenclosure-(.+\.(?:netdev|network))$/.exec(file)?.[1]

/** What is to be kept. `actual` are the links that are there: a bridge has the MAC of its device. */
export const printFiles = (trunk: Trunk, actual: Readonly<Record<string, ActualLink>>): Files =>
  Object.fromEntries(
    trunk.links.flatMap(link => [
      ...(link.kind === 'device' ? [] : [[`${link.name}.netdev`, printNetdev(link, macOf(link, trunk, actual))]]),
      [`${link.name}.network`, printNetwork(link, trunk)],
    ]),
  )

/** What is tried: a bridge that is given up is emptied, and removed when all is well. */
export const printTrial = (trunk: Trunk, actual: Readonly<Record<string, ActualLink>>): Files => ({
  ...printFiles(trunk, actual),
  ...Object.fromEntries(
    trunk.absent.map(name => [`${name}.network`, print([section('Match', [`Name=${name}`]), quiet])]),
  ),
})

/** Of itself, systemd would invent one (MACAddressPolicy=persistent), which DHCP and switches do not know. */
const macOf = (
  { name, kind }: Link,
  { device }: Trunk,
  actual: Readonly<Record<string, ActualLink>>,
): string | undefined => (kind === 'bridge' && device !== null ? (actual[name] ?? actual[device])?.mac : undefined)

const printNetdev = ({ name, kind, vlan, stp, forwardDelay }: Link, mac: string | undefined): string =>
  print([
    section('NetDev', [`Name=${name}`, `Kind=${kind}`, ...(mac === undefined ? [] : [`MACAddress=${mac}`])]),
    section('VLAN', vlan === null ? [] : [`Id=${vlan.id}`]),
    section('Bridge', [
      ...(stp === null ? [] : [`STP=${stp ? 'yes' : 'no'}`]),
      ...(forwardDelay === null ? [] : [`ForwardDelaySec=${forwardDelay}`]),
    ]),
  ])

const printNetwork = (link: Link, { links, device }: Trunk): string => {
  const { name, mtu, bridge, addressing } = link
  const { dhcp, addresses, gateways, nameservers, routes } = addressing
  const vlans = links.filter(({ vlan }) => vlan?.device === name)
  const isSilent = !hasAddresses(addressing)
  return print([
    section('Match', [`Name=${name}`]),
    section('Link', [
      ...(mtu === null ? [] : [`MTUBytes=${mtu}`]),
      // What has no address or no carrier would keep systemd-networkd-wait-online, and the boot, waiting.
      ...(bridge === null && (isSilent || device === null) ? ['RequiredForOnline=no'] : []),
    ]),
    section('Network', [
      ...(bridge === null ? [] : [`Bridge=${bridge}`]),
      ...vlans.map(vlan => `VLAN=${vlan.name}`),
      ...(dhcp ? ['DHCP=yes'] : []),
      ...addresses.map(address => `Address=${address}`),
      ...gateways.map(gateway => `Gateway=${gateway}`),
      ...nameservers.map(server => `DNS=${server}`),
      ...(isSilent ? ['LinkLocalAddressing=no', 'IPv6AcceptRA=no'] : []),
      ...(device === null ? ['ConfigureWithoutCarrier=yes'] : []),
    ]),
    ...routes.map(({ to, via }) => section('Route', [`Destination=${to}`, `Gateway=${via}`])),
  ])
}

const section = (name: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : [`[${name}]`, ...lines].map(line => `${line}\n`).join('')

const quiet = section('Network', ['LinkLocalAddressing=no', 'IPv6AcceptRA=no'])

const print = (sections: readonly string[]): string =>
  [
    '# Written by xenclosure, and overwritten: declare it in the profile.\n',
    ...sections.filter(text => text !== ''),
  ].join('\n')
