// ncm-xen's bridges and VLANs as our network's, with the addresses of /system/network. A document that has none of them
// leaves the network to others.
import { isList, isMap, type Json, type JsonMap } from '../json.js'
import { entriesAt, mapAt, numberAt, textAt } from './lookup.js'

/** `network` is undefined where ncm-xen makes no bridges. */
export type PanNetwork = { readonly network: JsonMap | undefined; readonly ignored: readonly string[] }

/** `component` is ncm-xen's, `root` its path in the document. */
export const readNetwork = (document: Json, component: Json, root: string): PanNetwork => {
  const bridges = entriesAt(component, '/network/bridges')
  const { bridges: _bridges, vlans: _vlans, ...others } = mapAt(component, '/network')
  const ignored = Object.keys(others).map(key => `${root}/network/${key}`)
  if (bridges.length === 0) return { network: undefined, ignored }
  const { default_gateway, nameserver } = mapAt(document, '/system/network')
  return {
    network: {
      ...(default_gateway === undefined ? {} : { default_gateway }),
      ...(nameserver === undefined ? {} : { nameserver }),
      interfaces: Object.fromEntries([
        ...entriesAt(document, '/system/network/interfaces').map(([name, value]) => [name, readInterface(value)]),
        ...entriesAt(component, '/network/vlans').map(([name, value]) => [name, readVlan(document, name, value)]),
      ]),
      bridges: Object.fromEntries(bridges.map(([name, value]) => [name, readBridge(name, value)])),
    },
    ignored,
  }
}

/** Without netdev it is eth<vifnum>, and without that xenbr<N> is over eth<N>. */
const readBridge = (name: string, value: Json): JsonMap => {
  const number = numberAt(value, '/vifnum') ?? /^xenbr(\d+)$/.exec(name)?.[1]
  const netdev = textAt(value, '/netdev') ?? (number === undefined ? undefined : `eth${number}`)
  return netdev === undefined ? {} : { netdev }
}

const readVlan = (document: Json, name: string, value: Json): JsonMap => {
  const { netdev: physdev, vlan } = mapAt(value, '')
  const [, own] = entriesAt(document, '/system/network/interfaces').find(([key]) => key === name) ?? []
  return { ...readInterface(own), ...(physdev && { physdev }), ...(vlan && { vlan: Number(vlan) }) }
}

/** What our network knows of an interface; the rest says how Quattor's own components write it down. */
const readInterface = (value: Json | undefined): JsonMap => {
  const { aliases, routes, bootproto, ...plain } = pick(value, known)
  const read = entriesAt(aliases, '').map(([name, alias]) => [name, pick(alias, ['ip', 'netmask', 'prefix'])] as const)
  return {
    ...plain,
    ...(bootproto === undefined ? {} : { bootproto: bootproto === 'bootp' ? 'dhcp' : bootproto }),
    ...(read.length === 0 ? {} : { aliases: Object.fromEntries(read) }),
    ...(isList(routes) ? { routes: routes.flatMap(readRoute) } : {}),
  }
}

const known = [
  ...['bootproto', 'ip', 'netmask', 'prefix', 'ipv6addr', 'gateway', 'aliases', 'routes'],
  ...['vlan', 'physdev', 'bridge', 'onboot'],
]

/** `default` and names are none of ours. */
const readRoute = (route: Json): readonly JsonMap[] =>
  /^[\d.:a-fA-F]+$/.test(textAt(route, '/address') ?? '')
    ? [pick(route, ['address', 'netmask', 'prefix', 'gateway'])]
    : []

const pick = (value: Json | undefined, keys: readonly string[]): JsonMap =>
  Object.fromEntries(Object.entries(isMap(value) ? value : {}).filter(([key]) => keys.includes(key)))
