// What the site's policies find, told at the lines that the values come from. After checkSite: a machine with a mistake
// takes no part, so that one cause is told once.
import { type Checking, placeInFile, soundDocuments } from '../judge/check-site.js'
import { judgePolicies, type PolicyFinding } from './judge-policies.js'
import type { Policy } from './read-policies.js'

/** Of a site of so many machines. */
export const checkPolicies = (policies: readonly Policy[], checking: Checking, all: number): void => {
  if (policies.length === 0) return
  const documents = new Map(soundDocuments(checking))
  const site = { documents, parentage: checking.machines.parentage, isWhole: documents.size === all }
  for (const finding of judgePolicies(policies, site)) tellPolicy(finding, checking)
}

export const tellPolicy = (
  finding: PolicyFinding,
  checking: Pick<Checking, 'machines' | 'compositions' | 'problems'>,
): void => {
  const { problems } = checking
  if (finding.kind === 'wrong') {
    problems.error('expression', finding.message, { position: finding.position, hint: finding.hint })
    return
  }
  const { policy, machines, pointer } = finding
  const [first = ''] = machines
  const position = placeInFile(checking, { machine: first, pointer })
  const message = `${policy.name}: ${finding.message}`
  for (const machine of machines)
    problems[policy.severity]('policy', message, { machine, pointer, position, hint: policy.hint })
}
