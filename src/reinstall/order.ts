// The name of an order to reinstall: when it was given, and for what. All that is done by it bears the name, at the
// provisioner and on the hosts, and nothing else says what is still to do. Pure.
import { byCodeUnit } from '../model/json.js'
import { type Timeliness, timelinessOf, validityFrom } from '../model/reinstallation.js'
import { digestOf } from '../model/seal.js'

/** What is asked for: an enclosure, and of it these machines only; all where none is named. */
export type Scope = { readonly enclosure: string; readonly only: readonly string[] }

/** `20261128T193000Z-0a1b2c3d`, or with its turn behind it. */
type Name = {
  readonly time: Date
  readonly scope: string
  /** Counts the orders that were given when the clock was behind, or at, the time of the one before. */
  readonly turn: number
}

const printName = ({ time, scope, turn }: Name): string => {
  const digits = time.toISOString().replace(/[-:]|\.\d+/g, '')
  return turn === 0 ? `${digits}-${scope}` : `${digits}-${scope}-${turn}`
}

/** Undefined for a name that was not given here: that of a disk's first installation, or of an order to a host's agent. */
const parseName = (order: string): Name | undefined => {
  const [, year, month, day, hour, minute, second, scope, turn = '0'] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-([0-9a-f]{8})(?:-(\d{1,6}))?$/.exec(order) ?? []
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return scope === undefined || Number.isNaN(time.getTime()) ? undefined : { time, scope, turn: Number(turn) }
}

/** Whether one was given after another; the clock may have been set back between them. */
const isLater = (one: Name, other: Name): boolean =>
  one.turn > other.turn || (one.turn === other.turn && one.time > other.time)

/** The name of an order that is given now, after those that are known. */
export const orderOf = (scope: Scope, now: Date, known: readonly string[] = []): string => {
  const time = new Date(Math.floor(now.getTime() / 1000) * 1000)
  const before = known.flatMap(order => parseName(order) ?? [])
  const turn = Math.max(0, ...before.map(one => one.turn))
  const name = { time, scope: digestOfScope(scope), turn }
  return printName(before.every(one => isLater(name, one)) ? name : { ...name, turn: turn + 1 })
}

/** Whether an order is for exactly this. */
export const isOrderOf = (scope: Scope, order: string): boolean => parseName(order)?.scope === digestOfScope(scope)

/** When it was given, as people read it. Throws for what `orderOf` has not made. */
export const timeOf = (order: string): string => {
  const name = parseName(order)
  if (name === undefined) throw new Error(`bug: ${order} is no order`)
  return name.time.toISOString().replace(/\.\d+/, '')
}

const digestOfScope = ({ enclosure, only }: Scope): string =>
  digestOf([enclosure, ...[...only].sort(byCodeUnit)].join(' ')).slice(0, 8)

/** What is known of a machine's last order. */
export type Known = { readonly order: string; readonly isOver: boolean }

export type Standing = {
  readonly order: string
  readonly isNew: boolean
  readonly isOver: boolean
  /** It is not gone on with after this (ISO 8601). */
  readonly until: string
  /** Of one that is over, nobody asks. */
  readonly timeliness: Timeliness
}

/**
 * The order to go on with: the last one for this; a new one where there is none, or another one is asked for. `within`:
 * milliseconds that an order is good for.
 */
export const standingOrder = (
  scope: Scope,
  known: ReadonlyMap<string, Known | undefined>,
  { now, again, within }: { readonly now: Date; readonly again: boolean; readonly within: number },
): Standing => {
  const timed = (order: string, isOver: boolean) => {
    const validity = validityFrom(Date.parse(timeOf(order)), within)
    const until = validity.until.replace(/\.\d+/, '')
    return { order, isOver, until, timeliness: isOver ? ('in time' as const) : timelinessOf(validity, now) }
  }
  const names = [...known.values()].flatMap(one => one?.order ?? [])
  const last = lastOf(names.filter(order => isOrderOf(scope, order)))
  if (last === undefined || again) return { ...timed(orderOf(scope, now, names), false), isNew: true }
  const isOver = [...known.values()].every(one => one?.order === last && one.isOver)
  return { ...timed(last, isOver), isNew: false }
}

const lastOf = (orders: readonly string[]): string | undefined =>
  orders.reduce<string | undefined>(
    (last, one) => (last === undefined || isGivenAfter(one, last) ? one : last),
    undefined,
  )

const isGivenAfter = (order: string, other: string): boolean => {
  const [one, before] = [parseName(order), parseName(other)]
  return one !== undefined && before !== undefined && isLater(one, before)
}

/** The machines that another order has come to since: to go on with this one would install them once more. */
export const orderedSince = (order: string, known: ReadonlyMap<string, Known | undefined>): readonly string[] =>
  [...known].flatMap(([name, one]) => (one !== undefined && isGivenAfter(one.order, order) ? [name] : []))
