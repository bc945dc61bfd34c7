// The language's tags: what a value does to those that came before it, and how strong it is.

import type { Problems } from '../problems.js'
import type { Yaml } from './load.js'
import { type OperationKind, type Strength, strengths } from './node.js'

export type Tag = { readonly strength: Strength | undefined; readonly kind: OperationKind; readonly literal: boolean }

/** The types of YAML's core schema, which a tag may name: `!!str`. */
export const coreTypes = ['str', 'int', 'float', 'bool', 'null', 'seq', 'map'] as const
export const coreTag = (type: string): string => `tag:yaml.org,2002:${type}`
const kinds = ['append', 'prepend', 'remove', 'replace'] as const
/** A value without a tag. */
export const untagged: Tag = { strength: undefined, kind: 'set', literal: false }

/** Every tag that a value may carry, for messages and near spellings. */
export const tagNames: readonly string[] = ['!default', '!force', '!literal', ...kinds.map(kind => `!${kind}`)]

/**
 * `!force:append` -> force, append. Words are joined by colons in any order, one of each sort at most; undefined where
 * the tag is none of ours. The types of YAML's core schema (`!!str`) mean what they mean in YAML.
 */
export const parseTag = (tag: string | undefined): Tag | undefined => {
  if (tag === undefined || coreTypes.some(type => tag === coreTag(type))) return untagged
  let parsed: Tag = untagged
  const seen = new Set<'strength' | 'kind' | 'literal'>()
  for (const word of tag.slice(1).split(':')) {
    const strength = strengths.find(name => name === word && name !== 'plain')
    const kind = kinds.find(name => name === word)
    const sort = sortOf(strength, kind, word)
    if (sort === undefined || seen.has(sort)) return undefined
    seen.add(sort)
    parsed = {
      strength: strength ?? parsed.strength,
      kind: kind ?? parsed.kind,
      literal: parsed.literal || sort === 'literal',
    }
  }
  return parsed
}

/** Whether a value carries no tag where one would mean nothing; which is reported. */
export const isUntagged = ({ tag, position }: Yaml, problems: Problems): boolean => {
  if (tag === untagged) return true
  problems.error('tag-unknown', 'a tag means nothing here', { position })
  return false
}

/** In a value that merges with nothing, `!literal` alone means something; every other tag is reported. */
export const refuseAllButLiteral = (yaml: Yaml, problems: Problems): void => {
  const { tag, position } = yaml
  if (tag.kind !== 'set' || tag.strength !== undefined)
    problems.error('tag-unknown', 'nothing merges here: of all tags, !literal alone means something', { position })
  if (yaml.shape === 'list') for (const item of yaml.items) refuseAllButLiteral(item, problems)
  if (yaml.shape === 'map') for (const { value } of yaml.entries) refuseAllButLiteral(value, problems)
}

const sortOf = (strength: Strength | undefined, kind: OperationKind | undefined, word: string) => {
  if (strength !== undefined) return 'strength'
  if (kind !== undefined) return 'kind'
  return word === 'literal' ? 'literal' : undefined
}
