// What is in use on the hosts of a reinstallation: guests that run and would be ended by it. Pure.
import { valueAt } from '../model/pointer.js'
import type { Target } from './target.js'

export type InUse = {
  readonly host: string
  /** The guests that run and would go down. */
  readonly running: readonly string[]
  /** Why the host could not be asked. */
  readonly unknown?: string
}

/** The hosts that are to be asked. */
export const hostsOf = (targets: readonly Target[]): readonly string[] => [
  ...new Set(targets.flatMap(({ name, host, guests }) => host ?? (guests === undefined ? [] : name))),
]

/** `found`: the domains on the host, by Xen's names, or why nobody knows; with a host all that runs on it goes down. */
export const inUseOn = (
  host: string,
  found: readonly string[] | string,
  targets: readonly Target[],
  xenNameOf: (guest: string) => string,
): InUse => {
  if (typeof found === 'string') return { host, running: [], unknown: found }
  if (targets.some(({ name }) => name === host)) return { host, running: found }
  const guests = targets.filter(target => target.host === host).map(({ name }) => name)
  return { host, running: guests.filter(guest => found.includes(xenNameOf(guest))) }
}

export const isInUse = ({ running, unknown }: InUse): boolean => running.length > 0 || unknown !== undefined

/** By its host's document, or its own name. */
export const xenNameIn =
  (host: object | undefined) =>
  (guest: string): string => {
    const name = valueAt(host as never, ['software', 'components', 'xen', 'domains', guest, 'options', 'name'])
    return typeof name === 'string' ? name : guest
  }
