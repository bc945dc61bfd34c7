// What has changed between two values, as the smallest parts that differ. Pure.
import { isList, isMap, type Json, sameJson } from '../model/json.js'
import { printPointer } from '../model/pointer.js'

/** One side is undefined where the part is not there. */
export type Change = {
  readonly pointer: string
  readonly before: Json | undefined
  readonly after: Json | undefined
}

/**
 * Maps are compared key by key. So are lists of the same length, item by item; of any others the whole list has changed,
 * for what moved in it cannot be told from what was changed.
 */
export const changesOf = (before: Json | undefined, after: Json | undefined, pointer = ''): readonly Change[] => {
  if (before !== undefined && after !== undefined && sameJson(before, after)) return []
  const keys = keysOf(before, after)
  if (keys === undefined) return [{ pointer, before, after }]
  return keys.flatMap(key => changesOf(partOf(before, key), partOf(after, key), pointer + printPointer([key])))
}

/** Of two values that are compared part by part. */
const keysOf = (before: Json | undefined, after: Json | undefined): readonly string[] | undefined => {
  if (isMap(before) && isMap(after)) return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  const isSameLength = isList(before) && isList(after) && before.length === after.length
  return isSameLength ? before.map((_, index) => `${index}`) : undefined
}

const partOf = (value: Json | undefined, key: string): Json | undefined => {
  if (isList(value)) return value[Number(key)]
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined
}
