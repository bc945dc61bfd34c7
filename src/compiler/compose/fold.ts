// fold: reads, once and at the end, the operations that met under each path. Sorted by strength and then by the order
// of includes, each one does to the result so far what it says; the last one standing is the value's origin. What loses
// on the way is kept, with what it lost to and by which rule: `explain` has nothing to guess.

import { printKey } from '../../model/pointer.js'
import type { Node, Operation } from '../parse/node.js'
import { countTold, type Problems } from '../problems.js'
import type { SchemaView } from '../schema/schema-view.js'
import { apply, type Loss, lossesAt, reportShapes, type Sourced, type Standing, warnOfNothing } from './apply.js'
import type { Ranks } from './beginnings.js'
import { merge } from './merge.js'
import { identifyName } from './parameter-set.js'
import { forgetterOf, inOrder, type Order } from './weight.js'

/** A folded tree: what is declared, its expressions not yet resolved. */
export type Folded = FoldedScalar | FoldedList | FoldedMap
type Common = Story & Sourced
export type FoldedScalar = Common & { readonly shape: 'scalar' }
export type FoldedList = Common & { readonly shape: 'list'; readonly items: readonly Folded[] }
export type FoldedMap = Common & {
  readonly shape: 'map'
  readonly entries: ReadonlyMap<string, Folded>
  /** The keys that were declared and are not there. */
  readonly gone: ReadonlyMap<string, Gone>
}

/** What met under a path where nothing is left of it. */
export type Gone = Story & { readonly shape: 'nothing' }

export type Story = {
  /** Every operation, weakest first. */
  readonly story: readonly Operation[]
  /** Those that are neither a source of the value nor a `!remove` in force. */
  readonly losses: readonly Loss[]
}

/** What the fold of one machine needs to know beside the tree. */
export type FoldContext = {
  readonly machine: string
  readonly ranks: Ranks
  readonly problems: Problems
}

/** Folds a tree; undefined where nothing is left (removed). What machines share of their trees is folded once. */
export const fold = (node: Node, schema: SchemaView, context: FoldContext): Folded | undefined => {
  const told = countTold(context.problems)
  const at = { ...context, problems: told, told, pointer: '', resets: [] }
  const folded = foldedAnywhere(node, schema, at) ?? foldOnce(node, schema, at)
  return folded.shape === 'nothing' ? undefined : folded
}

type At = FoldContext &
  Order & {
    readonly pointer: string
    /** All that is told of this tree, counted. */
    readonly told: { readonly count: () => number }
  }

const isReset = ({ kind }: Operation): boolean => kind === 'remove' || kind === 'replace'

/** The schema by which a node was folded last, and what it came to. */
const known = new WeakMap<Node, { readonly schema: SchemaView; readonly folded: Folded | Gone }>()

/** What a node comes to that is folded alike wherever it stands, where that is known. */
const foldedAnywhere = (node: Node, schema: SchemaView, at: At): Folded | Gone | undefined => {
  if (at.resets.length > 0) return undefined
  if (!hasParts(node)) return foldLeaf(node)
  const last = known.get(node)
  return last?.schema === schema ? last.folded : undefined
}

/**
 * Of a node that two machines have, both have the operations in the same order, so that it folds alike. Not kept is what
 * depends on what stands above it, what there is something to tell of, for that is told of each machine, and what only one machine
 * has: among so many, what machines share would be hard to find, and V8 looks through all of them for garbage.
 */
const foldOnce = (node: Node, schema: SchemaView, at: At): Folded | Gone => {
  if (at.resets.length > 0 || !hasParts(node)) return foldAt(node, schema, at)
  const before = at.told.count()
  const folded = foldAt(node, schema, at)
  if (at.told.count() === before && !isOfOne(node.operations)) known.set(node, { schema, folded })
  return folded
}

/** Most of a tree: what one file says, and nobody else. A scalar alone costs as much to find as to fold. */
const foldLeaf = ({ operations }: Node): Folded | undefined => {
  const [winner] = operations
  if (operations.length !== 1 || winner?.kind !== 'set' || winner.value.shape !== 'scalar') return undefined
  return { shape: 'scalar', winner, sources: operations, story: operations, losses: nothingLost }
}

const nothingLost: readonly Loss[] = []
const nothingGone: ReadonlyMap<string, Gone> = new Map()

/** Whether one machine alone says it, or part of it. */
export const isOfOne = (operations: readonly Operation[]): boolean =>
  operations.some(({ layer }) => layer.isOfOne === true)

const hasParts = ({ operations, keys }: Node): boolean => {
  for (const _ in keys) return true
  return operations.some(({ value }) => value.shape === 'list')
}

const foldAt = (node: Node, schema: SchemaView, at: At): Folded | Gone => {
  const story = inOrder(node.operations, at)
  if (at.resets.length === 0 && story.every(isOfMap)) return foldMap(node, story, schema, at)
  const lastReset = story.findLast(operation => isReset(operation) && forgetterOf(operation, at) === undefined)
  const losses: Loss[] = []
  let toReset = lastReset !== undefined
  let standing: Standing = { shape: 'nothing' }
  for (const operation of story) {
    const forgetter = forgetterOf(operation, at)
    if (forgetter !== undefined) {
      losses.push({ operation, to: forgetter, rule: 'forgotten' })
      continue
    }
    const before = standing
    if (isReset(operation)) {
      if (operation.kind === 'remove' && standing.shape === 'nothing') warnOfNothing(operation, at)
      standing = { shape: 'nothing' }
      if (operation === lastReset) toReset = false
    }
    // What is going to be forgotten clashes with nothing.
    if (operation.kind !== 'remove') standing = apply(standing, operation, schema, toReset ? silently(at) : at)
    losses.push(...lossesAt(before, operation, standing))
  }
  const within = lastReset === undefined ? at : { ...at, resets: [...at.resets, lastReset] }
  if (standing.shape === 'map') return { ...standing, ...foldEntries(node, schema, within), story, losses }
  const stronger = within.resets.length === 0 ? undefined : foldStronger(node, schema, within)
  if (standing.shape === 'nothing') {
    if (stronger === undefined) return { shape: 'nothing', story, losses }
    return { ...stronger, story, losses: losses.filter(({ operation }) => !stronger.sources.includes(operation)) }
  }
  if (stronger !== undefined) reportShapes(standing, leafOf(stronger), at)
  if (standing.shape === 'scalar') return { ...standing, story, losses }
  const { winner, sources, items } = standing
  return { shape: 'list', winner, sources, items: foldItems(items, schema, at), story, losses }
}

const isOfMap = ({ kind, value }: Operation): boolean => kind === 'set' && value.shape === 'map'

/** A map that files only add to: nothing is lost. */
const foldMap = (node: Node, story: readonly Operation[], schema: SchemaView, at: At): Folded | Gone => {
  const winner = story.at(-1)
  if (winner === undefined) return { shape: 'nothing', story, losses: nothingLost }
  const { entries, gone } = foldEntries(node, schema, at)
  return { shape: 'map', winner, sources: story, entries, gone, story, losses: nothingLost }
}

const silently = (at: At): At => ({
  ...at,
  problems: { ...at.problems, error: () => undefined, warning: () => undefined },
})

/** What is below a map that was removed or replaced, and is stronger: it stays, and the map with it. */
const foldStronger = (node: Node, schema: SchemaView, within: At): Omit<FoldedMap, keyof Story> | undefined => {
  const { entries, gone } = foldEntries(node, schema, within)
  const layers = new Set([...entries.values()].map(({ winner }) => winner.layer))
  const sources = node.operations.filter(({ value, layer }) => value.shape === 'map' && layers.has(layer))
  const winner = sources.at(-1)
  return winner && { shape: 'map', winner, sources, entries, gone }
}

const leafOf = ({ entries, winner }: Pick<FoldedMap, 'entries' | 'winner'>): Operation => {
  const [first] = entries.values()
  if (first === undefined) return winner
  return first.shape === 'map' ? leafOf(first) : first.winner
}

/** `x-merge: {key}`: items with the same text under the key are one item, at the first one's place. */
const mergeByKey = (items: readonly Node[], key: string): readonly Node[] => {
  const merged = new Map<string | number, Node>()
  for (const [index, item] of items.entries()) {
    const named = Object.hasOwn(item.keys, key) ? item.keys[key] : undefined
    const name = (named && identifyName(named)) ?? index
    const known = merged.get(name)
    merged.set(name, known === undefined ? bare(item) : merge([known, bare(item)]))
  }
  return [...merged.values()]
}

/** What is below the `!remove` of an item says which one that is, and nothing else. */
const bare = (item: Node): Node =>
  item.operations.some(({ kind }) => kind === 'remove') ? { ...item, keys: {} } : item

const foldItems = (items: readonly Node[], schema: SchemaView, at: At): readonly Folded[] => {
  const rule = schema.mergeRule()
  return (rule.kind === 'key' ? mergeByKey(items, rule.key) : items.map(bare))
    .map((item, index) => foldPart(item, schema.item(), { ...at, resets: [] }, `${index}`))
    .filter(item => item.shape !== 'nothing')
}

const foldPart = (part: Node, schema: SchemaView, at: At, key: string): Folded | Gone =>
  foldedAnywhere(part, schema, at) ?? foldOnce(part, schema, { ...at, pointer: at.pointer + printKey(key) })

const foldEntries = (node: Node, schema: SchemaView, at: At): Pick<FoldedMap, 'entries' | 'gone'> => {
  const entries = new Map<string, Folded>()
  let gone: Map<string, Gone> | undefined
  for (const [key, child] of Object.entries(node.keys)) {
    const folded = foldPart(child, schema.child(key), at, key)
    if (folded.shape !== 'nothing') entries.set(key, folded)
    else gone = (gone ?? new Map<string, Gone>()).set(key, folded)
  }
  return { entries, gone: gone ?? nothingGone }
}
