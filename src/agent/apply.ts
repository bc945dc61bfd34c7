// apply: carries the due actions out, in order, a few at a time. One action that fails stops no other one but exactly
// those that need what it provides; behind one that waits for something of the host, those wait too. Where the agent is
// switched off meanwhile, what has begun comes to its end, and nothing more is begun.
import type { GatedAction, Outcome } from '../model/action.js'
import { CommandFailed, type System } from '../model/system.js'
import type { Listener, Result } from './events.js'
import { offReason, switchedOff } from './off.js'
import { type Circumstances, carryOut, StillWaiting } from './op.js'
import { graphOf, type Need } from './order.js'

/** How many actions are carried out at a time. */
const poolSize = 4

export type ApplyOptions = Circumstances & {
  readonly system: System
  /** The action as a new observation and plan have it, or the one that is in its place; undefined where it is no longer planned. */
  readonly planAgain: (action: GatedAction) => Promise<GatedAction | undefined>
  readonly events: Listener
}

/** The result of an action that was overtaken: what it would have brought about is there, or no longer wanted. */
const gone: Result = { outcome: 'skipped', error: 'no longer needed: the host changed since it was planned' }

/**
 * Carries out the actions that are due (ordered and gated) and returns what became of each of them, by its id. A
 * CommandFailed is a result; any other error, and an abort, ends the run when the actions under way have ended.
 */
export const applyActions = async (
  actions: readonly GatedAction[],
  options: ApplyOptions,
): Promise<ReadonlyMap<string, Result>> => {
  const graph = graphOf(actions)
  const needsOf = (action: GatedAction): readonly Need[] => graph.get(action.id) ?? []
  const due = actions.filter(action => action.status === 'due')
  const waiting = new Set(due)
  const running = new Set<Promise<void>>()
  const results = new Map<string, Result>()
  const isItsTurn = ({ id, queue }: GatedAction): boolean =>
    queue === undefined || due.find(other => other.queue === queue && !results.has(other.id))?.id === id
  const isReady = (action: GatedAction): boolean =>
    needsOf(action).every(need => results.has(need.provider)) && isItsTurn(action)

  const start = async (action: GatedAction): Promise<void> => {
    const result = lackOf(needsOf(action), results) ?? (await applyOne(action, options))
    results.set(action.id, result)
    options.events({ event: 'finished', id: action.id, result })
  }

  // Of two that end together the second would be lost to Promise.race: what breaks the run is kept until it is seen.
  const broken: unknown[] = []
  const isOver = (): boolean => broken.length > 0 || options.signal?.aborted === true
  while (waiting.size + running.size > 0 && !isOver()) {
    const ready = running.size < poolSize ? [...waiting].find(isReady) : undefined
    if (ready === undefined) {
      await Promise.race(running)
      continue
    }
    waiting.delete(ready)
    const work: Promise<void> = start(ready)
      .catch(error => void broken.push(error))
      .finally(() => running.delete(work))
    running.add(work)
  }
  await Promise.all(running)
  if (broken.length > 0) throw broken[0]
  options.signal?.throwIfAborted()
  return results
}

const isMet = (result: Result | undefined): boolean => result?.outcome === 'done' || result === gone

/** What became of an action that another one needs. */
const fates: { readonly [outcome in Outcome]: string } = {
  done: 'was done',
  failed: 'failed',
  skipped: 'was skipped',
  waiting: 'is not there yet',
  'not applied': 'was not carried out',
}

/** What becomes of an action for want of another one's result: it waits where that one does and nothing worse holds. */
const lackOf = (needs: readonly Need[], results: ReadonlyMap<string, Result>): Result | undefined => {
  const lacking = needs.filter(need => !isMet(results.get(need.provider)))
  const outcomeOf = ({ provider }: Need): Outcome => results.get(provider)?.outcome ?? 'skipped'
  const worst = lacking.find(need => outcomeOf(need) !== 'waiting') ?? lacking[0]
  if (worst === undefined) return undefined
  const outcome = outcomeOf(worst)
  const error = `needs ${worst.key}, which ${worst.provider} provides, and that ${fates[outcome]}`
  return { outcome: outcome === 'waiting' ? 'waiting' : 'skipped', error }
}

/** What is pending since it was planned is so for the next run, too: it goes on there. */
const heldBackSince = ({ id }: GatedAction, now: GatedAction): Result => {
  const reasons = now.id === id || now.reasons.length === 0 ? '' : `: ${now.reasons.join('; ')}`
  const error = `${now.status} since it was planned${reasons}`
  return { outcome: now.status === 'pending' ? 'waiting' : 'skipped', error }
}

const applyOne = async (planned: GatedAction, options: ApplyOptions): Promise<Result> => {
  const started = performance.now()
  const duration = (): number => Math.round(performance.now() - started)
  try {
    const isLookedAtAgain = planned.risk !== 'safe' || planned.queue !== undefined
    const action = isLookedAtAgain ? await options.planAgain(planned) : planned
    if (action === undefined) return gone
    if (action.status !== 'due') return heldBackSince(planned, action)
    const off = await offReason(options.system)
    if (off !== undefined) return { outcome: 'waiting', error: switchedOff(off) }
    options.events({ event: 'started', id: action.id, summary: action.summary })
    for (const op of action.ops) await carryOut(options.system, op, options)
    return { outcome: 'done', duration: duration() }
  } catch (error) {
    if (error instanceof StillWaiting) return { outcome: 'waiting', error: error.message, duration: duration() }
    if (!(error instanceof CommandFailed)) throw error
    return { outcome: 'failed', error: error.message, duration: duration() }
  }
}
