// checkSite: the groups beside what the rest of their machine declares. The table "Checks" of README.md has the same
// rows in the same order. Pure.
import type { SiteFault, SiteView } from '../../src/model/component.js'
import { checkCapacity } from './check/capacity.js'
import { checkDevices } from './check/devices.js'
import { checkGroups } from './check/groups.js'
import { checkGuestDisks } from './check/guest-disks.js'
import { hostsIn } from './host.js'

export const checkSite = (site: SiteView): readonly SiteFault[] => {
  const hosts = hostsIn(site)
  return [checkDevices, checkCapacity, checkGuestDisks, checkGroups].flatMap(check => hosts.flatMap(check))
}
