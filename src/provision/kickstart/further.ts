// What an interface has beside the one address of each family that the command `network` can say: further addresses, and
// routes; and what a card carries that has no command, as the port of a bridge. A script of the file adds them to what the installer wrote for the interface (templates/kickstart/network-*.hbs);
// they mean what the component network means by them. Pure.
import { declaredSubnet, parseIp, parseSubnet, printSubnet, type Subnet } from '../../model/ip.js'
import type { Interface } from '../../model/network.js'
import { sorted } from '../../model/sorted.js'

/** For the text templates. */
export type Further = {
  readonly name: string
  /** Of a card: none or one, by which its device is found. */
  readonly mac: readonly string[]
  /** Where NetworkManager has keyfiles, lines for their sections (nm-settings-keyfile(5)). */
  readonly properties: readonly { readonly section: string; readonly line: string }[]
  /** Where it has ifcfg files, lines for them (nm-settings-ifcfg-rh(5)), and for `route-NAME`, `route6-NAME` beside them. */
  readonly settings: readonly string[]
  readonly routes: readonly { readonly file: string; readonly line: string }[]
}

/** Undefined where there is nothing further. `said`: the addresses that `network` says. */
export const furtherOf = (
  name: string,
  mac: string | undefined,
  entries: readonly Interface[],
  said: readonly (Subnet | undefined)[],
): Further | undefined => {
  const known = said.map(one => one && printAddress(one))
  const addresses = subnetsOf(entries).filter(one => !known.includes(printAddress(one)))
  const routes = entries.flatMap(routesOf)
  if (addresses.length + routes.length === 0) return undefined
  const [four, six] = [familyOf('ipv4', addresses, routes), familyOf('ipv6', addresses, routes)]
  return {
    name,
    mac: mac === undefined ? [] : [mac.toLowerCase()],
    properties: [
      ...keyfileLines(four).map(line => ({ section: 'ipv4', line })),
      ...keyfileLines(six).map(line => ({ section: 'ipv6', line })),
    ],
    settings: [
      ...four.addresses.flatMap(({ address, prefix }, index) => [
        `IPADDR${index + 1}=${address}`,
        `PREFIX${index + 1}=${prefix}`,
      ]),
      ...(six.addresses.length === 0 ? [] : [`IPV6ADDR_SECONDARIES="${six.addresses.map(printAddress).join(' ')}"`]),
    ],
    routes: [
      ...four.routes.map(({ to, via }) => ({ file: 'route', line: `${to} via ${via}` })),
      ...six.routes.map(({ to, via }) => ({ file: 'route6', line: `${to} via ${via}` })),
    ],
  }
}

export const mtuOfCard = (name: string, mac: string | undefined, mtu: number): Further => ({
  name,
  mac: mac === undefined ? [] : [mac.toLowerCase()],
  properties: [{ section: 'ethernet', line: `mtu=${mtu}` }],
  settings: [`MTU=${mtu}`],
  routes: [],
})

type Route = { readonly to: string; readonly via: string }
type Family = { readonly addresses: readonly Subnet[]; readonly routes: readonly Route[] }

const familyOf = (kind: string, addresses: readonly Subnet[], routes: readonly Route[]): Family => ({
  addresses: addresses.filter(({ address }) => address.kind() === kind),
  routes: routes.filter(({ via }) => parseIp(via)?.kind() === kind),
})

/** The installer's own address is the first one. */
const keyfileLines = ({ addresses, routes }: Family): readonly string[] => [
  ...addresses.map((one, index) => `address${index + 2}=${printAddress(one)}`),
  ...routes.map(({ to, via }, index) => `route${index + 1}=${to},${via}`),
]

/** Every address that the entries declare, once; one that comes by DHCP is not theirs to say. */
export const subnetsOf = (entries: readonly Interface[]): readonly Subnet[] => {
  const all = entries.flatMap(({ ipv6addr, aliases = {}, bootproto, ...declared }) =>
    [
      bootproto === 'dhcp' ? undefined : declaredSubnet(declared),
      ipv6addr === undefined ? undefined : parseSubnet(ipv6addr),
      ...sorted(aliases).map(([, alias]) => declaredSubnet(alias)),
    ].flatMap(subnet => subnet ?? []),
  )
  return all.filter((one, index) => all.findIndex(other => printAddress(other) === printAddress(one)) === index)
}

/** One without a gateway only says which network is on the wire. */
const routesOf = ({ routes = [] }: Interface): readonly Route[] =>
  routes.flatMap(({ address, gateway, ...rest }) => {
    const to = declaredSubnet({ ip: address, ...rest })
    return to === undefined || gateway === undefined
      ? []
      : [{ to: printSubnet(to), via: parseIp(gateway)?.toString() ?? gateway }]
  })

const printAddress = ({ address, prefix }: Subnet): string => `${address}/${prefix}`
