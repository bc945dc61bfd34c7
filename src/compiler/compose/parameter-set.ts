// parameter-set: what tells one set of parameters from another, for merging a template once per distinct set. A
// parameter that is passed on counts as what it stands for, not as the name by which it was passed.
import { canonicalJson, type Json } from '../../model/json.js'
import { hasExpression, parseText, type Reference } from '../parse/expression.js'
import { namesInReference } from '../parse/mentions.js'
import type { Layer, Node, Operation } from '../parse/node.js'
import type { Parameters } from './parameters.js'

/** The same text for the same set. */
export const identify = ({ values, types }: Parameters): string =>
  canonicalJson([...values].map(([name, node]): Json => [name, written(node, types.get(name) === 'string')]))

/** The same text for two names that are the same; undefined for what is no name. */
export const identifyName = (node: Node): string | undefined => {
  if (node.operations.at(-1)?.value.shape !== 'scalar') return undefined
  const said = written(node, true)
  return typeof said === 'string' ? said : canonicalJson(said)
}

/** What a value says; where text is wanted, as it was typed. */
const written = (node: Node, asText: boolean): Json => {
  const passedOn = passedOnIn(node)
  if (passedOn !== undefined) return written(passedOn.given, asText || passedOn.isText)
  const operations = node.operations.map(operation => writtenOperation(operation, asText))
  const keys = Object.entries(node.keys).map(([key, child]): Json => [key, written(child, false)])
  return operations.length === 1 && keys.length === 0 ? (operations[0] ?? null) : { operations, keys }
}

const writtenOperation = ({ value, layer }: Operation, asText: boolean): Json => {
  if (value.shape === 'list') return value.items.map(item => written(item, false))
  if (value.shape === 'map') return {}
  if (typeof value.value !== 'string' || value.literal || !hasExpression(value.value))
    return asText ? value.source : value.value
  const parsed = parseText(value.value)
  if (!parsed.ok) return value.value
  const parts = parsed.parts.map(part => (typeof part === 'string' ? part : writtenReference(part, layer)))
  return parts.every(part => typeof part === 'string') ? parts.join('') : parts
}

/** A parameter's name is what was given for it; what everything else stands for is the same in the whole machine. */
const writtenReference = (part: Reference, layer: Layer): Json => {
  const parameter = parameterOf(part, layer)
  if (parameter !== undefined) {
    const said = written(parameter.given, parameter.isText)
    return typeof said === 'number' || typeof said === 'boolean' ? String(said) : said
  }
  const parameters = namesInReference(part).flatMap((name): readonly Json[] => {
    const given = layer.parameters.get(name)
    return given === undefined ? [] : [[name, written(given, false)]]
  })
  return { reference: part.text, parameters }
}

type Passed = { readonly given: Node; readonly isText: boolean }

/** The parameter that a value is nothing but. */
const passedOnIn = ({ operations }: Node): Passed | undefined => {
  const [operation] = operations
  if (operations.length !== 1 || operation?.value.shape !== 'scalar') return undefined
  const { value, literal } = operation.value
  const parsed = typeof value === 'string' && !literal ? parseText(value) : undefined
  const part = parsed?.ok && parsed.parts.length === 1 ? parsed.parts[0] : undefined
  return typeof part === 'object' ? parameterOf(part, operation.layer) : undefined
}

const parameterOf = (part: Reference, { parameters, parameterTypes }: Layer): Passed | undefined => {
  const given = part.kind === 'name' ? parameters.get(part.name) : undefined
  return given && part.kind === 'name' ? { given, isText: parameterTypes?.get(part.name) === 'string' } : undefined
}
