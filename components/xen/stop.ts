// How a domain is ended, as operations. That a guest was asked to shut down is remembered, so that a later run knows
// when its time is over; nothing else tells a guest that takes its time from one that never will. Pure.
import type { Op } from '../../src/model/action.js'
import type { Actual } from './actual.js'
import type { Domain } from './domain.js'

/** One file for each guest that was asked to shut down and was not seen gone since; in it the boot of the host. */
export const askedDirectory = (memory: string): string => `${memory}/shutdowns`
export const askedPath = (memory: string, key: string): string => `${askedDirectory(memory)}/${key}`

/** Long: an emulated host takes up to 5 s. */
const xlTimeout = 60_000

/**
 * Asks the guest (one without PV drivers by ACPI, -F) and waits until there is no domain of its name: `xl shutdown -w`
 * returns sooner. `otherwise` is done where it takes too long; without anything the next run goes on.
 */
export const shutDown = (domain: Domain, { memory, boot }: Actual, otherwise: readonly Op[] = []): readonly Op[] => {
  const { key, name, shutdownTimeout } = domain
  return [
    { op: 'write', path: askedPath(memory, key), content: `${boot}\n`, mode: 0o600 },
    { op: 'exec', argv: ['xl', 'shutdown', '-F', name], timeout: xlTimeout },
    {
      op: 'await',
      probe: { kind: 'exec', argv: ['xl', 'list', name], expect: [1] },
      within: shutdownTimeout,
      otherwise,
    },
    { op: 'remove', path: askedPath(memory, key) },
  ]
}

export const destroy = ({ key, name }: Domain, { memory }: Actual): readonly Op[] => [
  { op: 'exec', argv: ['xl', 'destroy', name], timeout: xlTimeout },
  { op: 'remove', path: askedPath(memory, key) },
]

/** What no absence and no restart brings about by itself. */
export const destroyConsent = (key: string): string => `destroy:xen/${key}`
