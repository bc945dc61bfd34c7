// checkSite: what must hold of one host's bridges and no schema can say: the table "Checks" of README.md. It stands here
// and not in check, for what is wrong stands in /system/network. Pure.
import type { FaultCode, MachineView, SiteFault, SiteView } from '../../src/model/component.js'
import { portsOf, vlanOf } from '../../src/model/links.js'
import { printPointer } from '../../src/model/pointer.js'
import { addressingOf } from './addressing.js'
import type { Network } from './desired.js'

export const checkSite = ({ machines }: SiteView): readonly SiteFault[] =>
  machines.flatMap(({ name, get }) => {
    const desired = get('/software/components/network') as Network | undefined
    return desired === undefined
      ? []
      : checkHost(name, get('/system/network') === undefined ? [...own] : [...base], desired, cardsOf(get))
  })

const base = ['system', 'network'] as const
const own = ['software', 'components', 'network'] as const

/** The cards that the hardware lists; nothing is known of a machine that lists none. */
const cardsOf = (get: MachineView['get']): readonly string[] => Object.keys(get('/hardware/cards/nic') ?? {})

const checkHost = (
  machine: string,
  root: readonly string[],
  desired: Network,
  cards: readonly string[],
): readonly SiteFault[] => {
  const fault = (code: FaultCode, message: string, path: readonly string[], other?: readonly string[]): SiteFault => ({
    code,
    message,
    machine,
    pointer: printPointer([...root, ...path]),
    ...(other === undefined ? {} : { other: { machine, pointer: printPointer([...root, ...other]) } }),
  })
  const bridges = Object.keys(desired.bridges ?? {}).filter(name => desired.bridges?.[name]?.ensure !== 'absent')
  const claims = bridges.flatMap(bridge => portsOf(desired, bridge).map(port => ({ bridge, port })))
  const placeOf = ({ bridge, port }: Claim): readonly string[] =>
    desired.bridges?.[bridge]?.netdev === port ? ['bridges', bridge, 'netdev'] : ['interfaces', port, 'bridge']
  return [
    ...claims.flatMap((claim, index) => {
      const first = claims.slice(0, index).find(({ port }) => port === claim.port)
      if (first === undefined) return []
      const message = `${claim.port} is bridged by ${claim.bridge}, and by ${first.bridge}`
      return [fault('used-twice', message, placeOf(claim), placeOf(first))]
    }),
    ...claims.flatMap((claim, index) => {
      const first = claims.slice(0, index).find(({ bridge }) => bridge === claim.bridge)
      if (first === undefined) return []
      const message = `${claim.bridge} bridges ${claim.port} beside ${first.port}, which makes a loop of two wires to one switch: bridge a bond of them`
      return [fault('contradiction', message, placeOf(claim), placeOf(first))]
    }),
    ...claims
      .filter(({ port }) => desired.bridges?.[port] !== undefined)
      .map(claim => fault('contradiction', `${claim.bridge} bridges ${claim.port}, a bridge itself`, placeOf(claim))),
    ...claims.flatMap(claim => {
      const device = vlanOf(desired, claim.port)?.device ?? claim.port
      if (cards.length === 0 || isKnown(device, desired, cards)) return []
      const bridged = `${claim.bridge} bridges ${claim.port}, and`
      const are = `its cards are ${cards.join(', ')}`
      // A declared one may be made by something else, a tunnel for one.
      return desired.interfaces?.[device] === undefined
        ? [fault('reference-missing', `${bridged} the host has no interface ${device}: ${are}`, placeOf(claim))]
        : [
            fault(
              'advice',
              `${bridged} nothing makes ${device}: ${are}; of a bond, they say master: ${device}`,
              placeOf(claim),
            ),
          ]
    }),
    ...vlanFaults(desired, claims, fault),
    ...bridges.flatMap(bridge =>
      [bridge, ...portsOf(desired, bridge)].flatMap(name =>
        addressingOf(desired, [name]).incomplete.map(ip => {
          const message = `${ip} on ${bridge} has neither netmask nor prefix`
          const isOwn = desired.interfaces?.[name]?.ip === ip
          return fault('contradiction', message, ['interfaces', name, ...(isOwn ? ['ip'] : [])])
        }),
      ),
    ),
  ]
}

/** A card, a bridge, a bond, or a VLAN: what is only declared is not there by that. */
const isKnown = (device: string, { interfaces = {}, bridges = {} }: Network, cards: readonly string[]): boolean =>
  cards.includes(device) ||
  Object.hasOwn(bridges, device) ||
  vlanOf({ interfaces }, device) !== null ||
  Object.values(interfaces).some(({ master }) => master === device)

type Claim = { readonly bridge: string; readonly port: string }
type MakeFault = (code: FaultCode, message: string, path: readonly string[], other?: readonly string[]) => SiteFault

const vlanFaults = (desired: Network, claims: readonly Claim[], fault: MakeFault): readonly SiteFault[] => {
  const { interfaces = {} } = desired
  const names = [...new Set([...Object.keys(interfaces), ...claims.map(({ port }) => port)])]
  const vlans = names.flatMap(name => {
    const vlan = vlanOf(desired, name)
    return vlan === null ? [] : [{ name, ...vlan }]
  })
  return vlans.flatMap((vlan, index) => {
    const first = vlans.slice(0, index).find(({ device, id }) => device === vlan.device && id === vlan.id)
    const places = interfaces[vlan.name] === undefined ? [] : ['interfaces', vlan.name]
    if (first === undefined) return []
    const message = `${vlan.name} is VLAN ${vlan.id} on ${vlan.device}, and so is ${first.name}`
    return [fault('used-twice', message, places, interfaces[first.name] && ['interfaces', first.name])]
  })
}
