// weight: in which order the operations under one path count: by strength, then by the order of includes. Part of fold.ts.
import { type Layer, type Operation, type Strength, strengths } from '../parse/node.js'
import type { Ranks } from './beginnings.js'

/** By what the operations of one machine are ordered, at one place of its tree. */
export type Order = {
  readonly ranks: Ranks
  /** The `!replace` and `!remove` above that count: what is weaker or earlier than one of them is forgotten. */
  readonly resets: readonly Operation[]
}

/** More than there are places among the includes of a machine. */
const ranksEnd = 2 ** 32

/** Strength counts for more than any place among the includes. */
const weightOf = ({ strength, layer }: { strength: Strength; layer: Layer }, order: Order): number =>
  strengths.indexOf(strength) * ranksEnd + (order.ranks.get(layer) ?? -1)

/** Weakest first: which they mostly are, for trees are merged in the order of includes. */
export const inOrder = (operations: readonly Operation[], order: Order): readonly Operation[] => {
  let before = Number.NEGATIVE_INFINITY
  const isInOrder = operations.every(operation => {
    const weight = weightOf(operation, order)
    const isBehind = before <= weight
    before = weight
    return isBehind
  })
  return isInOrder ? operations : [...operations].sort((a, b) => weightOf(a, order) - weightOf(b, order))
}

/** The reset above that forgets an operation. What its own file writes below it does not come before it, however weak it is. */
export const forgetterOf = (operation: Operation, order: Order): Operation | undefined =>
  order.resets.find(reset => reset.layer !== operation.layer && weightOf(operation, order) < weightOf(reset, order))
