// The story of one place in a tree, with the stories of all that was read for it, however far behind. Part of explain.ts;
// what was read is asked of the resolver, and which operation counts of the fold (chapters.ts).
import { isList, isMap, type Json, sameJson } from '../../model/json.js'
import { parsePointer, printPointer, valueAt } from '../../model/pointer.js'
import type { CompiledSite } from '../compile.js'
import { descend } from '../compose/descend.js'
import type { Folded, Gone } from '../compose/fold.js'
import type { Operation } from '../parse/node.js'
import type { Read } from '../resolve/evaluate.js'
import { loneReference } from '../resolve/written.js'
import { type SchemaView, viewAt, viewSchema } from '../schema/schema-view.js'
import { declarationPlace, declaredDefault, variableSchema } from '../schema/variables.js'
import { type Chapter, chaptersOf, type ToldOperation } from './chapters.js'

export type Told = {
  readonly value?: Json
  /** Of a quantity: what the document counts in. */
  readonly unit?: string
  /** Of a scalar: its text at the place where it was first written, where that is one place. */
  readonly written?: string
  /** Every operation on this path, weakest first. */
  readonly story: readonly Step[]
  /** What was overridden where a list or an expression stood that could have held it. */
  readonly above?: readonly { readonly pointer: string; readonly story: readonly Step[] }[]
}

/** An operation, and what its value was computed or pulled from. */
export type Step = ToldOperation & { readonly reads: readonly Reading[] }

export type Reading = Told & {
  /** `given`: a parameter from the include; `default`: one from its template. `fallback`: what stands behind `:-`. */
  readonly kind: 'given' | 'default' | 'variable' | 'path' | 'fallback'
  /** `RAM`, `ce:/hardware/ram`. */
  readonly name: string
  /** The place within it, as a pointer. */
  readonly below?: string
  /** Its story stands earlier in the explanation. */
  readonly repeated?: true
}

/** A place in a folded tree; `value` and `schema` are those of the whole tree. */
export type Subject = {
  readonly machine: string
  readonly tree: Folded
  readonly value: Json | undefined
  readonly schema: SchemaView
  readonly keys: readonly string[]
}

export type Telling = {
  readonly compiled: CompiledSite
  /** What has been told: places by tree. */
  readonly told: Map<Folded, Set<string>>
}

export const variableSubject = (
  { machines, declarations }: CompiledSite,
  machine: string,
  name: string,
  tree: Folded,
  keys: readonly string[],
): Subject => ({
  machine,
  tree,
  value: machines.resolver.variable(machine, name),
  schema: variableSchema(declarations, name),
  keys,
})

type Located = { readonly folded: Folded | Gone; readonly rest: readonly string[] }

/** As deep into the tree as it goes: to a value, to an expression that may stand for one, or to what was removed. */
export const locate = ({ tree, keys }: Subject): Located | undefined => {
  const found = descend(tree, keys)
  if (found !== undefined) return found
  for (const [index, key] of keys.entries()) {
    const above = descend(tree, keys.slice(0, index))?.folded
    const gone = above?.shape === 'map' ? above.gone.get(key) : undefined
    if (gone !== undefined) return { folded: gone, rest: keys.slice(index + 1) }
  }
  return undefined
}

export const tell = (telling: Telling, subject: Subject): Told => {
  const { schema, keys } = subject
  const value = valueAt(subject.value, keys)
  const found = locate(subject)
  const story = found === undefined ? [] : stepsOf(telling, subject, found)
  const isScalar = value !== undefined && !isMap(value) && !isList(value)
  const unit = isScalar ? viewAt(schema, subject.value, keys).quantity()?.unit : undefined
  const written = isScalar ? writtenAs(value, found?.folded, story) : undefined
  const above = storiesAbove(subject)
  return {
    ...(value !== undefined && { value }),
    ...(unit !== undefined && { unit }),
    ...(written !== undefined && { written }),
    story,
    ...(above.length > 0 && { above }),
  }
}

const stepsOf = (telling: Telling, { machine }: Subject, { folded, rest }: Located): readonly Step[] =>
  chaptersOf(folded).map(({ operation, told }) => ({
    ...told,
    reads: readingsOf(telling, machine, { operation, told }, folded, rest),
  }))

/** What an operation's value was made from; of one that was overridden, only what a parent took from a child. */
const readingsOf = (
  telling: Telling,
  machine: string,
  { operation, told }: Chapter,
  folded: Folded | Gone,
  rest: readonly string[],
): readonly Reading[] => {
  if (operation.pulled !== undefined) return folded.shape === 'map' ? [] : sourceOf(telling, machine, operation)
  if (told.verdict !== 'set by' || folded.shape !== 'scalar') return []
  const below = loneReference(operation) === undefined ? [] : rest
  const reads = telling.compiled.machines.resolver.reads(machine, folded)
  return reads.map(read => readingOf(telling, machine, read, operation, below))
}

const readingOf = (
  telling: Telling,
  machine: string,
  read: Read,
  reader: Operation,
  below: readonly string[],
): Reading => {
  const { compiled } = telling
  const place = below.length === 0 ? {} : { below: printPointer(below) }
  switch (read.kind) {
    case 'fallback':
      return { kind: 'fallback', name: read.name, value: read.text, written: read.text, story: [] }
    case 'path':
      return pathReading(telling, read.machine, [...parsePointer(read.pointer), ...below])
    case 'variable':
      return variableReading(telling, machine, read.name, below)
    case 'parameter': {
      // A template gives no parameters to itself: what stands in its own file is its default.
      const isDefault = read.folded.winner.position.file === reader.position.file
      const value = compiled.machines.resolver.value(machine, read.folded, `\${${read.name}}`, noSchema)
      const subject: Subject = { machine, tree: read.folded, value, schema: noSchema, keys: below }
      return { kind: isDefault ? 'default' : 'given', name: read.name, ...place, ...tellOnce(telling, subject) }
    }
  }
}

const noSchema = viewSchema(undefined)

const pathReading = (telling: Telling, machine: string, keys: readonly string[]): Reading => {
  const { trees, resolver } = telling.compiled.machines
  const tree = trees.enclosed(machine)
  const name = `${machine}:${printPointer(keys)}`
  if (tree === undefined) return { kind: 'path', name, story: [] }
  const subject: Subject = { machine, tree, value: resolver.at(machine, []), schema: resolver.root, keys }
  return { kind: 'path', name, ...tellOnce(telling, subject) }
}

const variableReading = (telling: Telling, machine: string, name: string, keys: readonly string[]): Reading => {
  const { compiled } = telling
  const tree = compiled.machines.trees.variables(machine).get(name)
  const below = keys.length === 0 ? {} : { below: printPointer(keys) }
  const told =
    tree === undefined
      ? declared(compiled, name, keys)
      : tellOnce(telling, variableSubject(compiled, machine, name, tree, keys))
  return { kind: 'variable', name, ...below, ...told }
}

/** Where a parent took a value from: a place in the child, or a variable of the parent. */
const sourceOf = (telling: Telling, machine: string, { pulled }: Operation): readonly Reading[] => {
  const { source, child } = pulled ?? {}
  if (source === undefined || child === undefined || source.kind === 'rule') return []
  if (source.kind === 'child') return [pathReading(telling, child.name, parsePointer(source.pointer))]
  const { machines, declarations } = telling.compiled
  const value = machines.resolver.variable(machine, source.name)
  const isPerChild = declarations.get(source.name)?.perChild === true && isMap(value)
  const own = isPerChild ? [Object.hasOwn(value, child.name) ? child.name : 'default'] : []
  return [variableReading(telling, machine, source.name, [...own, ...parsePointer(source.below ?? '')])]
}

/** The story of a place that many names may lead to. */
const tellOnce = (telling: Telling, subject: Subject): Told & { readonly repeated?: true } => {
  const { tree, keys, value } = subject
  const places = telling.told.get(tree) ?? new Set()
  telling.told.set(tree, places)
  const pointer = printPointer(keys)
  if (places.has(pointer)) return { value: valueAt(value, keys) ?? null, story: [], repeated: true }
  places.add(pointer)
  return tell(telling, subject)
}

export const declared = ({ declarations, site }: CompiledSite, name: string, keys: readonly string[]): Told => {
  const value = valueAt(declaredDefault(declarations, name), keys)
  const declaration = declarations.get(name)
  if (value === undefined || declaration === undefined) return { story: [] }
  const told = { verdict: 'set by', kind: 'set', strength: 'default', written: JSON.stringify(value) } as const
  const place = declarationPlace(name, declaration.file, site)
  return { value, story: [{ ...told, ...place, rule: 'its declared default', reads: [] }] }
}

/** Where the text of a scalar was first written: behind everything that only hands it on. */
const writtenAs = (value: Json, folded: Folded | Gone | undefined, story: readonly Step[]): string | undefined => {
  const counting = story.filter(({ verdict }) => verdict === 'set by')
  const [step] = counting
  if (folded === undefined || folded.shape === 'nothing' || step === undefined || counting.length > 1) return undefined
  const [read] = step.reads
  if (step.pulled !== undefined) return read && sameJson(read.value ?? null, value) ? read.written : undefined
  if (loneReference(folded.winner) !== undefined) return read?.written
  return step.rule === undefined ? step.written : undefined
}

/** A key that is overridden tells its own story; what a list or an expression above it held has none left. */
const storiesAbove = ({ tree, keys }: Subject): NonNullable<Told['above']> =>
  keys.flatMap((_, index) => {
    const path = keys.slice(0, index)
    const found = descend(tree, path)
    if (found === undefined || found.rest.length > 0) return []
    const lost = chaptersOf(found.folded).filter(
      ({ operation, told }) => told.verdict === 'overridden' && operation.value.shape !== 'map',
    )
    const story = lost.map(({ told }) => ({ ...told, reads: [] }))
    return story.length === 0 ? [] : [{ pointer: printPointer(path), story }]
  })
