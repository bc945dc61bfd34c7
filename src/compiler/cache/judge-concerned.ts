// The policies of a site, held against the machines that an edit concerns and against those whose parent or child it concerns; those
// with `group` against the groups of which such a machine is or was one. Who was in which is kept.
import type { Document } from '../../model/document.js'
import { byCodeUnit, canonicalJson, parseJson } from '../../model/json.js'
import { distinct } from '../../model/sorted.js'
import { hostsAmong, type Parentage } from '../enclose/parentage.js'
import {
  groupsAmong,
  judgedWith,
  judgePolicies,
  judgeSomeGroups,
  namesFor,
  type PolicyFinding,
  type PolicySite,
  readersAmong,
} from '../policies/judge-policies.js'
import type { Policy } from '../policies/read-policies.js'
import type { Kept } from './kept.js'
import { groupName } from './kept-warnings.js'
import { emptyJournal, type Journal } from './lines.js'
import { linesOfMembers, type Member, membersOf } from './members.js'

type Judging = {
  readonly documents: ReadonlyMap<string, Document>
  readonly parentage: Parentage
  readonly published: (machine: string) => Document | undefined
  readonly kept: Pick<Kept, 'members' | 'inGroup'>
  /** The machines that are no more. */
  readonly gone: ReadonlySet<string>
  /** A group of more machines is not looked at. */
  readonly most: number
}

/** What the policies find at these machines and around them. */
export type Judged = {
  readonly findings: readonly PolicyFinding[]
  /** The machines that they looked at one by one. */
  readonly machines: ReadonlySet<string>
  /** The groups that they looked at, by `groupName`. */
  readonly groups: ReadonlySet<string>
  /** What changes of who is in which group. */
  readonly members: Journal
}

const nothingJudged: Judged = { findings: [], machines: new Set(), groups: new Set(), members: emptyJournal }

/** Undefined where one of the policies is at fault, or that takes the documents of too many machines. */
export const judgeConcerned = (policies: readonly Policy[], judging: Judging): Judged | undefined => {
  const { documents, published, gone } = judging
  if (policies.length === 0 || documents.size + gone.size === 0) return nothingJudged
  const near = documentsOf(judgedWith(documents.keys(), judging.parentage), { documents, published })
  if (near === undefined) return undefined
  const parentage = { ...judging.parentage, hosts: hostsAmong(near.keys(), judging.parentage) }
  const findings = judgePolicies(policies, { documents: near, parentage, isWhole: false })
  const isLookedAt = (name: string): boolean => namesFor(name, [], { documents: near, parentage }) !== undefined
  const alone = { ...nothingJudged, findings, machines: new Set([...near.keys()].filter(isLookedAt)) }
  const grouping = policies.filter(({ group }) => group !== undefined)
  if (grouping.length === 0) return alone
  const together = judgeGroups(grouping, { ...judging, near, parentage })
  return together && { ...alone, ...together, findings: [...findings, ...together.findings] }
}

/** Undefined where one is missing. */
const documentsOf = (
  names: Iterable<string>,
  { documents, published }: Pick<Judging, 'documents' | 'published'>,
): ReadonlyMap<string, Document> | undefined => {
  const found = new Map<string, Document>()
  for (const name of names) {
    const document = documents.get(name) ?? published(name)
    if (document === undefined) return undefined
    found.set(name, document)
  }
  return found
}

const judgeGroups = (
  policies: readonly Policy[],
  {
    documents,
    published,
    parentage,
    kept,
    gone,
    most,
    near,
  }: Judging & { readonly near: ReadonlyMap<string, Document> },
): Omit<Judged, 'machines'> | undefined => {
  // What these are grouped by may be another thing now.
  const looked = readersAmong(documents.keys(), parentage)
  const before = [...looked, ...gone].flatMap(kept.members)
  const now = membersAmong(policies, looked, { documents: near, parentage })
  if (now === undefined) return undefined
  const isConcerned = (name: string): boolean => documents.has(name) || gone.has(name)
  // What a group is told of stands in its first machine, and who is around that one may say where.
  const firsts = new Map<string, string | undefined>()
  const isFirst = ({ policy, key, machine }: Member): boolean => {
    const group = groupName({ policy, key })
    // Of a large group, to read who is in it takes longer than all the rest.
    if (!firsts.has(group)) firsts.set(group, kept.inGroup(policy, key).toSorted(byCodeUnit)[0])
    return firsts.get(group) === machine
  }
  const keys = keysOf([
    ...[...before, ...now].filter(member => isConcerned(member.machine) || isFirst(member)),
    ...difference(before, now),
  ])
  const findings: PolicyFinding[] = []
  const isStill = (name: string): boolean => !looked.has(name) && !gone.has(name)
  for (const policy of policies) {
    const groups = [...(keys.get(policy.name) ?? [])].map(key => {
      const others = kept.inGroup(policy.name, key).filter(isStill)
      const its = now.filter(one => one.policy === policy.name && one.key === key).map(({ machine }) => machine)
      return { key: parseJson(key) ?? null, machines: distinct([...others, ...its]).toSorted(byCodeUnit), pointer: '' }
    })
    const some = groups.filter(({ machines }) => machines.length > 0)
    const names = new Set(some.flatMap(({ machines }) => machines))
    const its = names.size > most ? undefined : documentsOf(names, { documents, published })
    if (its === undefined) return undefined
    for (const finding of judgeSomeGroups(policy, some, { documents: its, parentage })) {
      const placed = placedGroup(finding, { documents, published, parentage })
      if (placed === undefined) return undefined
      findings.push(placed)
    }
  }
  const groups = [...keys].flatMap(([policy, its]) => [...its].map(key => groupName({ policy, key })))
  return { findings, groups: new Set(groups), members: { come: linesOfMembers(now), gone: linesOfMembers(before) } }
}

/** A finding of a group with the place of the value that its first machine is looked at for. */
const placedGroup = (
  finding: PolicyFinding,
  { parentage: all, ...judging }: Pick<Judging, 'documents' | 'published' | 'parentage'>,
): PolicyFinding | undefined => {
  if (finding.kind === 'wrong') return finding
  const [first = ''] = finding.machines
  const documents = documentsOf(readersAmong([first], all), judging)
  if (documents === undefined) return undefined
  const parentage = { ...all, hosts: hostsAmong(documents.keys(), all) }
  const key = canonicalJson(finding.key ?? null)
  const group = groupsAmong(finding.policy, { documents, parentage })?.find(one => canonicalJson(one.key) === key)
  return group?.machines[0] === first ? { ...finding, pointer: group.pointer } : undefined
}

/** Who of some machines is in which group; undefined where that cannot be computed. */
const membersAmong = (
  policies: readonly Policy[],
  looked: ReadonlySet<string>,
  site: Pick<PolicySite, 'documents' | 'parentage'>,
): readonly Member[] | undefined => {
  const members = policies.map(policy => groupsAmong(policy, site)?.flatMap(group => membersOf(policy, group)))
  return members.every(its => its !== undefined)
    ? members.flat().filter(({ machine }) => looked.has(machine))
    : undefined
}

/** Those that are in one of two lists. */
const difference = (some: readonly Member[], others: readonly Member[]): readonly Member[] => {
  const missing = (from: readonly Member[], all: readonly Member[]): readonly Member[] => {
    const lines = new Set(linesOfMembers(all))
    return from.filter(one => !linesOfMembers([one]).every(line => lines.has(line)))
  }
  return [...missing(some, others), ...missing(others, some)]
}

/** By policy, the groups that some are in. */
const keysOf = (members: readonly Member[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const keys = new Map<string, Set<string>>()
  for (const { policy, key } of members) keys.set(policy, (keys.get(policy) ?? new Set()).add(key))
  return keys
}
