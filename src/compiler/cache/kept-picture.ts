// The enclosures of a site as its files are now, by what is kept of an earlier compilation: only what an edit concerns is compiled, and
// checked. Nothing is written.
import type { AnyComponent, Capacity } from '../../model/component.js'
import type { Enclosed } from '../../model/enclosed.js'
import { enclosuresBySurvey } from '../enclose/enclosures.js'
import { judgedWith } from '../policies/judge-policies.js'
import { asOfNow } from './come-and-gone.js'
import { compileEdit } from './compile-edit.js'
import { inOrder } from './concerned.js'
import { factsOf, type Kept, keptMachines } from './kept.js'
import { keptParentage } from './kept-parentage.js'
import { type Lines, withJournal } from './lines.js'
import { editSince, lookAt } from './look.js'
import { emptyMemory } from './memory.js'

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
  const lines = linesNow(dir, components, kept)
  if (lines === undefined) return undefined
  const machines = keptMachines(lines)
  const byName = new Map(machines)
  return {
    enclosed: enclosuresBySurvey(machines.map(([name, machine]) => factsOf(name, machine))),
    capacities: host => byName.get(host)?.capacities ?? [],
  }
}

const linesNow = (dir: string, components: readonly AnyComponent[], kept: Kept): Lines | undefined => {
  const look = lookAt(kept.loadpath, dir)
  if (look === undefined || look.inputs === kept.inputs) return look && kept.lines
  const edit = editSince(kept, dir, look)
  if (edit === undefined) return undefined
  if (edit.machines.length + edit.other.gone.size === 0) return kept.lines
  // Where their documents are is not known here: those that policies read are compiled as well.
  const now = asOfNow(kept, edit.other)
  const near = [...judgedWith(edit.machines, keptParentage(now, []))].filter(name => !edit.other.gone.has(name))
  const machines = inOrder(near, now)
  const compiled = compileEdit(
    dir,
    components,
    { kept, base: '' },
    { ...edit, machines },
    emptyMemory(),
    () => undefined,
  )
  return compiled && withJournal(kept.lines, compiled.change)
}
