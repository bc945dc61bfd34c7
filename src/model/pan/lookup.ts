// Looking things up in a document of pan's, which no schema of ours has judged: what has another shape is not there.
import { isList, isMap, type Json, type JsonMap } from '../json.js'
import { parsePointer, valueAt } from '../pointer.js'
import { unescapeKey } from './escape.js'

/** The map at a pointer; an empty one where there is none. */
export const mapAt = (root: Json | undefined, pointer: string): JsonMap => {
  const value = valueAt(root, parsePointer(pointer))
  return isMap(value) ? value : {}
}

/** The entries of the map at a pointer, with their keys unescaped. */
export const entriesAt = (root: Json | undefined, pointer: string): readonly (readonly [string, Json])[] =>
  Object.entries(mapAt(root, pointer)).map(([key, value]) => [unescapeKey(key), value])

export const listAt = (root: Json | undefined, pointer: string): readonly Json[] => {
  const value = valueAt(root, parsePointer(pointer))
  return isList(value) ? value : []
}

export const textAt = (root: Json | undefined, pointer: string): string | undefined => {
  const value = valueAt(root, parsePointer(pointer))
  return typeof value === 'string' ? value : undefined
}

export const numberAt = (root: Json | undefined, pointer: string): number | undefined => {
  const value = valueAt(root, parsePointer(pointer))
  return typeof value === 'number' ? value : undefined
}
