// The enclosures of a site as its files are now, by what is kept of an earlier compilation.
import type { AnyComponent, Capacity } from '../../model/component.js'
import type { Enclosed } from '../../model/enclosed.js'
import { enclosuresBySurvey } from '../enclose/enclosures.js'
import type { Warning } from '../shares/warnings.js'
import { factsOf, type Kept, keptMachines } from './kept.js'
import { readWarnings } from './kept-warnings.js'
import { linesNow } from './lines-now.js'

export type Enclosures = {
  readonly enclosed: readonly Enclosed[]
  /** What the guests of a host share. */
  readonly capacities: (host: string) => readonly Capacity[]
}

/** Also what there is to tell of the site. */
export type KeptEnclosures = Enclosures & { readonly warnings: readonly Warning[] }

/** Undefined where all machines have to be compiled. Throws NotWhole. */
export const enclosuresByKept = (
  dir: string,
  components: readonly AnyComponent[],
  kept: Kept,
): KeptEnclosures | undefined => {
  const now = linesNow(dir, components, kept)
  if (now === undefined) return undefined
  const machines = keptMachines(now.lines)
  const byName = new Map(machines)
  return {
    enclosed: enclosuresBySurvey(machines.map(([name, machine]) => factsOf(name, machine))),
    capacities: host => byName.get(host)?.capacities ?? [],
    warnings: readWarnings(now.lines),
  }
}
