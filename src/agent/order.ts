// order: which action waits for which, and one list in which every action comes after what it needs. Pure, and the
// only place that reads `provides` and `requires` as a graph; gate and apply walk the graph that is made here.
import type { Action, Key } from '../model/action.js'

/** What one action waits for: a key, and another action that provides it. */
export type Need = { readonly key: Key; readonly provider: string }

export type Graph = ReadonlyMap<string, readonly Need[]>

/** What each action waits for, by its id. A key that no other action provides is taken as present. */
export const graphOf = (actions: readonly Action[]): Graph => {
  const providers = new Map<Key, string[]>()
  for (const { id, provides } of actions) {
    for (const key of provides) providers.set(key, [...(providers.get(key) ?? []), id])
  }
  const needsOf = (action: Action): readonly Need[] =>
    action.requires.flatMap(key =>
      (providers.get(key) ?? []).filter(id => id !== action.id).map(provider => ({ key, provider })),
    )
  return new Map(actions.map(action => [action.id, needsOf(action)]))
}

/** Actions that wait for each other: a fault of the components, or of the site's own one. */
export class ActionCycle extends Error {
  override readonly name = 'ActionCycle'

  constructor(ids: readonly string[]) {
    super(`actions wait for each other in a circle: ${ids.join(' -> ')}`)
  }
}

/**
 * The same actions, each after those that provide what it requires, otherwise in the order given: an order that
 * already fits stays as it is. Throws ActionCycle, which names the circle.
 */
export const orderActions = <A extends Action>(actions: readonly A[]): readonly A[] => {
  const graph = graphOf(actions)
  const byId = new Map(actions.map(action => [action.id, action]))
  const ordered = new Set<A>()
  const visit = (action: A, path: readonly string[]): void => {
    if (ordered.has(action)) return
    const start = path.indexOf(action.id)
    if (start >= 0) throw new ActionCycle([...path.slice(start), action.id])
    for (const need of graph.get(action.id) ?? []) {
      const provider = byId.get(need.provider)
      if (provider !== undefined) visit(provider, [...path, action.id])
    }
    ordered.add(action)
  }
  for (const action of actions) visit(action, [])
  return [...ordered]
}
