// What the schema makes of a value: text as it was typed, a quantity in the schema's unit, a number that JSON can hold.
import { isList, isMap, type Json, type Scalar } from '../../model/json.js'
import { printPointer } from '../../model/pointer.js'
import { parseQuantity } from '../../model/quantity.js'
import type { SchemaView } from './schema-view.js'

export type Unreadable = {
  readonly code: 'quantity' | 'type'
  readonly message: string
  readonly hint?: string
  /** The place of it below the value, as a pointer. */
  readonly below: string
}

/** Stands in a list for an item that could not be computed, so that all others keep their places. */
export const failedItem = null

/**
 * Reads a value by its schema. An expression may stand for a whole list or map, whose parts the schema sees here for
 * the first time. `source` is the text as it was typed. Undefined where it cannot be read, which has been reported.
 */
export const readBySchema = (
  value: Json,
  source: string | undefined,
  schema: SchemaView,
  report: (unreadable: Unreadable) => void,
): Json | undefined => {
  if (!isList(value) && !isMap(value)) return readScalar(value, source, schema, report)
  const within = (place: string) => (one: Unreadable) => report({ ...one, below: place + one.below })
  if (isList(value)) {
    return value.map((item, index) => readBySchema(item, undefined, schema.item(), within(`/${index}`)) ?? failedItem)
  }
  const entries = Object.entries(value).map(([key, entry]) => {
    return [key, readBySchema(entry, undefined, schema.child(key), within(printPointer([key])))] as const
  })
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined))
}

/** The same, without a word: undefined where any part of it cannot be read. */
export const readWhole = (value: Json, source: string | undefined, schema: SchemaView): Json | undefined => {
  let isWhole = true
  const read = readBySchema(value, source, schema, () => {
    isWhole = false
  })
  return isWhole ? read : undefined
}

const readScalar = (
  value: Scalar,
  source: string | undefined,
  schema: SchemaView,
  report: (unreadable: Unreadable) => void,
): Json | undefined => {
  const quantity = schema.quantity()
  if (quantity !== undefined && (typeof value === 'string' || typeof value === 'number')) {
    const parsed = parseQuantity(value, quantity)
    if (parsed.ok) return parsed.value
    report({ code: 'quantity', message: `expected ${parsed.expected}, found ${value}`, below: '' })
    return undefined
  }
  const isText = value === null || typeof value === 'string'
  if (schema.wantsText() && !isText) return source ?? String(value)
  if (typeof value !== 'number' || isExact(value)) return value
  const message = `${source ?? value} is no number that JSON can hold exactly`
  report({ code: 'type', message, hint: 'a text is written in quotes', below: '' })
  return undefined
}

/** Whether a number is in the document what was written: not NaN, infinite, or a whole number beyond 2^53. */
const isExact = (number: number): boolean =>
  Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number))
