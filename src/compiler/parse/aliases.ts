// What the aliases of a YAML document stand for, found in one walk: the parser's own look-up walks the whole document for
// every alias. The walk needs no recursion, so no depth of nesting ends it.
import { type Alias, type Document, isAlias, isMap, isNode, isPair, isSeq, type Node } from 'yaml'

/** By alias, the node that bears its anchor: the last one before it. An alias of nothing is not among them. */
export const aliasTargets = (document: Document): ReadonlyMap<Alias, Node> => {
  const anchored = new Map<string, Node>()
  const targets = new Map<Alias, Node>()
  const ahead: unknown[] = [document.contents]
  while (ahead.length > 0) {
    const node = ahead.pop()
    if (isAlias(node)) {
      const target = anchored.get(node.source)
      if (target !== undefined) targets.set(node, target)
    } else if (isPair(node)) ahead.push(node.value, node.key)
    else if (isNode(node)) {
      if (node.anchor !== undefined) anchored.set(node.anchor, node)
      if (isMap(node) || isSeq(node)) for (let at = node.items.length - 1; at >= 0; at -= 1) ahead.push(node.items[at])
    }
  }
  return targets
}
