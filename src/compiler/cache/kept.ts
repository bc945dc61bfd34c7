// What is kept of a compilation of a sound site: what its documents were made from, what the checks between machines must know
// of each, and what there was to tell. All but a few words are lines (lines.ts), of which an edit reads and writes those that it concerns.
import type { Capacity, Unique } from '../../model/component.js'
import { byCodeUnit, type Json } from '../../model/json.js'
import { digestOf } from '../../model/seal.js'
import type { MoveUnderWay } from '../enclose/moves.js'
import type { Facts } from '../enclose/parentage.js'
import { remember } from '../remember.js'
import type { Trace } from '../shares/trace.js'
import type { Warning } from '../shares/warnings.js'
import type { ComeAndGone } from './come-and-gone.js'
import type { Listing } from './inputs.js'
import { linesOfWarnings, readWarnings } from './kept-warnings.js'
import { type Journal, type Lines, linesOf, printLine } from './lines.js'
import { type KeptMembers, linesOfMembers, type Member, readMembers } from './members.js'

/** Of a whole site. */
export type KeptSite = {
  /** The compiler that made it, and the key that it signed with. */
  readonly by: string
  /** The site's name. */
  readonly site: string
  /** The directories of the load path that are the site's. */
  readonly loadpath: readonly string[]
  /** How many machines there are. */
  readonly machines: number
  /** The guests that move, in the order of the lock file. */
  readonly moves: readonly MoveUnderWay[]
  readonly inputs: Listing
}

/** What the lines tell of machines and files. */
export type KeptLines = KeptMembers & {
  readonly lines: Lines
  /** Of a file that was read, what tells its content from any other. */
  readonly digest: (file: string) => string | undefined
  readonly machine: (name: string) => KeptMachine | undefined
  readonly names: () => readonly string[]
  /** The file of a machine's profile. */
  readonly profile: (name: string) => string | undefined
  readonly isTemplate: (file: string) => boolean
  /** The machines that have a file among their templates. */
  readonly madeFrom: (template: string) => readonly string[]
  /** The machines whose values are read from a machine, directly. */
  readonly readers: (name: string) => readonly string[]
  readonly parent: (name: string) => string | undefined
  /** The machines that have what only one may have. */
  readonly owners: (unique: Pick<Unique, 'kind' | 'value'>) => readonly string[]
  readonly has: (line: string) => boolean
  /** What there was to tell. */
  readonly warnings: () => readonly Warning[]
}

export type Kept = KeptSite & KeptLines

export type KeptMachine = {
  readonly profile: string
  /** Which templates it has: many machines have the same. */
  readonly templates: string
  /** The machines that its values were read from, directly. */
  readonly reads: readonly string[]
  readonly unique: readonly Unique[]
  /** What the survey found, where it encloses anything. */
  readonly enclosure?: {
    readonly type: Json | undefined
    readonly maxchildren: Json | undefined
    readonly children: readonly string[]
  }
  /** What its guests share. */
  readonly capacities?: readonly Capacity[]
}

export const readLines = (lines: Lines): KeptLines => {
  const texts = (...parts: readonly Json[]): readonly string[] => linesOf(lines, ...parts).map(([text]) => String(text))
  const machine = (name: string) => linesOf(lines, 'machine', name)[0]?.[0] as unknown as KeptMachine | undefined
  return {
    digest: file => texts('digest', file)[0],
    machine,
    names: () => texts('machine'),
    profile: name => machine(name)?.profile,
    isTemplate: file => texts('template', file).length > 0,
    madeFrom: template => texts('template', template).flatMap(templates => texts('made', templates)),
    readers: name => texts('read', name),
    parent: name => texts('enclosed', name)[0],
    owners: ({ kind, value }) => texts('unique', kind, value),
    has: line => lines.startingWith(line).includes(line),
    warnings: () => readWarnings(lines),
    ...readMembers(lines),
    lines,
  }
}

/** What a compilation tells of its machines. */
export type Compiled = {
  readonly trace: Trace
  readonly facts: readonly Facts[]
  readonly uniques: ReadonlyMap<string, readonly Unique[]>
  readonly capacities: ReadonlyMap<string, readonly Capacity[]>
}

/** All that is to be kept of a compilation of all machines, in code-unit order. */
export const linesToKeep = (
  compiled: Compiled & {
    readonly members: readonly Member[]
    readonly parses: readonly string[]
    readonly warnings: readonly Warning[]
  },
  digests: ReadonlyMap<string, string>,
): readonly string[] => {
  const nameOf = namesOfTemplates(compiled.trace)
  const ofFiles = [...linesOfTemplates(compiled, nameOf), ...compiled.parses, ...linesOfDigests(digests)]
  const lines = [...linesOfMachines(compiled, nameOf), ...ofFiles, ...linesOfWarnings(compiled.warnings)]
  const inOrder = [...lines, ...linesOfMembers(compiled.members)].sort(byCodeUnit)
  return inOrder.filter((line, index) => line !== inOrder[index - 1])
}

/** What the compilation of some machines changes; `gone` are machines and files that are no more. */
export const linesToChange = (
  compiled: Compiled,
  digests: ReadonlyMap<string, string>,
  { kept, gone, goneFiles }: { readonly kept: Kept } & Pick<ComeAndGone, 'gone' | 'goneFiles'>,
): Journal => {
  const machinesBefore = [...compiled.facts.map(({ name }) => name), ...gone].flatMap(name => {
    const machine = kept.machine(name)
    return machine === undefined ? [] : linesOfMachine(name, machine)
  })
  const ofDigests = digestsToChange(digests, { kept, goneFiles })
  const nameOf = namesOfTemplates(compiled.trace)
  const templates = linesOfTemplates(compiled, nameOf).filter(line => !kept.has(line))
  return {
    gone: [...machinesBefore, ...ofDigests.gone],
    come: [...linesOfMachines(compiled, nameOf), ...ofDigests.come, ...new Set(templates)],
  }
}

/** What files that hold something else now change. */
export const digestsToChange = (
  digests: ReadonlyMap<string, string>,
  { kept, goneFiles = [] }: { readonly kept: Kept } & Partial<Pick<ComeAndGone, 'goneFiles'>>,
): Journal => {
  const before = [...digests.keys(), ...goneFiles].flatMap(file => {
    const digest = kept.digest(file)
    return digest === undefined ? [] : [[file, digest] as const]
  })
  return { come: linesOfDigests(digests), gone: linesOfDigests(before) }
}

const linesOfMachines = (compiled: Compiled, nameOf: NameOfTemplates): readonly string[] =>
  compiled.facts.flatMap(facts => linesOfMachine(facts.name, keptMachine(facts, compiled, nameOf)))

const linesOfMachine = (name: string, machine: KeptMachine): readonly string[] => [
  printLine('machine', name, machine as unknown as Json),
  printLine('made', machine.templates, name),
  ...machine.reads.map(read => printLine('read', read, name)),
  ...[...new Set(machine.enclosure?.children)].map(child => printLine('enclosed', child, name)),
  ...[...new Set(machine.unique.map(({ kind, value }) => printLine('unique', kind, value, name)))],
]

const linesOfTemplates = ({ trace, facts }: Compiled, nameOf: NameOfTemplates): readonly string[] => {
  const lists = new Map(facts.map(({ name }) => [nameOf(name), templatesOf(name, trace)]))
  return [...lists].flatMap(([list, templates]) => templates.map(file => printLine('template', file, list)))
}

const linesOfDigests = (digests: Iterable<readonly [string, string]>): readonly string[] =>
  [...digests].map(([file, digest]) => printLine('digest', file, digest))

const keptMachine = (
  { name, type, maxchildren, children }: Facts,
  { trace, uniques, capacities }: Omit<Compiled, 'facts'>,
  nameOf: NameOfTemplates,
): KeptMachine => {
  const enclosure = { type, maxchildren, children: children.map(child => child.name) }
  const isEnclosure = type !== undefined || maxchildren !== undefined || children.length > 0
  const machine = {
    profile: trace.files.get(name)?.[0] ?? '',
    templates: nameOf(name),
    reads: [...(trace.reads.get(name) ?? [])],
    unique: uniques.get(name) ?? [],
  }
  const its = capacities.get(name)
  return { ...machine, ...(isEnclosure && { enclosure }), ...(its !== undefined && { capacities: its }) }
}

const templatesOf = (name: string, { files }: Trace): readonly string[] => files.get(name)?.slice(1) ?? []

/** Of a machine, a name of all its templates, which many machines have. */
type NameOfTemplates = (machine: string) => string

const namesOfTemplates = (trace: Trace): NameOfTemplates => {
  const nameOf = remember(templates => digestOf(templates).slice(0, 16))
  return machine => nameOf(templatesOf(machine, trace).join('\n'))
}

/** All machines, by name. */
export const keptMachines = (lines: Lines): readonly (readonly [string, KeptMachine])[] =>
  linesOf(lines, 'machine').map(([name, machine]) => [String(name), machine as unknown as KeptMachine])

/** What the survey of a machine came to; where its children are written is not kept. */
export const factsOf = (name: string, { profile, enclosure }: KeptMachine): Facts => {
  const position = { file: profile, line: 1, column: 1 }
  const children = (enclosure?.children ?? []).map(child => ({ name: child, position }))
  return { name, complete: true, type: enclosure?.type, maxchildren: enclosure?.maxchildren, children }
}
