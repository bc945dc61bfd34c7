// Whether a guest could be migrated live as it is declared, and what keeps it here. Pure.
import type { Actual } from './actual.js'
import type { XenDomains } from './desired.js'
import { type Domain, domainsOf } from './domain.js'

/** By guest that runs: what keeps it from being migrated live; nothing where it can be. */
export const migration = (desired: XenDomains, actual: Actual): { readonly [guest: string]: readonly string[] } => {
  const running = new Set(actual.domains.filter(({ state }) => state === 'running').map(({ name }) => name))
  const guests = domainsOf(desired).filter(({ name }) => running.has(name))
  return Object.fromEntries(guests.map(domain => [domain.key, obstaclesOf(domain, actual)]))
}

const obstaclesOf = ({ options, localDisks }: Domain, { pagesInShadow }: Actual): readonly string[] => {
  const devices = (['pci', 'usbdev', 'dtdev'] as const).filter(option => (options[option] ?? []).length > 0)
  return [
    // libxl fails with "Failed to enable logdirty" (Xen 4.17 built without CONFIG_SHADOW_PAGING).
    ...(options.type === 'pv' && pagesInShadow === false ? ['PV, and this Xen has no shadow paging'] : []),
    ...(options.nomigrate === true ? ['nomigrate is set'] : []),
    ...devices.map(option => `${option}: devices of this host`),
    ...(localDisks.length > 0 ? [`on disks of this host alone: ${localDisks.join(', ')}`] : []),
  ]
}
