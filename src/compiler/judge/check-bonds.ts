// What must hold of the bonds of /system/network: a port is a card of one that something is said of, and what is said of it
// are modes and options of the kernel's driver. Part of check-network.ts; pure.
import type { SiteFault, SiteView } from '../../model/component.js'
import { isMap } from '../../model/json.js'
import { type DeclaredLinks, vlanOf } from '../../model/links.js'
import type { Interface, Network } from '../../model/network.js'
import { parsePointer, printPointer } from '../../model/pointer.js'
import { didYouMean } from '../suggest.js'

type Machine = SiteView['machines'][number]

export const checkBonds = ({ name: machine, get }: Machine): readonly SiteFault[] => {
  const network = (get('/system/network') ?? {}) as Network & DeclaredLinks
  const nics = get('/hardware/cards/nic')
  const cards = Object.keys(isMap(nics) ? nics : {})
  const { interfaces = {} } = network
  return Object.entries(interfaces).flatMap(([name, { master, bonding_opts = {} }]) => [
    ...(master === undefined ? [] : portFaults({ machine, network, cards }, name, master)),
    ...optionFaults(machine, name, bonding_opts),
  ])
}

type Of = { readonly machine: string; readonly network: Network & DeclaredLinks; readonly cards: readonly string[] }

const portFaults = ({ machine, network, cards }: Of, name: string, master: string): readonly SiteFault[] => {
  const { interfaces = {}, bridges = {} } = network
  const place = { machine, pointer: pointerTo(name, 'master') }
  const bonds = bondsBeside(network, name)
  if (Object.hasOwn(bridges, master)) {
    const message = `${name} is a port of ${master}, which is a bridge and no bond`
    return [{ code: 'contradiction', message, hint: `a port of a bridge says bridge: ${master}`, ...place }]
  }
  if (cards.includes(master) && interfaces[master]?.bonding_opts === undefined) {
    const message = `${name} is a port of ${master}, which is a card and no bond`
    return [{ code: 'contradiction', message, known: bonds, ...place }]
  }
  if (!Object.hasOwn(interfaces, master) && !isBelow(network, master)) {
    const message = `${machine} has no bond ${master} for ${name}: nothing else names it`
    return [{ code: 'reference-missing', message, known: bonds, ...place }]
  }
  // What is no card may be made by something else.
  if (cards.length === 0 || cards.includes(name) || vlanOf(network, name) !== null) return []
  const message = `${name} is a port of ${master}, and the cards of ${machine} are ${cards.join(', ')}`
  return [{ code: 'advice', message, ...hintOf(didYouMean(name, cards)), ...place }]
}

const hintOf = (hint: string | undefined): Pick<SiteFault, 'hint'> => (hint === undefined ? {} : { hint })

/** Those that other ports name, or that have options. */
const bondsBeside = ({ interfaces = {} }: Network, port: string): readonly string[] => [
  ...new Set(
    Object.entries(interfaces).flatMap(([name, { master, bonding_opts }]) => [
      ...(master === undefined || name === port ? [] : [master]),
      ...(bonding_opts === undefined ? [] : [name]),
    ]),
  ),
]

/** Whether a bridge or a VLAN lies on it: then nothing has to be said of a bond itself. */
const isBelow = (network: Network & DeclaredLinks, name: string): boolean => {
  const { interfaces = {}, bridges = {} } = network as DeclaredLinks
  const ports = Object.values(bridges).flatMap(({ netdev }) => netdev ?? [])
  const lower = [...ports, ...Object.keys(interfaces)].flatMap(one => vlanOf(network, one)?.device ?? [])
  return ports.includes(name) || lower.includes(name)
}

const optionFaults = (
  machine: string,
  name: string,
  options: NonNullable<Interface['bonding_opts']>,
): readonly SiteFault[] =>
  Object.entries(options).flatMap(([option, value]): readonly SiteFault[] => {
    const place = { machine, pointer: pointerTo(name, 'bonding_opts', option) }
    if (!knownOptions.includes(option)) {
      const message = `${option} is no option of a bond that is known here`
      return [{ code: 'advice', message, ...hintOf(didYouMean(option, knownOptions)), ...place }]
    }
    if (option !== 'mode' || modes.includes(`${value}`) || /^[0-6]$/.test(`${value}`)) return []
    return [{ code: 'contradiction', message: `${name} has no mode ${value}`, known: modes, ...place }]
  })

/** In the order of their numbers (Linux, Documentation/networking/bonding.rst). */
const modes = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb']

/** The driver's (Linux, drivers/net/bonding/bond_options.c); a newer kernel may have more. */
const knownOptions = [
  ...['active_slave', 'ad_actor_sys_prio', 'ad_actor_system', 'ad_select', 'ad_user_port_key', 'all_slaves_active'],
  ...['arp_all_targets', 'arp_interval', 'arp_ip_target', 'arp_missed_max', 'arp_validate', 'broadcast_neighbor'],
  ...['coupled_control', 'downdelay', 'fail_over_mac', 'lacp_active', 'lacp_rate', 'lp_interval', 'miimon'],
  ...['min_links', 'mode', 'num_grat_arp', 'num_unsol_na', 'packets_per_slave', 'peer_notif_delay', 'primary'],
  ...['primary_reselect', 'resend_igmp', 'tlb_dynamic_lb', 'updelay', 'use_carrier', 'xmit_hash_policy'],
]

const interfacesPath = parsePointer('/system/network/interfaces')

const pointerTo = (...path: readonly string[]): string => printPointer([...interfacesPath, ...path])
