// Which machines follow others: those that are made from them, directly or through more. Pure.
import { reachedFrom } from '../model/reached.js'

/** By machine, the others that it is made from: those that its values were read from, and those that it encloses. */
export type Sources = Iterable<readonly [machine: string, sources: Iterable<string>]>

/** Machines, and all that are made from one of them. */
export const withReaders = (machines: Iterable<string>, sources: Sources): ReadonlySet<string> => {
  const readers = new Map<string, string[]>()
  for (const [name, itsSources] of sources) {
    for (const source of itsSources) {
      const its = readers.get(source)
      if (its === undefined) readers.set(source, [name])
      else its.push(name)
    }
  }
  return reachedFrom(machines, name => readers.get(name) ?? [])
}
