// What there was to tell when the documents were compiled, machine by machine: lines of what is kept (lines.ts). An edit finds anew
// what there is to tell of the machines that it compiles, and what policies find at those around them.
import type { Json } from '../../model/json.js'
import type { WarnedGroup, Warning } from '../shares/warnings.js'
import { lockFile } from '../site/lock-file.js'
import { type Journal, type Lines, linesOf, printLine } from './lines.js'

export const linesOfWarnings = (warnings: readonly Warning[]): readonly string[] =>
  warnings.map(({ machine = '', code, message, pointer, position, hint, includes, isOwn, group }) =>
    // What is undefined is left out.
    printLine('warning', machine, {
      code,
      message,
      pointer,
      position,
      hint,
      includes,
      isOwn,
      group,
    } as unknown as Json),
  )

export const readWarnings = (lines: Lines): readonly Warning[] =>
  linesOf(lines, 'warning').map(([machine, rest]) => ({
    ...{ hint: undefined, includes: undefined, position: undefined },
    ...(rest as unknown as Warning),
    machine: machine === '' ? undefined : String(machine),
  }))

/** Whether one is of the lock file, and not of a machine: what an edit makes of that is seen by who looks at all of it. */
export const areOfAll = (warnings: readonly Warning[]): boolean =>
  warnings.some(({ machine, position }) => machine === undefined || position?.file === lockFile)

/** What was looked at anew: whatever was found there before is replaced. */
export type LookedAt = {
  /** The machines that were compiled, or are no more. */
  readonly compiled: (machine: string) => boolean
  /** Those that policies look at one by one. */
  readonly judged: ReadonlySet<string>
  /** The groups of which they look at all machines together, by `groupName`. */
  readonly groups: ReadonlySet<string>
}

export const groupName = ({ policy, key }: WarnedGroup): string => `${policy} ${key}`

/** What there is to tell after an edit, and what changes of what is kept. */
export const warningsAfter = (
  before: readonly Warning[],
  found: readonly Warning[],
  { compiled, judged, groups }: LookedAt,
): { readonly warnings: readonly Warning[]; readonly change: Journal } => {
  const isReplaced = ({ machine = '', code, group }: Warning): boolean =>
    group === undefined ? compiled(machine) || (code === 'policy' && judged.has(machine)) : groups.has(groupName(group))
  return {
    warnings: [...before.filter(warning => !isReplaced(warning)), ...found],
    change: { come: linesOfWarnings(found), gone: linesOfWarnings(before.filter(isReplaced)) },
  }
}
