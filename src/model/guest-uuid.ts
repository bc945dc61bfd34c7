// The uuid of a guest: the same wherever and whenever it is computed, different for every site and name.
import { v5 } from 'uuid'

/** The namespace of the sites' namespaces. Never to be changed: every guest would get another uuid. */
const sites = '8f0e6a52-61a4-4d0c-9d0b-5b8f3c1f7a2e'

/** A UUIDv5 (RFC 9562) of the guest's name in the namespace of its site, lower case. */
export const guestUuid = (site: string, guest: string): string => {
  if (last?.site !== site) last = { site, namespace: v5(site, sites, new Uint8Array(16)) }
  return v5(guest, last.namespace)
}

/** All guests that are asked for are those of one site. */
let last: { readonly site: string; readonly namespace: Uint8Array } | undefined
