// The machines that an edit encloses anew, or lets go: what must hold of that is checked among the machines near them.
import { reachedFrom } from '../../model/reached.js'
import { type Facts, isSameEnclosure, type Parentage } from '../enclose/parentage.js'
import { checkEnclosures } from '../judge/check-enclosures.js'
import { collectProblems } from '../problems.js'
import { factsOf, type Kept } from './kept.js'

/**
 * The machines whose parent is another one than is kept, by what machines were surveyed anew; `gone` are no more. Undefined where
 * anything else of an enclosure is another thing.
 */
export const enclosedAnew = (
  surveyed: readonly Facts[],
  kept: Kept,
  gone: ReadonlySet<string>,
): readonly string[] | undefined => {
  const enclosed = new Set([...gone].flatMap(name => kept.machine(name)?.enclosure?.children ?? []))
  for (const facts of surveyed) {
    const machine = kept.machine(facts.name)
    const before = machine && factsOf(facts.name, machine)
    if (before !== undefined && isSameEnclosure(facts, before)) continue
    if (!facts.complete || (before !== undefined && !isAlike(facts, before))) return undefined
    const [now, old] = [childrenOf(facts), childrenOf(before)]
    for (const name of [...now, ...old]) if (!(now.has(name) && old.has(name))) enclosed.add(name)
  }
  return [...enclosed].filter(name => !gone.has(name))
}

const childrenOf = (facts: Facts | undefined): ReadonlySet<string> => new Set(facts?.children.map(({ name }) => name))

/** But for who is enclosed. */
const isAlike = (some: Facts, others: Facts): boolean =>
  isSameEnclosure({ ...some, children: [] }, { ...others, children: [] })

/**
 * Whether nothing is wrong with who encloses machines that are enclosed anew, or have gone: all that enclose one of them were
 * surveyed, but for whom `before` has.
 */
export const mayBeEnclosed = (
  names: readonly string[],
  surveyed: readonly Facts[],
  parentage: Parentage,
  before: Pick<Kept, 'parent'>,
  isMachine: (name: string) => boolean,
): boolean => {
  const problems = collectProblems()
  const enclosed = new Set(names)
  const claiming = surveyed.filter(({ children }) => children.some(child => enclosed.has(child.name)))
  const parents = [...claiming.map(({ name }) => name), ...names.flatMap(name => before.parent(name) ?? [])]
  const above = reachedFrom(parents, name => [parentage.parent(name)].filter(it => it !== undefined))
  checkEnclosures(parentage, [...above], problems, isMachine)
  return problems.list().length === 0
}
