// Policies: the rules of a site's own, each a CEL expression over documents and enclosures (docs/policies.md). This reads
// their files; judge-policies.ts holds them against the machines.
import { compileOurs } from '../../model/ajv.js'
import type { Position } from '../../model/diagnostic.js'
import type { JsonMap } from '../../model/json.js'
import { parsePointer, printPointer } from '../../model/pointer.js'
import { type CompiledCel, compileCel } from '../parse/cel.js'
import { parseText } from '../parse/expression.js'
import type { Yaml, YamlMap } from '../parse/load.js'
import { placeInScalar } from '../parse/scalar-place.js'
import { jsonOf, nodeAt, placeIn, readBySchemaOf } from '../parse/yaml-by-schema.js'
import { countTold, type Problems } from '../problems.js'
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
  const names = new Map<string, Position>()
  return files.flatMap(({ root: yaml }) =>
    (yaml?.entries ?? []).flatMap(({ key: name, position, value }) => {
      const other = names.get(name)
      names.set(name, other ?? position)
      if (other !== undefined)
        problems.error('used-twice', `another policy is called ${name} (${other.file}:${other.line})`, { position })
      return readPolicy(name, value, { root, sourceLine, problems: countTold(problems) })
    }),
  )
}

type Reading = Pick<Site, 'sourceLine'> & {
  readonly root: SchemaView
  readonly problems: ReturnType<typeof countTold>
}

/** What the schema refuses of it hides none of the mistakes in its other texts. */
const readPolicy = (name: string, yaml: Yaml, { root, sourceLine, problems }: Reading): readonly Policy[] => {
  readBySchemaOf(yaml, compileOurs(policySchema), { takesTags: () => false, problems })
  if (yaml.shape !== 'map') return []
  const written = jsonOf(yaml) as JsonMap
  const read = <Read>(key: string, readText: (text: string, placeAt: PlaceAt) => Read): Read | undefined => {
    const text = written[key]
    return typeof text === 'string' ? readText(text, placesOf([key], { yaml, sourceLine })) : undefined
  }
  const at = read('at', (text, placeAt) => readPath(text, placeAt(), { root, problems })) ?? []
  const [when, group, holds] = ['when', 'group', 'holds'].map(key =>
    read(key, (text, placeAt) => readExpression(text, placeAt, problems)),
  )
  const message = read('message', (text, placeAt) => readMessage(text, placeAt, problems))
  if (holds === undefined || message === undefined || problems.count() > 0) return []
  const { severity = 'error', each = 'machine', hint } = written as Partial<Policy>
  return [{ name, severity, each, at, when, group, holds, message, hint }]
}

const readPath = (
  text: string,
  position: Position,
  { root, problems }: Pick<Reading, 'root' | 'problems'>,
): readonly string[] => {
  const at = parsePointer(text)
  const misspelt = misspeltIn(at, root)
  if (misspelt !== undefined) problems.error('policy', misspelt.message, { position, hint: misspelt.hint })
  return at
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
