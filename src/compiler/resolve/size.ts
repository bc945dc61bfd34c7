// How much expressions may stand for: what they name is written out wherever they stand, so that a few that double each other would
// fill any memory.
import type { Json } from '../../model/json.js'

/** Of the expressions of one machine; more than its whole document should be. */
export const maxComputed = 1_000_000

/** How many characters and values there are in a value, counted up to a limit. */
export const sizeUpTo = (value: Json, limit: number): number => {
  if (typeof value === 'string') return value.length + 1
  if (typeof value !== 'object' || value === null) return 1
  let size = 1
  for (const [key, item] of Object.entries(value)) {
    if (size > limit) break
    size += key.length + sizeUpTo(item, limit - size)
  }
  return size
}
