// Which machines each worker has. Only how fast a site is compiled depends on it, never what comes of it. Pure.
import type { Residences } from './lock.js'

/** Of machines that take about two seconds: less is not worth the start of a thread. */
const machinesPerWorker = 400
/** More would wait for the one thread that joins their shares and publishes. */
const maxDefault = 8

/** A worker keeps one busy, and half of another with the compiling and cleaning up that V8 does beside it. */
const processorsPerWorker = 2

/** How many workers a site of that many machines gets, on a machine with so many processors, unless somebody says. */
export const defaultWorkers = (machines: number, processors: number): number =>
  Math.max(
    1,
    Math.min(maxDefault, Math.floor(processors / processorsPerWorker), Math.floor(machines / machinesPerWorker)),
  )

/**
 * Deals machines to so many workers, alike, and to no more workers than there are machines. A host needs its guests: as
 * far as the lock file knows where they live they come to its worker, so that nobody else has to read them.
 */
export const shareOut = (
  machines: readonly string[],
  residences: Residences,
  workers: number,
): readonly (readonly string[])[] => {
  const enclosures = new Map<string, string[]>()
  for (const machine of machines) {
    const host = residences.get(machine)?.host ?? machine
    const together = enclosures.get(host)
    if (together === undefined) enclosures.set(host, [machine])
    else together.push(machine)
  }
  const shares: string[][] = Array.from({ length: Math.max(1, Math.min(workers, enclosures.size)) }, () => [])
  for (const together of enclosures.values()) smallest(shares).push(...together)
  return shares
}

const smallest = (shares: readonly string[][]): string[] =>
  shares.reduce((least, share) => (share.length < least.length ? share : least))
