// What policies warn of that look at more machines than a part has: found when the documents of these are there, and nothing else of
// them is. The few machines that say where it stands are composed once more.
import { canonicalJson } from '../../model/json.js'
import type { MachineTracing } from '../judge/trace-includes.js'
import { tellPolicy } from '../policies/check-policies.js'
import { isWarning, type PolicyFinding } from '../policies/judge-policies.js'
import { remember } from '../remember.js'
import { collectWarnings, type Finding, nowhere, traced, type Warning } from './warnings.js'
import type { PartCompiler } from './workshop.js'

/** Undefined where one of them is a mistake. */
export const warningsOfPolicies = (
  findings: readonly PolicyFinding[],
  openPart: () => PartCompiler,
  tracingBy: (composition: PartCompiler['composition']) => MachineTracing,
): readonly Warning[] | undefined => {
  if (findings.length === 0) return []
  if (!findings.every(isWarning)) return undefined
  const { machines, composition, compile } = openPart()
  const tracing = tracingBy(composition)
  // Where a value comes from is known when it has been computed.
  const compileOnce = remember(name => compile([name]))
  return findings.flatMap(finding => {
    if (finding.kind === 'wrong') return []
    const { policy, key, machines: names } = finding
    compileOnce(names[0] ?? '')
    const problems = collectWarnings()
    tellPolicy(finding, { machines, compositions: { get: composition }, problems })
    const warnings = tracedTogether(problems.take(names), tracing)
    if (key === undefined) return warnings
    const group = { policy: policy.name, key: canonicalJson(key).trimEnd() }
    return warnings.map(warning => ({ ...warning, group }))
  })
}

/** Of one place: the way of one machine is enough, and a group may have all machines of the site. */
const tracedTogether = (findings: readonly Finding[], tracing: MachineTracing): readonly Warning[] => {
  const isOwn = ({ machine = '', position }: Finding): boolean => tracing.isMadeOf(machine, position?.file ?? '')
  const isKnown = (finding: Finding): boolean =>
    traced([finding], tracing).some(({ includes }) => includes !== undefined)
  const speaker = findings.find(isOwn) ?? findings.find(isKnown)
  return findings.flatMap(finding => traced([finding], finding === speaker ? tracing : nowhere))
}
