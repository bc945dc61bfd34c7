// The policies of a site, held against the machines that an edit concerns and against those whose parent or child it concerns.
import type { Document } from '../../model/document.js'
import type { Parentage } from '../parentage.js'
import { judgedWith, judgePolicies } from '../policies/judge-policies.js'
import type { Policy } from '../policies/read-policies.js'

/** Whether all hold; false also where that takes the documents of all machines. */
export const judgeConcerned = (
  policies: readonly Policy[],
  {
    documents,
    parentage,
    published,
  }: {
    readonly documents: ReadonlyMap<string, Document>
    readonly parentage: Parentage
    readonly published: (machine: string) => Document | undefined
  },
): boolean => {
  if (policies.length === 0 || documents.size === 0) return true
  if (policies.some(({ group }) => group !== undefined)) return false
  const needed = [...judgedWith(documents.keys(), parentage)]
  const all = needed.map(name => [name, documents.get(name) ?? published(name)] as const)
  const known = all.filter((one): one is readonly [string, Document] => one[1] !== undefined)
  if (known.length < all.length) return false
  return judgePolicies(policies, { documents: new Map(known), parentage, isWhole: false }).length === 0
}
