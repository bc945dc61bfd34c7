// What machines share of their values, whichever of them are compiled together: found out for the first, kept for all others of a site.
// It holds as long as the site's files and schemas, and goes with the trees that it is of.
import type { Json } from '../../model/json.js'
import type { Folded } from '../compose/fold.js'
import type { Node } from '../parse/node.js'
import type { Form } from './read-form.js'
import type { Asked, Computed } from './steps.js'

export type SharedValues = {
  /** Lists and maps without expressions. */
  readonly constants: WeakMap<Folded, Computed>
  /** What parameters were folded into. */
  readonly parameters: WeakMap<Node, { readonly folded: Folded | undefined }>
  /** What the expressions of a scalar come to that reads parameters alone. */
  readonly common: WeakMap<Folded, CommonResult>
  /** Lists and maps that machines fill in. A form is made when it is asked for once more: by then, much of it is known. */
  readonly forms: WeakMap<Folded, Form | 'asked for' | 'none'>
}

/** `height`: how high it stands on what it asks for; what is the same for all machines is not among `asks`. */
export type CommonResult = { readonly result: Json; readonly height: number; readonly asks: readonly Asked[] }

export const createSharedValues = (): SharedValues => ({
  constants: new WeakMap(),
  parameters: new WeakMap(),
  common: new WeakMap(),
  forms: new WeakMap(),
})
