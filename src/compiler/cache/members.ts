// Which machines are in which groups of a site's policies: lines of what is kept (lines.ts), by group and by machine.
import { canonicalJson } from '../../model/json.js'
import type { Group } from '../policies/judge-policies.js'
import type { Policy } from '../policies/read-policies.js'
import { type Lines, linesOf, printLine } from './lines.js'

export type Member = {
  /** The name of the policy. */
  readonly policy: string
  /** What the group has in common, as canonical JSON. */
  readonly key: string
  readonly machine: string
}

export type KeptMembers = {
  /** What a machine is in. */
  readonly members: (machine: string) => readonly Member[]
  /** The machines of a group. */
  readonly inGroup: (policy: string, key: string) => readonly string[]
}

export const membersOf = ({ name }: Policy, { key, machines }: Group): readonly Member[] => {
  const text = canonicalJson(key).trimEnd()
  return machines.map(machine => ({ policy: name, key: text, machine }))
}

export const linesOfMembers = (members: readonly Member[]): readonly string[] =>
  members.flatMap(({ policy, key, machine }) => [
    printLine('group', policy, key, machine),
    printLine('member', machine, policy, key),
  ])

export const readMembers = (lines: Lines): KeptMembers => ({
  members: machine =>
    linesOf(lines, 'member', machine).map(([policy, key]) => ({ policy: String(policy), key: String(key), machine })),
  inGroup: (policy, key) => linesOf(lines, 'group', policy, key).map(([machine]) => String(machine)),
})
