// What only one may have: a MAC, an address, a name. Who has it first, and who has it again.
import type { Place, SiteFault, Unique } from './component.js'

export type Use = {
  readonly value: string
  /** Uses of one owner are one use, of which the first counts: a guest's card is also a vif of its host's domain. */
  readonly owner: string
  /** The owner in words: `ce's eth0`. */
  readonly by: string
  readonly place: Place
}

/** A fault for each further owner of a value, beside its first one; `what` is the value in words: `MAC`. */
export const usedTwice = (what: string, uses: readonly Use[]): readonly SiteFault[] => {
  const owners = new Map<string, Map<string, Use>>()
  for (const use of uses) {
    const known = owners.get(use.value) ?? new Map<string, Use>()
    owners.set(use.value, known)
    if (!known.has(use.owner)) known.set(use.owner, use)
  }
  return [...owners.values()].flatMap(known => {
    const [first, ...others] = [...known.values()]
    return first === undefined ? [] : others.map(other => twice(what, first, other))
  })
}

/** The same without words and places. */
export const uniqueOf = (kind: string, uses: readonly Use[]): readonly Unique[] =>
  uses.map(({ value, owner }) => ({ kind, value, owner }))

const twice = (what: string, first: Use, { value, by, place }: Use): SiteFault => ({
  code: 'used-twice',
  message: `the ${what} ${value} of ${by} is also that of ${first.by}`,
  ...place,
  other: first.place,
})
