// JSON values and their one canonical form, on which digests, seals and every comparison of two values rest.

export type Scalar = null | boolean | number | string
export type Json = Scalar | readonly Json[] | JsonMap
export type JsonMap = { readonly [key: string]: Json }

export const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)

/** A map of these entries, as Object.fromEntries makes it, which takes six times as long for a few. */
export const mapFrom = <Value>(entries: Iterable<readonly [key: string, value: Value]>): Record<string, Value> => {
  const map: Record<string, Value> = {}
  for (const [key, value] of entries) setIn(map, key, value)
  return map
}

/** Of a map that is being made: as a key like all others, `__proto__` would be its prototype. */
export const setIn = <Value>(map: Record<string, Value>, key: string, value: Value): void => {
  if (key === '__proto__')
    Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true })
  else map[key] = value
}

/** Compares by UTF-16 code units: the order of keys in documents and of lines in every output, whatever the locale. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

/** The same value with the keys of every map in code-unit order. */
export const sortKeys = (value: Json): Json => {
  if (isList(value)) return value.map(sortKeys)
  if (!isMap(value)) return value
  const keys = Object.keys(value).sort(byCodeUnit)
  return Object.fromEntries(keys.map(key => [key, sortKeys(value[key] as Json)]))
}

/**
 * The canonical JSON of a value (RFC 8785 for the values that a document can hold: no white space, sorted keys,
 * ECMAScript numbers), with a final newline. Keys that look like integers sort as text too: JSON.stringify alone
 * would put them first.
 */
export const canonicalJson = (value: Json): string => `${stringify(value)}\n`

const stringify = (value: Json): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const known = texts.get(value)
  if (known !== undefined) return known
  const text = stringifyParts(value)
  if (Object.isFrozen(value)) rememberText(value, text)
  return text
}

/** Of values that never change, which many documents may have: each is written out once, or once more now and then. */
let texts = new WeakMap<object, string>()
let textCount = 0

/** Many are one document's, and would take as much memory as all documents. */
const maxTexts = 10_000

const rememberText = (value: object, text: string): void => {
  if (textCount === maxTexts) texts = new WeakMap()
  textCount = textCount === maxTexts ? 1 : textCount + 1
  texts.set(value, text)
}

const stringifyParts = (value: readonly Json[] | JsonMap): string => {
  if (isList(value)) return `[${value.map(stringify).join(',')}]`
  let text = ''
  for (const key of keysInOrder(value))
    text += `${text === '' ? '{' : ','}${quoted(key)}:${stringify(value[key] as Json)}`
  return text === '' ? '{}' : `${text}}`
}

/** A few are put in order one by one: that takes a part of what sorting takes, and hardly any map has more. */
const keysInOrder = (map: JsonMap): readonly string[] => {
  const keys = Object.keys(map)
  if (keys.length > fewKeys) return keys.sort(byCodeUnit)
  for (let end = 1; end < keys.length; end += 1) {
    const key = keys[end] as string
    let at = end
    for (; at > 0 && key < (keys[at - 1] as string); at -= 1) keys[at] = keys[at - 1] as string
    keys[at] = key
  }
  return keys
}

const fewKeys = 20

/** Keys are few, and come again in every document. */
const quoted = (key: string): string => {
  const known = quotedKeys.get(key)
  if (known !== undefined) return known
  const text = JSON.stringify(key)
  if (quotedKeys.size < maxTexts) quotedKeys.set(key, text)
  return text
}

const quotedKeys = new Map<string, string>()

/** Whether two JSON values are the same, whatever the order of their keys. */
export const sameJson = (a: Json, b: Json): boolean => a === b || stringify(a) === stringify(b)

/** The value of a JSON text; undefined where it is none. */
export const parseJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
