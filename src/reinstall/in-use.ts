// What is in use on the machines of a reinstallation, and would be ended by it: guests, or a machine's own system. Pure.
import { valueAt } from '../model/pointer.js'
import type { Target } from './target.js'

export type InUse = {
  readonly host: string
  /** The guests that run and would go down; of a machine that is no host, itself where it runs. */
  readonly running: readonly string[]
  /** Why the host could not be asked. */
  readonly unknown?: string
  /** It answers, and does not let us in: it is not dead, and nobody has said that its guests may end. */
  readonly isDenied?: boolean
}

/** A machine as it is found: the domains on it by Xen's names, that it is off, or why nobody knows. */
export type Found =
  | { readonly domains: readonly string[] }
  | 'off'
  | { readonly unknown: string; readonly isDenied: boolean }

/** The machines that are to be asked: hosts, and what is neither host nor guest. */
export const askedOf = (targets: readonly Target[]): readonly string[] => [
  ...new Set(targets.map(({ name, host }) => host ?? name)),
]

/** With a host all that runs on it goes down. */
export const inUseOn = (
  host: string,
  found: Found,
  targets: readonly Target[],
  xenNameOf: (guest: string) => string,
): InUse => {
  if (found === 'off') return { host, running: [] }
  if ('unknown' in found) return { host, running: [], ...found }
  const own = targets.find(({ name }) => name === host)
  if (own !== undefined) return { host, running: own.guests === undefined ? [host] : found.domains }
  const guests = targets.filter(target => target.host === host).map(({ name }) => name)
  return { host, running: guests.filter(guest => found.domains.includes(xenNameOf(guest))) }
}

export const isInUse = ({ running, unknown }: InUse): boolean => running.length > 0 || unknown !== undefined

/** By its host's document, or its own name. */
export const xenNameIn =
  (host: object | undefined) =>
  (guest: string): string => {
    const name = valueAt(host as never, ['software', 'components', 'xen', 'domains', guest, 'options', 'name'])
    return typeof name === 'string' ? name : guest
  }
