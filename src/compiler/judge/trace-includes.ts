// The last word on a diagnostic: for which machines a mistake in a shared file is one, and through which includes the
// first of them comes to that file. Known when all files have been composed, so done once, at the end.
import type { Diagnostic, Position } from '../../model/diagnostic.js'
import { byCodeUnit } from '../../model/json.js'
import type { Composition, Inclusion } from '../compose/include.js'

export type Tracing = {
  readonly compositions: ReadonlyMap<string, Pick<Composition, 'name' | 'inclusions'>>
  /** Of a machine: what is pulled from a child may be a mistake of the parent's in a file of the child's. */
  readonly children: (machine: string) => readonly { readonly name: string }[]
}

/** The diagnostics with their machines, where only the file was known, and with their includes. */
export const traceIncludes = (diagnostics: readonly Diagnostic[], tracing: Tracing): readonly Diagnostic[] => {
  const users = diagnostics.length === 0 ? new Map<string, ReadonlySet<string>>() : usersOfFiles(tracing)
  return diagnostics.map(diagnostic => {
    const { position } = diagnostic
    const using = position && users.get(position.file)
    if (position === undefined || using === undefined) return diagnostic
    const machines = diagnostic.machines.length > 0 ? diagnostic.machines : [...using].sort(byCodeUnit)
    const user = nearestUser({ ...diagnostic, machines }, using, tracing)
    const includes = wayTo(position.file, tracing.compositions.get(user ?? '')?.inclusions ?? [])
    return { ...diagnostic, machines, ...(includes.length > 0 && { includes }) }
  })
}

/** The machines that each file takes part in. */
const usersOfFiles = ({ compositions }: Tracing): ReadonlyMap<string, ReadonlySet<string>> => {
  const users = new Map<string, Set<string>>()
  for (const { name, inclusions } of compositions.values()) {
    for (const { file } of inclusions) {
      const known = users.get(file.file) ?? new Set()
      users.set(file.file, known.add(name))
    }
  }
  return users
}

/**
 * The first of the machines that is made of a file; else one below them, and of several the one that the diagnostic
 * speaks of: `ce on gridhost: ...`.
 */
const nearestUser = (
  { machines, message, pointer }: Diagnostic,
  using: ReadonlySet<string>,
  tracing: Tracing,
): string | undefined => {
  const reached = new Set(machines)
  for (const machine of reached) for (const { name } of tracing.children(machine)) reached.add(name)
  const users = [...reached].filter(machine => using.has(machine))
  const words = `${message} ${pointer}`.split(/[^\w.-]+/)
  return users.find(user => machines.includes(user)) ?? users.find(user => words.includes(user)) ?? users[0]
}

/** The place of each include between a profile and a file of its machine; none to the profile itself. */
const wayTo = (file: string, inclusions: readonly Inclusion[]): readonly Position[] => {
  const position = inclusions.find(inclusion => inclusion.file.file === file)?.position
  return position === undefined ? [] : [...wayTo(position.file, inclusions), position]
}
