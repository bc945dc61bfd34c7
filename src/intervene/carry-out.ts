// Carries the steps of an intervention or a reinstallation out, those that wait for nothing side by side. One that does not
// come to its end stops exactly those behind it. Nothing is remembered here: what a step finds done already is done.

/** One of an ordered graph. */
export type AnyStep = {
  /** `blade01: guests down` */
  readonly id: string
  readonly machine: string
  readonly work: string
  /** The steps that are to be done before. */
  readonly after: readonly string[]
  /** It ends what another step began: not even the end of the window keeps it from being begun. */
  readonly closes?: string
}

/** `left`: for somebody, or for later; called again, the intervention goes on there. */
export type Outcome = 'done' | 'already' | 'left' | 'failed' | 'skipped'

export type StepResult<Step extends AnyStep = AnyStep> = {
  readonly step: Step
  readonly outcome: Outcome
  /** What is left or went wrong, or what a done step found; empty where there is nothing to say. */
  readonly message: string
}

export type Finding = Pick<StepResult, 'outcome' | 'message'>

export type CarryOutParts<Step extends AnyStep> = {
  /** Does one step; what can be expected to go wrong is its finding. */
  readonly work: (step: Step) => Promise<Finding>
  readonly jobs: number
  /** Whether the window is over: nothing is begun then but what ends what was begun. */
  readonly isOver: () => boolean
  readonly signal: AbortSignal
  readonly started: (step: Step) => void
  readonly ended: (result: StepResult<Step>) => void
}

/** The results, in the order of the steps. */
export const carryOut = async <Step extends AnyStep>(
  steps: readonly Step[],
  parts: CarryOutParts<Step>,
): Promise<readonly StepResult<Step>[]> => {
  const results = new Map<string, Promise<StepResult<Step>>>()
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

const doInTurn = async <Step extends AnyStep>(
  step: Step,
  before: readonly (Promise<StepResult<Step>> | undefined)[],
  results: ReadonlyMap<string, Promise<StepResult<Step>>>,
  parts: CarryOutParts<Step>,
  gate: Gate,
): Promise<StepResult<Step>> => {
  const awaited: StepResult[] = []
  for (const one of before) if (one !== undefined) awaited.push(await one)
  const begun = step.closes === undefined ? undefined : await results.get(step.closes)
  const finding = await gate(async () => obstacleOf(step, awaited, begun, parts) ?? (await begin(step, parts)))
  const result = { step, ...finding }
  parts.ended(result)
  return result
}

const begin = <Step extends AnyStep>(step: Step, { started, work }: CarryOutParts<Step>): Promise<Finding> => {
  started(step)
  return work(step)
}

/** What keeps a step from being begun. */
const obstacleOf = (
  { closes }: AnyStep,
  before: readonly StepResult[],
  begun: StepResult | undefined,
  { signal, isOver }: Pick<CarryOutParts<AnyStep>, 'signal' | 'isOver'>,
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
