// The language's tags: what a value does to those that came before it, and how strong it is.
import { type OperationKind, type Strength, strengths } from './node.js'

export type Tag = { readonly strength: Strength | undefined; readonly kind: OperationKind; readonly literal: boolean }

const coreTypes = ['str', 'int', 'float', 'bool', 'null', 'seq', 'map']
const kinds = ['append', 'prepend', 'remove', 'replace'] as const
/** A value without a tag. */
export const untagged: Tag = { strength: undefined, kind: 'set', literal: false }

/** Every tag that a value may carry, for messages and near spellings. */
export const tagNames: readonly string[] = ['!default', '!force', '!literal', ...kinds.map(kind => `!${kind}`)]

/**
 * `!force:append` -> force, append. Words are joined by colons in any order, one of each sort at most; undefined where
 * the tag is none of ours. The types of YAML's core schema (`!!str`) are left to YAML.
 */
export const parseTag = (tag: string | undefined): Tag | undefined => {
  if (tag === undefined || coreTypes.some(type => tag === `tag:yaml.org,2002:${type}`)) return untagged
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

const sortOf = (strength: Strength | undefined, kind: OperationKind | undefined, word: string) => {
  if (strength !== undefined) return 'strength'
  if (kind !== undefined) return 'kind'
  return word === 'literal' ? 'literal' : undefined
}
