// VLANs that no `network` command can make (network.ts says which): a script writes the file that the installer would, a
// keyfile of NetworkManager's (nm-settings-keyfile(5)) or an ifcfg file (nm-settings-ifcfg-rh(5)). Pure.
import type { Vlan } from '../../model/links.js'
import type { Settings } from './network.js'
import { isFour, type Link } from './network-links.js'

/** For the text templates. */
export type MadeVlan = {
  readonly name: string
  readonly keyfile: readonly string[]
  readonly ifcfg: readonly string[]
}

/** Undefined where it is none. */
export const madeVlan = (link: Link, vlan: Vlan | null, settings: Settings): MadeVlan | undefined =>
  vlan === null
    ? undefined
    : { name: link.name, keyfile: keyfileOf(link, vlan, settings), ifcfg: ifcfgOf(link, vlan, settings) }

const keyfileOf = ({ name, bridge }: Link, { device, id }: Vlan, settings: Settings): readonly string[] => [
  '[connection]',
  `id=${name}`,
  'type=vlan',
  `interface-name=${name}`,
  `autoconnect=${settings.onboot}`,
  ...(bridge === undefined ? [] : [`master=${bridge}`, 'slave-type=bridge']),
  '[vlan]',
  `id=${id}`,
  `parent=${device}`,
  ...(settings.mtu === undefined ? [] : ['[ethernet]', `mtu=${settings.mtu}`]),
  ...(bridge === undefined ? [...fourOf(settings), ...sixOf(settings)] : []),
]

const fourOf = ({
  addressing: { isDynamic, v4, gateway4 },
  neverDefault4,
  nameservers,
}: Settings): readonly string[] => {
  if (!isDynamic && v4 === undefined) return ['[ipv4]', 'method=disabled']
  return [
    '[ipv4]',
    ...(isDynamic || v4 === undefined ? ['method=auto'] : ['method=manual', `address1=${v4.address}/${v4.prefix}`]),
    ...(isDynamic || gateway4 === undefined ? [] : [`gateway=${gateway4}`]),
    ...dnsOf(nameservers.filter(isFour)),
    ...(neverDefault4 ? ['never-default=true'] : []),
  ]
}

const sixOf = ({ addressing: { v6, gateway6 }, neverDefault6, nameservers }: Settings): readonly string[] =>
  v6 === undefined
    ? ['[ipv6]', 'method=ignore']
    : [
        '[ipv6]',
        'method=manual',
        `address1=${v6.address}/${v6.prefix}`,
        ...(gateway6 === undefined ? [] : [`gateway=${gateway6}`]),
        ...dnsOf(nameservers.filter(one => !isFour(one))),
        ...(neverDefault6 ? ['never-default=true'] : []),
      ]

const dnsOf = (servers: readonly string[]): readonly string[] =>
  servers.length === 0 ? [] : [`dns=${servers.map(one => `${one};`).join('')}`]

const ifcfgOf = ({ name, bridge }: Link, { device, id }: Vlan, settings: Settings): readonly string[] => {
  const { onboot, addressing, neverDefault4, neverDefault6, nameservers, mtu } = settings
  const { isDynamic, v4, v6, gateway4, gateway6 } = addressing
  const common = [
    'TYPE=Vlan',
    'VLAN=yes',
    `DEVICE=${name}`,
    `PHYSDEV=${device}`,
    `VLAN_ID=${id}`,
    `ONBOOT=${onboot ? 'yes' : 'no'}`,
    ...(mtu === undefined ? [] : [`MTU=${mtu}`]),
  ]
  if (bridge !== undefined) return [...common, 'BOOTPROTO=none', `BRIDGE=${bridge}`]
  return [
    ...common,
    `BOOTPROTO=${isDynamic ? 'dhcp' : 'none'}`,
    ...(isDynamic || v4 === undefined ? [] : [`IPADDR=${v4.address}`, `PREFIX=${v4.prefix}`]),
    ...(isDynamic || gateway4 === undefined ? [] : [`GATEWAY=${gateway4}`]),
    `IPV6INIT=${v6 === undefined ? 'no' : 'yes'}`,
    ...(v6 === undefined ? [] : ['IPV6_AUTOCONF=no', `IPV6ADDR=${v6.address}/${v6.prefix}`]),
    ...(gateway6 === undefined ? [] : [`IPV6_DEFAULTGW=${gateway6}`]),
    ...nameservers.map((server, index) => `DNS${index + 1}=${server}`),
    ...(neverDefault4 ? ['DEFROUTE=no'] : []),
    ...(neverDefault6 ? ['IPV6_DEFROUTE=no'] : []),
  ]
}
