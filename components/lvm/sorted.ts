// The order in which groups and volumes are planned and reported.
import { byCodeUnit } from '../../src/model/json.js'

/** The entries of a map, by key. */
export const sorted = <T>(map: { readonly [key: string]: T }): readonly (readonly [string, T])[] =>
  Object.entries(map).sort(([a], [b]) => byCodeUnit(a, b))
