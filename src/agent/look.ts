// observe -> plan -> order -> gate: one look at the host. A run looks before and after it applies.
import { posix } from 'node:path'
import type { Action, GatedAction } from '../model/action.js'
import type { AnyComponent } from '../model/component.js'
import type { OngoingIntervention } from '../model/intervention.js'
import { canonicalJson, type Json } from '../model/json.js'
import type { Misplaced } from '../model/misplaced.js'
import type { GuestInstallation } from '../model/reinstallation.js'
import { digestOf } from '../model/seal.js'
import type { System } from '../model/system.js'
import { askOnce } from '../system/ask-once.js'
import { readOnly } from '../system/read-only.js'
import { without } from '../system/without.js'
import { gate, type Leave } from './gate.js'
import { orderActions } from './order.js'

export type Survey = {
  /** In order, as the components planned them. */
  readonly planned: readonly Action[]
  /** The same, gated. */
  readonly actions: readonly GatedAction[]
  /** The digest of what each component saw. */
  readonly observed: { readonly [component: string]: string }
  readonly orphans: readonly string[]
  readonly misplaced: readonly Misplaced[]
  readonly migration: { readonly [guest: string]: readonly string[] }
  readonly installations: { readonly [guest: string]: GuestInstallation }
  /** Undefined where there is none. */
  readonly intervention?: OngoingIntervention
}

export type LookOptions = {
  readonly system: System
  readonly components: readonly AnyComponent[]
  /** By component; one that is not in here is not asked. */
  readonly desired: ReadonlyMap<string, Json>
  readonly leave: Leave
  /** The state directory, on the system: each component remembers below it. */
  readonly state: string
  /** Files that observe is not to see. */
  readonly hidden?: readonly string[]
}

/** Lets every component observe and plan. Throws CommandFailed where a host cannot be observed: half a plan is none. */
export const look = async (options: LookOptions): Promise<Survey> => {
  const { system, components, desired, leave, state, hidden = [] } = options
  const asking = askOnce(readOnly(system))
  const observing = hidden.length === 0 ? asking : without(hidden, asking)
  const seen = []
  for (const component of components) {
    const wanted = desired.get(component.name)
    if (wanted === undefined) continue
    const actual: Json = await component.observe(observing, wanted, posix.join(state, component.name))
    seen.push({ component, wanted, actual })
  }
  const [intervention] = seen.flatMap(({ component, wanted, actual }) => component.intervention?.(wanted, actual) ?? [])
  const planned = orderActions(seen.flatMap(({ component, wanted, actual }) => component.plan(wanted, actual)))
  return {
    planned,
    actions: gate(planned, leave),
    observed: Object.fromEntries(
      seen.map(({ component, actual }) => [component.name, digestOf(canonicalJson(actual))]),
    ),
    orphans: seen.flatMap(({ component, wanted, actual }) => component.orphans?.(wanted, actual) ?? []),
    misplaced: seen.flatMap(({ component, wanted, actual }) => component.misplaced?.(wanted, actual) ?? []),
    migration: Object.assign(
      {},
      ...seen.map(({ component, wanted, actual }) => component.migration?.(wanted, actual) ?? {}),
    ),
    installations: Object.assign(
      {},
      ...seen.map(({ component, wanted, actual }) => component.installations?.(wanted, actual) ?? {}),
    ),
    ...(intervention === undefined ? {} : { intervention }),
  }
}
