// What would be kept of a site as its files are now, by what is kept of an earlier compilation: only what an edit concerns is
// compiled, and checked. Nothing is written.
import type { AnyComponent } from '../../model/component.js'
import type { MoveUnderWay } from '../enclose/moves.js'
import { judgedWith } from '../policies/judge-policies.js'
import { asOfNow, machinesAfter } from './come-and-gone.js'
import { compileEdit } from './compile-edit.js'
import { inOrder } from './concerned.js'
import type { Kept } from './kept.js'
import { keptParentage } from './kept-parentage.js'
import { type Lines, withJournal } from './lines.js'
import { editSince, lookAt } from './look.js'
import { emptyMemory } from './memory.js'

export type LinesNow = {
  readonly lines: Lines
  /** How many there are. */
  readonly machines: number
  readonly moves: readonly MoveUnderWay[]
  /** Whether the lock file has the host of every guest. */
  readonly isRecorded: boolean
}

/** Undefined where all machines have to be compiled. */
export const linesNow = (dir: string, components: readonly AnyComponent[], kept: Kept): LinesNow | undefined => {
  const asKept = { lines: kept.lines, machines: kept.machines, moves: kept.moves, isRecorded: true }
  const look = lookAt(kept.loadpath, dir)
  if (look === undefined || look.inputs === kept.inputs) return look && asKept
  const edit = editSince(kept, dir, look)
  if (edit === undefined) return undefined
  if (edit.machines.length + edit.other.gone.size === 0) return asKept
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
  if (compiled === undefined) return undefined
  const { change, moves, recording } = compiled
  const lines = withJournal(kept.lines, change)
  return { lines, machines: machinesAfter(kept, edit.other), moves, isRecorded: recording === undefined }
}
