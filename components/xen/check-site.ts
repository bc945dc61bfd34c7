// checkSite: what must hold between the domains of a site, and between a host and what its domains ask of it. The
// table "Checks" of README.md has the same rows in the same order. Pure.
import type { SiteFault, SiteView } from '../../src/model/component.js'
import { checkBridges } from './check/bridges.js'
import { checkCpus } from './check/cpus.js'
import { checkDisks } from './check/disks.js'
import { checkIdentities } from './check/identities.js'
import { checkMemory } from './check/memory.js'
import { hostsIn } from './host.js'

export const checkSite = (site: SiteView): readonly SiteFault[] => {
  const hosts = hostsIn(site)
  return [
    ...checkIdentities(site, hosts),
    ...hosts.flatMap(checkDisks),
    ...hosts.flatMap(checkBridges),
    ...hosts.flatMap(checkMemory),
    ...hosts.flatMap(checkCpus),
  ]
}
