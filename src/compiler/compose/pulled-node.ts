// What no profile wrote, as a tree of operations: the values that a parent takes from its children, or is told of a move.
import type { ToldValue } from '../../model/component.js'
import type { Position } from '../../model/diagnostic.js'
import { isList, isMap, type Json, setIn } from '../../model/json.js'
import { parsePointer } from '../../model/pointer.js'
import type { Layer, Node, Operation, Pulled } from '../parse/node.js'

/** A value at a place, and where it comes from. */
export type Told = ToldValue & { readonly position: Position; readonly pulled: Pulled; readonly layer: Layer }

/** All values at their places, set by the weakest operations there are. */
export const pulledNode = (told: readonly Told[]): Node => {
  const root = growing()
  for (const one of told) {
    const map = operationOf(one, { shape: 'map' })
    let node = root
    for (const key of parsePointer(one.pointer)) {
      sayMap(node, map)
      node = below(node, key)
    }
    grow(node, one.value, one)
  }
  return root
}

/** Where a value comes from. */
type Origin = Pick<Told, 'position' | 'layer' | 'pulled'>

/** Written out, as it is made for each value: V8 copies objects that are spread one property at a time. */
const operationOf = ({ position, layer, pulled }: Origin, value: Operation['value']): Operation => ({
  kind: 'set',
  strength: 'default',
  value,
  position,
  layer,
  pulled,
})

/** That a node is a map, each layer says once: not for every value below it, all of which would be merged and folded. */
const sayMap = ({ operations }: Growing, map: Operation): void => {
  const last = operations.at(-1)
  if (last?.layer === map.layer && last.value.shape === 'map') operations.pop()
  operations.push(map)
}

/** A node that more may be said of. */
type Growing = { readonly operations: Operation[]; readonly keys: Record<string, Growing> }

const growing = (): Growing => ({ operations: [], keys: {} })

const below = ({ keys }: Growing, key: string): Growing => {
  const known = Object.hasOwn(keys, key) ? keys[key] : undefined
  if (known !== undefined) return known
  const node = growing()
  setIn(keys, key, node)
  return node
}

const grow = (node: Growing, value: Json, origin: Origin): void => {
  if (isMap(value)) {
    node.operations.push(operationOf(origin, { shape: 'map' }))
    for (const [key, child] of Object.entries(value)) grow(below(node, key), child, origin)
  } else if (isList(value)) {
    const items = value.map(item => itemNode(item, origin))
    node.operations.push(operationOf(origin, { shape: 'list', items }))
  } else node.operations.push(operationOf(origin, { shape: 'scalar', value, source: String(value), literal: true }))
}

const itemNode = (item: Json, origin: Origin): Node => {
  const node = growing()
  grow(node, item, origin)
  return node
}
