// Which machines an edit concerns: those that a changed file makes, and all that read or enclose one of them. Pure.
import type { Kept } from './kept.js'

/** In the order of the profiles. */
export const machinesConcerned = (
  { machines, templates }: Pick<Kept, 'machines' | 'templates'>,
  files: ReadonlySet<string>,
): readonly string[] => {
  const isTouched = templates.map(some => some.some(file => files.has(file)))
  const concerned = new Set<string>()
  const readers = new Map<string, string[]>()
  for (const [name, { profile, templates: number, reads, enclosure }] of Object.entries(machines)) {
    if (files.has(profile) || isTouched[number] === true) concerned.add(name)
    for (const read of [...reads, ...(enclosure?.children ?? [])]) {
      const its = readers.get(read)
      if (its === undefined) readers.set(read, [name])
      else its.push(name)
    }
  }
  // What is added to a set while it is walked through is walked through, too.
  for (const name of concerned) for (const reader of readers.get(name) ?? []) concerned.add(reader)
  return Object.keys(machines).filter(name => concerned.has(name))
}
