// The policies of a site, held against the machines that an edit concerns and against those whose parent or child it concerns; those
// with `group` against the groups of which such a machine is or was one. Who was in which is kept.
import type { Document } from '../../model/document.js'
import { parseJson } from '../../model/json.js'
import { distinct } from '../../model/sorted.js'
import { hostsAmong, type Parentage } from '../enclose/parentage.js'
import {
  groupsAmong,
  judgedWith,
  judgePolicies,
  judgeSomeGroups,
  type PolicySite,
  readersAmong,
} from '../policies/judge-policies.js'
import type { Policy } from '../policies/read-policies.js'
import type { Kept } from './kept.js'
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

/** What changes of who is in which group, where all hold; undefined where one does not, or that takes the documents of too many machines. */
export const judgeConcerned = (policies: readonly Policy[], judging: Judging): Journal | undefined => {
  const { documents, published, gone } = judging
  if (policies.length === 0 || documents.size + gone.size === 0) return emptyJournal
  const near = documentsOf(judgedWith(documents.keys(), judging.parentage), { documents, published })
  if (near === undefined) return undefined
  const parentage = { ...judging.parentage, hosts: hostsAmong(near.keys(), judging.parentage) }
  if (judgePolicies(policies, { documents: near, parentage, isWhole: false }).length > 0) return undefined
  const grouping = policies.filter(({ group }) => group !== undefined)
  return grouping.length === 0 ? emptyJournal : judgeGroups(grouping, { ...judging, near, parentage })
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
): Journal | undefined => {
  // What these are grouped by may be another thing now.
  const looked = readersAmong(documents.keys(), parentage)
  const before = [...looked, ...gone].flatMap(kept.members)
  const now = membersAmong(policies, looked, { documents: near, parentage })
  if (now === undefined) return undefined
  const isConcerned = (name: string): boolean => documents.has(name) || gone.has(name)
  const keys = keysOf([
    ...[...before, ...now].filter(({ machine }) => isConcerned(machine)),
    ...difference(before, now),
  ])
  const isStill = (name: string): boolean => !looked.has(name) && !gone.has(name)
  for (const policy of policies) {
    const groups = [...(keys.get(policy.name) ?? [])].map(key => {
      const others = kept.inGroup(policy.name, key).filter(isStill)
      const its = now.filter(one => one.policy === policy.name && one.key === key).map(({ machine }) => machine)
      return { key: parseJson(key) ?? null, machines: distinct([...others, ...its]), pointer: '' }
    })
    const some = groups.filter(({ machines }) => machines.length > 0)
    const names = new Set(some.flatMap(({ machines }) => machines))
    const its = names.size > most ? undefined : documentsOf(names, { documents, published })
    if (its === undefined || judgeSomeGroups(policy, some, { documents: its, parentage }).length > 0) return undefined
  }
  return { come: linesOfMembers(now), gone: linesOfMembers(before) }
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
