// variables.schema.json on the load path: which variables there are, their types, defaults and what they are for.
import type { Ajv2020 } from 'ajv/dist/2020.js'
import type { Position } from '../../model/diagnostic.js'
import { isMap, type Json, type JsonMap } from '../../model/json.js'
import { printPointer } from '../../model/pointer.js'
import { schemaFaults } from '../../model/schema-fault.js'
import type { Problems } from '../problems.js'
import type { Site } from '../site/site.js'
import { judgeBounded } from './judge-bounded.js'
import { readBySchema } from './read-by-schema.js'
import { type SchemaView, viewSchema } from './schema-view.js'

export type VariableDeclaration = {
  /** The JSON schema of one value. */
  readonly one: JsonMap
  /** The JSON schema of what may be set: one value, or where it is perChild a map of them. */
  readonly schema: JsonMap
  /** How what is set is read. */
  readonly view: SchemaView
  /** Whether it may be a map by child, with `default` for all others. */
  readonly perChild: boolean
  readonly default: Json | undefined
  readonly doc: string
  /** The file that declares it. */
  readonly file: string
}

export type VariableDeclarations = ReadonlyMap<string, VariableDeclaration>

/** The declarations of a site: the nearest on the load path counts. There is no `ajv` for a file that is known to be sound. */
export const declareVariables = (
  site: Site,
  ajvFor: (file: string) => Ajv2020 | undefined,
  problems: Problems,
): VariableDeclarations => {
  const declarations = new Map<string, VariableDeclaration>()
  for (const { file, value, placeOf } of site.jsonFiles('variables.schema.json')) {
    const ajv = ajvFor(file)
    const fault = (message: string, pointer = '', ofKey = false) =>
      problems.error('schema', message, { position: placeOf(pointer, ofKey) })
    if (!isMap(value)) fault('the variables are declared in a map by name')
    for (const [name, written] of Object.entries(isMap(value) ? value : {})) {
      if (declarations.has(name)) continue
      const place = printPointer([name])
      if (!isMap(written) || typeof written.doc !== 'string')
        fault(`variable ${name} is declared as a map with a doc`, place)
      const declaration = readDeclaration(file, isMap(written) ? written : {})
      const faults = ajv === undefined ? [] : schemaFaults(ajv, declaration.one)
      for (const { message, pointer, ofKey } of faults)
        fault(`variable ${name} has no sound schema: ${message}`, place + pointer, ofKey)
      const sayDefault = (message: string) => fault(`the default of ${name}: ${message}`, `${place}/default`)
      if (faults.length > 0) declarations.set(name, readDeclaration(file, {}))
      else declarations.set(name, { ...declaration, default: readDefault(declaration, ajv, sayDefault) })
    }
  }
  return declarations
}

const readDeclaration = (file: string, declaration: JsonMap): VariableDeclaration => {
  const { doc, perChild, default: otherwise, ...one } = declaration
  const schema = perChild === true ? oneOrByChild(one) : one
  const view = viewSchema(perChild === true ? { anyOf: [one, { additionalProperties: one }] } : one)
  return { one, schema, view, perChild: perChild === true, default: otherwise, doc: String(doc), file }
}

/** The line of a JSON file on which a variable is declared. */
export const declarationPlace = (name: string, file: string, { sourceLine }: Pick<Site, 'sourceLine'>): Position => {
  for (let line = 1; ; line += 1) {
    const text = sourceLine(file, line)
    if (text === undefined) return { file, line: 1, column: 1 }
    if (text.includes(`"${name}"`)) return { file, line, column: text.indexOf(`"${name}"`) + 1 }
  }
}

/** The default in the form of the schema, as a value that is set; as it stands where it does not fit, which is said. */
const readDefault = (
  declaration: VariableDeclaration,
  ajv: Ajv2020 | undefined,
  say: (message: string) => void,
): Json | undefined => {
  if (declaration.default === undefined) return undefined
  const read = readBySchema(declaration.default, undefined, declaration.view, ({ message }) => say(message))
  const findings =
    read === undefined || ajv === undefined ? [] : judgeBounded(declaration.schema, one => ajv.compile(one)).alone(read)
  for (const { message } of findings) say(message)
  return read === undefined || findings.length > 0 ? declaration.default : read
}

const oneOrByChild = (one: JsonMap): JsonMap =>
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema; nobody awaits a schema
  ({ if: { type: 'object' }, then: { type: 'object', additionalProperties: one }, else: one })

export const variableSchema = (declarations: VariableDeclarations, name: string): SchemaView =>
  declarations.get(name)?.view ?? viewSchema(undefined)

/** What is declared of all of them, each under its name. */
export const variablesSchema = (declarations: VariableDeclarations): SchemaView => ({
  ...viewSchema(undefined),
  child: name => variableSchema(declarations, name),
})

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
