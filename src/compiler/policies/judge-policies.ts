// Holds the policies of a site against its documents and enclosures. A policy breaks at values of machines; one that can
// not be computed is itself at fault, and looked at no further. Pure; compile.ts knows the places in files.

import type { Position } from '../../model/diagnostic.js'
import type { Document } from '../../model/document.js'
import { byCodeUnit, canonicalJson, isList, isMap, type Json, type JsonMap } from '../../model/json.js'
import { printPointer, valueAt } from '../../model/pointer.js'
import { runWithin, unfinished } from '../../model/run-within.js'
import { shortText } from '../../model/shorten.js'
import type { Parentage } from '../enclose/parentage.js'
import type { CelResult } from '../parse/cel.js'
import type { Expression, Policy } from './read-policies.js'

export type PolicySite = {
  /** Those that are sound: what has a mistake already, and what encloses or is enclosed by it, is not looked at. */
  readonly documents: ReadonlyMap<string, Document>
  readonly parentage: Parentage
  /** Whether these are all machines: if not, none can be counted, and policies with `group` wait. */
  readonly isWhole: boolean
  /** Is told of each group of a policy. */
  readonly onGroup?: (policy: Policy, group: Group) => void
}

/** Machines that a policy looks at together. */
export type Group = {
  /** What they have in common. */
  readonly key: Json
  /** By name. */
  readonly machines: readonly string[]
  /** The place of the value that the first of them is looked at for. */
  readonly pointer: string
}

type PolicyDocuments = Pick<PolicySite, 'documents' | 'parentage'>

export type PolicyFinding =
  | {
      readonly kind: 'broken'
      readonly policy: Policy
      readonly message: string
      /** The first one has the value that the finding is shown at. */
      readonly machines: readonly string[]
      readonly pointer: string
      /** Of a policy with `group`: what they have in common. */
      readonly key?: Json
    }
  | { readonly kind: 'wrong'; readonly position: Position; readonly message: string; readonly hint?: string }

/** What the policies find, one after the other. */
export const judgePolicies = (policies: readonly Policy[], site: PolicySite): readonly PolicyFinding[] =>
  policies.flatMap(policy =>
    policy.group !== undefined && !site.isWhole ? [] : foundOrWrong(() => judgePolicy(policy, site)),
  )

/** Whether what a policy finds keeps nothing from being published. */
export const isWarning = (finding: PolicyFinding): boolean =>
  finding.kind === 'broken' && finding.policy.severity === 'warning'

/** The groups that some machines are in by a policy; undefined where one cannot be computed. */
export const groupsAmong = (policy: Policy, site: PolicyDocuments): readonly Group[] | undefined => {
  const { group } = policy
  if (group === undefined) return []
  try {
    const subjects = chosenBy(policy, site)
    return groupsOf(subjects, results(group, subjects))
  } catch (error) {
    if (error instanceof Wrong) return undefined
    throw error
  }
}

/** What a policy finds of some of its groups, whose machines' documents are there. */
export const judgeSomeGroups = (
  policy: Policy,
  groups: readonly Group[],
  site: PolicyDocuments,
): readonly PolicyFinding[] => foundOrWrong(() => judgeGroups(policy, groups, site))

const foundOrWrong = (find: () => readonly PolicyFinding[]): readonly PolicyFinding[] => {
  try {
    return find()
  } catch (error) {
    if (!(error instanceof Wrong)) throw error
    const { position, message, hint } = error
    return [{ kind: 'wrong', position, message, ...(hint === undefined ? {} : { hint }) }]
  }
}

/** Machines, with all whom a policy looks at that reads one of them: it may read a machine's parent and its children. */
export const readersAmong = (names: Iterable<string>, { parent, children }: Parentage): ReadonlySet<string> =>
  new Set([...names].flatMap(name => [name, parent(name) ?? name, ...children(name).map(child => child.name)]))

/** Machines, with all whom a policy without `group` may find wrong because of one of them, and whom it reads for that. */
export const judgedWith = (names: Iterable<string>, parentage: Parentage): ReadonlySet<string> =>
  readersAmong(readersAmong(names, parentage), parentage)

/** Ends a policy that cannot be computed. */
class Wrong extends Error {
  override readonly name = 'Wrong'
  readonly position: Position
  readonly hint: string | undefined

  constructor(position: Position, message: string, hint?: string) {
    super(message)
    this.position = position
    this.hint = hint
  }
}

/** What a policy is held against: one value of a machine, or a group of machines. */
type Subject = { readonly machines: readonly string[]; readonly pointer: string; readonly names: JsonMap }

const judgePolicy = (policy: Policy, site: PolicySite): readonly PolicyFinding[] => {
  const { group } = policy
  const subjects = chosenBy(policy, site)
  if (group === undefined) return brokenBy(policy, subjects)
  const groups = groupsOf(subjects, results(group, subjects))
  for (const one of groups) site.onGroup?.(policy, one)
  return judgeGroups(policy, groups, site)
}

const chosenBy = (policy: Policy, site: PolicyDocuments): readonly Subject[] => {
  const all = subjectsOf(policy, site)
  return policy.when === undefined ? all : truths(policy.when, all)
}

/** What a policy with `group` finds of some groups whose machines are known; throws where it cannot be computed. */
const judgeGroups = (policy: Policy, groups: readonly Group[], site: PolicyDocuments): readonly PolicyFinding[] =>
  brokenBy(
    policy,
    groups.map(group => subjectOf(group, site)),
  )

const brokenBy = (policy: Policy, subjects: readonly Subject[]): readonly PolicyFinding[] => {
  const isBroken = new Set(subjects)
  for (const subject of truths(policy.holds, subjects)) isBroken.delete(subject)
  return messagesOf(policy, [...isBroken]).map(([{ machines, pointer, names }, message]) => ({
    kind: 'broken',
    ...{ policy, message, machines, pointer },
    ...(policy.group !== undefined && { key: names.group ?? null }),
  }))
}

const subjectsOf = ({ each, at }: Policy, site: PolicyDocuments): readonly Subject[] => {
  const { documents, parentage } = site
  const isLookedAt = (name: string): boolean => {
    if (each === 'host') return parentage.isHypervisor(name)
    return each === 'machine' || parentage.hosts.has(name)
  }
  const names = [...documents.keys()].filter(isLookedAt).sort(byCodeUnit)
  return names.flatMap(name =>
    matches(documents.get(name) ?? null, at).flatMap(path => {
      const known = namesFor(name, path, site)
      return known === undefined ? [] : [{ machines: [name], pointer: printPointer(path), names: known }]
    }),
  )
}

/** What the names in an expression about a machine's value stand for; undefined where a document is not there. */
export const namesFor = (
  name: string,
  path: readonly string[],
  { documents, parentage }: PolicyDocuments,
): JsonMap | undefined => {
  const machine = documents.get(name)
  const parentName = parentage.parent(name)
  const parent = parentName === undefined ? null : documents.get(parentName)
  const children = parentage.children(name).map(child => documents.get(child.name))
  if (machine === undefined || parent === undefined || !children.every(child => child !== undefined)) return undefined
  return { machine, value: valueAt(machine, path) ?? null, key: path.at(-1) ?? '', parent, children }
}

/** The places that a path with `*` names in a document; without any, the path itself, whatever stands there. */
const matches = (document: Json, at: readonly string[]): readonly (readonly string[])[] => {
  const star = at.indexOf('*')
  if (star < 0) return [at]
  const above = at.slice(0, star)
  return keysOf(valueAt(document, above)).flatMap(key => matches(document, [...above, key, ...at.slice(star + 1)]))
}

const keysOf = (value: Json | undefined): readonly string[] => {
  if (isList(value)) return [...value.keys()].map(String)
  return isMap(value) ? Object.keys(value).sort(byCodeUnit) : []
}

const groupsOf = (subjects: readonly Subject[], keys: readonly Json[]): readonly Group[] => {
  const groups = new Map<string, { readonly key: Json; readonly members: Subject[] }>()
  for (const [index, subject] of subjects.entries()) {
    const key = keys[index] ?? null
    const text = canonicalJson(key)
    const known = groups.get(text) ?? { key, members: [] }
    groups.set(text, known)
    known.members.push(subject)
  }
  return [...groups.values()].map(({ key, members }) => ({
    key,
    machines: [...new Set(members.flatMap(({ machines }) => machines))],
    pointer: members[0]?.pointer ?? '',
  }))
}

const subjectOf = ({ key, machines: names, pointer }: Group, { documents, parentage }: PolicyDocuments): Subject => {
  const parents = new Set(names.flatMap(name => parentage.parent(name) ?? []))
  const machines = names.flatMap(name => documents.get(name) ?? [])
  return { machines: names, pointer, names: { group: key, machines, parents: [...parents].sort(byCodeUnit) } }
}

const messagesOf = ({ message }: Policy, subjects: readonly Subject[]): readonly (readonly [Subject, string])[] => {
  const parts = message.map(part => (typeof part === 'string' ? subjects.map(() => part) : results(part, subjects)))
  return subjects.map((subject, index) => [subject, parts.map(part => textOf(part[index] ?? null)).join('')])
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : shortText(canonicalJson(value).trimEnd()))

/** The subjects for which an expression is true. */
const truths = (expression: Expression, subjects: readonly Subject[]): readonly Subject[] => {
  const values = results(expression, subjects)
  const [strange] = values.flatMap((value, index) => (typeof value === 'boolean' ? [] : [index]))
  if (strange !== undefined) {
    const found = `this is true or false, and here ${textOf(values[strange] ?? null)}`
    const hint = 'compare it with something: value >= 1024'
    throw new Wrong(expression.placeAt(), `${found}${whom(subjects[strange])}`, hint)
  }
  return subjects.filter((_, index) => values[index] === true)
}

const whom = (subject: Subject | undefined): string => (subject === undefined ? '' : ` (${subject.machines[0]})`)

/** Milliseconds, as for other expressions: a thousand times what one takes. */
const longest = 1000
/** Computed under one limit of time: a limit takes longer than most expressions. */
const together = 100

/** What one expression comes to, within its time. */
export const computeOne = (expression: Expression, names: JsonMap): CelResult => {
  const result = within(expression, () => expression.compute(names))
  return result === unfinished ? { ok: false, message: 'this comes to no end' } : result
}

const within = <Result>({ isQuick }: Expression, compute: () => Result): Result | typeof unfinished =>
  isQuick ? compute() : runWithin(longest, compute)

/** What an expression comes to for each subject. Throws Wrong where it comes to nothing. */
const results = (expression: Expression, subjects: readonly Subject[]): readonly Json[] => {
  const values: Json[] = []
  for (let start = 0; start < subjects.length; start += together) {
    const some = subjects.slice(start, start + together)
    const compute = (subject: Subject): CelResult => expression.compute(subject.names)
    const computed = within(expression, () => some.map(compute))
    for (const [index, subject] of some.entries()) {
      const result = computed === unfinished ? within(expression, () => compute(subject)) : computed[index]
      values.push(computedValue(expression, subject, result))
    }
  }
  return values
}

const computedValue = (
  expression: Expression,
  subject: Subject,
  result: CelResult | typeof unfinished | undefined,
): Json => {
  if (result === unfinished || result === undefined) {
    const hint = 'a simpler pattern, without one in another'
    throw new Wrong(expression.placeAt(), `this comes to no end${whom(subject)}`, hint)
  }
  if (result.ok) return result.value
  const position = expression.placeAt(result.offset)
  throw new Wrong(position, `${result.message}${whom(subject)}`, hintOf(result.message, subject))
}

const hintOf = (message: string, { names }: Subject): string | undefined => {
  if (message.startsWith('no such key')) return '"when" with has(...) leaves out the machines that lack it'
  return hintByNames(message, names)
}

/** What helps where an expression cannot be computed, by what its names stand for. */
export const hintByNames = (message: string, names: JsonMap): string | undefined => {
  if (message.startsWith('unknown variable')) return `known: ${Object.keys(names).join(', ')}`
  if (message.startsWith('no such overload') && names.value === null)
    return 'value is null where a machine has nothing at the path'
  return undefined
}
