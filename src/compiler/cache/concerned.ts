// Which machines an edit concerns: those that a changed file makes, and all that read or enclose one of them, or that it leaves.
import { basename } from 'node:path/posix'
import { byCodeUnit } from '../../model/json.js'
import { asOfNow, type ComeAndGone, nothingOther } from './come-and-gone.js'
import type { Kept } from './kept.js'

/** In the order of the profiles; undefined where they are more than so many. */
export const machinesConcerned = (
  kept: Kept,
  files: Iterable<string>,
  most: number,
  other: ComeAndGone = nothingOther,
): readonly string[] | undefined => {
  const concerned = new Set([...other.profiles.keys(), ...other.gone, ...other.concerned])
  for (const file of files) for (const name of [...machineOf(file, kept), ...kept.madeFrom(file)]) concerned.add(name)
  const leaves = new Map(kept.moves.map(({ guest, from }) => [guest, from]))
  // What is added to a set while it is walked through is walked through, too.
  for (const name of concerned) {
    if (concerned.size > most) return undefined
    const hosts = [kept.parent(name), leaves.get(name)].filter(host => host !== undefined)
    for (const reader of [...kept.readers(name), ...hosts]) concerned.add(reader)
  }
  return inOrder(
    [...concerned].filter(name => !other.gone.has(name)),
    asOfNow(kept, other),
  )
}

/** Machines in the order of the profiles of a site. */
export const inOrder = (names: readonly string[], { profile }: Pick<Kept, 'profile'>): readonly string[] => {
  const places = new Map(names.map(name => [name, (profile(name) ?? '').replaceAll('/', '\0')]))
  return [...names].sort((a, b) => byCodeUnit(places.get(a) ?? '', places.get(b) ?? ''))
}

/** The machine whose profile a file is. */
export const machineOf = (file: string, kept: Pick<Kept, 'profile'>): readonly string[] => {
  const name = basename(file, '.yaml')
  return kept.profile(name) === file ? [name] : []
}
