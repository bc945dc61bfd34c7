// forms: what machines fill in. A list or a map that templates give to many machines is a form where its expressions are variables,
// alone or in a text, and whatever reads parameters alone: what stands in it, and which variable where, is found out once, and each
// machine fills in what its variables are. Whatever is not as plain as that, or not known yet, steps.ts computes step by step.
import { type Json, setIn } from '../../model/json.js'
import { type Folded, type FoldedScalar, isOfOne } from '../compose/fold.js'
import { parameterSchema } from '../compose/parameters.js'
import { type Part, parseText, type Reference } from '../parse/expression.js'
import type { Layer } from '../parse/node.js'
import { readWhole } from '../schema/read-by-schema.js'
import type { SchemaView } from '../schema/schema-view.js'
import type { CommonResult, SharedValues } from './shared-values.js'
import { type Sizes, sizeOf } from './sizes.js'
import type { Asked, Computed, Work } from './steps.js'
import type { Stage } from './trees.js'
import { expressionOf } from './written.js'

/** What forms are made of and filled in with. */
export type FormParts = Pick<Work, 'plain'> & {
  /** The parameter that a name in a layer stands for. */
  readonly parameter: (layer: Layer, name: string, machine: string) => Folded | undefined
  /** What a variable of a machine is, where it is known; a declared default stands on nothing, its height is -1. */
  readonly variable: (stage: Stage, machine: string, name: string) => Variable | undefined
  readonly sizes: Sizes
}

export type Variable = Pick<Computed, 'value' | 'isConstant' | 'reads' | 'height'>

export type Form = {
  readonly field: Field
  readonly variables: readonly Blank[]
  /** Those that hold expressions, in their order, and what each comes to. */
  readonly scalars: readonly FoldedScalar[]
  readonly fillings: readonly Filling[]
  /** Of what is the same for all. */
  readonly height: number
}

/** A variable that is read, at most so deep below the form. */
type Blank = { readonly name: string; readonly depth: number }

/** What a scalar comes to, given the variables of the form; undefined where it cannot be read. */
type Filling = (variables: readonly Variable[]) => Filled | undefined

/** `size`: of what it came to, before its schema made something of it. */
type Filled = { readonly value: Json; readonly size: number }

type Field =
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'scalar'; readonly index: number }
  | { readonly kind: 'list'; readonly items: readonly Field[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [key: string, field: Field])[] }

/**
 * The value of a form for a machine; undefined where it is to be computed step by step, as where more values would stand above each
 * other than there is room for.
 */
export type Fill = (asked: Asked, room: number) => Computed | undefined

export const createForms = (shared: SharedValues, parts: FormParts): Fill => {
  const { forms } = shared

  const formOf = (asked: Asked): Form | undefined => {
    const { folded } = asked
    const known = forms.get(folded)
    if (known === undefined) forms.set(folded, 'asked for')
    if (known !== 'asked for') return known === 'none' ? undefined : known
    const form = readForm(asked, shared, parts)
    forms.set(folded, form ?? 'none')
    return form
  }

  return (asked, room) => {
    const { stage, machine, folded } = asked
    const form = folded.shape === 'scalar' || isOfOne(folded.story) ? undefined : formOf(asked)
    if (form === undefined) return undefined
    const variables: Variable[] = []
    let { height } = form
    for (const { name, depth } of form.variables) {
      const variable = parts.variable(stage, machine, name)
      if (variable === undefined || variable.reads !== undefined) return undefined
      variables.push(variable)
      height = Math.max(height, depth + variable.height + 1)
    }
    const filled: Filled[] = []
    for (const filling of form.fillings) {
      const one = filling(variables)
      if (one === undefined) return undefined
      filled.push(one)
    }
    const sizes = filled.map(({ size }) => size)
    if (height > room || !parts.sizes.addIfWithin(stage, machine, form.scalars, sizes)) return undefined
    const value = valueIn(form.field, filled)
    return { value, isConstant: false, isOfMachine: variables.length > 0, reads: undefined, height }
  }
}

const valueIn = (field: Field, filled: readonly Filled[]): Json => {
  switch (field.kind) {
    case 'constant':
      return field.value
    case 'scalar':
      return filled[field.index]?.value as Json
    case 'list':
      return field.items.map(item => valueIn(item, filled))
    case 'map': {
      const map: Record<string, Json> = {}
      for (const [key, entry] of field.entries) setIn(map, key, valueIn(entry, filled))
      return map
    }
  }
}

/** Undefined where there is more to it than a form can hold, or what is the same for all in it is not known. */
const readForm = (asked: Asked, { constants, common }: SharedValues, parts: FormParts): Form | undefined => {
  const variables: Blank[] = []
  const scalars: FoldedScalar[] = []
  const fillings: Filling[] = []
  let height = 0

  const fieldOf = (folded: Folded, schema: SchemaView, depth: number): Field | undefined => {
    const constant = constants.get(folded)
    if (constant?.value !== undefined) return constantField(constant.value, depth + constant.height)
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

  const constantField = (value: Json, above: number): Field => {
    height = Math.max(height, above)
    return { kind: 'constant', value }
  }

  const scalarField = (folded: FoldedScalar, schema: SchemaView, depth: number): Field | undefined => {
    const plain = parts.plain(folded, schema)
    if (plain !== undefined) return constantField(plain, depth)
    const filling = fillingOf(folded, schema, depth)
    if (filling === undefined) return undefined
    scalars.push(folded)
    fillings.push(filling)
    return { kind: 'scalar', index: fillings.length - 1 }
  }

  const fillingOf = (folded: FoldedScalar, schema: SchemaView, depth: number): Filling | undefined => {
    const known = common.get(folded)
    if (known !== undefined) return known.asks.length === 0 ? sameForAll(known, schema, depth) : undefined
    const expression = expressionOf(folded.winner)
    const parsed = expression === undefined ? undefined : parseText(expression)
    if (!parsed?.ok) return undefined
    const [first] = parsed.parts
    // It keeps its type, so it is no text, whatever it is.
    if (parsed.parts.length === 1 && typeof first === 'object') return alone(first, folded, schema, depth)
    return schema.quantity() === undefined ? inText(parsed.parts, folded, depth) : undefined
  }

  const sameForAll = (
    { result, height: its }: CommonResult,
    schema: SchemaView,
    depth: number,
  ): Filling | undefined => {
    const value = readWhole(result, undefined, schema)
    if (value === undefined) return undefined
    height = Math.max(height, depth + its)
    const filled = { value: frozen(value), size: sizeOf(result) }
    return () => filled
  }

  const alone = (part: Reference, folded: FoldedScalar, schema: SchemaView, depth: number): Filling | undefined => {
    if (!isBareName(part) || folded.winner.layer.parameters.has(part.name)) return undefined
    const blank = blankFor(part.name, depth)
    const read = readAlone(schema)
    return variables => read(variables[blank] as Variable)
  }

  const inText = (written: readonly Part[], folded: FoldedScalar, depth: number): Filling | undefined => {
    const texts: (string | number)[] = []
    for (const part of written) {
      const text = typeof part === 'string' ? part : textOrBlank(part, folded, depth)
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
      return { value, size: sizeOf(value) }
    }
  }

  /** A parameter that is no expression is the same for all; a variable has a number. */
  const textOrBlank = (part: Reference, { winner }: FoldedScalar, depth: number): string | number | undefined => {
    if (!isBareName(part)) return undefined
    if (!winner.layer.parameters.has(part.name)) return blankFor(part.name, depth)
    const given = parts.parameter(winner.layer, part.name, asked.machine)
    if (given?.shape !== 'scalar') return undefined
    height = Math.max(height, depth + 1)
    return textOf(parts.plain(given, parameterSchema(winner.layer, part.name)))
  }

  const blankFor = (name: string, depth: number): number => {
    const known = variables.findIndex(blank => blank.name === name)
    const index = known < 0 ? variables.length : known
    variables[index] = { name, depth: Math.max(depth, variables[index]?.depth ?? 0) }
    return index
  }

  const field = fieldOf(asked.folded, asked.schema, 0)
  return field && { field, variables, scalars, fillings, height }
}

/** One without a fallback, which takes to know that there is no such variable. */
const isBareName = (reference: Reference): reference is Extract<Reference, { kind: 'name' }> =>
  reference.kind === 'name' && reference.fallback === undefined

/** What cannot stand inside a text has none. */
const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'object' || value === undefined ? undefined : String(value)

/** A list or a map that machines share, they share as the schema reads it, too. */
const readAlone = (schema: SchemaView): ((variable: Variable) => Filled | undefined) => {
  let last: { readonly of: Json; readonly filled: Filled | undefined } | undefined
  const read = (value: Json): Filled | undefined => {
    const its = readWhole(value, undefined, schema)
    return its === undefined ? undefined : { value: frozen(its), size: sizeOf(value) }
  }
  return ({ value, isConstant }) => {
    if (value === undefined) return undefined
    if (typeof value !== 'object' || value === null) return read(value)
    if (!isConstant) return undefined
    if (last?.of !== value) last = { of: value, filled: read(value) }
    return last.filled
  }
}

/** As all that machines share. */
const frozen = (value: Json): Json => {
  if (typeof value !== 'object' || value === null) return value
  Object.values(value).forEach(frozen)
  return Object.freeze(value)
}
