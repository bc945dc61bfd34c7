// variables.schema.json on the load path: which variables there are, their types, defaults and what they are for.
import { isMap, type Json, type JsonMap } from '../model/json.js'
import type { Problems } from './problems.js'
import { type SchemaView, viewSchema } from './schema-view.js'
import type { Site } from './site.js'

export type VariableDeclaration = {
  /** The JSON schema of its value. */
  readonly schema: JsonMap
  /** Whether it may be a map by child, with `default` for all others. */
  readonly perChild: boolean
  readonly default: Json | undefined
  readonly doc: string
}

export type VariableDeclarations = ReadonlyMap<string, VariableDeclaration>

/** The declarations of a site: the nearest on the load path counts. */
export const declareVariables = (site: Site, problems: Problems): VariableDeclarations => {
  const declarations = new Map<string, VariableDeclaration>()
  for (const { file, value } of site.jsonFiles('variables.schema.json')) {
    for (const [name, declaration] of Object.entries(value)) {
      if (!isMap(declaration) || typeof declaration.doc !== 'string') {
        problems.error('schema', `variable ${name} is declared as a map with a doc`, {
          position: { file, line: 1, column: 1 },
        })
      } else if (!declarations.has(name)) declarations.set(name, readDeclaration(declaration))
    }
  }
  return declarations
}

const readDeclaration = (declaration: JsonMap): VariableDeclaration => {
  const { doc, perChild, default: otherwise, ...schema } = declaration
  return { schema, perChild: perChild === true, default: otherwise, doc: String(doc) }
}

/** The schema that a variable's value fits, a map by child included. */
export const fullSchema = ({ schema, perChild }: VariableDeclaration): JsonMap =>
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema; nobody awaits a schema
  perChild ? { if: { type: 'object' }, then: { type: 'object', additionalProperties: schema }, else: schema } : schema

export const variableSchema = (declarations: VariableDeclarations, name: string): SchemaView => {
  const declaration = declarations.get(name)
  if (declaration === undefined) return viewSchema(undefined)
  const { schema, perChild } = declaration
  return viewSchema(perChild ? { anyOf: [schema, { additionalProperties: schema }] } : schema)
}

export const declaredDefault = (declarations: VariableDeclarations, name: string): Json | undefined =>
  declarations.get(name)?.default

/** A value per child: the child's own, else `default`; a value that is no map holds for every child. */
export const forChild = (
  value: Json | undefined,
  declaration: VariableDeclaration | undefined,
  child: string,
): Json | undefined => {
  if (declaration?.perChild !== true || !isMap(value)) return value
  return Object.hasOwn(value, child) ? value[child] : value.default
}
