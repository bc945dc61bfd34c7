// read-form: of a list or a map that templates give to many machines, what is the same for all of them, and which variable stands
// where. It is read once for a site; forms.ts fills it in for each machine.
import type { Json } from '../../model/json.js'
import type { Folded, FoldedScalar } from '../compose/fold.js'
import { parameterSchema } from '../compose/parameters.js'
import { type Part, parseText, type Reference } from '../parse/expression.js'
import type { Layer, Operation } from '../parse/node.js'
import { readWhole } from '../schema/read-by-schema.js'
import type { SchemaView } from '../schema/schema-view.js'
import type { CommonResult, SharedValues } from './shared-values.js'
import { type Sized, sizeOf } from './sizes.js'
import type { Asked, Computed, Work } from './steps.js'
import { expressionOf } from './written.js'

export type Form = {
  readonly field: Field
  readonly variables: readonly Blank[]
  /** Of the scalars that hold expressions, in their order. */
  readonly fillings: readonly Filling[]
  /** How many values stand above each other in it, whatever its variables stand on. */
  readonly height: number
}

/** A variable that is read, at most so deep below the form. */
type Blank = { readonly name: string; readonly depth: number }

/** What a scalar comes to, given the variables of the form; undefined where it cannot be read. */
type Filling = (variables: readonly Variable[]) => Filled | undefined

/** A variable of a machine. */
export type Variable = Pick<Computed, 'value' | 'isConstant' | 'reads' | 'height'>

/** `size`: of what it came to, before its schema made something of it. */
export type Filled = Sized & { readonly value: Json }

export type Field =
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'scalar'; readonly index: number }
  | { readonly kind: 'list'; readonly items: readonly Field[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [key: string, field: Field])[] }

/** What forms are made of. */
export type FormParts = Pick<Work, 'plain'> & {
  /** The parameter that a name in a layer stands for. */
  readonly parameter: (layer: Layer, name: string, machine: string) => Folded | undefined
}

/** Undefined where there is more to it than a form can hold, or what is the same for all in it is not known. */
export const readForm = (asked: Asked, { constants, common }: SharedValues, parts: FormParts): Form | undefined => {
  const variables: Blank[] = []
  const fillings: Filling[] = []
  let height = 0
  const reach = (above: number): void => {
    height = Math.max(height, above)
  }

  const fieldOf = (folded: Folded, schema: SchemaView, depth: number): Field | undefined => {
    reach(depth)
    const constant = constants.get(folded)
    if (constant?.value !== undefined) {
      reach(depth + constant.height)
      return { kind: 'constant', value: constant.value }
    }
    if (folded.shape === 'scalar') return scalarField(folded, schema, depth)
    if (folded.shape === 'list') {
      const items = folded.items.map(item => fieldOf(item, schema.item(), depth + 1))
      return items.every(item => item !== undefined) ? { kind: 'list', items } : undefined
    }
    const entries: (readonly [string, Field])[] = []
    for (const [key, entry] of folded.entries) {
      const field = fieldOf(entry, schema.child(key), depth + 1)
      if (field === undefined) return undefined
      entries.push([key, field])
    }
    return { kind: 'map', entries }
  }

  const scalarField = (folded: FoldedScalar, schema: SchemaView, depth: number): Field | undefined => {
    const plain = parts.plain(folded, schema)
    if (plain !== undefined) return { kind: 'constant', value: plain }
    const filling = fillingOf(folded, schema, depth)
    if (filling === undefined) return undefined
    fillings.push(filling)
    return { kind: 'scalar', index: fillings.length - 1 }
  }

  const fillingOf = (folded: FoldedScalar, schema: SchemaView, depth: number): Filling | undefined => {
    const { winner } = folded
    const known = common.get(folded)
    if (known !== undefined) return known.asks.length === 0 ? sameForAll(known, winner, schema, depth) : undefined
    const expression = expressionOf(winner)
    const parsed = expression === undefined ? undefined : parseText(expression)
    if (!parsed?.ok) return undefined
    const [first] = parsed.parts
    // It keeps its type, so it is no text, whatever it is.
    if (parsed.parts.length === 1 && typeof first === 'object') return alone(first, winner, schema, depth)
    return schema.quantity() === undefined ? inText(parsed.parts, winner, depth) : undefined
  }

  const sameForAll = (
    { result, height: its }: CommonResult,
    operation: Operation,
    schema: SchemaView,
    depth: number,
  ): Filling | undefined => {
    const filled = read(result, operation, schema)
    reach(depth + its)
    return filled && (() => filled)
  }

  const alone = (part: Reference, operation: Operation, schema: SchemaView, depth: number): Filling | undefined => {
    if (!isBareName(part) || operation.layer.parameters.has(part.name)) return undefined
    const blank = blankFor(part.name, depth)
    const filled = readAlone(operation, schema)
    return variables => filled(variables[blank] as Variable)
  }

  const inText = (written: readonly Part[], operation: Operation, depth: number): Filling | undefined => {
    const texts: (string | number)[] = []
    for (const part of written) {
      const text = typeof part === 'string' ? part : textOrBlank(part, operation, depth)
      if (text === undefined) return undefined
      texts.push(text)
    }
    return variables => {
      let value = ''
      for (const part of texts) {
        const text = typeof part === 'string' ? part : textOf(variables[part]?.value)
        if (text === undefined) return undefined
        value += text
      }
      return { operation, value, size: sizeOf(value) }
    }
  }

  /** A parameter that is no expression is the same for all; a variable has a number. */
  const textOrBlank = (part: Reference, { layer }: Operation, depth: number): string | number | undefined => {
    if (!isBareName(part)) return undefined
    if (!layer.parameters.has(part.name)) return blankFor(part.name, depth)
    const given = parts.parameter(layer, part.name, asked.machine)
    if (given?.shape !== 'scalar') return undefined
    reach(depth + 1)
    return textOf(parts.plain(given, parameterSchema(layer, part.name)))
  }

  const blankFor = (name: string, depth: number): number => {
    const known = variables.findIndex(blank => blank.name === name)
    const index = known < 0 ? variables.length : known
    variables[index] = { name, depth: Math.max(depth, variables[index]?.depth ?? 0) }
    return index
  }

  const field = fieldOf(asked.folded, asked.schema, 0)
  return field && { field, variables, fillings, height }
}

/** One without a fallback, which takes to know that there is no such variable. */
const isBareName = (reference: Reference): reference is Extract<Reference, { kind: 'name' }> =>
  reference.kind === 'name' && reference.fallback === undefined

/** What cannot stand inside a text has none. */
const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'object' || value === undefined ? undefined : String(value)

/** A list or a map that machines share, they share as the schema reads it, too. */
const readAlone = (operation: Operation, schema: SchemaView): ((variable: Variable) => Filled | undefined) => {
  let last: { readonly of: Json; readonly filled: Filled | undefined } | undefined
  return ({ value, isConstant }) => {
    if (value === undefined) return undefined
    if (typeof value !== 'object' || value === null) return read(value, operation, schema)
    if (!isConstant) return undefined
    if (last?.of !== value) last = { of: value, filled: read(value, operation, schema) }
    return last.filled
  }
}

const read = (result: Json, operation: Operation, schema: SchemaView): Filled | undefined => {
  const value = readWhole(result, undefined, schema)
  return value === undefined ? undefined : { operation, value: frozen(value), size: sizeOf(result) }
}

/** As all that machines share. */
const frozen = (value: Json): Json => {
  if (typeof value !== 'object' || value === null) return value
  Object.values(value).forEach(frozen)
  return Object.freeze(value)
}
