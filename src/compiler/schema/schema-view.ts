// What the schemas say about one place in a tree: the language asks them how to read a value (text or number, a
// quantity, a list that adds up) before ajv judges the result.
import { isList, isMap, type Json, type JsonMap } from '../../model/json.js'
import { valueAt } from '../../model/pointer.js'
import type { QuantityKind, QuantitySpec } from '../../model/quantity.js'

/** All the schemas that a value at this place may have to fit (several through oneOf, $ref and the like). */
export type SchemaView = {
  readonly child: (key: string) => SchemaView
  readonly item: () => SchemaView
  readonly wantsText: () => boolean
  readonly quantity: () => QuantitySpec | undefined
  readonly mergeRule: () => MergeRule
  /** The keys that may stand here, for near spellings. */
  readonly keys: () => readonly string[]
  /** Whether no value may have this key. */
  readonly refuses: (key: string) => boolean
}

export type MergeRule =
  | { readonly kind: 'replace' }
  | { readonly kind: 'append' }
  | { readonly kind: 'key'; readonly key: string }

/**
 * A view of a whole schema; `undefined` (no schema) says nothing about anything. The same schema, and the same place in
 * it, always has the same view.
 */
export const viewSchema = (schema: JsonMap | undefined): SchemaView => {
  if (schema === undefined) return nothingSaid
  const known = views.get(schema) ?? view(expand(schema))
  views.set(schema, known)
  return known
}

const views = new WeakMap<JsonMap, SchemaView>()

/** The view of a place in a value: what is a list there has items, what is a map has children. */
export const viewAt = (schema: SchemaView, value: Json | undefined, path: readonly string[]): SchemaView =>
  path.reduce((at, key, index) => (isList(valueAt(value, path.slice(0, index))) ? at.item() : at.child(key)), schema)

const view = (schemas: readonly JsonMap[]): SchemaView => {
  const named = new Map<string, SchemaView>()
  const others = new Map<string, SchemaView>()
  let roles: Roles | undefined
  let items: SchemaView | undefined
  const types = schemas.flatMap(typesOf)
  const wantsText = types.includes('string') && !types.some(type => ['integer', 'number', 'boolean'].includes(type))
  const quantity = schemas.map(schema => quantityOf(schema['x-quantity'])).find(spec => spec !== undefined)
  const mergeRule: MergeRule = schemas
    .map(schema => mergeRuleOf(schema['x-merge']))
    .find(rule => rule !== undefined) ?? { kind: 'replace' }
  return {
    child: key => {
      roles ??= rolesIn(schemas)
      const isNamed = roles.names.has(key)
      const children = isNamed ? named : others
      const role = isNamed ? key : roles.patternsOf(key)
      const known = children.get(role)
      if (known !== undefined) return known
      const child = view(schemas.flatMap(schema => childSchemas(schema, key)))
      children.set(role, child)
      return child
    },
    item: () => {
      items ??= view(schemas.flatMap(({ items }) => (isMap(items) ? expand(items) : [])))
      return items
    },
    wantsText: () => wantsText,
    quantity: () => quantity,
    mergeRule: () => mergeRule,
    keys: () => [...new Set(schemas.flatMap(({ properties }) => (isMap(properties) ? Object.keys(properties) : [])))],
    refuses: key =>
      schemas.some(({ additionalProperties }) => additionalProperties === false) &&
      schemas.every(schema => childSchemas(schema, key).length === 0),
  }
}

/** What tells keys apart: a property by its name, all others by the patterns that they match. There are few of these. */
type Roles = { readonly names: ReadonlySet<string>; readonly patternsOf: (key: string) => string }

const rolesIn = (schemas: readonly JsonMap[]): Roles => {
  const names = new Set(schemas.flatMap(({ properties }) => (isMap(properties) ? Object.keys(properties) : [])))
  const patterns = schemas.flatMap(({ patternProperties }) =>
    isMap(patternProperties) ? Object.keys(patternProperties).map(pattern => new RegExp(pattern, 'u')) : [],
  )
  return { names, patternsOf: key => patterns.reduce((role, pattern) => role + (pattern.test(key) ? '1' : '0'), '') }
}

/** A schema and every alternative in it. `$ref` has been replaced before (schemas.ts). */
const expand = (schema: JsonMap): readonly JsonMap[] => {
  const alternatives = ['allOf', 'anyOf', 'oneOf'].flatMap(word => (schema[word] ?? []) as readonly Json[])
  return [schema, ...alternatives.filter(isMap).flatMap(expand)]
}

const childSchemas = (schema: JsonMap, key: string): readonly JsonMap[] => {
  const { properties, patternProperties, additionalProperties } = schema
  const named = isMap(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined
  if (isMap(named)) return expand(named)
  const patterns = isMap(patternProperties) ? Object.entries(patternProperties) : []
  const matching = patterns.filter(([pattern]) => new RegExp(pattern, 'u').test(key)).map(([, child]) => child)
  return (matching.length > 0 ? matching : [additionalProperties]).filter(isMap).flatMap(expand)
}

const typesOf = ({ type = [] }: JsonMap): readonly string[] => [type].flat().map(String)

const quantityOf = (spec: Json | undefined): QuantitySpec | undefined =>
  isMap(spec) ? { kind: spec.kind as QuantityKind, unit: String(spec.unit) } : undefined

const mergeRuleOf = (rule: Json | undefined): MergeRule | undefined => {
  if (rule === 'append') return { kind: 'append' }
  return isMap(rule) ? { kind: 'key', key: String(rule.key) } : undefined
}

const nothingSaid = view([])
