// The last word on a diagnostic: for which machines a mistake in a shared file is one, and through which includes the
// first of them comes to that file. Known when all files have been composed, so done once, at the end.
import type { Diagnostic, Position } from '../../model/diagnostic.js'
import { byCodeUnit } from '../../model/json.js'
import { reachedFrom } from '../../model/reached.js'
import type { Composition, Inclusion } from '../compose/include.js'

export type Tracing = Pick<MachineTracing, 'children'> & {
  readonly compositions: ReadonlyMap<string, Pick<Composition, 'name' | 'inclusions'>>
}

/** The same, where not all machines need be composed. */
export type MachineTracing = {
  readonly isMadeOf: (machine: string, file: string) => boolean
  readonly inclusions: (machine: string) => readonly Inclusion[]
  /** Of a machine: what is pulled from a child may be a mistake of the parent's in a file of the child's. */
  readonly children: (machine: string) => readonly { readonly name: string }[]
}

/** The same of machines that are composed when they are asked for. */
export const tracingBy = (
  composition: (machine: string) => Composition | undefined,
  { children }: Pick<MachineTracing, 'children'>,
): MachineTracing => ({
  isMadeOf: (name, file) => composition(name)?.inclusions.some(one => one.file.file === file) === true,
  inclusions: name => composition(name)?.inclusions ?? [],
  children,
})

/** How one comes to a file. */
export type Way = {
  /** The machine that is made of it. */
  readonly user: string
  readonly includes: readonly Position[]
}

/** The diagnostics with their machines, where only the file was known, and with their includes. */
export const traceIncludes = (
  diagnostics: readonly Diagnostic[],
  { compositions, children }: Tracing,
): readonly Diagnostic[] => {
  const users = diagnostics.length === 0 ? new Map<string, ReadonlySet<string>>() : usersOfFiles(compositions)
  const tracing: MachineTracing = {
    isMadeOf: (machine, file) => users.get(file)?.has(machine) === true,
    inclusions: machine => compositions.get(machine)?.inclusions ?? [],
    children,
  }
  return diagnostics.map(diagnostic => {
    const { position } = diagnostic
    const using = position && users.get(position.file)
    if (position === undefined || using === undefined) return diagnostic
    const machines = diagnostic.machines.length > 0 ? diagnostic.machines : [...using].sort(byCodeUnit)
    const { includes = [] } = wayOf({ ...diagnostic, machines }, position.file, tracing) ?? {}
    return { ...diagnostic, machines, ...(includes.length > 0 && { includes }) }
  })
}

/** What of a diagnostic tells where its file is. */
export type Spoken = Pick<Diagnostic, 'machines' | 'message' | 'pointer'>

/** By which of its machines, and through which includes, one comes to the file of a diagnostic; undefined where by none. */
export const wayOf = (spoken: Spoken, file: string, tracing: MachineTracing): Way | undefined => {
  const user = nearestUser(spoken, machine => tracing.isMadeOf(machine, file), tracing.children)
  return user === undefined ? undefined : { user, includes: wayTo(file, tracing.inclusions(user)) }
}

/** The machines that each file takes part in. */
const usersOfFiles = (compositions: Tracing['compositions']): ReadonlyMap<string, ReadonlySet<string>> => {
  const users = new Map<string, Set<string>>()
  for (const { name, inclusions } of compositions.values()) {
    for (const { file } of inclusions) {
      const known = users.get(file.file) ?? new Set()
      users.set(file.file, known.add(name))
    }
  }
  return users
}

/** The first of the machines that is made of a file; else one below the first that encloses any such. */
const nearestUser = (
  { machines, ...words }: Spoken,
  isUser: (machine: string) => boolean,
  children: Tracing['children'],
): string | undefined => {
  const user = machines.find(isUser)
  if (user !== undefined) return user
  for (const machine of machines) {
    const below = userBelow(machine, words, isUser, children)
    if (below !== undefined) return below
  }
  return undefined
}

/** Of several, the one that is spoken of: `ce on gridhost: ...`. */
const userBelow = (
  machine: string,
  { message, pointer }: Omit<Spoken, 'machines'>,
  isUser: (machine: string) => boolean,
  children: Tracing['children'],
): string | undefined => {
  const below = reachedFrom([machine], name => children(name).map(child => child.name))
  const users = [...below].filter(isUser)
  const words = `${message} ${pointer}`.split(/[^\w.-]+/)
  return users.find(user => words.includes(user)) ?? users[0]
}

/** The place of each include between a profile and a file of its machine; none to the profile itself. */
const wayTo = (file: string, inclusions: readonly Inclusion[]): readonly Position[] => {
  const position = inclusions.find(inclusion => inclusion.file.file === file)?.position
  return position === undefined ? [] : [...wayTo(position.file, inclusions), position]
}
