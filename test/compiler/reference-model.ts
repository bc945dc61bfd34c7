// The language's rules of merging a second time, written from their text and from nothing else: every file of a machine
// becomes a flat list of operations, and a value is what the operations at its path and below it say. It is slow and
// keeps no positions; what it shares with the compiler is the words of node.ts. Properties hold the compiler against it.
import type { OperationKind, Strength } from '../../src/compiler/parse/node.js'
import { strengths } from '../../src/compiler/parse/node.js'
import type { Json, JsonMap, Scalar } from '../../src/model/json.js'

/** A value as it is written in a file. A text may hold `${NAME}`; so may the keys of a map. */
export type Written = { readonly kind: OperationKind; readonly strength?: Strength } & (
  | { readonly shape: 'scalar'; readonly value: Scalar }
  | { readonly shape: 'list'; readonly items: readonly Written[] }
  | WrittenEntries
)
type WrittenEntries = { readonly shape: 'map'; readonly entries: readonly (readonly [string, Written])[] }
export type WrittenMap = { readonly kind: OperationKind; readonly strength?: Strength } & WrittenEntries

export type WrittenInclude = {
  readonly template: string
  readonly with?: Readonly<Record<string, Scalar>>
  readonly when?: { readonly name: string; readonly is: boolean }
}

export type WrittenFile = {
  /** With their defaults; undefined where there is none. */
  readonly parameters: Readonly<Record<string, Scalar | undefined>>
  readonly include: readonly WrittenInclude[]
  readonly variables: WrittenMap
  readonly body: WrittenMap
}

export type WrittenSite = {
  /** Of xenclosure.yaml. */
  readonly variables: WrittenMap
  /** The load path, nearest first, each with its templates by name. */
  readonly loadpath: readonly Readonly<Record<string, WrittenFile>>[]
  readonly profile: WrittenFile
}

export type Meaning = {
  readonly value: Json | undefined
  /** `code pointer`, or the code alone where the mistake is in no tree; sorted, each once. */
  readonly found: readonly string[]
}

/** What the schema says of lists that stand under these keys. */
export const addsUp = { added: 'append', named: 'key' } as const
/** The key that names an item under `named`. */
export const nameKey = 'name'

/** One file, with one set of parameters. Its environment says what the names stand for that it was given. */
type Layer = { readonly file: WrittenFile; readonly environment: Environment }
type Environment = ReadonlyMap<string, Given>
type Given = { readonly value: Scalar; readonly environment: Environment }

/** An operation somewhere in the tree; `order` counts the layers. */
type Op = {
  readonly path: readonly string[]
  readonly kind: OperationKind
  readonly strength: number
  readonly order: number
  readonly environment: Environment
  readonly value: Scalar | 'a map' | { readonly items: readonly (readonly Op[])[] }
}

/** What the site's one machine is. */
export const meaningOf = (site: WrittenSite): Meaning => {
  const found = new Set<string>()
  const nothing: Environment = new Map()
  const siteVariables = flatten(site.variables, [], 'plain', 0, nothing, found)

  // "`include` and `when:` may use only parameters and variables set in the profile file itself or in xenclosure.yaml"
  const early = [...siteVariables, ...flatten(site.profile.variables, [], 'plain', 1, nothing, new Set())]
  const holds = ({ name, is }: { name: string; is: boolean }, environment: Environment) =>
    resolve(`\${${name}}`, environment, early, new Set()) === is

  // "includes in the order written, depth first, then the file's own body"; "without `with`, once per machine, at its
  // first place; with `with`, once per distinct set of parameters"
  const layers: Layer[] = []
  const merged = new Set<string>()
  const visit = (file: WrittenFile, environment: Environment, name: string, place: number): void => {
    for (const include of file.include) {
      if (include.when !== undefined && !holds(include.when, environment)) continue
      // "a template that includes its own name gets the next one on the load path"
      const from = include.template === name ? place + 1 : 0
      const next = site.loadpath.findIndex((directory, index) => index >= from && include.template in directory)
      const target = site.loadpath[next]?.[include.template]
      if (target === undefined) throw new Error(`${include.template} is on no load path`)
      const parameters = new Map(
        Object.entries(target.parameters).map(([parameter, otherwise]) => {
          const given = include.with?.[parameter]
          const value =
            given === undefined ? { value: otherwise ?? null, environment: nothing } : { value: given, environment }
          return [parameter, settle(value)]
        }),
      )
      const once = JSON.stringify([next, include.template, ...[...parameters].map(([key, { value }]) => [key, value])])
      if (merged.has(once)) continue
      merged.add(once)
      visit(target, parameters, include.template, next)
    }
    layers.push({ file, environment })
  }
  visit(site.profile, nothing, '', -1)

  const all = (part: 'variables' | 'body') =>
    layers.flatMap(({ file, environment }, index) => flatten(file[part], [], 'plain', index + 1, environment, found))
  const variables = [...siteVariables, ...all('variables')]
  const value = valueAt(all('body'), [], variables, found)
  valueAt(variables, [], variables, found)
  return { value, found: [...found].sort() }
}

/** "passed on only explicitly": a name given for a parameter is the giver's own parameter, else a variable. */
const settle = (given: Given): Given => {
  const [, name] = /^\$\{(\w+)\}$/.exec(String(given.value)) ?? []
  const passedOn = name === undefined ? undefined : given.environment.get(name)
  return passedOn ?? given
}

/** "strength ... on a leaf or on everything below a map"; keys "are filled in before merging". */
const flatten = (
  written: Written,
  path: readonly string[],
  inherited: Strength,
  order: number,
  environment: Environment,
  found: Set<string>,
): readonly Op[] => {
  const strength = written.strength ?? inherited
  const op = { path, kind: written.kind, strength: strengths.indexOf(strength), order, environment }
  switch (written.shape) {
    case 'scalar':
      return [{ ...op, value: written.value }]
    case 'list':
      return [
        { ...op, value: { items: written.items.map(item => flatten(item, [], strength, order, environment, found)) } },
      ]
    case 'map': {
      const keys = written.entries.map(([key]) =>
        key.replace(/\$\{(\w+)\}/g, (_, name: string) => String(environment.get(name)?.value)),
      )
      if (new Set(keys).size < keys.length) found.add('duplicate-key')
      const below = written.entries.flatMap(([, value], index) =>
        flatten(value, [...path, keys[index] ?? ''], strength, order, environment, found),
      )
      return [{ ...op, value: 'a map' }, ...below]
    }
  }
}

const isAtOrBelow = (path: readonly string[], above: readonly string[]): boolean =>
  above.every((key, index) => path[index] === key)
const isAt = (path: readonly string[], other: readonly string[]): boolean =>
  path.length === other.length && isAtOrBelow(path, other)
/** "A set at the strongest level present wins over all weaker ones; within a level later wins, whatever the depth." */
const byWeight = (a: Op, b: Op): number => a.strength - b.strength || a.order - b.order

/**
 * "`!replace` forgets what came before", "`!remove` drops the key": at its path and below it everything of less weight.
 * What the same file writes below a `!replace` is the new value.
 */
const forgets = (reset: Op, op: Op): boolean => {
  if ((reset.kind !== 'remove' && reset.kind !== 'replace') || reset === op || !isAtOrBelow(op.path, reset.path))
    return false
  return reset.order !== op.order && byWeight(reset, op) > 0
}
const counts = (op: Op, ops: readonly Op[]): boolean => !ops.some(other => forgets(other, op) && counts(other, ops))

/** The value at a path, of all operations of a machine; undefined where nothing is left. */
const valueAt = (
  ops: readonly Op[],
  path: readonly string[],
  variables: readonly Op[],
  found: Set<string>,
  base = '',
): Json | undefined => {
  const pointer = base + path.map(key => `/${key}`).join('')
  warnOfNothing(ops, path, pointer, found)
  const here = ops.filter(op => isAt(op.path, path) && counts(op, ops) && op.kind !== 'remove').sort(byWeight)
  const below = ops.filter(op => isAtOrBelow(op.path, path) && op.path.length > path.length)
  const holdsUp = below.some(op => op.kind !== 'remove' && counts(op, ops))
  const entries = [...new Set(below.map(op => op.path[path.length] ?? ''))].map(
    key => [key, valueAt(ops, [...path, key], variables, found, base)] as const,
  )
  const shapes = new Set([...here.map(shapeOf), ...(holdsUp ? ['map'] : [])])
  if (shapes.has('map') && shapes.size > 1) {
    found.add(`merge-shape ${pointer}`)
    return undefined
  }
  if (shapes.has('map'))
    return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined))
  const last = here.at(-1)
  if (last === undefined) return undefined
  const list = listOf(here, path, pointer, found)
  if (list !== undefined)
    return list
      .map((item, index) => valueAt(item, [], variables, found, `${pointer}/${index}`))
      .filter(item => item !== undefined)
  return resolve(last.value as Scalar, last.environment, variables, found)
}

const shapeOf = ({ value }: Op): 'map' | 'list' | 'scalar' => {
  if (value === 'a map') return 'map'
  return typeof value === 'object' && value !== null ? 'list' : 'scalar'
}

/** "removing what is not there warns": nothing is there, or what was has been removed. */
const warnOfNothing = (ops: readonly Op[], path: readonly string[], pointer: string, found: Set<string>): void => {
  const above = ops.filter(op => op.path.length < path.length)
  const story = ops.filter(op => isAt(op.path, path) && counts(op, [...above, op])).sort(byWeight)
  story.forEach((op, index) => {
    const before = story[index - 1]
    if (op.kind === 'remove' && (before === undefined || before.kind === 'remove'))
      found.add(`remove-nothing ${pointer}`)
  })
}

/**
 * "a plain list sets, unless the schema says `x-merge`"; "`!append`, `!prepend` keep include order"; they "apply to the
 * result of the weaker levels". Undefined where a scalar has the last word.
 */
const listOf = (
  here: readonly Op[],
  path: readonly string[],
  pointer: string,
  found: Set<string>,
): readonly (readonly Op[])[] | undefined => {
  const key = path.at(-1) ?? ''
  const rule = key in addsUp ? addsUp[key as keyof typeof addsUp] : 'replace'
  let result: readonly (readonly Op[])[] | undefined
  let isScalar = false
  for (const level of strengths.keys()) {
    let front: readonly (readonly Op[])[] = []
    for (const op of here.filter(one => one.strength === level)) {
      const { kind, value } = op
      const items = typeof value === 'object' && value !== null ? value.items : undefined
      const adds = kind === 'append' || kind === 'prepend' || (kind === 'set' && rule !== 'replace')
      if (items !== undefined && isScalar && adds) found.add(`merge-shape ${pointer}`)
      isScalar = items === undefined
      if (items === undefined || !adds) [result, front] = [items, []]
      else if (kind === 'prepend') [result, front] = [result ?? [], [...front, ...items]]
      else result = [...(result ?? []), ...items]
    }
    if (front.length > 0) result = [...front, ...(result ?? [])]
  }
  return rule === 'key' && result !== undefined ? together(result) : result?.map(bare)
}

/** "`x-merge: {key: name}`": items of the same name are one, at the first one's place. */
const together = (items: readonly (readonly Op[])[]): readonly (readonly Op[])[] => {
  const named = new Map<string | number, readonly Op[]>()
  for (const [index, item] of items.entries()) {
    const written = item.find(op => isAt(op.path, [nameKey]))
    const name =
      written === undefined ? index : String(resolve(written.value as Scalar, written.environment, [], new Set()))
    named.set(name, [...(named.get(name) ?? []), ...bare(item)])
  }
  return [...named.values()]
}

/** What is below an item's `!remove` says which item that is, and nothing else. */
const bare = (item: readonly Op[]): readonly Op[] => (item[0]?.kind === 'remove' ? item.slice(0, 1) : item)

/** "`${NAME}` alone keeps its type; inside a string it is text"; parameters "shadow variables". */
const resolve = (
  value: Scalar,
  environment: Environment,
  variables: readonly Op[],
  found: Set<string>,
): Json | undefined => {
  if (typeof value !== 'string') return value
  const lookUp = (name: string): Json | undefined => {
    const given = environment.get(name)
    if (given !== undefined) return resolve(given.value, given.environment, variables, found)
    const variable = valueAt(variables, [name], variables, new Set())
    if (variable === undefined) found.add('variable-undefined')
    return variable
  }
  const [, alone] = /^\$\{(\w+)\}$/.exec(value) ?? []
  if (alone !== undefined) return lookUp(alone)
  const parts = value.split(/\$\{(\w+)\}/).map((part, index) => (index % 2 === 1 ? lookUp(part) : part))
  return parts.includes(undefined) ? undefined : parts.join('')
}

export type { JsonMap }
