// The enclosures of a site as its files are now, by what is kept of an earlier compilation.
import type { AnyComponent, Capacity } from '../../model/component.js'
import type { Enclosed } from '../../model/enclosed.js'
import { enclosuresBySurvey } from '../enclose/enclosures.js'
import { factsOf, type Kept, keptMachines } from './kept.js'
import { linesNow } from './lines-now.js'

export type Enclosures = {
  readonly enclosed: readonly Enclosed[]
  /** What the guests of a host share. */
  readonly capacities: (host: string) => readonly Capacity[]
}

/** Undefined where all machines have to be compiled, or there is anything to tell. Throws NotWhole. */
export const enclosuresByKept = (
  dir: string,
  components: readonly AnyComponent[],
  kept: Kept,
): Enclosures | undefined => {
  const now = linesNow(dir, components, kept)
  if (now === undefined) return undefined
  const machines = keptMachines(now.lines)
  const byName = new Map(machines)
  return {
    enclosed: enclosuresBySurvey(machines.map(([name, machine]) => factsOf(name, machine))),
    capacities: host => byName.get(host)?.capacities ?? [],
  }
}
