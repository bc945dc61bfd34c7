// merge: lines up the operations of several trees under each path, in the order given. Nothing wins here, so merging
// is associative and loses nothing: what an operation overrides is still there for `explain`.
import deepmerge from 'deepmerge'
import { emptyNode, type Node } from '../parse/node.js'

/**
 * One tree with every operation of all of them. deepmerge concatenates arrays (the operations of a path) and merges
 * maps (its keys) deeply, which is exactly this; `clone` is off because nodes are never changed. Two by two: `deepmerge.all`
 * begins with an empty tree, and copies the first.
 */
export const merge = (trees: readonly Node[]): Node => trees.reduce(mergeTwo, emptyNode)

const mergeTwo = (first: Node, second: Node): Node => {
  if (first === emptyNode) return second
  if (second === emptyNode) return first
  return deepmerge(first, second, { clone: false })
}

/** Merges two trees, the same two once: machines that begin with the same layers share what these come to. */
export const createMerge = (): ((first: Node, second: Node) => Node) => {
  const known = new WeakMap<Node, WeakMap<Node, Node>>()
  return (first, second) => {
    const after = known.get(first) ?? new WeakMap<Node, Node>()
    known.set(first, after)
    const merged = after.get(second) ?? mergeTwo(first, second)
    after.set(second, merged)
    return merged
  }
}
