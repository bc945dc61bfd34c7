// schema: one JSON schema of profiles and templates, for editors. It is the document's schemas, made lax: a file is a
// part of a machine, so nothing is required of it; an expression may stand anywhere; and an editor hands over a value
// with a tag as text. Draft 7, which every editor knows.
import { createAjv } from '../../model/ajv.js'
import { isList, isMap, type Json, type JsonMap } from '../../model/json.js'
import { parsePointer, valueAt } from '../../model/pointer.js'
import { type QuantityKind, units } from '../../model/quantity.js'
import type { Problems } from '../problems.js'
import { documentSchema, readSchemas } from '../schema/schemas.js'
import { declareVariables, type VariableDeclaration, type VariableDeclarations } from '../schema/variables.js'
import type { Site } from '../site/site.js'

/** What may stand in the files of a site, its own components and variables included. */
export const editorSchema = (site: Site, problems: Problems): JsonMap => {
  const ajv = createAjv()
  const schemas = readSchemas(site, () => ajv, problems)
  const declarations = declareVariables(site, () => ajv, problems)
  const whole = documentSchema(schemas)
  const part = (pointer: string): JsonMap => valueAt(whole, parsePointer(`properties${pointer}`)) as JsonMap
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A profile or template of a Xenclosure site',
    ...closed({
      include,
      parameters,
      variables: { description: 'Variables of the machine, by name.', ...closed(variableSchemas(declarations)) },
      hardware: laxly(part('/hardware')),
      system: laxly(part('/system')),
      software: {
        description: 'What runs on the machine.',
        ...closed({
          ...laxEach(part('/software/properties')),
          components: {
            description: 'What manages the machine.',
            ...closed(laxEach(part('/software/properties/components/properties'))),
          },
        }),
      },
    }),
  }
}

const closed = (properties: JsonMap): JsonMap => ({
  type: 'object',
  additionalProperties: false,
  properties,
  patternProperties: keyWithExpression,
})

const include: JsonMap = {
  description: 'Templates, by their paths on the load path; merged in this order, before the file itself.',
  type: 'array',
  items: {
    anyOf: [
      { type: 'string' },
      {
        type: 'object',
        additionalProperties: false,
        required: ['template'],
        properties: {
          template: { description: 'Its path on the load path, without .yaml.', type: 'string' },
          with: { description: 'Its parameters, by name.', type: 'object' },
          when: { description: 'A condition (CEL): included only where it holds.', type: ['string', 'boolean'] },
        },
      },
    ],
  },
}

const parameters: JsonMap = {
  description: 'Of a template: what `with` gives it.',
  type: 'object',
  additionalProperties: {
    type: 'object',
    additionalProperties: false,
    properties: {
      type: { description: 'The type of its value.', type: 'string' },
      default: { description: 'Its value where none is given; without one, it must be given.' },
      doc: { description: 'What it is for.', type: 'string' },
    },
  },
}

const variableSchemas = (declarations: VariableDeclarations): JsonMap =>
  Object.fromEntries([...declarations].map(([name, declaration]) => [name, variableSchema(declaration)]))

const variableSchema = ({ one, perChild, doc }: VariableDeclaration): JsonMap => {
  const schema = laxly(one)
  if (!perChild) return { ...schema, description: doc }
  return { description: `${doc} One for all, or by child, with \`default\`.`, anyOf: [schema, byChild(schema)] }
}

const byChild = (schema: JsonMap): JsonMap => ({ type: 'object', additionalProperties: schema })

/** `${` somewhere, or nothing: what is left of `!remove`. */
const expression = '^$|\\$\\{'
const keyWithExpression: JsonMap = { '\\$\\{': {} }

/** A part of what the schema describes, as a file may write it. Checks of a whole (`required`, `if`, ...) are left out. */
const laxly = (schema: JsonMap): JsonMap => {
  const { title, description, minimum, maximum, properties, patternProperties, additionalProperties, items } = schema
  const values = schema.const === undefined ? schema.enum : [schema.const]
  const alternatives = ['anyOf', 'oneOf'].flatMap(word => maps(schema[word]))
  const all = maps(schema.allOf)
  return defined({
    title,
    description,
    minimum,
    maximum,
    ...(values === undefined
      ? laxType(schema)
      : { anyOf: [{ enum: values }, { type: 'string', pattern: expression }] }),
    ...laxKeys(schema.propertyNames),
    properties: isMap(properties) ? laxEach(properties) : undefined,
    patternProperties:
      additionalProperties === false || isMap(patternProperties)
        ? { ...laxEach(patternProperties), ...keyWithExpression }
        : undefined,
    additionalProperties: isMap(additionalProperties) ? laxly(additionalProperties) : additionalProperties,
    items: isMap(items) ? laxly(items) : undefined,
    ...(alternatives.length > 0 ? { anyOf: alternatives.map(laxly) } : {}),
    ...(all.length > 0 ? { allOf: all.map(laxly) } : {}),
  })
}

const laxEach = (schemas: Json | undefined): JsonMap =>
  Object.fromEntries(
    Object.entries(isMap(schemas) ? schemas : {}).map(([key, schema]) => [key, isMap(schema) ? laxly(schema) : {}]),
  )

/** Whatever is wanted, text that holds an expression will do; where text is wanted, a number is taken as it was typed. */
const laxType = (schema: JsonMap): Partial<JsonMap> => {
  const types = [schema.type ?? []].flat().map(String)
  if (types.length === 0) return {}
  if (!types.includes('string')) {
    const texts = [expression, ...types.flatMap(type => textOf(type, schema))]
    return { type: [...types, 'string'], pattern: texts.join('|') }
  }
  const type = [...new Set([...types, 'number', 'boolean'])]
  return typeof schema.pattern === 'string' ? { type, pattern: `${expression}|(?:${schema.pattern})` } : { type }
}

/** How a value of another type looks as text: as a quantity with its unit, or behind a tag. */
const textOf = (type: string, schema: JsonMap): readonly string[] => {
  if (type === 'boolean') return ['^(true|false)$']
  if (type !== 'integer' && type !== 'number') return []
  const quantity = schema['x-quantity']
  const names = isMap(quantity) ? units[quantity.kind as QuantityKind] : []
  return names.length === 0 ? ['^-?[0-9.]+$'] : [`^[0-9.]+ *(${names.join('|')})?$`]
}

const laxKeys = (names: Json | undefined): Partial<JsonMap> =>
  isMap(names) && typeof names.pattern === 'string' ? { propertyNames: { pattern: `\\$\\{|(?:${names.pattern})` } } : {}

const maps = (schemas: Json | undefined): readonly JsonMap[] => (isList(schemas) ? schemas.filter(isMap) : [])

const defined = (schema: { readonly [key: string]: Json | undefined }): JsonMap =>
  Object.fromEntries(Object.entries(schema).filter((entry): entry is [string, Json] => entry[1] !== undefined))
