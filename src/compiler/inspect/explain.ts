// explain: where a value comes from, through everything that it was computed from: parameters, variables, paths of this
// and other machines, and the children that it was pulled from. Each step is told with all that it overrode.
import type { Position } from '../../model/diagnostic.js'
import type { Json } from '../../model/json.js'
import { parsePointer, printPointer, valueAt } from '../../model/pointer.js'
import type { CompiledSite } from '../compile.js'
import { declared, locate, type Reading, type Step, type Subject, type Told, tell, variableSubject } from './telling.js'

export type Explanation = Told & {
  readonly machine: string
  /** Where a variable is explained. */
  readonly variable?: string
  readonly pointer: string
  /** Where there is no value: the place that was removed. */
  readonly removed?: string
  /** Every parameter and variable that went into it, however far behind. */
  readonly names: readonly UsedName[]
}

export type UsedName = {
  readonly kind: 'parameter' | 'variable'
  readonly name: string
  readonly value?: Json
} & Partial<Position>

/** The story of the value at a path, or of its removal; undefined where there never was one. */
export const explain = (compiled: CompiledSite, machine: string, path: string): Explanation | undefined => {
  const keys = parsePointer(path)
  const value = compiled.documents.get(machine)
  const tree = compiled.machines.trees.enclosed(machine)
  const pointer = printPointer(keys)
  if (pointer === '/name' && value !== undefined) return { machine, pointer, ...nameOf(compiled, machine), names: [] }
  if (tree === undefined) return undefined
  const subject: Subject = { machine, tree, value, schema: compiled.machines.resolver.root, keys }
  return explanationOf(compiled, subject, { machine, pointer })
}

/** The story of a variable of a machine, or of a place in it; undefined where it has no value. */
export const explainVariable = (
  compiled: CompiledSite,
  machine: string,
  variable: string,
  path = '',
): Explanation | undefined => {
  const keys = parsePointer(path)
  const { trees } = compiled.machines
  const tree = trees.variables(machine).get(variable)
  const about = { machine, variable, pointer: printPointer(keys) }
  if (tree !== undefined)
    return explanationOf(compiled, variableSubject(compiled, machine, variable, tree, keys), about)
  const told = declared(compiled, variable, keys)
  return told.value === undefined ? undefined : { ...about, ...told, names: [] }
}

const explanationOf = (
  compiled: CompiledSite,
  subject: Subject,
  about: Pick<Explanation, 'machine' | 'variable' | 'pointer'>,
): Explanation | undefined => {
  const { value, keys } = subject
  const found = locate(subject)
  if (found === undefined) return undefined
  const isGone = found.folded.shape === 'nothing'
  if (!isGone && valueAt(value, keys) === undefined) return undefined
  const told = tell({ compiled, told: new Map() }, subject)
  const removed = isGone ? { removed: printPointer(keys.slice(0, keys.length - found.rest.length)) } : {}
  return { ...about, ...told, ...removed, names: namesIn(told.story) }
}

const nameOf = ({ compositions }: CompiledSite, machine: string): Told => {
  const position = compositions.get(machine)?.position ?? { file: machine, line: 1, column: 1 }
  const told = { verdict: 'set by', kind: 'set', strength: 'plain', written: machine } as const
  return { value: machine, story: [{ ...told, ...position, rule: 'the name of its profile', reads: [] }] }
}

const namesIn = (story: readonly Step[]): readonly UsedName[] =>
  story
    .filter(({ verdict }) => verdict === 'set by')
    .flatMap(({ reads }) => reads)
    .flatMap(reading => [...usedName(reading), ...namesIn(reading.story)])

const usedName = ({ kind, name, value, story, repeated }: Reading): readonly UsedName[] => {
  if (kind === 'path' || kind === 'fallback' || repeated === true) return []
  const origin = story.findLast(({ verdict }) => verdict === 'set by')
  const position = origin && { file: origin.file, line: origin.line, column: origin.column }
  return [{ kind: kind === 'variable' ? kind : 'parameter', name, ...(value !== undefined && { value }), ...position }]
}
