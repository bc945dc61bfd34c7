// What no profile wrote, as a tree of operations: the values that a parent takes from its children, or is told of a move.
import type { ToldValue } from '../../model/component.js'
import type { Position } from '../../model/diagnostic.js'
import { isList, isMap, type Json, mapFrom } from '../../model/json.js'
import { parsePointer } from '../../model/pointer.js'
import type { Layer, Node, Operation, Pulled } from '../parse/node.js'

/** A value at a place, and where it comes from. */
export type Told = ToldValue & { readonly position: Position; readonly pulled: Pulled; readonly layer: Layer }

/** All values at their places, set by the weakest operations there are. */
export const pulledNode = (told: readonly Told[]): Node => {
  const root = growing()
  for (const { pointer, value, ...from } of told) {
    const operation = { kind: 'set', strength: 'default', ...from } as const
    const map: Operation = { ...operation, value: { shape: 'map' } }
    let node = root
    for (const key of parsePointer(pointer)) {
      sayMap(node, map)
      node = below(node, key)
    }
    grow(node, value, operation)
  }
  return grown(root)
}

/** That a node is a map, each layer says once: not for every value below it, all of which would be merged and folded. */
const sayMap = ({ operations }: Growing, map: Operation): void => {
  const last = operations.at(-1)
  if (last?.layer === map.layer && last.value.shape === 'map') operations.pop()
  operations.push(map)
}

/** A node that more may be said of. */
type Growing = { readonly operations: Operation[]; readonly keys: Map<string, Growing> }

const growing = (): Growing => ({ operations: [], keys: new Map() })

const grown = ({ operations, keys }: Growing): Node => ({
  operations,
  keys: mapFrom(Array.from(keys, ([key, node]) => [key, grown(node)])),
})

const below = ({ keys }: Growing, key: string): Growing => {
  const node = keys.get(key) ?? growing()
  keys.set(key, node)
  return node
}

const grow = (node: Growing, value: Json, operation: Omit<Operation, 'value'>): void => {
  if (isMap(value)) {
    node.operations.push({ ...operation, value: { shape: 'map' } })
    for (const [key, child] of Object.entries(value)) grow(below(node, key), child, operation)
  } else if (isList(value)) {
    const items = value.map(item => itemNode(item, operation))
    node.operations.push({ ...operation, value: { shape: 'list', items } })
  } else node.operations.push({ ...operation, value: { shape: 'scalar', value, source: String(value), literal: true } })
}

const itemNode = (item: Json, operation: Omit<Operation, 'value'>): Node => {
  const node = growing()
  grow(node, item, operation)
  return grown(node)
}
