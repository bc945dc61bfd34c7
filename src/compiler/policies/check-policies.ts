// What the site's policies find, told at the lines that the values come from. After checkSite: a machine with a mistake
// takes no part, so that one cause is told once.
import { type Checking, placeInFile, soundDocuments } from '../judge/check-site.js'
import { judgePolicies, type PolicyFinding } from './judge-policies.js'
import type { Policy } from './read-policies.js'

export const checkPolicies = (policies: readonly Policy[], checking: Checking): void => {
  if (policies.length === 0) return
  const { machines, compositions } = checking
  const documents = new Map(soundDocuments(checking))
  const site = { documents, parentage: machines.parentage, isWhole: documents.size === compositions.size }
  for (const finding of judgePolicies(policies, site)) tell(finding, checking)
}

const tell = (finding: PolicyFinding, checking: Checking): void => {
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
