// Where a finding about a machine's value is shown: the place that the value comes from, in whatever file.
import type { Place } from '../../model/component.js'
import type { Position } from '../../model/diagnostic.js'
import { printPointer } from '../../model/pointer.js'
import { descend } from '../compose/descend.js'
import type { Folded } from '../compose/fold.js'
import type { Resolver } from '../resolve/resolve.js'
import { loneReference } from '../resolve/written.js'

export type BlamedMachine = {
  readonly name: string
  readonly tree: Folded | undefined
  /** Where the profile begins: the place of what is missing altogether. */
  readonly position: Position
}

/** The position of the value at a path (or of its key), or of the nearest place above it. */
export const blame = (
  machine: BlamedMachine,
  path: readonly string[],
  origin: Resolver['origin'],
  ofKey = false,
): Position => {
  const found = nearestIn(machine, path)
  if (found === undefined) return machine.position
  const { folded, rest } = found
  const isKeys = ofKey && found.isThere
  if (isKeys && rest.length === 0) return keyPosition(folded)
  const set = origin(machine.name, folded, rest)
  return isKeys ? (set.keyPosition ?? set.position) : set.position
}

/** Whether what stands at a path, or nearest above it, was taken from a child. */
export const isPulled = (machine: BlamedMachine, path: readonly string[]): boolean =>
  nearestIn(machine, path)?.folded.winner.pulled !== undefined

/** The place that says what stands at a path: of an expression that is one path, and of what was taken from a child. */
export const sourceOf = (machine: BlamedMachine, path: readonly string[]): Place | undefined => {
  const found = nearestIn(machine, path)
  if (found === undefined) return undefined
  const { winner } = found.folded
  const { source, child } = winner.pulled ?? {}
  if (source?.kind === 'child' && child !== undefined) return { machine: child.name, pointer: source.pointer }
  const part = found.isThere ? loneReference(winner) : undefined
  if (part?.kind !== 'path') return undefined
  return { machine: part.machine ?? machine.name, pointer: part.pointer + printPointer(found.rest) }
}

const nearestIn = ({ tree }: BlamedMachine, path: readonly string[]) => {
  for (let length = path.length; length >= 0; length -= 1) {
    const found = descend(tree, path.slice(0, length))
    if (found !== undefined) return { ...found, isThere: length === path.length }
  }
  return undefined
}

export const keyPosition = ({ winner }: Folded): Position => winner.keyPosition ?? winner.position
