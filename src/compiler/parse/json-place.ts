// Where a value stands in the text of a JSON file, for diagnostics about it. JSON is YAML: the same parser knows the places.
import { isCollection, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import type { Position } from '../../model/diagnostic.js'
import { parsePointer } from '../../model/pointer.js'

/** The place of the value at a pointer, or of its key; where there is none, of what is nearest above it. */
export const jsonPlace = (file: string, text: string, pointer: string, ofKey = false): Position => {
  const lines = new LineCounter()
  const { contents } = parseDocument(text, { lineCounter: lines, uniqueKeys: false, logLevel: 'silent' })
  const node = contents === null ? undefined : nodeAt(contents, parsePointer(pointer), ofKey)
  const { line, col } = lines.linePos(node?.range?.[0] ?? 0)
  return { file, line, column: col }
}

const nodeAt = (node: Node, path: readonly string[], ofKey: boolean): Node => {
  const [key, ...rest] = path
  if (key === undefined || !isCollection(node)) return node
  if (ofKey && rest.length === 0) return keyNode(node, key) ?? node
  const child = node.get(isMap(node) ? key : Number(key), true) as Node | undefined
  return child === undefined ? node : nodeAt(child, rest, ofKey)
}

const keyNode = (node: Node, name: string): Node | undefined => {
  const keys = isMap(node) ? node.items.map(({ key }) => key) : []
  return keys.filter(isScalar).find(key => key.value === name)
}
