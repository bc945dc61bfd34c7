// merge: lines up the operations of several trees under each path, in the order given. Nothing wins here, so merging
// is associative and loses nothing: what an operation overrides is still there for `explain`.
import deepmerge from 'deepmerge'
import { emptyNode, type Node } from './node.js'

/**
 * One tree with every operation of all of them. deepmerge concatenates arrays (the operations of a path) and merges
 * maps (its keys) deeply, which is exactly this; `clone` is off because nodes are never changed.
 */
export const merge = (trees: readonly Node[]): Node =>
  trees.length === 1 && trees[0] !== undefined ? trees[0] : deepmerge.all<Node>([emptyNode, ...trees], { clone: false })
