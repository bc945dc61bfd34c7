// forms: what machines fill in. A map or a list that templates give to many machines, whose expressions are names alone (of
// parameters that are constants, of variables), is a form: what stands in it, and where which variable, is found out once, and each
// machine fills in what its variables are. Whatever is not as plain as that, or not known yet, steps.ts computes step by step.
import { type Json, setIn } from '../../model/json.js'
import { type Folded, type FoldedScalar, isOfOne } from '../compose/fold.js'
import { parameterSchema } from '../compose/parameters.js'
import { type Part, parseText, type Reference } from '../parse/expression.js'
import type { Layer } from '../parse/node.js'
import { readBySchema } from '../schema/read-by-schema.js'
import type { SchemaView } from '../schema/schema-view.js'
import type { Common, SharedValues } from './shared-values.js'
import { maxComputed, sizeUpTo } from './size.js'
import type { Asked, Computed, Work } from './steps.js'
import type { Stage } from './trees.js'
import { expressionOf } from './written.js'

/** What forms are made of and filled in with; nothing of it is computed for them. */
export type FormParts = Pick<Work, 'plain'> & {
  /** The parameter that a name in a layer stands for. */
  readonly parameter: (layer: Layer, name: string, machine: string) => Folded | undefined
  /** A variable of a machine, where it is known. */
  readonly variable: (stage: Stage, machine: string, name: string) => Filling | undefined
  /** Counts what the expressions of a machine stand for; nothing where that is too much. */
  readonly fits: (stage: Stage, machine: string, size: number) => boolean
}

/** What a variable is. A declared default is no value among others: its height is -1. */
export type Filling = Pick<Computed, 'isConstant' | 'reads' | 'height'> & { readonly value: Json }

/** `size`, `height`: of what is the same for all. */
export type Form = {
  readonly field: Field
  readonly blanks: readonly Blank[]
  readonly size: number
  readonly height: number
}

/** What a variable fills in: so often in texts, or alone, where its schema says how it is read; at most so deep below the form. */
type Blank = {
  readonly name: string
  readonly read: (filling: Filling) => Read | undefined
  depth: number
  uses: number
}

/** What a blank is filled in with, and how much of it there is before its schema made something of it. */
type Read = { readonly value: Json; readonly size: number }

/** Blanks are known by their numbers. */
type Field =
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'alone'; readonly blank: number }
  | { readonly kind: 'text'; readonly parts: readonly (string | number)[] }
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
    const values: Json[] = []
    let { size, height } = form
    for (const { name, depth, uses, read } of form.blanks) {
      const filling = parts.variable(stage, machine, name)
      const its = filling === undefined || filling.reads !== undefined ? undefined : read(filling)
      if (filling === undefined || its === undefined) return undefined
      values.push(its.value)
      size += uses * its.size
      height = Math.max(height, depth + filling.height + 1)
    }
    if (height > room || !parts.fits(stage, machine, size)) return undefined
    const value = filledIn(form.field, values)
    return { value, isConstant: false, isOfMachine: values.length > 0, reads: undefined, height }
  }
}

const filledIn = (field: Field, values: readonly Json[]): Json => {
  switch (field.kind) {
    case 'constant':
      return field.value
    case 'alone':
      return values[field.blank] as Json
    case 'text':
      return field.parts.map(part => (typeof part === 'string' ? part : values[part])).join('')
    case 'list':
      return field.items.map(item => filledIn(item, values))
    case 'map': {
      const map: Record<string, Json> = {}
      for (const [key, entry] of field.entries) setIn(map, key, filledIn(entry, values))
      return map
    }
  }
}

/** Undefined where there is more to it than names, or what is constant in it is not known. */
const readForm = (asked: Asked, { constants, common }: SharedValues, parts: FormParts): Form | undefined => {
  const blanks: Blank[] = []
  let size = 0
  let height = 0

  const fieldOf = (folded: Folded, schema: SchemaView, depth: number): Field | undefined => {
    const constant = constants.get(folded)
    if (constant?.value !== undefined) return sameForAll(constant.value, depth + constant.height)
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
    if (plain !== undefined) return sameForAll(plain, depth)
    const its = common.get(folded)
    if (its !== undefined) return its.asks.length === 0 ? commonField(its, schema, depth) : undefined
    const parsed = parseText(expressionOf(folded.winner) ?? '')
    if (!parsed.ok) return undefined
    const [first] = parsed.parts
    if (parsed.parts.length === 1 && isName(first) && parameter(folded, first.name) === undefined)
      return blankAlone(first.name, schema, depth)
    return schema.quantity() === undefined ? textField(folded, parsed.parts, depth) : undefined
  }

  const commonField = ({ result, height }: Common, schema: SchemaView, depth: number): Field | undefined => {
    size += sizeUpTo(result, maxComputed)
    const value = readBySchema(result, undefined, schema, () => undefined)
    return value === undefined ? undefined : sameForAll(value, depth + height)
  }

  const sameForAll = (value: Json, its: number): Field => {
    height = Math.max(height, its)
    return { kind: 'constant', value }
  }

  const parameter = ({ winner }: FoldedScalar, name: string): Folded | undefined =>
    parts.parameter(winner.layer, name, asked.machine)

  const blankAlone = (name: string, schema: SchemaView, depth: number): Field => {
    blanks.push({ name, depth, uses: 1, read: readAlone(schema) })
    return { kind: 'alone', blank: blanks.length - 1 }
  }

  const blankInText = (name: string, depth: number): number => {
    const known = blanks.find(blank => blank.name === name && blank.read === readInText)
    const blank = known ?? { name, depth, uses: 0, read: readInText }
    if (known === undefined) blanks.push(blank)
    blank.uses += 1
    blank.depth = Math.max(blank.depth, depth)
    return blanks.indexOf(blank)
  }

  const textField = (folded: FoldedScalar, written: readonly Part[], depth: number): Field | undefined => {
    const its: (string | number)[] = []
    size += 1
    for (const part of written) {
      const text = isName(part) ? textOrBlank(part.name, folded, depth) : part
      if (typeof text === 'object' || text === undefined) return undefined
      its.push(text)
    }
    for (const part of its) if (typeof part === 'string') size += part.length
    return { kind: 'text', parts: its }
  }

  /** A parameter that is no expression is the same for all. */
  const textOrBlank = (name: string, folded: FoldedScalar, depth: number): string | number | undefined => {
    const given = parameter(folded, name)
    if (given === undefined) return blankInText(name, depth)
    if (given.shape !== 'scalar') return undefined
    height = Math.max(height, depth + 1)
    return textOf(parts.plain(given, parameterSchema(folded.winner.layer, name)))
  }

  const field = fieldOf(asked.folded, asked.schema, 0)
  return field && { field, blanks, size, height }
}

type Name = Extract<Reference, { kind: 'name' }>

/** A fallback needs to know whether there is a variable. */
const isName = (part: Part | undefined): part is Name =>
  typeof part === 'object' && part.kind === 'name' && part.fallback === undefined

const readInText = ({ value }: Filling): Read | undefined => {
  const text = textOf(value)
  return text === undefined ? undefined : { value: text, size: text.length }
}

/** What cannot stand inside a text has none. */
const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'object' || value === undefined ? undefined : String(value)

/** A list or a map that machines share, they share as the schema reads it, too. */
const readAlone = (schema: SchemaView): Blank['read'] => {
  let last: { readonly of: Json; readonly read: Read | undefined } | undefined
  const read = (value: Json): Read | undefined => {
    let isReadable = true
    const its = readBySchema(value, undefined, schema, () => {
      isReadable = false
    })
    if (its === undefined || !isReadable) return undefined
    return { value: Object.freeze(its), size: sizeUpTo(value, maxComputed) }
  }
  return ({ value, isConstant }) => {
    if (typeof value !== 'object' || value === null) return read(value)
    if (!isConstant) return undefined
    if (last?.of !== value) last = { of: value, read: read(value) }
    return last.read
  }
}
