// The one order in which names, and the entries of a map, are planned, printed and reported.
import { byCodeUnit } from './json.js'

/** The entries of a map, by key. */
export const sorted = <T>(map: { readonly [key: string]: T }): readonly (readonly [string, T])[] =>
  Object.entries(map).sort(([a], [b]) => byCodeUnit(a, b))

/** Each name once. */
export const distinct = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort(byCodeUnit)
