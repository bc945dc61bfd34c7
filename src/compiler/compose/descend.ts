// descend: a path into a folded tree, as deep as the tree itself goes.
import { itemAt } from '../../model/pointer.js'
import type { Folded } from './fold.js'

export type Descent = {
  readonly folded: Folded
  /** The shape of each folded value above it. */
  readonly above: readonly Folded['shape'][]
  readonly rest: readonly string[]
}

/** As deep into a folded tree as it goes: an expression may stand for a whole subtree, which is the rest. */
export const descend = (root: Folded | undefined, path: readonly string[]): Descent | undefined => {
  let folded = root
  const above: Folded['shape'][] = []
  for (const [index, key] of path.entries()) {
    if (folded === undefined) return undefined
    if (folded.shape === 'scalar') return { folded, above, rest: path.slice(index) }
    above.push(folded.shape)
    folded = folded.shape === 'map' ? folded.entries.get(key) : itemAt(folded.items, key)
  }
  return folded === undefined ? undefined : { folded, above, rest: [] }
}
