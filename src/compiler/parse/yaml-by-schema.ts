// A YAML file of the site that is data and takes no part in merging (policies, expectations): its values, judged by the
// schema of its kind, with the place of each.
import type { ValidateFunction } from 'ajv/dist/2020.js'
import { judge } from '../../model/ajv.js'
import type { Position } from '../../model/diagnostic.js'
import type { Json, JsonMap } from '../../model/json.js'
import { itemAt, parsePointer } from '../../model/pointer.js'
import type { Problems } from '../problems.js'
import { didYouMeanOrOneOf } from '../suggest.js'
import type { Yaml } from './load.js'
import { isUntagged } from './tags.js'

/** What a file, or a part of one, says: a map. Undefined where its schema does not take it, which has been reported at its places. */
export const readBySchemaOf = (
  root: Yaml,
  validate: ValidateFunction,
  { takesTags, problems }: { readonly takesTags: (path: readonly string[]) => boolean; readonly problems: Problems },
): JsonMap | undefined => {
  const refused = refuseTags(root, [], takesTags, problems)
  const value = jsonOf(root) as JsonMap
  const findings = judge(validate, value)
  for (const { code, message, pointer, ofKey, written, doc } of findings) {
    const hint = (written && didYouMeanOrOneOf(written.word, written.known)) ?? doc
    problems.error(code, message, { position: placeIn(root, parsePointer(pointer), ofKey), hint })
  }
  return refused || findings.length > 0 ? undefined : value
}

/** The value of a YAML node as JSON; tags are not heeded. */
export const jsonOf = (yaml: Yaml): Json => {
  switch (yaml.shape) {
    case 'scalar':
      return yaml.value
    case 'list':
      return yaml.items.map(jsonOf)
    case 'map':
      return Object.fromEntries(yaml.entries.map(({ key, value }) => [key, jsonOf(value)]))
  }
}

/** The node at a path of a file, where there is one. */
export const nodeAt = (yaml: Yaml, path: readonly string[]): Yaml | undefined =>
  path.reduce<Yaml | undefined>((at, key) => (at === undefined ? undefined : childOf(at, key)), yaml)

/** The place of what stands at a path, or of its key; where there is nothing, of what is nearest above it. */
export const placeIn = (yaml: Yaml, path: readonly string[], ofKey = false): Position => {
  const [key, ...rest] = path
  if (key === undefined) return yaml.position
  const child = childOf(yaml, key)
  if (child === undefined) return yaml.position
  const entry = yaml.shape === 'map' ? yaml.entries.find(one => one.key === key) : undefined
  return ofKey && rest.length === 0 ? (entry ?? child).position : placeIn(child, rest, ofKey)
}

const childOf = (yaml: Yaml, key: string): Yaml | undefined => {
  if (yaml.shape === 'map') return yaml.entries.find(entry => entry.key === key)?.value
  return yaml.shape === 'list' ? itemAt(yaml.items, key) : undefined
}

/** Whether there was any tag where none has a meaning. */
const refuseTags = (
  yaml: Yaml,
  path: readonly string[],
  takesTags: (path: readonly string[]) => boolean,
  problems: Problems,
): boolean => {
  if (takesTags(path)) return false
  const below = partsOf(yaml).map(([key, part]) => refuseTags(part, [...path, key], takesTags, problems))
  return !isUntagged(yaml, problems) || below.includes(true)
}

const partsOf = (yaml: Yaml): readonly (readonly [string, Yaml])[] => {
  if (yaml.shape === 'scalar') return []
  if (yaml.shape === 'list') return yaml.items.map((item, index) => [`${index}`, item])
  return yaml.entries.map(({ key, value }) => [key, value])
}
