// Carries the steps of an intervention out, those that wait for nothing side by side. One that does not come to its end
// stops exactly those behind it. Nothing is remembered here: what a step finds done already is done.
import type { Step } from './plan.js'

/** `left`: for somebody, or for later; called again, the intervention goes on there. */
export type Outcome = 'done' | 'already' | 'left' | 'failed' | 'skipped'

export type StepResult = {
  readonly step: Step
  readonly outcome: Outcome
  /** What is left or went wrong, or what a done step found; empty where there is nothing to say. */
  readonly message: string
}

export type Finding = Pick<StepResult, 'outcome' | 'message'>

export type CarryOutParts = {
  /** Does one step; what can be expected to go wrong is its finding. */
  readonly work: (step: Step) => Promise<Finding>
  readonly jobs: number
  /** Whether the window is over: nothing is begun then but what ends what was begun. */
  readonly isOver: () => boolean
  readonly signal: AbortSignal
  readonly started: (step: Step) => void
  readonly ended: (result: StepResult) => void
}

/** The results, in the order of the steps. */
export const carryOut = async (steps: readonly Step[], parts: CarryOutParts): Promise<readonly StepResult[]> => {
  const results = new Map<string, Promise<StepResult>>()
  const gate = createGate(parts.jobs)
  for (const step of steps) {
    const before = step.after.map(id => results.get(id))
    results.set(step.id, doInTurn(step, before, results, parts, gate))
  }
  // All of them end before the first bug is told; how many are at work at a time is the gate's affair.
  const settled = await Promise.allSettled(results.values())
  return settled.map(one => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}

const doInTurn = async (
  step: Step,
  before: readonly (Promise<StepResult> | undefined)[],
  results: ReadonlyMap<string, Promise<StepResult>>,
  parts: CarryOutParts,
  gate: Gate,
): Promise<StepResult> => {
  const awaited: StepResult[] = []
  for (const one of before) if (one !== undefined) awaited.push(await one)
  const begun = step.closes === undefined ? undefined : await results.get(step.closes)
  const finding = await gate(async () => obstacleOf(step, awaited, begun, parts) ?? (await begin(step, parts)))
  const result = { step, ...finding }
  parts.ended(result)
  return result
}

const begin = (step: Step, { started, work }: CarryOutParts): Promise<Finding> => {
  started(step)
  return work(step)
}

/** What keeps a step from being begun. */
const obstacleOf = (
  { closes }: Step,
  before: readonly StepResult[],
  begun: StepResult | undefined,
  { signal, isOver }: CarryOutParts,
): Finding | undefined => {
  if (signal.aborted) return { outcome: 'skipped', message: 'interrupted' }
  const missing = before.find(one => !isDone(one))
  const isLate = missing === undefined ? isOver() : missing.message === windowIsOver
  const isClosing = closes !== undefined && begun !== undefined && isDone(begun)
  if (isLate) return isClosing ? undefined : { outcome: 'left', message: windowIsOver }
  return missing && { outcome: 'skipped', message: `waits for ${missing.step.id}` }
}

const windowIsOver = 'the window is over'

const isDone = ({ outcome }: StepResult): boolean => outcome === 'done' || outcome === 'already'

type Gate = <Result>(work: () => Promise<Result>) => Promise<Result>

/** At most so many at a time, the others in the order in which they came. */
const createGate = (size: number): Gate => {
  const waiting: (() => void)[] = []
  let free = size
  return async work => {
    if (free > 0) free -= 1
    else await new Promise<void>(resolve => void waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
