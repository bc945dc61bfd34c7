// The machines of a site that have domains, as the site's checks see them.
import type { MachineView, Place, SiteView } from '../../src/model/component.js'
import { printPointer } from '../../src/model/pointer.js'
import type { XenDomains } from './desired.js'
import { type Domain, domainsOf } from './domain.js'

export type Host = {
  readonly name: string
  readonly domains: readonly Domain[]
  /** `overcommit: true` */
  readonly mayOvercommit: boolean
  readonly get: MachineView['get']
}

/** Only sound machines are in a site's view: what they declare here is valid by our schema. */
export const hostsIn = ({ machines }: SiteView): readonly Host[] => machines.flatMap(machine => hostOf(machine) ?? [])

/** Undefined where the machine has no domains. */
export const hostOf = ({ name, get }: SiteView['machines'][number]): Host | undefined => {
  const desired = get('/software/components/xen') as XenDomains | undefined
  if (desired === undefined) return undefined
  return { name, domains: domainsOf(desired), mayOvercommit: desired.overcommit ?? false, get }
}

export const placeIn = (host: Host, domain: Domain, ...path: readonly string[]): Place => ({
  machine: host.name,
  pointer: printPointer(['software', 'components', 'xen', 'domains', domain.key, ...path]),
})
