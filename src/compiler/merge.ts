// merge: lines up the operations of several trees under each path, in the order given. Nothing wins here, so merging
// is associative and loses nothing: what an operation overrides is still there for `explain`.
import { emptyNode, type Node } from './node.js'

/** One tree with every operation of all of them. What only one of them has is not copied: nodes are never changed. */
export const merge = (trees: readonly Node[]): Node => trees.reduce(mergeTwo, emptyNode)

const mergeTwo = (first: Node, second: Node): Node => {
  if (first === emptyNode) return second
  if (second === emptyNode) return first
  return { operations: first.operations.concat(second.operations), keys: mergeKeys(first.keys, second.keys) }
}

const mergeKeys = (first: Node['keys'], second: Node['keys']): Node['keys'] => {
  const merged = { ...first }
  for (const [key, node] of Object.entries(second)) {
    const before = Object.hasOwn(merged, key) ? merged[key] : undefined
    merged[key] = before === undefined ? node : mergeTwo(before, node)
  }
  return merged
}

/** Merges two trees, the same two once: machines that begin with the same layers share what these come to. */
export const createMerge = (): ((first: Node, second: Node) => Node) => {
  const known = new WeakMap<Node, WeakMap<Node, Node>>()
  return (first, second) => {
    const after = known.get(first) ?? new WeakMap<Node, Node>()
    known.set(first, after)
    const merged = after.get(second) ?? merge([first, second])
    after.set(second, merged)
    return merged
  }
}
