// The node that carries operations and their origins through the merge. Under every path of every file stands a list
// of operations; merging files only lines these lists up, and one fold at the end (fold.ts) reads them.
import type { Source } from '../../model/component.js'
import type { Position } from '../../model/diagnostic.js'
import type { Scalar } from '../../model/json.js'

/** Weakest first. Within a level the later operation wins, across levels the stronger one. */
export const strengths = ['default', 'plain', 'force'] as const
export type Strength = (typeof strengths)[number]

export type OperationKind = 'set' | 'append' | 'prepend' | 'remove' | 'replace'

/** One file as it takes part in a machine: a template, or one set of parameters of a template. */
export type Layer = {
  /** What `include` calls it, or the profile's name. */
  readonly name: string
  /** Where its parameters' values stand: they are lexical to this inclusion. */
  readonly parameters: ReadonlyMap<string, Node>
  /** The types that its template declares for them, where it does. */
  readonly parameterTypes?: ReadonlyMap<string, ParameterType>
  /** Whether no other machine has it: what a profile says, or what is taken from one guest. */
  readonly isOfOne?: boolean
}

/** In the words of JSON Schema. */
export const parameterTypes = ['string', 'integer', 'number', 'boolean', 'array', 'object'] as const
export type ParameterType = (typeof parameterTypes)[number]

export type ScalarValue = {
  readonly shape: 'scalar'
  readonly value: Scalar
  /** The text as it was typed: what a schema that wants a string gets (`1.10`, `0755`). */
  readonly source: string
  /** `!literal`: `${` has no meaning in it. */
  readonly literal: boolean
}
export type ListValue = { readonly shape: 'list'; readonly items: readonly Node[] }
/** That there is a map; its keys are nodes of their own. */
export type MapValue = { readonly shape: 'map' }

export type Operation = {
  readonly kind: OperationKind
  readonly strength: Strength
  readonly value: ScalarValue | ListValue | MapValue
  readonly position: Position
  /** Of the key that it stands under. */
  readonly keyPosition?: Position
  readonly layer: Layer
  /** Of what no file of the machine says. The position is then that of the source. */
  readonly pulled?: Pulled
}

/** Where a value comes from that a component took from a child, or was told of a move. */
export type Pulled = {
  /** In words: `ce:/hardware/ram`, `variable XEN_RAM`, `its name`. */
  readonly from: string
  /** What is told of a move has none. */
  readonly source?: Source
  /** Of the child that is pulled from: its name, and the parent's line that encloses it. */
  readonly child?: { readonly name: string; readonly position: Position }
  /** The guest whose move it tells of. */
  readonly moving?: string
}

export type Node = {
  readonly operations: readonly Operation[]
  readonly keys: { readonly [key: string]: Node }
}

export const emptyNode: Node = { operations: [], keys: {} }
