// evaluate: what the expressions inside a scalar stand for: parameters, variables, paths of this and other machines, and
// CEL over all of them. The values themselves are resolve.ts's, which calls this and is called by it.
import type { DiagnosticCode, Position } from '../../model/diagnostic.js'
import { isList, isMap, type Json } from '../../model/json.js'
import { parsePointer } from '../../model/pointer.js'
import { type Folded, fold } from '../compose/fold.js'
import { parameterSchema } from '../compose/parameters.js'
import { evaluateCel } from '../parse/cel.js'
import { type Part, type PathReference, parsePath, parseText, type Reference } from '../parse/expression.js'
import type { Layer, Node } from '../parse/node.js'
import { readPlain } from '../parse/plain-scalar.js'
import type { Problems } from '../problems.js'
import { remember } from '../remember.js'
import { type SchemaView, viewSchema } from '../schema/schema-view.js'
import { declaredDefault, type VariableDeclarations, variableSchema } from '../schema/variables.js'
import { didYouMean } from '../suggest.js'
import type { SharedValues } from './shared-values.js'
import type { Asked } from './steps.js'
import type { Stage, Trees } from './trees.js'

/** Told apart from undefined, which is a value that was there and failed. */
export const missing = Symbol('missing')

/** Where a value is being computed, for finding what an expression means and for saying where it stands. */
export type Place = {
  readonly stage: Stage
  readonly machine: string
  readonly pointer: string
  readonly schema: SchemaView
  readonly layer: Layer
  readonly position: Position
  /** The place that the value itself comes from, or a part of it, at a pointer below. */
  readonly blame: (below: string) => Position
  /** Is told of everything that the expressions read. */
  readonly onRead?: (read: Read) => void
}

/** What an expression read. */
export type Read =
  | { readonly kind: 'parameter'; readonly name: string; readonly folded: Folded }
  /** `folded` is undefined where the declared default counts. */
  | { readonly kind: 'variable'; readonly name: string; readonly folded: Folded | undefined }
  | { readonly kind: 'path'; readonly machine: string; readonly pointer: string }
  /** What stands behind `:-`, because there is no such name or path. */
  | { readonly kind: 'fallback'; readonly name: string; readonly text: string }

/** What an evaluation needs of the values around it. */
export type Values = {
  readonly value: (asked: Asked) => Json | undefined
  readonly find: (stage: Stage, machine: string, path: readonly string[]) => Json | undefined | typeof missing
  /** Whether what a machine takes from its children may add to what its profile has at a path. */
  readonly mayBeMore: (machine: string, path: readonly string[]) => boolean
  /** Whether this is read for a machine that the one that is read encloses; then that has been reported. */
  readonly isReadByChild: (machine: string) => boolean
  /** Is told that what is computed depends on a machine, and not on parameters alone. */
  readonly ofMachine: () => void
  /** What there is instead of a path that leads to nothing. */
  readonly near: (stage: Stage, machine: string, path: readonly string[]) => string | undefined
  readonly fail: (code: DiagnosticCode, message: string, place: Place, hint?: string) => undefined
}

export type Evaluator = {
  /** The value of a text with expressions; undefined where it has none, which has been reported. */
  readonly text: (written: string, place: Place) => Json | undefined
  /** A parameter of a layer, folded; undefined where the layer has none of that name. */
  readonly parameter: (layer: Layer, name: string, machine: string) => Folded | undefined
}

export const createEvaluator = (
  trees: Trees,
  declarations: VariableDeclarations,
  problems: Problems,
  { parameters }: Pick<SharedValues, 'parameters'>,
  values: Values,
): Evaluator => {
  /** Machines have most texts in common, from templates. */
  const parse = remember(parseText)

  /** A scalar that holds expressions: alone, an expression keeps its type; inside a text it is text. */
  const text = (written: string, place: Place): Json | undefined => {
    const parsed = parse(written)
    if (!parsed.ok) return values.fail('syntax', parsed.message, place)
    const [first] = parsed.parts
    if (parsed.parts.length === 1 && first !== undefined && typeof first !== 'string') return reference(first, place)
    const within = { ...place, schema: anyText }
    const texts = parsed.parts.map(part => partText(part, within))
    return texts.includes(undefined) ? undefined : texts.join('')
  }

  const partText = (part: Part, place: Place): string | undefined => {
    if (typeof part === 'string') return part
    const found = reference(part, place)
    if (found === undefined) return undefined
    return isMap(found) || isList(found) || found === null
      ? values.fail('type', 'a list, a map or nothing cannot stand inside a text', place)
      : String(found)
  }

  const reference = (part: Reference, place: Place): Json | undefined => {
    if (part.kind === 'computed') return computed(part.expression, place)
    const found = part.kind === 'name' ? named(part.name, place) : pathed(part, place)
    if (found !== missing) return found
    if (part.fallback !== undefined) {
      place.onRead?.({ kind: 'fallback', name: nameOf(part, place), text: part.fallback })
      return place.schema.wantsText() ? part.fallback : (readPlain(part.fallback) ?? part.fallback)
    }
    if (part.kind === 'path') {
      const near = values.near(place.stage, part.machine ?? place.machine, parsePointer(part.pointer))
      return values.fail('reference-missing', `there is no value at ${nameOf(part, place)}`, place, near)
    }
    return values.fail(
      'variable-undefined',
      `variable ${part.name} is not set`,
      place,
      didYouMean(part.name, namesAt(place)),
    )
  }

  const namesAt = ({ machine, layer }: Place): readonly string[] => [
    ...trees.variables(machine).keys(),
    ...declarations.keys(),
    ...layer.parameters.keys(),
  ]

  /** CEL over the same names; what failed below has been reported there and is not told again. */
  const computed = (expression: string, place: Place): Json | undefined => {
    let failedBelow = false
    const settle = (found: Json | undefined | typeof missing): Json | undefined => {
      if (found === undefined) failedBelow = true
      return found === missing ? undefined : found
    }
    const result = evaluateCel(expression, {
      named: name => settle(named(name, place)),
      valueAt: text => {
        const path = parsePath(text)
        return path && settle(pathed(path, place))
      },
    })
    if (result.ok) return result.value
    return failedBelow ? undefined : values.fail('expression', result.message, place)
  }

  /** A parameter of the template that the text stands in, else a variable of the machine. */
  const named = (name: string, place: Place): Json | undefined | typeof missing => {
    const { stage, machine } = place
    const pointer = `\${${name}}`
    const parameter = place.layer.parameters.get(name)
    if (parameter !== undefined) {
      const folded = foldParameter(parameter, machine)
      if (folded === undefined) return missing
      place.onRead?.({ kind: 'parameter', name, folded })
      return values.value({ stage, machine, folded, pointer, schema: parameterSchema(place.layer, name) })
    }
    values.ofMachine()
    const folded = trees.variables(machine).get(name)
    const otherwise = declaredDefault(declarations, name)
    if (folded === undefined && otherwise === undefined) return missing
    place.onRead?.({ kind: 'variable', name, folded })
    if (folded === undefined) return otherwise
    return values.value({ stage, machine, folded, pointer, schema: variableSchema(declarations, name) })
  }

  const foldParameter = (node: Node, machine: string): Folded | undefined => {
    const known = parameters.get(node)
    if (known !== undefined) return known.folded
    const ranks = trees.composition(machine)?.ranks ?? new Map()
    const folded = fold(node, noSchema, { machine, ranks, problems })
    parameters.set(node, { folded })
    return folded
  }

  const pathOf = remember(parsePointer)

  const pathed = (part: PathReference, place: Place): Json | undefined | typeof missing => {
    values.ofMachine()
    const machine = part.machine ?? place.machine
    if (trees.composition(machine) === undefined) {
      return values.fail(
        'machine-unknown',
        `there is no machine ${machine}`,
        place,
        didYouMean(machine, trees.machineNames()),
      )
    }
    if (machine !== place.machine && trees.isAncestor(machine, place.machine)) {
      const message = `${place.machine} reads ${machine}, which encloses it: a child does not know its parent`
      return values.fail('reference-ancestor', message, place)
    }
    const path = pathOf(part.pointer)
    if (place.stage === 'profile' && values.mayBeMore(machine, path)) {
      if (values.isReadByChild(machine)) return undefined
      const message = `${machine}:${part.pointer} may hold what ${machine} takes from its children, and what is taken from children cannot depend on that`
      return values.fail('reference-missing', message, place)
    }
    const found = values.find(place.stage, machine, path)
    if (found !== missing) place.onRead?.({ kind: 'path', machine, pointer: part.pointer })
    return found
  }

  const parameter = (layer: Layer, name: string, machine: string): Folded | undefined => {
    const node = layer.parameters.get(name)
    return node && foldParameter(node, machine)
  }

  return { text, parameter }
}

const noSchema = viewSchema(undefined)

/** `NAME`, `ce:/path`. */
const nameOf = (part: Exclude<Reference, { kind: 'computed' }>, { machine }: Place): string =>
  part.kind === 'name' ? part.name : `${part.machine ?? machine}:${part.pointer}`

/** Of an expression inside a text: a fallback stays as it was typed. */
const anyText = viewSchema({ type: 'string' })
