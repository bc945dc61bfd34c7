// warnings: what a compilation in parts has to tell of a site that is to be published all the same. A part tells what it finds at each
// of its machines, with the includes that lead there, while it has them; what the parts found is joined into the diagnostics that
// one compilation of the whole site comes to.
import type { Diagnostic, Position } from '../../model/diagnostic.js'
import { type MachineTracing, wayOf } from '../judge/trace-includes.js'
import { collectProblems, type FoundAt, firstOf, type Problems, placeOf } from '../problems.js'

/** What is found at one machine; undefined is of none. At how many others the same is found is seen when all are known. */
export type Finding = Pick<Diagnostic, 'code' | 'message' | 'position'> & FoundAt

/** With the includes by which one comes to its file. */
export type Warning = Finding & {
  /** Undefined where they are not known: of another machine's file. */
  readonly includes: readonly Position[] | undefined
  /** Whether the machine itself is made of the file. */
  readonly isOwn: boolean
  /** Of a policy that looks at machines together: of which it warns. */
  readonly group?: WarnedGroup
}

/** By the name of the policy, and what the machines have in common, as canonical JSON. */
export type WarnedGroup = { readonly policy: string; readonly key: string }

/** Problems of which only the warnings are told; an error leaves all of it to a compilation of the whole site. */
export type Warnings = Problems & {
  readonly hasErrors: () => boolean
  /** What was found at these machines so far, which is forgotten. */
  readonly take: (machines: readonly (string | undefined)[]) => readonly Finding[]
}

export const collectWarnings = (): Warnings => {
  const errors = collectProblems()
  const found = new Map<string | undefined, Map<string, Finding>>()
  let isWrong = false
  return {
    error: (...problem) => {
      isWrong = true
      errors.error(...problem)
    },
    warning: (code, message, { machine, pointer = '', position, hint } = {}) => {
      const finding = { code, message, machine, pointer, position, hint }
      const its = found.get(machine) ?? new Map<string, Finding>()
      found.set(machine, its)
      const before = its.get(keyOf(finding))
      its.set(keyOf(finding), before === undefined ? finding : firstOf(before, finding))
    },
    list: errors.list,
    hasErrors: () => isWrong,
    take: machines =>
      machines.flatMap(machine => {
        const its = [...(found.get(machine)?.values() ?? [])]
        found.delete(machine)
        return its
      }),
  }
}

/** The findings with their includes, of machines that are known. */
export const traced = (findings: readonly Finding[], tracing: MachineTracing): readonly Warning[] =>
  findings.map(finding => {
    const { machine, position, ...words } = finding
    const way =
      machine === undefined || position === undefined
        ? undefined
        : wayOf({ ...words, machines: [machine] }, position.file, tracing)
    return { ...finding, includes: way?.includes, isOwn: way !== undefined && way.user === machine }
  })

/** Of findings that are of no machine. */
export const nowhere: MachineTracing = { isMadeOf: () => false, inclusions: () => [], children: () => [] }

/** What was found at one machine after the other, as a compilation of the whole site tells it. */
export const diagnosticsOf = (warnings: readonly Warning[]): readonly Diagnostic[] => {
  const problems = collectProblems()
  const ways = new Map<string, Warning>()
  for (const warning of warnings) {
    const { code, message, ...detail } = warning
    problems.warning(code, message, detail)
    const before = ways.get(keyOf(warning))
    ways.set(keyOf(warning), before === undefined ? warning : nearest(before, warning))
  }
  return problems.list().map(diagnostic => {
    const { includes = [] } = ways.get(keyOf({ ...diagnostic, machine: diagnostic.machines[0] })) ?? {}
    return includes.length > 0 ? { ...diagnostic, includes } : diagnostic
  })
}

/** By which of two machines one comes to their file: by one that is made of it, else by one that knows the way. */
const nearest = (one: Warning, other: Warning): Warning => {
  if (one.isOwn !== other.isOwn) return one.isOwn ? one : other
  if ((one.includes === undefined) !== (other.includes === undefined)) return one.includes === undefined ? other : one
  return firstOf(one, other)
}

/** The same of what is one diagnostic. */
const keyOf = (found: Pick<Finding, 'code' | 'message' | 'machine' | 'position'>): string =>
  `${found.code}\n${found.message}\n${placeOf(found)}`
