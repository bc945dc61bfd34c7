// Where the stages put what they find wrong. Everything is collected; nothing is thrown for a user's mistake.
import type { Diagnostic, DiagnosticCode, Position } from '../model/diagnostic.js'
import { byCodeUnit } from '../model/json.js'

export type ProblemDetail = {
  readonly machine?: string | undefined
  readonly pointer?: string | undefined
  readonly position?: Position | undefined
  readonly hint?: string | undefined
  /** Whether it is all that is told of what stands at its position: the rest would only follow from it. */
  readonly isAll?: boolean
}

export type Problems = {
  readonly error: (code: DiagnosticCode, message: string, detail?: ProblemDetail) => void
  readonly warning: (code: DiagnosticCode, message: string, detail?: ProblemDetail) => void
  /**
   * What was found so far, sorted by position; a cause that hits many machines is one entry that names them all. Its pointer and
   * its hint are those of the first by name, whoever was looked at first.
   */
  readonly list: () => readonly Diagnostic[]
}

export const collectProblems = (): Problems => {
  const found = new Map<string, Found>()
  const settled = new Set<string>()
  const add =
    (severity: Diagnostic['severity']) =>
    (code: DiagnosticCode, message: string, detail: ProblemDetail = {}) => {
      const { machine, pointer = '', position, hint, isAll = false } = detail
      const place = placeOf({ machine, position })
      if (settled.has(place)) return
      if (isAll) settled.add(place)
      const key = [severity, code, message, place].join('\n')
      const it = { machine, pointer, hint }
      const before = found.get(key)
      const machines = before?.machines ?? new Set()
      if (machine !== undefined) machines.add(machine)
      const first = before === undefined ? it : firstOf(before.first, it)
      found.set(key, { severity, code, message, machines, position, first })
    }
  return { error: add('error'), warning: add('warning'), list: () => [...found.values()].map(told).sort(byPosition) }
}

/** What tells the place of one diagnostic from that of another: its line in a file, else its machine. */
export const placeOf = ({ machine, position }: Pick<ProblemDetail, 'machine' | 'position'>): string =>
  position === undefined ? `${machine}` : `${position.file}:${position.line}:${position.column}`

/** A diagnostic while it is found at one machine after the other, of which there may be thousands. */
type Found = Omit<Diagnostic, 'machines' | 'pointer' | 'hint'> & {
  readonly machines: Set<string>
  readonly first: FoundAt
}

/** What of a diagnostic is one machine's. */
export type FoundAt = Required<Pick<ProblemDetail, 'machine' | 'hint'>> & { readonly pointer: string }

/** Which of two counts for what is told. */
export const firstOf = <At extends FoundAt>(one: At, other: At): At => (byMachine(one, other) <= 0 ? one : other)

const byMachine = (a: FoundAt, b: FoundAt): number =>
  byCodeUnit(a.machine ?? '', b.machine ?? '') ||
  byCodeUnit(a.pointer, b.pointer) ||
  byCodeUnit(a.hint ?? '', b.hint ?? '')

const told = ({ severity, code, message, machines, position, first: { pointer, hint } }: Found): Diagnostic => ({
  ...{ severity, code, message, machines: [...machines].sort(byCodeUnit), pointer, position },
  ...(hint === undefined ? {} : { hint }),
})

/** The same collection, for findings about one machine. */
export const forMachine = (problems: Problems, machine: string): Problems => ({
  error: (code, message, detail) => problems.error(code, message, { machine, ...detail }),
  warning: (code, message, detail) => problems.warning(code, message, { machine, ...detail }),
  list: problems.list,
})

/** The same problems, and how many were told through this. */
export const countTold = (problems: Problems): Problems & { readonly count: () => number } => {
  let count = 0
  const counted =
    (tell: Problems['error']): Problems['error'] =>
    (...problem) => {
      count += 1
      tell(...problem)
    }
  return { error: counted(problems.error), warning: counted(problems.warning), list: problems.list, count: () => count }
}

/** As `list` sorts what was found. */
export const inOrderOfPlace = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  diagnostics.toSorted(byPosition)

const byPosition = (a: Diagnostic, b: Diagnostic): number =>
  byCodeUnit(a.position?.file ?? '', b.position?.file ?? '') ||
  (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
  (a.position?.column ?? 0) - (b.position?.column ?? 0) ||
  byCodeUnit(a.message, b.message) ||
  byCodeUnit(a.code, b.code) ||
  byCodeUnit(a.severity, b.severity)
