// Machines compiled by what is kept of an earlier compilation: as the whole site would have them, and the
// whole site is known to be sound. What an edit concerns is compiled and checked before.
import type { AnyComponent } from '../../model/component.js'
import { reachedFrom } from '../../model/reached.js'
import type { CompiledSite } from '../compile.js'
import type { Parentage } from '../enclose/parentage.js'
import { readRules } from '../rules.js'
import { collectWarnings, type Warning } from '../shares/warnings.js'
import { openSite } from '../site/site.js'
import { isAsSeen, keptProfiles, placed } from './compile-edit.js'
import { compileSome } from './compile-kept.js'
import { inOrder } from './concerned.js'
import { type Kept, readLines } from './kept.js'
import { keptParentage } from './kept-parentage.js'
import { keptParses } from './kept-parses.js'
import { readWarnings } from './kept-warnings.js'
import { linesNow } from './lines-now.js'
import { mostConcerned } from './look.js'

export type MachinesByKept = {
  readonly compiled: CompiledSite
  /** All that there is to tell of the site. */
  readonly warnings: readonly Warning[]
}

/** Undefined where all machines have to be compiled, one is not there, or a guest is to be recorded. Throws NotWhole. */
export const machinesByKept = (
  dir: string,
  components: readonly AnyComponent[],
  before: Kept,
  asked: (parentage: Parentage) => Iterable<string>,
): MachinesByKept | undefined => {
  const now = linesNow(dir, components, before)
  if (!now?.isRecorded) return undefined
  const kept = { ...before, ...readLines(now.lines) }
  const names = inOrder([...new Set(asked(keptParentage(kept, [])))], kept)
  if (names.length > mostConcerned(kept) || names.some(name => kept.profile(name) === undefined)) return undefined
  const problems = collectWarnings()
  const site = openSite(dir, problems, { parses: keptParses(now.lines), profiles: keptProfiles(kept) })
  if (site === undefined) return undefined
  const rules = readRules(site, components, problems, { areSound: true })
  const compiled = compileSome({ site, rules, components, problems, kept, names, moves: now.moves.map(placed) })
  if (compiled === undefined || !isAsSeen(site.digests, kept, new Map())) return undefined
  return { compiled, warnings: readWarnings(now.lines) }
}

/** A machine with all that it encloses, and with what it is enclosed in. */
export const enclosureOf =
  (name: string) =>
  ({ parent, children }: Parentage): readonly string[] => {
    const above = reachedFrom([name], machine => [parent(machine)].filter(one => one !== undefined))
    const below = reachedFrom([name], machine => children(machine).map(child => child.name))
    return [...above, ...below]
  }
