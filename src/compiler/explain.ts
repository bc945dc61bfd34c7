// explain: the whole story of one value, from the operations that the fold kept: which one counts, what it overrode,
// and the variables that went into it.
import type { Json } from '../model/json.js'
import { parsePointer, printPointer, valueAt } from '../model/pointer.js'
import type { CompiledSite } from './compile.js'
import { parseText } from './expression.js'
import type { Folded } from './fold.js'
import type { Operation } from './node.js'
import { descend } from './resolve.js'

export type Explanation = {
  readonly machine: string
  readonly pointer: string
  readonly value: Json
  /** Every operation on this path, weakest first. */
  readonly story: readonly Chapter[]
  readonly variables: readonly UsedVariable[]
}

export type Chapter = {
  readonly verdict: 'set by' | 'overridden'
  readonly file: string
  readonly line: number
  readonly column: number
  readonly kind: string
  readonly strength: string
  /** What stands in the file: a scalar's text, or `a map`, `a list`. */
  readonly written: string
  /** Of an enclosed value: what it was pulled from. */
  readonly pulled?: string
}

export type UsedVariable = {
  readonly name: string
  readonly value: Json
  /** Absent where the variable's declared default counts. */
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

/** The story of the value at a path; undefined where the machine has none. */
export const explain = (compiled: CompiledSite, machine: string, path: string): Explanation | undefined => {
  const keys = parsePointer(path)
  const value = valueAt(compiled.documents.get(machine), keys)
  const found = descend(compiled.machines.trees.enclosed(machine), keys)
  if (value === undefined || found === undefined) return undefined
  const { folded } = found
  return {
    machine,
    pointer: printPointer(keys),
    value,
    story: folded.story.map(operation => chapter(operation, folded)),
    variables: variablesIn(folded).map(name => usedVariable(compiled, machine, name)),
  }
}

const chapter = (operation: Operation, { sources }: Folded): Chapter => {
  const { position, kind, strength, pulled } = operation
  return {
    verdict: sources.includes(operation) ? 'set by' : 'overridden',
    ...position,
    kind,
    strength,
    written: writtenText(operation),
    ...(pulled === undefined ? {} : { pulled }),
  }
}

const writtenText = ({ kind, value }: Operation): string => {
  if (kind === 'remove') return ''
  return value.shape === 'scalar' ? value.source : `a ${value.shape}`
}

const variablesIn = ({ winner }: Folded): readonly string[] => {
  if (winner.value.shape !== 'scalar' || winner.value.literal) return []
  const parsed = parseText(winner.value.source)
  const names = parsed.ok
    ? parsed.parts.flatMap(part => (typeof part !== 'string' && part.kind === 'name' ? [part.name] : []))
    : []
  return [...new Set(names)].filter(name => !winner.layer.parameters.has(name))
}

const usedVariable = ({ machines }: CompiledSite, machine: string, name: string): UsedVariable => {
  const value = machines.resolver.variable(machine, name) ?? null
  const folded = machines.trees.variables(machine).get(name)
  return folded === undefined ? { name, value } : { name, value, ...folded.winner.position }
}
