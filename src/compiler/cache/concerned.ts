// Which machines an edit concerns: those that a changed file makes, and all that read or enclose one of them. Pure.
import { withReaders } from '../readers.js'
import type { Kept } from './kept.js'

/** In the order of the profiles. */
export const machinesConcerned = (
  { machines, templates }: Pick<Kept, 'machines' | 'templates'>,
  files: ReadonlySet<string>,
): readonly string[] => {
  const isTouched = templates.map(some => some.some(file => files.has(file)))
  const all = Object.entries(machines)
  const made = all.filter(([, { profile, templates: number }]) => files.has(profile) || isTouched[number] === true)
  const concerned = withReaders(
    made.map(([name]) => name),
    all.map(([name, { reads, enclosure }]) => [name, [...reads, ...(enclosure?.children ?? [])]]),
  )
  return Object.keys(machines).filter(name => concerned.has(name))
}
