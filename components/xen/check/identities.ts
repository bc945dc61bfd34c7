// What tells a domain from all others of a site, on whatever host it runs: its name, its uuid, its MACs. Part of
// check-site.ts; pure.
import type { Place, SiteFault, SiteView, Unique } from '../../../src/model/component.js'
import { isMap } from '../../../src/model/json.js'
import { printPointer } from '../../../src/model/pointer.js'
import { type Use, uniqueOf, usedTwice } from '../../../src/model/used-twice.js'
import { type Host, hostOf, placeIn } from '../host.js'

export const checkIdentities = (site: SiteView, hosts: readonly Host[]): readonly SiteFault[] => [
  ...usedTwice('name', hosts.flatMap(names)),
  ...usedTwice('uuid', hosts.flatMap(uuids)),
  ...usedTwice('MAC', [...site.machines.flatMap(cards), ...hosts.flatMap(vifs)]),
]

/** What the checks above look at, of one machine. */
export const unique = (machine: Machine): readonly Unique[] => {
  const host = hostOf(machine)
  return [
    ...uniqueOf('name', host === undefined ? [] : names(host)),
    ...uniqueOf('uuid', host === undefined ? [] : uuids(host)),
    ...uniqueOf('MAC', [...cards(machine), ...(host === undefined ? [] : vifs(host))]),
  ]
}

type Machine = SiteView['machines'][number]

const names = (host: Host): readonly Use[] =>
  host.domains.map(domain => ({
    value: domain.name,
    owner: `${host.name}/${domain.key}`,
    by: `domain ${domain.key} on ${host.name}`,
    place: placeIn(host, domain, 'options', 'name'),
  }))

/** Domains of one name are one owner: that they are two has been said. */
const uuids = (host: Host): readonly Use[] =>
  host.domains.map(domain => ({
    value: domain.options.uuid,
    owner: domain.name,
    by: `domain ${domain.key} on ${host.name}`,
    place: placeIn(host, domain, 'options', 'uuid'),
  }))

const cards = ({ name, get }: Machine): readonly Use[] => {
  const nics = get('/hardware/cards/nic')
  return Object.entries(isMap(nics) ? nics : {}).flatMap(([nic, card]) => {
    if (!isMap(card) || typeof card.hwaddr !== 'string') return []
    const pointer = printPointer(['hardware', 'cards', 'nic', nic, 'hwaddr'])
    return [cardUse(name, nic, card.hwaddr, { machine: name, pointer })]
  })
}

const vifs = (host: Host): readonly Use[] =>
  host.domains.flatMap(domain =>
    domain.vifs.map(({ nic, mac }) => cardUse(domain.key, nic, mac, placeIn(host, domain, 'vifs', nic, 'mac'))),
  )

/** A guest's card and the vif of its domain are one owner. */
const cardUse = (machine: string, nic: string, mac: string, place: Place): Use => ({
  value: mac.toLowerCase(),
  owner: `${machine}/${nic}`,
  by: `${machine}'s ${nic}`,
  place,
})
