// The nearest place to one that a machine does not have, for the hint of `show`, `explain` and a reference.
import { isList, isMap, type Json } from '../../model/json.js'
import { printPointer, valueAt } from '../../model/pointer.js'
import { didYouMeanOrOneOf } from '../suggest.js'

/** `/hardware has no rom: did you mean "ram"?` */
export const nearestPlace = (root: Json, path: readonly string[]): string => {
  const length = path.findIndex((_, index) => valueAt(root, path.slice(0, index + 1)) === undefined)
  const above = path.slice(0, length)
  const place = printPointer(above) || '/'
  const value = valueAt(root, above)
  const missing = path[length] ?? ''
  if (isList(value)) return `${place} is a list of ${value.length}, the first item is 0`
  if (!isMap(value)) return `${place} is a single value`
  return `${place} has no ${missing}: ${didYouMeanOrOneOf(missing, Object.keys(value)) ?? 'it is empty'}`
}
