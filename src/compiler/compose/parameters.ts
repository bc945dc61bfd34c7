// parameters: what a template declares to take, and what an include gives it.
import type { Position } from '../../model/diagnostic.js'
import { hasExpression, isName } from '../parse/expression.js'
import { asWritten, type Builder, buildNode, type Include } from '../parse/layer.js'
import type { Yaml, YamlEntry, YamlMap } from '../parse/load.js'
import { type Layer, type Node, type ParameterType, parameterTypes } from '../parse/node.js'
import { isUntagged, refuseAllButLiteral } from '../parse/tags.js'
import type { Problems } from '../problems.js'
import { type SchemaView, viewSchema } from '../schema/schema-view.js'
import type { SiteFile } from '../site/file-reader.js'
import { didYouMeanOrOneOf, nearest } from '../suggest.js'

export type Parameters = {
  readonly values: ReadonlyMap<string, Node>
  readonly types: ReadonlyMap<string, ParameterType>
}

/** How a parameter of a layer is read: by the type that its template declares. */
export const parameterSchema = ({ parameterTypes }: Pick<Layer, 'parameterTypes'>, name: string): SchemaView => {
  const type = parameterTypes?.get(name)
  return viewSchema(type === undefined ? undefined : typeSchemas[type])
}

const typeSchemas = Object.fromEntries(parameterTypes.map(type => [type, { type }])) as Record<
  ParameterType,
  { readonly type: ParameterType }
>

type Declared = {
  readonly name: string
  readonly type: ParameterType | undefined
  readonly otherwise: Yaml | undefined
}

/** What was given for each declared parameter, or its default; undefined where something does not fit. */
export const declaredParameters = (file: SiteFile, include: Include, problems: Problems): Parameters | undefined => {
  if (file.root === undefined) return undefined // it cannot be read, which has been reported: what it takes is not known
  const { template, position } = include
  const declared = declarationsOf(file.root.entries.find(entry => entry.key === 'parameters')?.value, problems)
  if (declared === undefined) return undefined
  const given = include.parameters ?? new Map<string, Node>()
  const known = declared.map(({ name }) => name)
  const unknown = [...given.keys()].filter(name => !known.includes(name))
  for (const name of unknown) {
    const hint = didYouMeanOrOneOf(name, known)
    problems.error('include-parameters', `template ${template} takes no parameter ${name}`, { position, hint })
  }
  const builder: Builder = { layer: { name: template, parameters: new Map() }, fillIn: asWritten, problems }
  const values = new Map<string, Node>()
  for (const { name, type, otherwise } of declared) {
    const chosen = given.get(name) ?? (otherwise && buildNode(otherwise, builder))
    const misfit = chosen && type && misfitOf(chosen, type)
    if (chosen === undefined && unknown.some(given => nearest(given, known) === name)) continue
    if (chosen === undefined) {
      const hint = `with: { ${name}: ... }`
      problems.error('include-parameters', `template ${template} needs the parameter ${name}`, { position, hint })
    } else if (misfit !== undefined) {
      const message = `parameter ${name} of ${template}: expected ${type}, found ${misfit.found}`
      problems.error('include-parameters', message, { position: misfit.position })
    } else values.set(name, chosen)
  }
  if (unknown.length > 0 || values.size < declared.length) return undefined
  return { values, types: new Map(declared.flatMap(({ name, type }) => (type === undefined ? [] : [[name, type]]))) }
}

/** What a value is where it is not of its declared type. What an expression stands for is not known yet. */
const misfitOf = (node: Node, type: ParameterType): { found: string; position: Position } | undefined => {
  const operation = node.operations.at(-1)
  if (operation === undefined) return undefined
  const { value, position } = operation
  if (value.shape === 'list') return type === 'array' ? undefined : { found: 'a list', position }
  if (value.shape === 'map') return type === 'object' ? undefined : { found: 'a map', position }
  if (typeof value.value === 'string' && !value.literal && hasExpression(value.value)) return undefined
  const fits = {
    string: value.value !== null,
    integer: Number.isSafeInteger(value.value),
    number: typeof value.value === 'number',
    boolean: typeof value.value === 'boolean',
    array: false,
    object: false,
  }[type]
  return fits ? undefined : { found: value.value === null ? 'nothing' : JSON.stringify(value.value), position }
}

const declarationKeys = ['type', 'default', 'doc']
const hint = 'parameters: { NAME: { type: string }, SIZE: { default: 10 GiB } }'

/** The declarations of a template; undefined where they are none, which has been reported. */
const declarationsOf = (yaml: Yaml | undefined, problems: Problems): readonly Declared[] | undefined => {
  if (yaml === undefined) return []
  if (yaml.shape !== 'map') {
    problems.error('type', 'parameters are declared in a map of maps', { position: yaml.position, hint })
    return undefined
  }
  const isPlain = isUntagged(yaml, problems)
  const declared = yaml.entries.map(entry => declarationOf(entry, problems))
  return isPlain && !declared.includes(undefined) ? declared.filter(one => one !== undefined) : undefined
}

const declarationOf = ({ key: name, position, value: yaml }: YamlEntry, problems: Problems): Declared | undefined => {
  if (!isName(name)) {
    problems.error('schema', `no expression can name the parameter ${name}`, {
      position,
      hint: 'letters, digits and _',
    })
    return undefined
  }
  if (yaml.shape !== 'map') {
    problems.error('type', 'parameters are declared in a map of maps', { position: yaml.position, hint })
    return undefined
  }
  const unknown = yaml.entries.filter(({ key }) => !declarationKeys.includes(key))
  for (const { key, position } of unknown) {
    const near = didYouMeanOrOneOf(key, declarationKeys)
    problems.error('key-unknown', `unknown key ${key} of a parameter`, { position, hint: near })
  }
  const written = valueUnder(yaml, 'type')
  const type = parameterTypes.find(known => written?.shape === 'scalar' && written.value === known)
  if (written !== undefined && type === undefined) {
    const message = `the type of a parameter is one of ${parameterTypes.join(', ')}`
    problems.error('schema', message, { position: written.position })
  }
  const otherwise = valueUnder(yaml, 'default')
  const isPlain = [yaml, ...(written === undefined ? [] : [written])].every(one => isUntagged(one, problems))
  if (otherwise !== undefined) refuseAllButLiteral(otherwise, problems)
  const isSound = unknown.length === 0 && isPlain && (written === undefined || type !== undefined)
  return isSound ? { name, type, otherwise } : undefined
}

const valueUnder = (map: YamlMap, key: string): Yaml | undefined => map.entries.find(entry => entry.key === key)?.value
