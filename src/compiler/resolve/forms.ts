// forms: what machines fill in. A list or a map that templates give to many machines is a form where its expressions are variables,
// alone or in a text, and whatever reads parameters alone: read-form.ts finds out once what stands in it, and each machine
// fills in what its variables are. Whatever is not as plain as that, or not known yet, steps.ts computes step by step.
import { type Json, setIn } from '../../model/json.js'
import { isOfOne } from '../compose/fold.js'
import { type Field, type Filled, type Form, type FormParts, readForm, type Variable } from './read-form.js'
import type { SharedValues } from './shared-values.js'
import type { Sizes } from './sizes.js'
import type { Asked, Computed } from './steps.js'
import type { Stage } from './trees.js'

/** What forms are made of and filled in with. */
export type FillParts = FormParts & {
  /** What a variable of a machine is, where it is known; a declared default stands on nothing, its height is -1. */
  readonly variable: (stage: Stage, machine: string, name: string) => Variable | undefined
  readonly sizes: Sizes
}

/**
 * The value of a form for a machine; undefined where it is to be computed step by step, as where more values would stand above each
 * other than there is room for.
 */
export type Fill = (asked: Asked, room: number) => Computed | undefined

export const createForms = (shared: SharedValues, parts: FillParts): Fill => {
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
    if (height > room) return undefined
    const filled: Filled[] = []
    for (const filling of form.fillings) {
      const one = filling(variables)
      if (one === undefined) return undefined
      filled.push(one)
    }
    if (!parts.sizes.addIfWithin(stage, machine, filled)) return undefined
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
