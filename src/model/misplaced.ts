// A guest that the document names as moved to another host, and that is still on this one: as a component tells it, and
// as a report holds it.
import { isList, isMap, type Json } from './json.js'

export type Misplaced = {
  readonly guest: string
  /** The host that it has moved to; null in the report of an agent that did not tell. */
  readonly to: string | null
}

/** Reads the list of a report; that of an older agent holds the names of the guests alone. Undefined where it is none. */
export const parseMisplaced = (value: Json | undefined): readonly Misplaced[] | undefined => {
  if (!isList(value)) return undefined
  const misplaced = value.flatMap(one => parseOne(one) ?? [])
  return misplaced.length === value.length ? misplaced : undefined
}

const parseOne = (value: Json): Misplaced | undefined => {
  if (typeof value === 'string') return { guest: value, to: null }
  if (!isMap(value) || typeof value.guest !== 'string') return undefined
  return { guest: value.guest, to: typeof value.to === 'string' ? value.to : null }
}
