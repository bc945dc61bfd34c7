// Policies: the rules of a site's own, each a CEL expression over documents and enclosures (docs/policies.md). This reads
// their files; judge-policies.ts holds them against the machines.
import { compileOurs } from '../../model/ajv.js'
import type { Position } from '../../model/diagnostic.js'
import type { JsonMap } from '../../model/json.js'
import { parsePointer, printPointer } from '../../model/pointer.js'
import { type CompiledCel, compileCel } from '../parse/cel.js'
import { parseText } from '../parse/expression.js'
import type { YamlMap } from '../parse/load.js'
import { placeInScalar } from '../parse/scalar-place.js'
import { nodeAt, placeIn, readBySchemaOf } from '../parse/yaml-by-schema.js'
import type { Problems } from '../problems.js'
import type { SchemaView } from '../schema/schema-view.js'
import type { Site } from '../site/site.js'
import { didYouMeanOrOneOf } from '../suggest.js'
import { policySchema } from './policy-schema.js'

export type Policy = {
  readonly name: string
  readonly severity: 'error' | 'warning'
  readonly each: 'machine' | 'host' | 'guest'
  /** The place of the value that is looked at; a `*` stands for every key or item. */
  readonly at: readonly string[]
  readonly when: Expression | undefined
  readonly group: Expression | undefined
  readonly holds: Expression
  /** Texts, and what is computed between them. */
  readonly message: readonly (string | Expression)[]
  readonly hint: string | undefined
}

/** A CEL expression of a policy, and where what is at an offset of it stands; without one, where it begins. */
export type Expression = Pick<CompiledCel, 'compute' | 'isQuick'> & { readonly placeAt: PlaceAt }

type PlaceAt = (offset?: number) => Position

/** The policies of files, sound ones only: what is wrong with the others goes to `problems`. */
export const readPolicies = (
  { policies, sourceLine }: Pick<Site, 'policies' | 'sourceLine'>,
  root: SchemaView,
  problems: Problems,
): readonly Policy[] => {
  const files = policies()
  if (files.length === 0) return []
  const validate = compileOurs(policySchema)
  const names = new Map<string, Position>()
  return files.flatMap(({ root: yaml }) => {
    const read = yaml && readBySchemaOf(yaml, validate, { takesTags: () => false, problems })
    if (yaml === undefined || read === undefined) return []
    return Object.entries(read).flatMap(([name, written]) => {
      const position = placeIn(yaml, [name], true)
      const other = names.get(name)
      names.set(name, other ?? position)
      if (other !== undefined)
        problems.error('used-twice', `another policy is called ${name} (${other.file}:${other.line})`, { position })
      return readPolicy(name, written as JsonMap, { yaml, root, sourceLine, problems })
    })
  })
}

type Reading = Pick<Site, 'sourceLine'> & {
  readonly yaml: YamlMap
  readonly root: SchemaView
  readonly problems: Problems
}

const readPolicy = (name: string, written: JsonMap, reading: Reading): readonly Policy[] => {
  const before = reading.problems.list().length
  const { severity = 'error', each = 'machine', hint } = written as Partial<Policy>
  const at = parsePointer(String(written.at ?? ''))
  checkPath(at, placeIn(reading.yaml, [name, 'at']), reading)
  const expression = (key: string): Expression | undefined =>
    written[key] === undefined
      ? undefined
      : readExpression(String(written[key]), placesOf([name, key], reading), reading.problems)
  const [when, group, holds] = ['when', 'group', 'holds'].map(expression)
  const message = readMessage(String(written.message), placesOf([name, 'message'], reading), reading.problems)
  if (holds === undefined || message === undefined || reading.problems.list().length > before) return []
  return [{ name, severity, each, at, when, group, holds, message, hint }]
}

const checkPath = (at: readonly string[], position: Position, { root, problems }: Reading): void => {
  const misspelt = misspeltIn(at, root)
  if (misspelt !== undefined) problems.error('policy', misspelt.message, { position, hint: misspelt.hint })
}

/** A path that the schemas rule out, up to a `*` or an item of a list, is misspelt. */
export const misspeltIn = (
  at: readonly string[],
  root: SchemaView,
): { readonly message: string; readonly hint: string | undefined } | undefined => {
  if (at.length === 1 && at[0] === 'name') return undefined
  let view = root
  for (const [index, key] of at.entries()) {
    if (/^(\*|\d+)$/.test(key)) return undefined
    if (view.refuses(key)) {
      const message = `there is no ${key} in ${printPointer(at.slice(0, index)) || 'a document'}`
      return { message, hint: didYouMeanOrOneOf(key, view.keys()) }
    }
    view = view.child(key)
  }
  return undefined
}

/** The places of the characters of a text at a path of a file. */
export const placesOf = (
  path: readonly string[],
  { yaml, sourceLine }: Pick<Site, 'sourceLine'> & { readonly yaml: YamlMap },
): PlaceAt => {
  const node = nodeAt(yaml, path)
  const position = placeIn(yaml, path)
  return offset =>
    offset === undefined || node?.shape !== 'scalar'
      ? position
      : placeInScalar(position, String(node.value), offset, sourceLine)
}

/** Compiles what a file gives as CEL; why it is none goes to `problems`. */
export const readExpression = (text: string, placeAt: PlaceAt, problems: Problems): Expression | undefined => {
  const compiled = compileCel(text)
  if (compiled.ok) return { isQuick: compiled.isQuick, compute: compiled.compute, placeAt }
  const hint = 'expected an expression in CEL, such as: value >= 1024 && size(children) < 8'
  problems.error('expression', compiled.message, { position: placeAt(compiled.offset), hint })
  return undefined
}

const readMessage = (text: string, placeAt: PlaceAt, problems: Problems): Policy['message'] | undefined => {
  const parsed = parseText(text)
  const position = placeAt()
  if (!parsed.ok) {
    problems.error('expression', parsed.message, { position })
    return undefined
  }
  const parts = parsed.parts.map(part => {
    if (typeof part === 'string') return part
    if (part.kind === 'computed')
      return readExpression(part.expression, (offset = 0) => placeAt(part.offset + offset), problems)
    if (part.kind === 'name' && part.fallback === undefined) return readExpression(part.name, () => position, problems)
    const hint = 'a message holds names and CEL: ${value}, ${= machine.name }'
    problems.error('expression', `\${${part.text}} has no place in a message`, { position, hint })
    return undefined
  })
  return parts.every(part => part !== undefined) ? parts : undefined
}
