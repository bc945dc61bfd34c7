// moves: a guest that another host encloses than the lock file records is moving, until it is released. Pure.
import type { Position } from '../../model/diagnostic.js'
import { byCodeUnit } from '../../model/json.js'
import type { Problems } from '../problems.js'
import { lockFile } from '../site/lock-file.js'
import type { Residences } from '../site/plain-lock.js'
import { didYouMean } from '../suggest.js'

/** The hypervisor that encloses each guest, by guest. */
export type Hosts = ReadonlyMap<string, string>

export type GuestMove = {
  readonly guest: string
  /** The host that the lock file records. */
  readonly from: string
  /** The host that encloses the guest now. */
  readonly to: string
  /** The entry of the lock file. */
  readonly position: Position
}

/** A move wherever its entry stands. */
export type MoveUnderWay = Omit<GuestMove, 'position'>

/** A guest that no host encloses any more does not move: its entry waits for the next host, or for its release. */
export const movesOf = (residences: Residences, hosts: Hosts): readonly GuestMove[] =>
  [...residences].flatMap(([guest, { host: from, position }]) => {
    const to = hosts.get(guest)
    return to === undefined || to === from ? [] : [{ guest, from, to, position }]
  })

/** The same wherever the entries stand. */
export const movesUnderWay = (residences: Residences, hosts: Hosts): readonly MoveUnderWay[] =>
  movesOf(residences, hosts).map(({ guest, from, to }) => ({ guest, from, to }))

/** The guests that the lock file lacks, by name. */
export const unrecordedGuests = (residences: Residences, hosts: Hosts): readonly string[] =>
  [...hosts.keys()].filter(guest => !residences.has(guest)).sort(byCodeUnit)

/** The hosts to be recorded: new guests are added, no entry changes. */
export const recordedHosts = (residences: Residences, hosts: Hosts): Hosts =>
  new Map([...hosts, ...[...residences].map(([guest, { host }]) => [guest, host] as const)])

/** What is wrong with the lock file beside the site; with `locked`, also that it does not record a guest. */
export const checkLock = (
  residences: Residences,
  hosts: Hosts,
  machines: readonly string[],
  { locked }: { readonly locked: boolean },
  problems: Problems,
): void => {
  for (const { guest, from, to, position } of movesOf(residences, hosts).filter(
    ({ from }) => !machines.includes(from),
  )) {
    const remedy = `if that host is no more: xenclosure release ${guest}`
    const hint = [didYouMean(from, machines), remedy].filter(text => text !== undefined).join('; ')
    problems.warning('machine-unknown', `${guest} moves to ${to} from ${from}, which has no profile`, {
      position,
      hint,
    })
  }
  const missing = unrecordedGuests(residences, hosts)
  if (!locked || missing.length === 0) return
  problems.error('guest-unrecorded', `no host is recorded for ${missing.join(', ')}`, {
    position: { file: lockFile, line: 1, column: 1 },
    hint: `compile without --locked, and commit ${lockFile}`,
  })
}
