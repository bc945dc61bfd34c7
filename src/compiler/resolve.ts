// resolve: values on demand. A folded value's expressions are computed when somebody asks for it, over the trees of
// all machines, so that neither the order of templates nor that of machines decides what is seen. Each value is
// computed once; one that needs itself is a cycle, named place by place.
import type { Position } from '../model/diagnostic.js'
import { isList, isMap, type Json } from '../model/json.js'
import { parsePointer, printPointer, valueAt } from '../model/pointer.js'
import { parseQuantity } from '../model/quantity.js'
import { hasExpression, type Part, parseText, type Reference } from './expression.js'
import { type Folded, type FoldedScalar, fold } from './fold.js'
import type { Composition } from './include.js'
import type { Layer, Node, Operation } from './node.js'
import type { Problems } from './problems.js'
import { type SchemaView, viewSchema } from './schema-view.js'
import { didYouMean } from './suggest.js'
import { declaredDefault, type VariableDeclarations, variableSchema } from './variables.js'

/** Where the trees of the machines come from: each folded with and without what it takes from its children. */
export type Trees = {
  readonly composition: (machine: string) => Composition | undefined
  readonly own: (machine: string) => Folded | undefined
  readonly enclosed: (machine: string) => Folded | undefined
  readonly variables: (machine: string) => ReadonlyMap<string, Folded>
  readonly isAncestor: (ancestor: string, machine: string) => boolean
  readonly machineNames: () => readonly string[]
}

export type Resolver = {
  /** The value of a folded tree of a machine; undefined where it could not be computed (and that was reported). */
  readonly value: (machine: string, folded: Folded, pointer: string, schema: SchemaView) => Json | undefined
  /** The value at a path of a machine's tree; undefined where there is none. */
  readonly at: (machine: string, path: readonly string[]) => Json | undefined
  /** A variable of a machine: what is set, else what is declared as its default. */
  readonly variable: (machine: string, name: string) => Json | undefined
  /** The operation that a value comes from: behind an expression that is one name, where the name got its value. */
  readonly origin: (machine: string, folded: Folded) => Operation
  /** Whether a value at this place, below or above it is missing because it could not be computed. */
  readonly hasFailed: (machine: string, pointer: string) => boolean
}

/** Where a value is being computed, for finding what an expression means and for saying where it stands. */
type Place = {
  readonly machine: string
  readonly pointer: string
  readonly schema: SchemaView
  readonly layer: Layer
  readonly position: Position
  /** The place that the value itself comes from. */
  readonly blame: () => Position
}

export const createResolver = (
  trees: Trees,
  root: SchemaView,
  declarations: VariableDeclarations,
  problems: Problems,
): Resolver => {
  const known = new Map<Folded, Json | undefined>()
  const failed: { readonly machine: string; readonly pointer: string }[] = []
  const active: { folded: Folded; name: string }[] = []

  const value = (machine: string, folded: Folded, pointer: string, schema: SchemaView): Json | undefined => {
    if (known.has(folded)) return known.get(folded)
    const cycle = active.findIndex(step => step.folded === folded)
    if (cycle >= 0) {
      const names = active.slice(cycle).map(step => step.name)
      const { position } = folded.winner
      problems.error('cycle', `this value needs itself: ${[...names, names[0]].join(' -> ')}`, {
        machine,
        pointer,
        position,
      })
      return undefined
    }
    active.push({ folded, name: `${machine}:${pointer}` })
    const result = compute(machine, folded, pointer, schema)
    active.pop()
    known.set(folded, result)
    if (result === undefined) failed.push({ machine, pointer })
    return result
  }

  const compute = (machine: string, folded: Folded, pointer: string, schema: SchemaView): Json | undefined => {
    switch (folded.shape) {
      case 'scalar':
        return scalar(machine, folded, pointer, schema)
      case 'list':
        return folded.items
          .map((item, index) => value(machine, item, `${pointer}/${index}`, schema.item()))
          .filter(item => item !== undefined)
      case 'map': {
        const entries = [...folded.entries].map(([key, entry]) => {
          return [key, value(machine, entry, pointer + printPointer([key]), schema.child(key))] as const
        })
        return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined))
      }
    }
  }

  const scalar = (machine: string, folded: FoldedScalar, pointer: string, schema: SchemaView): Json | undefined => {
    const { winner } = folded
    if (winner.value.shape !== 'scalar') throw new Error('a scalar that was set by a list or a map')
    const { value: written, source, literal } = winner.value
    const place: Place = {
      machine,
      pointer,
      schema,
      layer: winner.layer,
      position: winner.position,
      blame: () => origin(machine, folded).position,
    }
    const computed = typeof written === 'string' && !literal && hasExpression(written) ? text(written, place) : written
    if (computed === undefined) return undefined
    return convert(computed, computed === written ? source : undefined, place)
  }

  /** A scalar that holds expressions: alone, an expression keeps its type; inside a text it is text. */
  const text = (written: string, place: Place): Json | undefined => {
    const parsed = parseText(written)
    if (!parsed.ok) return fail('syntax', parsed.message, place)
    const [first] = parsed.parts
    if (parsed.parts.length === 1 && first !== undefined && typeof first !== 'string') return reference(first, place)
    const texts = parsed.parts.map(part => partText(part, place))
    return texts.includes(undefined) ? undefined : texts.join('')
  }

  const partText = (part: Part, place: Place): string | undefined => {
    if (typeof part === 'string') return part
    const found = reference(part, place)
    if (found === undefined) return undefined
    return isMap(found) || isList(found)
      ? fail('type', 'a list or map cannot stand inside a text', place)
      : String(found)
  }

  const reference = (part: Reference, place: Place): Json | undefined => {
    const found = part.kind === 'name' ? named(part.name, place) : pathed(part, place)
    if (found !== missing) return found
    if (part.fallback !== undefined) return part.fallback
    if (part.kind === 'path') {
      const where = `${part.machine ?? place.machine}:${part.pointer}`
      return fail('reference-missing', `there is no value at ${where}`, place)
    }
    const names = [...trees.variables(place.machine).keys(), ...declarations.keys(), ...place.layer.parameters.keys()]
    return fail('variable-undefined', `variable ${part.name} is not set`, place, didYouMean(part.name, names))
  }

  /** A parameter of the template that the text stands in, else a variable of the machine. */
  const named = (name: string, place: Place): Json | undefined | typeof missing => {
    const parameter = place.layer.parameters.get(name)
    if (parameter !== undefined) {
      const folded = foldParameter(parameter, place.machine)
      return folded === undefined ? missing : value(place.machine, folded, `\${${name}}`, viewSchema(undefined))
    }
    const folded = trees.variables(place.machine).get(name)
    if (folded !== undefined) return value(place.machine, folded, `\${${name}}`, variableSchema(declarations, name))
    return declaredDefault(declarations, name) ?? missing
  }

  const parameters = new Map<Node, Folded | undefined>()
  const foldParameter = (node: Node, machine: string): Folded | undefined => {
    const ranks = trees.composition(machine)?.ranks ?? new Map()
    if (!parameters.has(node)) parameters.set(node, fold(node, viewSchema(undefined), { machine, ranks, problems }))
    return parameters.get(node)
  }

  const pathed = (part: Reference & { kind: 'path' }, place: Place): Json | undefined | typeof missing => {
    const machine = part.machine ?? place.machine
    if (trees.composition(machine) === undefined) {
      return fail('machine-unknown', `there is no machine ${machine}`, place, didYouMean(machine, trees.machineNames()))
    }
    if (machine !== place.machine && trees.isAncestor(machine, place.machine)) {
      return fail(
        'reference-ancestor',
        `${place.machine} reads ${machine}, which encloses it: a child does not know its parent`,
        place,
      )
    }
    return find(machine, parsePointer(part.pointer))
  }

  const at = (machine: string, path: readonly string[]): Json | undefined => {
    const found = find(machine, path)
    return found === missing ? undefined : found
  }

  const find = (machine: string, path: readonly string[]): Json | undefined | typeof missing => {
    const own = descend(trees.own(machine), path)
    const settled = own !== undefined && (own.folded.shape !== 'map' || own.rest.length > 0)
    const found = settled ? own : descend(trees.enclosed(machine), path)
    if (found === undefined) return missing
    const schema = path.slice(0, path.length - found.rest.length).reduce((view, key) => stepInto(view, key), root)
    const pointer = printPointer(path.slice(0, path.length - found.rest.length))
    const result = value(machine, found.folded, pointer, schema)
    return result === undefined ? undefined : (valueAt(result, found.rest) ?? missing)
  }

  const variable = (machine: string, name: string): Json | undefined => {
    const folded = trees.variables(machine).get(name)
    if (folded === undefined) return declaredDefault(declarations, name)
    return value(machine, folded, `\${${name}}`, variableSchema(declarations, name))
  }

  /**
   * What the schema makes of a value: text as it was typed, a quantity in the schema's unit. An expression may stand
   * for a whole list or map, whose parts the schema sees here for the first time.
   */
  const convert = (computed: Json, source: string | undefined, place: Place): Json | undefined => {
    const { schema, pointer } = place
    if (isList(computed)) {
      const items = computed.map((item, index) =>
        convert(item, undefined, { ...place, schema: schema.item(), pointer: `${pointer}/${index}` }),
      )
      return items.filter(item => item !== undefined)
    }
    if (isMap(computed)) {
      const entries = Object.entries(computed).map(([key, entry]) => {
        return [
          key,
          convert(entry, undefined, { ...place, schema: schema.child(key), pointer: pointer + printPointer([key]) }),
        ] as const
      })
      return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined))
    }
    const quantity = schema.quantity()
    if (quantity !== undefined && (typeof computed === 'string' || typeof computed === 'number')) {
      const parsed = parseQuantity(computed, quantity)
      if (parsed.ok) return parsed.value
      return fail('quantity', `expected ${parsed.expected}, found ${computed}`, { ...place, position: place.blame() })
    }
    const isText = computed === null || typeof computed === 'string'
    return schema.wantsText() && !isText ? (source ?? String(computed)) : computed
  }

  const fail = (code: Parameters<Problems['error']>[0], message: string, place: Place, hint?: string): undefined => {
    problems.error(code, message, { machine: place.machine, pointer: place.pointer, position: place.position, hint })
    return undefined
  }

  const origin = (machine: string, folded: Folded): Operation => {
    const { value: set, layer } = folded.winner
    if (set.shape !== 'scalar' || typeof set.value !== 'string' || set.literal) return folded.winner
    const parsed = parseText(set.value)
    const part = parsed.ok && parsed.parts.length === 1 ? parsed.parts[0] : undefined
    if (part === undefined || typeof part === 'string' || part.kind !== 'name') return folded.winner
    const parameter = layer.parameters.get(part.name)
    const named = parameter === undefined ? trees.variables(machine).get(part.name) : foldParameter(parameter, machine)
    return named === undefined || !known.has(named) ? folded.winner : origin(machine, named)
  }

  const hasFailed = (machine: string, pointer: string): boolean =>
    failed.some(one => one.machine === machine && (isWithin(one.pointer, pointer) || isWithin(pointer, one.pointer)))

  return { value, at, variable, origin, hasFailed }
}

const isWithin = (pointer: string, outer: string): boolean => pointer === outer || pointer.startsWith(`${outer}/`)

/** Told apart from undefined, which is a value that was there and failed. */
const missing = Symbol('missing')

type Descent = { readonly folded: Folded; readonly rest: readonly string[] }

/** As deep into a folded tree as it goes: an expression may stand for a whole subtree, which is the rest. */
export const descend = (root: Folded | undefined, path: readonly string[]): Descent | undefined => {
  let folded = root
  for (const [index, key] of path.entries()) {
    if (folded === undefined) return undefined
    if (folded.shape === 'scalar') return { folded, rest: path.slice(index) }
    folded = folded.shape === 'map' ? folded.entries.get(key) : folded.items[Number(key)]
  }
  return folded === undefined ? undefined : { folded, rest: [] }
}

const stepInto = (view: SchemaView, key: string): SchemaView =>
  /^\d+$/.test(key) && view.keys().length === 0 ? view.item() : view.child(key)
