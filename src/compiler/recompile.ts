// A site that has compiled without an error, with another profile for one of its machines: only what that concerns is
// compiled again, and all of it is checked.
import type { AnyComponent, Unique } from '../model/component.js'
import type { Document } from '../model/document.js'
import { type CompiledSite, type CompileResult, compileSurveyed, diagnosticsOf } from './compile.js'
import { createComposer } from './compose/include.js'
import { type Machines, surveyMachines } from './enclose/enclose.js'
import { ownTreesOf } from './enclose/own-trees.js'
import { type Facts, isSameEnclosure, type Parentage } from './enclose/parentage.js'
import { type Checking, checkSite, rivalsOf, uniquesOf } from './judge/check-site.js'
import { checkPolicies } from './policies/check-policies.js'
import { judgedWith } from './policies/judge-policies.js'
import type { Policy } from './policies/read-policies.js'
import { collectProblems } from './problems.js'
import { withReaders } from './readers.js'
import type { Site } from './site/site.js'

/** Compiles a site that differs from a sound one in the profile of a machine. */
export const createRecompiler = (
  before: CompiledSite,
  components: readonly AnyComponent[],
): ((site: Site, machine: string) => CompileResult) => {
  const { rules, machines } = before
  const { declarations, policies, root } = rules
  const uniques = uniquesOf(rules.judged, before.documents)
  const sources = [...before.compositions.keys()].map(
    name =>
      [name, [...(machines.resolver.othersRead.get(name) ?? []), ...childNames(machines.parentage, name)]] as const,
  )
  return (site, machine) => {
    const problems = collectProblems()
    const composition = createComposer(site, declarations, problems)(machine)
    if (composition === undefined) throw new Error(`no profile of ${machine}`)
    const compositions = new Map([...before.compositions, [machine, composition]])
    const reading = { root, declarations, problems }
    const own = ownTreesOf(compositions, reading)
    const readers = withReaders([machine], sources)
    const surveyed = new Map(surveyMachines([...readers], { own, ...reading }).map(one => [one.name, one]))
    const facts = before.facts.map(one => surveyed.get(one.name) ?? one)
    const moved = enclosedOtherwise(before.facts, facts)
    const oldHosts = [...moved].flatMap(name => rules.residences.get(name)?.host ?? [])
    const concerned = withReaders([...readers, ...moved, ...oldHosts], sources)
    const known = new Map([...before.documents].filter(([name]) => !concerned.has(name)))
    const { compiled, mistaken } = compileSurveyed({
      ...{ site, rules, components, compositions, own, facts, known, problems },
      locked: false,
    })
    const placed = withPlaces(compiled.machines, known, machines)
    const checking = { ...compiled, machines: placed, components: rules.judged, mistaken, problems }
    checkConcerned(checking, { policies, concerned, uniques, compositions })
    return { compiled, diagnostics: diagnosticsOf(compiled, problems) }
  }
}

/** Where a value comes from is known of those who were compiled: of all others, by the machines as they were before. */
const withPlaces = (machines: Machines, known: ReadonlyMap<string, Document>, before: Machines): Machines => {
  const knower = (name: string): Machines => (known.has(name) ? before : machines)
  return {
    ...machines,
    trees: { ...machines.trees, enclosed: name => knower(name).trees.enclosed(name) },
    resolver: {
      ...machines.resolver,
      origin: (name, ...rest) => knower(name).resolver.origin(name, ...rest),
      given: (name, ...rest) => knower(name).resolver.given(name, ...rest),
    },
  }
}

type Concerned = {
  readonly policies: readonly Policy[]
  readonly concerned: ReadonlySet<string>
  /** Of the site before. */
  readonly uniques: ReadonlyMap<string, readonly Unique[]>
  readonly compositions: CompiledSite['compositions']
}

/** Checks that need no more than what is concerned get no more, for all others have passed them. */
const checkConcerned = (checking: Checking, { policies, concerned, uniques, compositions }: Concerned): void => {
  const { components, documents, machines } = checking
  const only = (names: ReadonlySet<string>): ReadonlyMap<string, Document> =>
    new Map([...documents].filter(([name]) => names.has(name)))
  const rivals = rivalsOf(uniquesOf(components, only(concerned)), uniques)
  checkSite({ ...checking, documents: only(new Set([...concerned, ...rivals])) })
  const together = policies.filter(({ group }) => group !== undefined)
  const each = policies.filter(({ group }) => group === undefined)
  const { size } = compositions
  checkPolicies(each, { ...checking, documents: only(judgedWith(concerned, machines.parentage)) }, size)
  checkPolicies(together, checking, size)
}

const childNames = ({ children }: Parentage, machine: string): readonly string[] =>
  children(machine).map(({ name }) => name)

/** Whoever encloses something else than before, and all below it, before or now. */
const enclosedOtherwise = (before: readonly Facts[], after: readonly Facts[]): ReadonlySet<string> => {
  const isChanged = (facts: Facts, index: number): boolean => {
    const old = before[index]
    return facts !== old && (old === undefined || !isSameEnclosure(facts, old))
  }
  const changed = after.filter(isChanged).map(({ name }) => name)
  const parents = [...before, ...after].flatMap(({ name, children }) =>
    children.map(child => [child.name, [name]] as const),
  )
  return changed.length === 0 ? new Set() : withReaders(changed, parents)
}
