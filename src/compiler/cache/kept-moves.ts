// The guests that move: by what is kept of who encloses whom, and by what the lock file says where that was edited. A move concerns its
// two hosts; an entry that says what the enclosures say, or that is of a machine which nobody encloses, concerns nobody.
import { byCodeUnit } from '../../model/json.js'
import { type Hosts, type MoveUnderWay, movesUnderWay, recordedHosts, unrecordedGuests } from '../enclose/moves.js'
import { hostsAmong, type Parentage } from '../enclose/parentage.js'
import { remember } from '../remember.js'
import type { Residences } from '../site/plain-lock.js'
import type { Kept } from './kept.js'
import { linesOf } from './lines.js'

export type Moving = {
  /** In the order of the lock file. */
  readonly moves: readonly MoveUnderWay[]
  /** The guests that the lock file lacks. */
  readonly unrecorded: readonly string[]
  /** What the lock file says; undefined where it says what it said, and was not read. */
  readonly residences: Residences | undefined
}

export const movingAsKept = ({ moves }: Pick<Kept, 'moves'>): Moving => ({
  ...{ moves, unrecorded: [], residences: undefined },
})

/** As another lock file has it, where the enclosures are as they are kept. */
export const movingBy = (residences: Residences, kept: Kept): Moving => {
  const elsewhere = hostsElsewhere(residences, kept)
  return {
    ...{ moves: movesUnderWay(residences, elsewhere), residences },
    unrecorded: unrecordedGuests(residences, elsewhere),
  }
}

/** Of the guests that are kept at another host than a lock file says, or of which it says nothing. */
export const hostsElsewhere = (residences: Residences, kept: Kept): Hosts => {
  const isHost = remember(name => kept.machine(name)?.enclosure?.type === 'hypervisor')
  const elsewhere = new Map<string, string>()
  // One pass over all that are enclosed: most are where the entry says.
  for (const [child, parent] of linesOf(kept.lines, 'enclosed')) {
    const [guest, host] = [String(child), String(parent)]
    if (residences.get(guest)?.host !== host && isHost(host)) elsewhere.set(guest, host)
  }
  return elsewhere
}

/** The same after machines were enclosed anew, or have gone; undefined where the lock file cannot be read here. */
export const movingAfter = (
  { moves, unrecorded, residences }: Moving,
  anew: readonly string[],
  gone: ReadonlySet<string>,
  parentage: Parentage,
  readResidences: () => Residences | undefined,
): Moving | undefined => {
  const again = new Set([...anew, ...gone])
  const others = moves.filter(({ guest }) => !again.has(guest))
  const lacking = unrecorded.filter(guest => !again.has(guest))
  if (anew.length === 0) return { moves: others, unrecorded: lacking, residences }
  const known = residences ?? readResidences()
  if (known === undefined) return undefined
  const hosts = hostsAmong(anew, parentage)
  const hostsOfAll = new Map([...others.map(({ guest, to }) => [guest, to] as const), ...hosts])
  return {
    moves: movesUnderWay(known, hostsOfAll),
    unrecorded: [...lacking, ...unrecordedGuests(known, hosts)].sort(byCodeUnit),
    residences: known,
  }
}

/** What the lock file is to say where it lacks guests. */
export const residencesToRecord = (
  { unrecorded, residences = new Map() }: Moving,
  parentage: Parentage,
): ReadonlyMap<string, string> => recordedHosts(residences, hostsAmong(unrecorded, parentage))

/** The hosts of the moves that have begun, ended, or go elsewhere now. */
export const hostsConcerned = (before: readonly MoveUnderWay[], now: readonly MoveUnderWay[]): readonly string[] => {
  const textOf = ({ guest, from, to }: MoveUnderWay): string => JSON.stringify([guest, from, to])
  const [were, are] = [new Set(before.map(textOf)), new Set(now.map(textOf))]
  const changed = [...before.filter(move => !are.has(textOf(move))), ...now.filter(move => !were.has(textOf(move)))]
  return [...new Set(changed.flatMap(({ from, to }) => [from, to]))]
}
