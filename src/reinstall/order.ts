// The name of an order to reinstall: when it was given, and for what. All that is done by it bears the name, at the
// provisioner and on the hosts, and nothing else says what is still to do. Pure.
import { byCodeUnit } from '../model/json.js'
import { endOf } from '../model/reinstallation.js'
import { digestOf } from '../model/seal.js'

/** What is asked for: an enclosure, and of it these machines only; all where none is named. */
export type Scope = { readonly enclosure: string; readonly only: readonly string[] }

/** `20261128T193000Z-0a1b2c3d` */
export const orderOf = (scope: Scope, now: Date): string =>
  `${now.toISOString().replace(/[-:]|\.\d+/g, '')}-${digestOfScope(scope)}`

/** Whether an order is for exactly this. */
export const isOrderOf = (scope: Scope, order: string): boolean => order.endsWith(`-${digestOfScope(scope)}`)

/** When it was given, as people read it. */
export const timeOf = (order: string): string =>
  order.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-.*$/, '$1-$2-$3T$4:$5:$6Z')

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
  /** It is not over, and its time has passed. */
  readonly isOverdue: boolean
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
    const until = endOf(Date.parse(timeOf(order)), within).replace(/\.\d+/, '')
    return { order, isOver, until, isOverdue: !isOver && now.getTime() >= Date.parse(until) }
  }
  const names = [...known.values()].flatMap(one => (one !== undefined && isOrderOf(scope, one.order) ? one.order : []))
  const last = names.sort(byCodeUnit).at(-1)
  if (last === undefined || again) return { ...timed(orderOf(scope, now), false), isNew: true }
  const isOver = [...known.values()].every(one => one?.order === last && one.isOver)
  return { ...timed(last, isOver), isNew: false }
}

/** The machines that another order has come to since: to go on with this one would install them once more. */
export const orderedSince = (order: string, known: ReadonlyMap<string, Known | undefined>): readonly string[] =>
  [...known].flatMap(([name, one]) => (one !== undefined && byCodeUnit(one.order, order) > 0 ? [name] : []))
