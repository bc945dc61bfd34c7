// steps: values computed on demand, each once. A step asks for the values that it is made of, which are steps of their own,
// and takes along what these have read. One that needs itself is a cycle, named place by place. What a scalar comes to is
// resolve.ts's affair; trees.ts has the trees.
import { byCodeUnit, type Json, setIn } from '../../model/json.js'
import { printKey } from '../../model/pointer.js'
import { type Folded, type FoldedScalar, isOfOne } from '../compose/fold.js'
import type { Problems } from '../problems.js'
import { failedItem } from '../schema/read-by-schema.js'
import type { SchemaView } from '../schema/schema-view.js'
import type { Fill } from './forms.js'
import type { SharedValues } from './shared-values.js'
import type { Stage } from './trees.js'

/** What is asked for: a folded value, where it stands, and how its machine is read. */
export type Asked = {
  readonly stage: Stage
  readonly machine: string
  readonly folded: Folded
  readonly pointer: string
  readonly schema: SchemaView
}

/** A value that is being computed. */
export type Step = Asked & {
  reads: Set<string> | undefined
  height: number
  isConstant: boolean
  isOfMachine: boolean
  /** Of a scalar: what its expressions asked for that is not the same for all machines. */
  asks: readonly Asked[] | undefined
}

/** What the steps are told, and tell, of what they compute. */
export type Work = {
  /** The value of what machines fill in. */
  readonly fill: Fill
  /** The value of a scalar without expressions, of which there is nothing to tell. */
  readonly plain: (folded: FoldedScalar, schema: SchemaView) => Json | undefined
  /** The value of a scalar; undefined where it has none, which has been reported. */
  readonly scalar: (step: Step, folded: FoldedScalar) => Json | undefined
  /** Whether a step has read what it may not, which then has been reported. */
  readonly hasReadForbidden: (step: Step) => boolean
  /** Notes that a machine's values were read from another one. */
  readonly noteRead: (machine: string, other: string) => void
  /** Notes that why there is no value at this place has been reported. */
  readonly markFailed: (machine: string, pointer: string) => void
}

export type Steps = {
  /** The value; undefined where it could not be computed (and that was reported). */
  readonly value: (asked: Asked) => Json | undefined
  /** What is known already, without computing anything. */
  readonly known: (stage: Stage, machine: string, folded: Folded) => Computed | undefined
  /** Notes that what is being computed is read from a machine, or not to be computed there. */
  readonly ofMachine: () => void
  /** Notes that what is being computed reads this machine. */
  readonly reading: (machine: string) => void
  /** The outermost of the steps that are being computed of which this holds. */
  readonly underWay: (holds: (step: Step) => boolean) => Step | undefined
  /** Computes something that is nothing to what is being computed. */
  readonly apart: <Result>(compute: () => Result) => Result
}

/** Far more than any value needs; few enough for the recursion. */
const maxHeight = 250

/** A value that is known: what it is, and what all reading of it takes along. */
export type Computed = {
  readonly value: Json | undefined
  /** Whether nothing in it is an expression or has failed: it is the same for every machine that has it. */
  readonly isConstant: boolean
  /** Whether it was read from a machine, and not from parameters alone. */
  readonly isOfMachine: boolean
  /** The other machines that it was read from, directly or through others; there are none for nearly all values. */
  readonly reads: ReadonlySet<string> | undefined
  /** How many values stand above each other below it. */
  readonly height: number
}

/** Written out, as all objects here that are made for each value: V8 copies those that are spread one property at a time. */
const begin = ({ stage, machine, folded, pointer, schema }: Asked): Step => ({
  stage,
  machine,
  folded,
  pointer,
  schema,
  reads: undefined,
  height: 0,
  isConstant: true,
  isOfMachine: false,
  asks: undefined,
})

export const createSteps = (work: Work, { constants }: Pick<SharedValues, 'constants'>, problems: Problems): Steps => {
  /** By machine: machines may share what is folded. */
  const knownOf = {
    profile: new Map<string, Map<Folded, Computed>>(),
    enclosed: new Map<string, Map<Folded, Computed>>(),
  }
  /** Each was asked for by the one before it. */
  const active: Step[] = []

  const value = (asked: Asked): Json | undefined => {
    const { stage, machine, folded } = asked
    const computed = known(stage, machine, folded) ?? computeOnce(asked)
    const reader = active.at(-1)
    if (computed === cyclic) {
      if (reader !== undefined) reader.isConstant = false
      return undefined
    }
    if (reader === undefined) return computed.value
    // Whoever is asked first: a tower is as high from above as from below.
    const found = active.length + computed.height > maxHeight ? tooHigh(asked) : computed
    takeAlong(reader, asked, found)
    return found.value
  }

  const takeAlong = (reader: Step, asked: Asked, computed: Computed): void => {
    const { machine } = asked
    if (reader.folded.shape === 'scalar' && !isOfAll(asked.folded, computed))
      reader.asks = [...(reader.asks ?? []), asked]
    reader.isConstant &&= computed.isConstant
    reader.isOfMachine ||= computed.isOfMachine
    noteRead(reader, machine)
    for (const read of computed.reads ?? []) noteRead(reader, read)
    reader.height = Math.max(reader.height, computed.height + 1)
  }

  const noteRead = (step: Step, machine: string): void => {
    if (machine === step.machine) return
    step.reads ??= new Set()
    step.reads.add(machine)
    work.noteRead(step.machine, machine)
  }

  const known = (stage: Stage, machine: string, folded: Folded): Computed | undefined =>
    constants.get(folded) ?? knownOf[stage].get(machine)?.get(folded)

  const keep = ({ stage, machine, folded }: Asked, computed: Computed): void => {
    if (folded.shape !== 'scalar' && isOfAll(folded, computed)) {
      constants.set(folded, computed)
      return
    }
    const ofMachine = knownOf[stage].get(machine) ?? new Map<Folded, Computed>()
    knownOf[stage].set(machine, ofMachine.set(folded, computed))
  }

  const tooHigh = ({ machine, folded, pointer }: Asked): Computed => {
    const detail = { machine, pointer, position: folded.winner.position }
    problems.error('cycle', `more than ${maxHeight} values need each other`, detail)
    work.markFailed(machine, pointer)
    return { value: undefined, isConstant: false, isOfMachine: true, reads: undefined, height: 0 }
  }

  const computeOnce = (asked: Asked): Computed | typeof cyclic => {
    const { stage, machine, folded, pointer } = asked
    const filled = work.fill(asked, maxHeight - active.length)
    if (filled !== undefined) {
      keep(asked, filled)
      return filled
    }
    const cycle = active.findIndex(step => step.folded === folded && step.machine === machine && step.stage === stage)
    if (cycle >= 0) {
      reportCycle(active.slice(cycle), problems)
      work.markFailed(machine, pointer)
      return cyclic
    }
    const computed = active.length > maxHeight ? tooHigh(asked) : computeStep(begin(asked))
    keep(asked, computed)
    return computed
  }

  const computeStep = (step: Step): Computed => {
    active.push(step)
    const computed = compute(step)
    active.pop()
    const value = computed !== undefined && work.hasReadForbidden(step) ? undefined : computed
    if (value === undefined) work.markFailed(step.machine, step.pointer)
    const isConstant = step.isConstant && value !== undefined
    if (isConstant) Object.freeze(value)
    return { value, isConstant, isOfMachine: step.isOfMachine, reads: step.reads, height: step.height }
  }

  const compute = (step: Step): Json | undefined => {
    const { folded, schema } = step
    switch (folded.shape) {
      case 'scalar':
        return work.scalar(step, folded)
      case 'list':
        return folded.items.map((item, index) => part(step, item, `${index}`, schema.item) ?? failedItem)
      case 'map': {
        const map: Record<string, Json> = {}
        for (const [key, entry] of folded.entries) {
          const value = part(step, entry, key, schema.child)
          if (value !== undefined) setIn(map, key, value)
        }
        return map
      }
    }
  }

  /** What stands below a step. What is the same for all machines is taken as it is, without saying where it stands. */
  const part = (step: Step, folded: Folded, key: string, schemaOf: (key: string) => SchemaView): Json | undefined => {
    if (folded.shape === 'scalar' && active.length <= maxHeight) {
      const plain = work.plain(folded, schemaOf(key))
      if (plain !== undefined) {
        step.height = Math.max(step.height, 1)
        return plain
      }
    }
    const constant = constants.get(folded)
    if (constant !== undefined && active.length + constant.height <= maxHeight) {
      step.height = Math.max(step.height, constant.height + 1)
      return constant.value
    }
    const { stage, machine, pointer } = step
    return value({ stage, machine, folded, pointer: pointer + printKey(key), schema: schemaOf(key) })
  }

  const ofMachine = (): void => {
    const step = active.at(-1)
    if (step === undefined) return
    step.isOfMachine = true
    step.isConstant = false
  }

  const reading = (machine: string): void => {
    const reader = active.at(-1)
    if (reader !== undefined) noteRead(reader, machine)
  }

  const apart = <Result>(compute: () => Result): Result => {
    const readers = active.splice(0)
    const result = compute()
    active.push(...readers)
    return result
  }

  return { value, known, ofMachine, reading, underWay: holds => active.find(holds), apart }
}

/** Whether it is the same for all machines, and theirs: what one of them says itself is for that one to ask for. */
const isOfAll = ({ story }: Folded, { isConstant }: Computed): boolean => isConstant && !isOfOne(story)

/** Told from its first name in the alphabet, whoever came upon it where: so it is one, also of many machines. */
const reportCycle = (steps: readonly Step[], problems: Problems): void => {
  const machines = [...new Set(steps.map(step => step.machine))]
  const isWithinOne = machines.length === 1
  const names = steps.map(step => (isWithinOne ? step.pointer : `${step.machine}:${step.pointer}`))
  const start = names.indexOf([...names].sort(byCodeUnit)[0] ?? '')
  const way = [...names.slice(start), ...names.slice(0, start + 1)]
  const { pointer, folded } = steps[start] ?? {}
  for (const machine of machines)
    problems.error('cycle', `this value needs itself: ${way.join(' -> ')}`, {
      machine,
      pointer,
      position: folded?.winner.position,
    })
}

/** The end of a cycle: its other values are still to be settled. */
const cyclic = Symbol('cyclic')
