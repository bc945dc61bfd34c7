// explain: the whole story of one value, from the operations that the fold kept: which one counts, what it overrode,
// and the variables that went into it.
import type { Json } from '../model/json.js'
import { parsePointer, printPointer, valueAt } from '../model/pointer.js'
import { namesInCel } from './cel.js'
import type { CompiledSite } from './compile.js'
import { descend } from './descend.js'
import { parseText } from './expression.js'
import type { Folded } from './fold.js'
import type { Operation } from './node.js'

export type Explanation = {
  readonly machine: string
  readonly pointer: string
  readonly value: Json
  /** Every operation on this path, weakest first. */
  readonly story: readonly Chapter[]
  /** The parameters and variables that went into it. */
  readonly names: readonly UsedName[]
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

export type UsedName = {
  readonly kind: 'parameter' | 'variable'
  readonly name: string
  /** Of a parameter: as it was written. */
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
    names: namesIn(folded).flatMap(name => usedName(compiled, machine, folded, name)),
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

/** The names in the expressions of the operation that counts: of parameters, of variables, and of both within CEL. */
const namesIn = ({ winner }: Folded): readonly string[] => {
  const { value } = winner
  if (value.shape !== 'scalar' || typeof value.value !== 'string' || value.literal) return []
  const parsed = parseText(value.value)
  const names = (parsed.ok ? parsed.parts : []).flatMap(part => {
    if (typeof part === 'string' || part.kind === 'path') return []
    return part.kind === 'name' ? [part.name] : namesInCel(part.expression)
  })
  return [...new Set(names)]
}

const usedName = (
  { machines, declarations }: CompiledSite,
  machine: string,
  { winner }: Folded,
  name: string,
): readonly UsedName[] => {
  const given = winner.layer.parameters.get(name)?.operations.at(-1)
  if (given !== undefined) return [{ kind: 'parameter', name, value: writtenText(given), ...given.position }]
  const folded = machines.trees.variables(machine).get(name)
  if (folded === undefined && !declarations.has(name)) return []
  const value = machines.resolver.variable(machine, name) ?? null
  return [{ kind: 'variable', name, value, ...folded?.winner.position }]
}
