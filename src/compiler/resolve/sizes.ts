// How much the expressions of machines stand for: what they name is written out wherever they stand, so that a few that double each
// other would fill any memory.
import type { Json } from '../../model/json.js'
import type { Operation } from '../parse/node.js'
import type { Stage } from './trees.js'

/** `operation`: what says a scalar that has expressions; it is one, in whichever trees of its machine it stands. */
export type Sizes = {
  /** Counts what a scalar came to: whether its machine is within the limit, goes beyond it with this, or is beyond it already. */
  readonly add: (stage: Stage, machine: string, operation: Operation, value: Json) => 'within' | 'beyond now' | 'beyond'
  /** Counts what some came to, all or none of them: whether that is within the limit. */
  readonly addIfWithin: (stage: Stage, machine: string, scalars: readonly Sized[]) => boolean
}

export type Sized = { readonly operation: Operation; readonly size: number }

/** Each scalar counts once, whoever asks for it how often: those within the limit are known. */
type Counted = { sum: number; readonly operations: Set<Operation> }

export const createSizes = (): Sizes => {
  const counted = { profile: new Map<string, Counted>(), enclosed: new Map<string, Counted>() }
  const countedOf = (stage: Stage, machine: string): Counted => {
    const known = counted[stage].get(machine) ?? { sum: 0, operations: new Set() }
    counted[stage].set(machine, known)
    return known
  }
  return {
    add: (stage, machine, operation, value) => {
      const its = countedOf(stage, machine)
      if (its.operations.has(operation)) return 'within'
      const before = its.sum
      its.sum += sizeOf(value)
      if (its.sum > maxSize) return before > maxSize ? 'beyond' : 'beyond now'
      its.operations.add(operation)
      return 'within'
    },
    addIfWithin: (stage, machine, scalars) => {
      const its = countedOf(stage, machine)
      let { sum } = its
      for (const { operation, size } of scalars) if (!its.operations.has(operation)) sum += size
      if (sum > maxSize) return false
      its.sum = sum
      for (const { operation } of scalars) its.operations.add(operation)
      return true
    },
  }
}

/** More than a machine's whole document should be. */
export const maxSize = 1_000_000

/** How many characters and values there are in a value; of what is too much, only that it is. */
export const sizeOf = (value: Json): number => sizeUpTo(value, maxSize)

const sizeUpTo = (value: Json, limit: number): number => {
  if (typeof value === 'string') return value.length + 1
  if (typeof value !== 'object' || value === null) return 1
  let size = 1
  for (const [key, item] of Object.entries(value)) {
    if (size > limit) break
    size += key.length + sizeUpTo(item, limit - size)
  }
  return size
}
