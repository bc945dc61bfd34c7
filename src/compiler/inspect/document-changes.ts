// What differs between two values, as the smallest parts that do. Pure.
import { isList, isMap, type Json, sameJson } from '../../model/json.js'
import { printPointer, valueAt } from '../../model/pointer.js'

/** One side is undefined where the part is not there. */
export type Change = {
  readonly pointer: string
  readonly before: Json | undefined
  readonly after: Json | undefined
}

/** Whether two lists are compared item by item; of any others the whole list differs. */
export type ComparesItems = (before: readonly Json[], after: readonly Json[]) => boolean

/** What moved in a list of another length cannot be told from what was changed. */
const ofSameLength: ComparesItems = (before, after) => before.length === after.length

/** Maps are compared key by key. */
export const changesOf = (
  before: Json | undefined,
  after: Json | undefined,
  comparesItems = ofSameLength,
  pointer = '',
): readonly Change[] => {
  const keys = keysOf(before, after, comparesItems)
  if (keys === undefined) return isSame(before, after) ? [] : [{ pointer, before, after }]
  return keys.flatMap(key =>
    changesOf(valueAt(before, [key]), valueAt(after, [key]), comparesItems, pointer + printPointer([key])),
  )
}

/** Of two values that are compared part by part. */
const keysOf = (
  before: Json | undefined,
  after: Json | undefined,
  comparesItems: ComparesItems,
): readonly string[] | undefined => {
  if ((isMap(before) && isMap(after)) || (isList(before) && isList(after) && comparesItems(before, after)))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return undefined
}

const isSame = (before: Json | undefined, after: Json | undefined): boolean =>
  before === undefined || after === undefined ? before === after : sameJson(before, after)
