// gate: may this action be carried out now? Pure, and nothing else decides an action's status.
//
// | rejected | consent | waitsFor | ops  | what it needs is provided by | status   |
// | -------- | ------- | -------- | ---- | ---------------------------- | -------- |
// | yes      | any     | any      | any  | any                          | rejected | no consent helps
// | no       | missing | any      | any  | any                          | refused  |
// | no       | given   | yes      | any  | any                          | pending  |
// | no       | given   | come     | none | any                          | pending  | nothing to carry out: it comes or it doesn't
// | no       | given   | required | any  | nothing that is due          | pending  | a key that the action requires: no leave makes it
// | no       | given   | come     | some | a due action, or nothing     | due      |
// | no       | given   | no       | any  | a due action, or nothing     | due      |
// | no       | given   | no       | any  | an action that is not due    | pending  | and says which one it waits for
//
// A consent that an action does not need counts as given. What an action waits for has come where a consent has its
// name, and `restart:GUEST` and `window` in an open maintenance window too; nothing else is a matter of the hour. One of
// the keys that the action requires comes with an action that is due and provides it, and in no other way: a guest would
// start on a disk that is half filled.
import type { Action, GatedAction, Status } from '../model/action.js'
import { isOpen, type Maintenance } from '../model/maintenance.js'
import { graphOf, type Need } from './order.js'

export type Leave = {
  /** What the administrator allowed: `destroy:lvm/vg0/se`, `restart:se`. */
  readonly consents: ReadonlySet<string>
  /** The windows that the document declares; none is ever open where they are absent. */
  readonly maintenance?: Maintenance
  readonly now?: Date
}

/** Sets the status of every action. The actions are in order (orderActions): each after what it needs. */
export const gate = (ordered: readonly Action[], leave: Leave): readonly GatedAction[] => {
  const graph = graphOf(ordered)
  const gated = new Map<string, GatedAction>()
  for (const action of ordered) {
    const needs = graph.get(action.id) ?? []
    const isMade = needs.some(need => need.key === action.waitsFor && !isHeldBack(gated)(need))
    const status = ownStatus(isMade ? withoutWaiting(action) : action, leave)
    const blocking = status === 'due' ? needs.find(isHeldBack(gated)) : undefined
    gated.set(action.id, blocking === undefined ? { ...action, status } : waiting(action, blocking, gated))
  }
  return [...gated.values()]
}

const withoutWaiting = ({ waitsFor: _made, ...action }: Action): Action => action

/** The status of an action whose needs are met. */
const ownStatus = (action: Action, leave: Leave): Status => {
  const { rejected, consent, waitsFor } = action
  if (rejected !== undefined) return 'rejected'
  if (consent !== undefined && !leave.consents.has(consent)) return 'refused'
  if (waitsFor === undefined) return 'due'
  return mayBeAllowed(action) && hasCome(waitsFor, leave) ? 'due' : 'pending'
}

/** Whether an action that waits is due when what it waits for is allowed. */
export const mayBeAllowed = ({ waitsFor, ops, requires }: Pick<Action, 'waitsFor' | 'ops' | 'requires'>): boolean =>
  waitsFor !== undefined && ops.length > 0 && !requires.includes(waitsFor)

const hasCome = (waitsFor: string, { consents, maintenance, now }: Leave): boolean => {
  if (consents.has(waitsFor)) return true
  return comesInWindow(waitsFor) && maintenance !== undefined && now !== undefined && isOpen(maintenance, now)
}

/** Whether an open maintenance window lets happen what waits for this. */
export const comesInWindow = (waitsFor: string): boolean => waitsFor === 'window' || waitsFor.startsWith('restart:')

const isHeldBack =
  (gated: ReadonlyMap<string, GatedAction>) =>
  (need: Need): boolean =>
    gated.get(need.provider)?.status !== 'due'

const waiting = (action: Action, { key, provider }: Need, gated: ReadonlyMap<string, GatedAction>): GatedAction => ({
  ...action,
  reasons: [...action.reasons, `needs ${key}, which ${provider} provides (${gated.get(provider)?.status})`],
  status: 'pending',
})
