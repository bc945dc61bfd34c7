// Which machines each worker has. Only how fast a site is compiled depends on it, never what comes of it. Pure.

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

/** Deals machines to so many workers, alike, and to no more workers than there are machines; those of one home together. */
export const shareOut = (
  machines: readonly string[],
  homeOf: (machine: string) => string,
  workers: number,
): readonly (readonly string[])[] => {
  const homes = homesOf(machines, homeOf)
  const shares: string[][] = Array.from({ length: Math.max(1, Math.min(workers, homes.length)) }, () => [])
  for (const together of homes) smallest(shares).push(...together)
  return shares
}

/** Machines of one home together, in the order in which the first of each comes. */
export const homesOf = (
  machines: readonly string[],
  homeOf: (machine: string) => string,
): readonly (readonly string[])[] => {
  const homes = new Map<string, string[]>()
  for (const machine of machines) {
    const home = homeOf(machine)
    const together = homes.get(home)
    if (together === undefined) homes.set(home, [machine])
    else together.push(machine)
  }
  return [...homes.values()]
}

const smallest = (shares: readonly string[][]): string[] =>
  shares.reduce((least, share) => (share.length < least.length ? share : least))
