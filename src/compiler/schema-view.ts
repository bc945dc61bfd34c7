// What the schemas say about one place in a tree: the language asks them how to read a value (text or number, a
// quantity, a list that adds up) before ajv judges the result.
import { isList, isMap, type Json, type JsonMap } from '../model/json.js'
import { valueAt } from '../model/pointer.js'
import type { QuantityKind, QuantitySpec } from '../model/quantity.js'

/** All the schemas that a value at this place may have to fit (several through oneOf, $ref and the like). */
export type SchemaView = {
  readonly child: (key: string) => SchemaView
  readonly item: () => SchemaView
  readonly wantsText: () => boolean
  readonly quantity: () => QuantitySpec | undefined
  readonly mergeRule: () => MergeRule
  /** The keys that may stand here, for near spellings. */
  readonly keys: () => readonly string[]
}

export type MergeRule =
  | { readonly kind: 'replace' }
  | { readonly kind: 'append' }
  | { readonly kind: 'key'; readonly key: string }

/** A view of a whole schema; `undefined` (no schema) says nothing about anything. */
export const viewSchema = (schema: JsonMap | undefined): SchemaView => view(schema === undefined ? [] : expand(schema))

/** The view of a place in a value: what is a list there has items, what is a map has children. */
export const viewAt = (schema: SchemaView, value: Json | undefined, path: readonly string[]): SchemaView =>
  path.reduce((at, key, index) => (isList(valueAt(value, path.slice(0, index))) ? at.item() : at.child(key)), schema)

const view = (schemas: readonly JsonMap[]): SchemaView => ({
  child: key => view(schemas.flatMap(schema => childSchemas(schema, key))),
  item: () => view(schemas.flatMap(({ items }) => (isMap(items) ? expand(items) : []))),
  wantsText: () => {
    const types = schemas.flatMap(typesOf)
    return types.includes('string') && !types.some(type => ['integer', 'number', 'boolean'].includes(type))
  },
  quantity: () => schemas.map(schema => quantityOf(schema['x-quantity'])).find(spec => spec !== undefined),
  mergeRule: () =>
    schemas.map(schema => mergeRuleOf(schema['x-merge'])).find(rule => rule !== undefined) ?? { kind: 'replace' },
  keys: () => [...new Set(schemas.flatMap(({ properties }) => (isMap(properties) ? Object.keys(properties) : [])))],
})

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
