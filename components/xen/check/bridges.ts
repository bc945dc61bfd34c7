// A vif's bridge is one of its host's, where the host declares any, and one that stays. Part of check-site.ts; pure.
import type { SiteFault } from '../../../src/model/component.js'
import { byCodeUnit, isMap, type Json, type JsonMap } from '../../../src/model/json.js'
import { printPointer } from '../../../src/model/pointer.js'
import { type Host, placeIn } from '../host.js'

export const checkBridges = (host: Host): readonly SiteFault[] => {
  const interfaces = mapOf(host.get('/system/network/interfaces'))
  const bridges = declaredBridges(host, interfaces)
  if (bridges.size === 0) return []
  const network = host.get('/system/network/bridges') === undefined ? 'interfaces' : 'bridges'
  return host.domains.flatMap(domain =>
    domain.vifs.flatMap(({ nic, bridge, backend }): readonly SiteFault[] => {
      if (bridge !== undefined && backend === undefined && domain.ensure !== 'absent' && isGivenUp(bridge, host)) {
        const message = `${domain.key}'s ${nic} is on ${bridge}, which ${host.name} gives up`
        const other = { machine: host.name, pointer: printPointer(['system', 'network', 'bridges', bridge]) }
        return [{ code: 'contradiction', message, ...placeIn(host, domain, 'vifs', nic, 'bridge'), other }]
      }
      const isKnown = bridge === undefined || bridges.has(bridge) || isOwnInterface(bridge, host, interfaces)
      if (isKnown || backend !== undefined) return []
      const message = `${host.name} has no bridge ${bridge} for ${domain.key}'s ${nic}: it declares ${[...bridges].sort(byCodeUnit).join(', ')}`
      const other = { machine: host.name, pointer: `/system/network/${network}` }
      return [{ code: 'reference-missing', message, ...placeIn(host, domain, 'vifs', nic, 'bridge'), other }]
    }),
  )
}

const isGivenUp = (bridge: string, host: Host): boolean =>
  mapOf(mapOf(host.get('/system/network/bridges'))[bridge]).ensure === 'absent'

/** Those in /system/network/bridges, and those that an interface says it is a port of. */
const declaredBridges = (host: Host, interfaces: JsonMap): ReadonlySet<string> => {
  const ports = Object.values(interfaces).map(port => mapOf(port).bridge)
  const named = ports.filter(bridge => typeof bridge === 'string')
  return new Set([...Object.keys(mapOf(host.get('/system/network/bridges'))), ...named])
}

/** An interface that is neither a card nor a VLAN of one may be a bridge that something else makes. */
const isOwnInterface = (name: string, host: Host, interfaces: JsonMap): boolean =>
  Object.hasOwn(interfaces, name) &&
  mapOf(interfaces[name]).physdev === undefined &&
  !Object.hasOwn(mapOf(host.get('/hardware/cards/nic')), name)

const mapOf = (value: Json | undefined): JsonMap => (isMap(value) ? value : {})
