// What policies that count machines warn of: found when the documents of all machines are there, and nothing else of them is. The
// few machines that say where it stands are composed once more.
import { movesOf } from '../enclose/moves.js'
import type { Parentage } from '../enclose/parentage.js'
import type { MachineTracing } from '../judge/trace-includes.js'
import { tellPolicy } from '../policies/check-policies.js'
import type { PolicyFinding } from '../policies/judge-policies.js'
import { remember } from '../remember.js'
import type { Trace } from './trace.js'
import { collectWarnings, type Finding, nowhere, traced, type Warning } from './warnings.js'
import { openWorkshop, type WorkshopInput } from './workshop.js'

type Sound = Pick<WorkshopInput, 'site' | 'rules' | 'components'> & {
  readonly parentage: Parentage
  readonly trace: Trace | undefined
}

/** Undefined where one of them is a mistake, or files were saved meanwhile. */
export const warningsOfGroups = (
  findings: readonly PolicyFinding[],
  { parentage, trace, ...input }: Sound,
): readonly Warning[] | undefined => {
  if (findings.length === 0) return []
  if (trace === undefined) return undefined
  const problems = collectWarnings()
  const workshop = openWorkshop({ ...input, problems: collectWarnings() })
  const { machines, composition, compile } = workshop.partsIn(parentage, movesOf(input.rules.residences, parentage.hosts))()
  // Where a value comes from is known when it has been computed.
  const compileOnce = remember(name => compile([name]))
  const warnings: Warning[] = []
  const tracing: MachineTracing = {
    isMadeOf: (name, file) => trace.files.get(name)?.includes(file) === true,
    inclusions: name => composition(name)?.inclusions ?? [],
    children: parentage.children,
  }
  for (const finding of findings) {
    if (finding.kind === 'broken') compileOnce(finding.machines[0] ?? '')
    tellPolicy(finding, { machines, compositions: { get: composition }, problems })
    if (finding.kind === 'wrong' || problems.hasErrors()) return undefined
    warnings.push(...tracedTogether(problems.take(finding.machines), tracing))
  }
  return warnings
}

/** Of one place: the way of one machine is enough, and a group may have all machines of the site. */
const tracedTogether = (findings: readonly Finding[], tracing: MachineTracing): readonly Warning[] => {
  const isOwn = ({ machine = '', position }: Finding): boolean => tracing.isMadeOf(machine, position?.file ?? '')
  const isKnown = (finding: Finding): boolean =>
    traced([finding], tracing).some(({ includes }) => includes !== undefined)
  const speaker = findings.find(isOwn) ?? findings.find(isKnown)
  return findings.flatMap(finding => traced([finding], finding === speaker ? tracing : nowhere))
}
