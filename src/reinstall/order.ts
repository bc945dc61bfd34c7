// The name of an order to reinstall: when it was given, and for what. All that is done by it bears the name, at the
// provisioner and on the hosts, and nothing else says what is still to do. Pure.
import { byCodeUnit } from '../model/json.js'
import { digestOf } from '../model/seal.js'

/** What is asked for: an enclosure, and of it these machines only; all where none is named. */
export type Scope = { readonly enclosure: string; readonly only: readonly string[] }

/** `20261128T193000Z-0a1b2c3d` */
export const orderOf = (scope: Scope, now: Date): string =>
  `${now.toISOString().replace(/[-:]|\.\d+/g, '')}-${digestOfScope(scope)}`

/** Whether an order is for exactly this. */
export const isOrderOf = (scope: Scope, order: string): boolean => order.endsWith(`-${digestOfScope(scope)}`)

/** As people read it. */
export const timeOf = (order: string): string =>
  order.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-.*$/, '$1-$2-$3T$4:$5:$6Z')

const digestOfScope = ({ enclosure, only }: Scope): string =>
  digestOf([enclosure, ...[...only].sort(byCodeUnit)].join(' ')).slice(0, 8)

/** What is known of a machine's last order. */
export type Known = { readonly order: string; readonly isOver: boolean }

export type Standing = { readonly order: string; readonly isNew: boolean; readonly isOver: boolean }

/** The order to go on with: the last one for this; a new one where there is none, or another one is asked for. */
export const standingOrder = (
  scope: Scope,
  known: ReadonlyMap<string, Known | undefined>,
  { now, again }: { readonly now: Date; readonly again: boolean },
): Standing => {
  const names = [...known.values()].flatMap(one => (one !== undefined && isOrderOf(scope, one.order) ? one.order : []))
  const last = names.sort(byCodeUnit).at(-1)
  if (last === undefined || again) return { order: orderOf(scope, now), isNew: true, isOver: false }
  const isOver = [...known.values()].every(one => one?.order === last && one.isOver)
  return { order: last, isNew: false, isOver }
}

/** The machines that another order has come to since: to go on with this one would install them once more. */
export const orderedSince = (order: string, known: ReadonlyMap<string, Known | undefined>): readonly string[] =>
  [...known].flatMap(([name, one]) => (one !== undefined && byCodeUnit(one.order, order) > 0 ? [name] : []))
