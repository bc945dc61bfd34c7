// layer: one file, with one set of parameters, as a tree of operations. The language's own keys (include, variables,
// parameters) are taken out; the rest is configuration. `${NAME}` in keys is filled in here, before anything merges.
import type { Position } from '../../model/diagnostic.js'
import { mapFrom } from '../../model/json.js'
import type { Problems } from '../problems.js'
import { didYouMeanOrOneOf } from '../suggest.js'
import { languageKeys } from './language-keys.js'
import type { Yaml, YamlEntry, YamlMap } from './load.js'
import { emptyNode, type Layer, type Node, type Operation, type Strength } from './node.js'
import { isUntagged, refuseAllButLiteral, untagged } from './tags.js'

export type Include = {
  readonly template: string
  readonly position: Position
  /** Undefined for an include without `with`. */
  readonly parameters: ReadonlyMap<string, Node> | undefined
}

export type BuiltLayer = {
  readonly layer: Layer
  /** One is undefined where it could not be read, which has been reported. */
  readonly includes: readonly (Include | undefined)[]
  readonly variables: Node
  readonly body: Node
}

/** Fills `${NAME}` in keys and template names from what is known before merging; undefined where it reported why not. */
export type FillIn = (text: string, position: Position) => string | undefined
export type FillIns = {
  readonly key: FillIn
  readonly include: FillIn
  /** Whether `when:` holds; undefined where it reported why that cannot be said. */
  readonly condition: (expression: string, position: Position) => boolean | undefined
}
/** For what is not filled in. */
export const asWritten: FillIns = { key: text => text, include: text => text, condition: () => true }
export type Builder = { readonly layer: Layer; readonly fillIn: FillIns; readonly problems: Problems }

/** The operations of a file's body, its variables and its includes, all of the one layer. */
export const buildLayer = (file: YamlMap, builder: Builder): BuiltLayer => {
  const own = (name: string) => file.entries.find(entry => entry.key === name)?.value
  const body = file.entries.filter(entry => !languageKeys.includes(entry.key))
  return {
    layer: builder.layer,
    includes: readIncludes(own('include'), builder),
    variables: buildVariables(own('variables'), builder),
    body: buildNode({ ...file, entries: body }, builder),
  }
}

/** What stands under `variables`, in a file of the site or in xenclosure.yaml. */
export const buildVariables = (yaml: Yaml | undefined, builder: Builder): Node => {
  if (yaml === undefined) return emptyNode
  if (yaml.shape === 'map') return buildNode(yaml, builder)
  const hint = 'variables: { XEN_VG: vg_guests }'
  builder.problems.error('type', 'variables is a map by name', { position: yaml.position, hint })
  return emptyNode
}

/** One value and everything below it; strength is inherited downwards. */
export const buildNode = (yaml: Yaml, builder: Builder, inherited: Strength = 'plain'): Node => {
  const strength = yaml.tag.strength ?? inherited
  const { position, tag } = yaml
  const operation = { kind: tag.kind, strength, position, layer: builder.layer }
  if (tag.kind === 'remove' && !(yaml.shape === 'scalar' && yaml.value === null)) {
    const hint = 'it drops all that stands under its key; to drop a part, say !remove there'
    builder.problems.error('type', '!remove takes no value', { position, hint })
    return emptyNode
  }
  switch (yaml.shape) {
    case 'scalar': {
      const value = { shape: 'scalar', value: yaml.value, source: yaml.source, literal: tag.literal } as const
      return { operations: [{ ...operation, value }], keys: {} }
    }
    case 'list': {
      const items = yaml.items.map(item => buildItem(tag.literal ? literally(item) : item, builder, strength))
      return { operations: [{ ...operation, value: { shape: 'list', items } }], keys: {} }
    }
    case 'map': {
      const map: Operation = { ...operation, value: { shape: 'map' } }
      return { operations: [map], keys: buildEntries(yaml.entries, tag.literal, builder, strength) }
    }
  }
}

/** The value of an item's `!remove` says which item is to go, where the schema tells them apart (`x-merge`). */
const buildItem = (yaml: Yaml, builder: Builder, strength: Strength): Node => {
  if (yaml.tag.kind !== 'remove') return buildNode(yaml, builder, strength)
  const { operations, keys } = buildNode({ ...yaml, tag: { ...yaml.tag, kind: 'set' } }, builder, strength)
  return { operations: operations.map(operation => ({ ...operation, kind: 'remove' })), keys }
}

const buildEntries = (entries: readonly YamlEntry[], literal: boolean, builder: Builder, strength: Strength) => {
  const built = new Map<string, Node>()
  for (const entry of entries) {
    const { position } = entry
    const key = literal ? entry.key : fillInKey(entry, builder)
    if (key === undefined) continue
    const { operations, keys } = buildNode(literal ? literally(entry.value) : entry.value, builder, strength)
    if (built.has(key)) builder.problems.error('duplicate-key', `this key is ${key}, which stands twice`, { position })
    else built.set(key, { operations: operations.map(one => ({ ...one, keyPosition: position })), keys })
  }
  return mapFrom(built)
}

/** What holds for every key of a file (load.ts) holds for what parameters make of one. */
const fillInKey = ({ key, position }: YamlEntry, { fillIn, problems }: Builder): string | undefined => {
  const filled = fillIn.key(key, position)
  if (filled === undefined || !(filled in Object.prototype)) return filled
  problems.error('forbidden-key', `${filled} cannot be a key`, { position, hint: 'choose another name' })
  return undefined
}

/** `!literal` on a list or map holds for everything in it. */
const literally = (yaml: Yaml): Yaml => ({ ...yaml, tag: { ...yaml.tag, literal: true } })

const includeKeys = ['template', 'with', 'when']

const readIncludes = (yaml: Yaml | undefined, builder: Builder): BuiltLayer['includes'] => {
  if (yaml === undefined) return []
  if (yaml.shape !== 'list' || yaml.tag !== untagged) {
    builder.problems.error('type', 'include is a list of templates without a tag', {
      position: yaml.position,
      hint: 'include: [site/defaults]',
    })
    return [undefined]
  }
  return yaml.items.map(item => readInclude(item, builder)).filter(include => include !== 'left out')
}

const readInclude = (item: Yaml, builder: Builder): Include | 'left out' | undefined => {
  const { problems } = builder
  const named = item.shape === 'map' ? item.entries.find(entry => entry.key === 'template')?.value : item
  if (item.tag !== untagged || named?.shape !== 'scalar' || typeof named.value !== 'string' || named.value === '') {
    const hint = 'site/defaults, or { template: storage/volume, with: { NAME: data } }'
    problems.error('type', 'an include is a template, or a map with the key template; it takes no tag', {
      position: item.position,
      hint,
    })
    return undefined
  }
  const template = builder.fillIn.include(named.value, named.position)
  if (template === undefined) return undefined
  if (item.shape !== 'map') return { template, position: named.position, parameters: undefined }
  const unknown = item.entries.filter(entry => !includeKeys.includes(entry.key))
  for (const { key, position } of unknown) {
    const hint = didYouMeanOrOneOf(key, includeKeys)
    problems.error('key-unknown', `unknown key ${key} in an include`, { position, hint })
  }
  const given = item.entries.find(entry => entry.key === 'with')?.value
  const condition = item.entries.find(entry => entry.key === 'when')?.value
  const isSound = item.entries.map(({ value }) => isUntagged(value, problems)).every(Boolean)
  if (unknown.length > 0 || !isSound) return undefined
  const isFollowed = condition === undefined || holds(condition, builder)
  if (isFollowed !== true) return isFollowed === false ? 'left out' : undefined
  return { template, position: named.position, parameters: readParameters(given, builder) }
}

const holds = (condition: Yaml, { fillIn, problems }: Builder): boolean | undefined => {
  if (condition.shape === 'scalar' && condition.value !== null)
    return fillIn.condition(condition.source, condition.position)
  problems.error('type', 'when is an expression', { position: condition.position, hint: 'when: HAS_IPMI' })
  return undefined
}

const readParameters = (yaml: Yaml | undefined, builder: Builder): ReadonlyMap<string, Node> | undefined => {
  if (yaml === undefined) return undefined
  if (yaml.shape === 'map') {
    for (const { value } of yaml.entries) refuseAllButLiteral(value, builder.problems)
    return new Map(yaml.entries.map(entry => [entry.key, buildNode(entry.value, builder)]))
  }
  builder.problems.error('type', 'with is a map of parameters', {
    position: yaml.position,
    hint: 'with: { NAME: data }',
  })
  return undefined
}
