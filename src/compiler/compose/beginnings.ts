// beginnings: what machines have in common whose profiles begin with the same includes: their layers in the order of includes,
// and what these come to together. Part of include.ts, which finds them.

import type { BuiltLayer } from '../parse/layer.js'
import type { Layer, Node } from '../parse/node.js'
import type { Inclusion } from './include.js'
import type { Step } from './templates.js'

/** Layers that are the same for every machine that begins with them. */
export type Beginning = {
  readonly ranks: ReadonlyMap<Layer, number>
  /** What its templates, each with its parameters, are known by: each is taken once. */
  readonly keys: ReadonlySet<string>
  readonly variables: Node
  readonly body: Node
  /** By the template that a profile includes next. */
  readonly next: Map<string, NextBeginning>
}

export type NextBeginning = {
  readonly beginning: Beginning
  /** What is included: first the template itself, at the line of the first profile that has it here. */
  readonly inclusions: readonly Inclusion[]
}

/** The place of a layer in the order of includes: what decides who is later. */
export type Ranks = Pick<ReadonlyMap<Layer, number>, 'get'>

export const firstBeginning = ({ layer, variables, body }: Omit<BuiltLayer, 'includes'>): Beginning => ({
  ranks: new Map([[layer, 0]]),
  keys: new Set(),
  variables,
  body,
  next: new Map(),
})

/** The layers of some steps behind a beginning; `merge` computes the same pair of trees once. */
export const prolong = (
  before: Beginning,
  steps: readonly Step[],
  keys: Iterable<string>,
  merge: (first: Node, second: Node) => Node,
): Beginning => ({
  ranks: new Map([...before.ranks, ...ranksOf(steps, before.ranks.size)]),
  keys: new Set([...before.keys, ...keys]),
  variables: steps.reduce((tree, { layer }) => merge(tree, layer.variables), before.variables),
  body: steps.reduce((tree, { layer }) => merge(tree, layer.body), before.body),
  next: new Map(),
})

/** The places of a beginning, and of the steps behind it. */
export const ranksAfter = ({ ranks }: Beginning, steps: readonly Step[]): Ranks => {
  const own = ranksOf(steps, ranks.size)
  return { get: layer => own.get(layer) ?? ranks.get(layer) }
}

const ranksOf = (steps: readonly Step[], first: number): ReadonlyMap<Layer, number> =>
  new Map(steps.map(({ layer: { layer } }, index) => [layer, first + index]))
