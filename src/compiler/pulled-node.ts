// What no profile wrote, as a tree of operations: the values that a parent takes from a child, or is told of a move.
import type { ToldValue } from '../model/component.js'
import type { Position } from '../model/diagnostic.js'
import { isList, isMap, type Json } from '../model/json.js'
import { parsePointer } from '../model/pointer.js'
import type { Layer, Node, Operation, Pulled } from './node.js'

/** A value at its place, set by the weakest operations there are. */
export const pulledNode = (
  { pointer, value }: ToldValue,
  from: { readonly position: Position; readonly pulled: Pulled },
  layer: Layer,
): Node => {
  const operation = { kind: 'set', strength: 'default', layer, ...from } as const
  const leaf = valueNode(value, operation)
  const map: Operation = { ...operation, value: { shape: 'map' } }
  return parsePointer(pointer).reduceRight<Node>((node, key) => ({ operations: [map], keys: { [key]: node } }), leaf)
}

const valueNode = (value: Json, operation: Omit<Operation, 'value'>): Node => {
  if (isMap(value)) {
    const keys = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, valueNode(child, operation)]))
    return { operations: [{ ...operation, value: { shape: 'map' } }], keys }
  }
  if (isList(value)) {
    const items = value.map(item => valueNode(item, operation))
    return { operations: [{ ...operation, value: { shape: 'list', items } }], keys: {} }
  }
  const scalar = { shape: 'scalar', value, source: String(value), literal: true } as const
  return { operations: [{ ...operation, value: scalar }], keys: {} }
}
