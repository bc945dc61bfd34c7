// resolve: values on demand. A folded value's expressions are computed when somebody asks for it, over the trees of
// all machines, so that neither the order of templates nor that of machines decides what is seen. steps.ts computes each
// once, this what scalars come to and what is read of machines.
import type { DiagnosticCode } from '../../model/diagnostic.js'
import type { Json } from '../../model/json.js'
import { parsePointer, printPointer, valueAt } from '../../model/pointer.js'
import { type Descent, descend } from '../compose/descend.js'
import type { Folded, FoldedScalar } from '../compose/fold.js'
import { parameterSchema } from '../compose/parameters.js'
import type { Layer } from '../parse/node.js'
import type { Problems } from '../problems.js'
import { readBySchema, readWhole } from '../schema/read-by-schema.js'
import { type SchemaView, viewSchema } from '../schema/schema-view.js'
import { declaredDefault, type VariableDeclarations, variableSchema } from '../schema/variables.js'
import { createEvaluator, missing, type Place, type Read } from './evaluate.js'
import { createForms } from './forms.js'
import { nearestPlace } from './nearest.js'
import { createOrigins, type Origins } from './origins.js'
import { createPlaces } from './places.js'
import type { Variable } from './read-form.js'
import { createSharedValues, type SharedValues } from './shared-values.js'
import { createSizes, maxSize } from './sizes.js'
import { type Asked, createSteps, type Step } from './steps.js'
import type { Stage, Trees } from './trees.js'
import { expressionOf } from './written.js'

export type Resolver = Origins & {
  /** The value of a folded tree of a machine; undefined where it could not be computed (and that was reported). */
  readonly value: (machine: string, folded: Folded, pointer: string, schema: SchemaView) => Json | undefined
  /** The value at a path of a machine's tree; undefined where there is none. */
  readonly at: (machine: string, path: readonly string[]) => Json | undefined
  /** A variable of a machine: what is set, else what is declared as its default. */
  readonly variable: (machine: string, name: string) => Json | undefined
  /** The same of machines as their profiles have them. */
  readonly profiles: Pick<Resolver, 'at' | 'variable'>
  /** By machine, the others that its values were read from, as far as they have been computed, and those that were noted. */
  readonly othersRead: ReadonlyMap<string, ReadonlySet<string>>
  /** Notes that a machine names another one, which must be there. */
  readonly noteNamed: (machine: string, other: string) => void
  /** What the expressions of a scalar read, each once, in their order; nothing of any other value. */
  readonly reads: (machine: string, folded: Folded) => readonly Read[]
  /** What the schemas say, from the root of a machine's tree. */
  readonly root: SchemaView
  /** Whether a value at this place, below or above it is missing because it could not be computed. */
  readonly hasFailed: (machine: string, pointer: string) => boolean
  /** Whether it stands in, or is, what could not be computed. */
  readonly isInFailed: (machine: string, pointer: string) => boolean
  /** Notes that why there is no value at this place has been reported. */
  readonly markFailed: (machine: string, pointer: string) => void
}

export const createResolver = (
  trees: Trees,
  root: SchemaView,
  declarations: VariableDeclarations,
  problems: Problems,
  shared: SharedValues = createSharedValues(),
): Resolver => {
  const { common } = shared
  const failed = createPlaces()
  const othersRead = new Map<string, Set<string>>()
  const noteNamed = (machine: string, other: string): void => {
    othersRead.set(machine, (othersRead.get(machine) ?? new Set()).add(other))
  }
  /** By the stage at which it was told: what fails at both has one cause. */
  const told = { profile: createPlaces(), enclosed: createPlaces() }
  const sizes = createSizes()

  /** A child does not know its parent, not through a third machine either. */
  const readsParent = (step: Step): boolean => {
    const { folded, machine, reads } = step
    if (folded.shape !== 'scalar' || reads === undefined) return false
    const parent = [...reads].find(read => trees.isAncestor(read, machine))
    if (parent !== undefined) reportReadsParent(step, parent)
    return parent !== undefined
  }

  const reportReadsParent = ({ folded, machine, pointer }: Step, parent: string): void => {
    const message = `${machine} reads ${parent} through another machine, and ${parent} encloses it: a child does not know its parent`
    problems.error('reference-ancestor', message, { machine, pointer, position: folded.winner.position })
  }

  const plain = ({ winner }: FoldedScalar, schema: SchemaView): Json | undefined => {
    const { value } = winner
    if (value.shape !== 'scalar' || expressionOf(winner) !== undefined) return undefined
    return readWhole(value.value, value.source, schema)
  }

  const scalar = (step: Step, { winner }: FoldedScalar): Json | undefined => {
    if (winner.value.shape !== 'scalar') throw new Error('a scalar that was set by a list or a map')
    const { value: written, source } = winner.value
    const place = placeOf(step)
    const expression = expressionOf(winner)
    if (expression === undefined) return convert(written, source, place)
    const result = computedOf(expression, step, place)
    return result === undefined || isTooMuch(result, step, place) ? undefined : convert(result, undefined, place)
  }

  /** What a scalar's expressions come to; where they read parameters alone, the same for every machine that has it. */
  const computedOf = (expression: string, step: Step, place: Place): Json | undefined => {
    const { stage, machine, folded } = step
    step.isConstant = false
    const known = common.get(folded)
    // What it is made of is asked for nevertheless: it counts among what the expressions of this machine stand for, too.
    const isKnown = ({ folded, pointer, schema }: Asked): boolean =>
      steps.value({ stage, machine, folded, pointer, schema }) !== undefined
    if (known?.asks.every(isKnown)) {
      step.height = Math.max(step.height, known.height)
      return known.result
    }
    const result = evaluator.text(expression, place)
    if (result !== undefined && !step.isOfMachine)
      common.set(folded, { result, height: step.height, asks: step.asks ?? [] })
    return result
  }

  const placeOf = ({ stage, machine, folded, pointer, schema }: Asked): Place => ({
    stage,
    machine,
    pointer,
    schema,
    layer: folded.winner.layer,
    position: folded.winner.position,
    blame: below => origin(machine, folded, parsePointer(below)).position,
  })

  /** Evaluated once more, over values that are known by now: so it is what was read, in CEL too, and no guess. */
  const reads = (machine: string, folded: Folded): readonly Read[] => {
    const expression = expressionOf(folded.winner)
    if (expression === undefined) return []
    const seen = new Map<string, Read>()
    const onRead = (read: Read) => {
      const key = read.kind === 'path' ? `${read.machine}:${read.pointer}` : `${read.kind} ${read.name}`
      seen.set(key, read)
    }
    evaluator.text(expression, {
      ...placeOf({ stage: 'enclosed', machine, folded, pointer: '', schema: noSchema }),
      onRead,
    })
    return [...seen.values()]
  }

  const isTooMuch = (value: Json, { stage, machine, folded }: Step, place: Place): boolean => {
    const sum = sizes.add(stage, machine, folded.winner, value)
    if (sum === 'within') return false
    const message = `the expressions of ${machine} stand for more than ${maxSize} characters and values`
    if (sum === 'beyond now') fail('expression', message, place)
    else markFailed(machine, place.pointer)
    return true
  }

  const knownVariable = (stage: Stage, machine: string, name: string): Variable | undefined => {
    const folded = trees.variables(machine).get(name)
    if (folded !== undefined) return steps.known(stage, machine, folded)
    const value = declaredDefault(declarations, name)
    return value === undefined ? undefined : { value, isConstant: true, reads: undefined, height: -1 }
  }

  const atStage = (stage: Stage, machine: string, path: readonly string[]): Json | undefined => {
    const found = find(stage, machine, path)
    return found === missing ? undefined : found
  }

  const find = (stage: Stage, machine: string, path: readonly string[]): Json | undefined | typeof missing => {
    ofMachine()
    steps.reading(machine)
    if (path.length === 1 && path[0] === 'name') return machine
    const own = descend(trees.own(machine), path)
    const found = stage === 'profile' || isSettled(own) ? own : descend(trees.enclosed(machine), path)
    if (found === undefined) return missing
    const { folded, above } = found
    const way = path.slice(0, above.length)
    const schema = way.reduce((view, key, index) => (above[index] === 'list' ? view.item() : view.child(key)), root)
    const result = steps.value({ stage, machine, folded, pointer: printPointer(way), schema })
    if (result === undefined) return undefined
    const part = valueAt(result, found.rest)
    return part === undefined ? missing : part
  }

  const mayBeMore = (machine: string, path: readonly string[]): boolean =>
    trees.mayTake(machine) &&
    componentsPath.every((key, index) => path[index] === undefined || path[index] === key) &&
    !isSettled(descend(trees.own(machine), path))

  /** Whether this is read for a machine below the one that is read; then that is told. */
  const isReadByChild = (parent: string): boolean => {
    const child = steps.underWay(step => step.folded.shape === 'scalar' && trees.isAncestor(parent, step.machine))
    if (child !== undefined) reportReadsParent(child, parent)
    return child !== undefined
  }

  const variableAtStage = (stage: Stage, machine: string, name: string): Json | undefined => {
    const folded = trees.variables(machine).get(name)
    if (folded === undefined) return declaredDefault(declarations, name)
    return steps.value({ stage, machine, folded, pointer: `\${${name}}`, schema: variableSchema(declarations, name) })
  }

  /** What the schema makes of a value; what it cannot be made into is reported at its origin. */
  const convert = (computed: Json, source: string | undefined, place: Place): Json | undefined =>
    readBySchema(computed, source, place.schema, ({ code, message, hint, below }) => {
      fail(code, message, { ...place, pointer: place.pointer + below, position: place.blame(below) }, hint)
    })

  const fail = (code: DiagnosticCode, message: string, place: Place, hint?: string): undefined => {
    ofMachine()
    const isToldAlready = told[place.stage === 'profile' ? 'enclosed' : 'profile'].holds(place.machine, place.pointer)
    told[place.stage].add(place.machine, place.pointer)
    if (!isToldAlready) report(code, message, place, hint)
    markFailed(place.machine, place.pointer)
    return undefined
  }

  const report = (code: DiagnosticCode, message: string, place: Place, hint?: string): void =>
    problems.error(code, message, { machine: place.machine, pointer: place.pointer, position: place.position, hint })

  /** What a name stands for, if it has a value: a parameter or a variable. */
  const namedBy = (name: string, layer: Layer, machine: string): Folded | undefined => {
    const parameter = evaluator.parameter(layer, name, machine)
    const named = parameter ?? trees.variables(machine).get(name)
    if (named === undefined) return undefined
    const schema = parameter === undefined ? variableSchema(declarations, name) : parameterSchema(layer, name)
    const isPlain = named.shape === 'scalar' && plain(named, schema) !== undefined
    const known = steps.known('enclosed', machine, named) ?? steps.known('profile', machine, named)
    return isPlain || known?.value !== undefined ? named : undefined
  }

  const { origin, given } = createOrigins(namedBy)

  /** What a machine has instead of a path that leads to nothing. */
  const near = (stage: Stage, machine: string, path: readonly string[]): string | undefined => {
    const tree = stage === 'profile' ? trees.own(machine) : trees.enclosed(machine)
    return tree && nearestPlace(outline(stage, machine, tree), path)
  }

  /** A tree as far as it is known, without computing anything. */
  const outline = (stage: Stage, machine: string, folded: Folded, ofAbove?: Json): Json => {
    const value = steps.known(stage, machine, folded)?.value ?? ofAbove
    if (folded.shape === 'scalar') return value ?? ''
    const below = (folded: Folded, key: string): Json => outline(stage, machine, folded, valueAt(value, [key]))
    if (folded.shape === 'list') return folded.items.map((item, index) => below(item, `${index}`))
    return Object.fromEntries([...folded.entries].map(([key, entry]) => [key, below(entry, key)]))
  }

  const markFailed = failed.add
  const { touches: hasFailed, holds: isInFailed } = failed
  const fill = createForms(shared, {
    ...{ plain, sizes },
    parameter: (layer, name, machine) => evaluator.parameter(layer, name, machine),
    variable: knownVariable,
  })
  const steps = createSteps(
    { fill, plain, scalar, hasReadForbidden: readsParent, noteRead: noteNamed, markFailed },
    shared,
    problems,
  )
  const { ofMachine, apart } = steps
  const evaluator = createEvaluator(trees, declarations, problems, shared, {
    value: steps.value,
    find,
    mayBeMore,
    isReadByChild,
    ofMachine,
    near,
    fail,
  })

  return {
    at: (machine, path) => atStage('enclosed', machine, path),
    variable: (machine, name) => variableAtStage('enclosed', machine, name),
    profiles: {
      at: (machine, path) => apart(() => atStage('profile', machine, path)),
      variable: (machine, name) => apart(() => variableAtStage('profile', machine, name)),
    },
    value: (machine, folded, pointer, schema) => steps.value({ stage: 'enclosed', machine, folded, pointer, schema }),
    ...{ origin, given, othersRead, noteNamed, reads, root, hasFailed, isInFailed, markFailed },
  }
}

const noSchema = viewSchema(undefined)

/** Below it stands all that components take from children. */
const componentsPath = ['software', 'components']

/** Whether a profile says all that there can be: what is taken from children adds to maps, and to nothing else. */
const isSettled = (own: Descent | undefined): boolean =>
  own !== undefined && (own.folded.shape !== 'map' || own.rest.length > 0)
