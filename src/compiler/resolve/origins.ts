// origins: where a value that is known comes from. Behind an expression stands what it names. Pure.
import { descend } from '../compose/descend.js'
import type { Folded } from '../compose/fold.js'
import { type Part, parseText } from '../parse/expression.js'
import type { Layer, Operation } from '../parse/node.js'
import { expressionOf, loneReference } from './written.js'

export type Origins = {
  /**
   * The operation that a value comes from: behind an expression that is one name, where the name got its value; with
   * `rest`, the place in that value, or the nearest above it.
   */
  readonly origin: (machine: string, folded: Folded, rest?: readonly string[]) => Operation
  /** The same, and behind a text with one name in it, where that got its value: what tells its machines apart. */
  readonly given: (machine: string, folded: Folded, rest?: readonly string[]) => Operation
}

/** `namedBy` is what a name in a layer of a machine stands for, where it has been computed. */
export const createOrigins = (
  namedBy: (name: string, layer: Layer, machine: string) => Folded | undefined,
): Origins => {
  const origin: Origins['origin'] = (machine, folded, rest = []) => {
    const part = loneReference(folded.winner)
    const named = part?.kind === 'name' ? namedBy(part.name, folded.winner.layer, machine) : undefined
    if (named === undefined) return folded.winner
    const inner = descend(named, rest)
    return inner === undefined ? origin(machine, folded, rest.slice(0, -1)) : origin(machine, inner.folded, inner.rest)
  }

  const given: Origins['given'] = (machine, folded, rest = []) => {
    const { layer } = folded.winner
    const names = partsOf(folded).flatMap(part => (typeof part !== 'string' && part.kind === 'name' ? [part.name] : []))
    const [named, ...more] = names.flatMap(name => namedBy(name, layer, machine) ?? [])
    return named === undefined || more.length > 0 || rest.length > 0
      ? origin(machine, folded, rest)
      : given(machine, named)
  }

  return { origin, given }
}

/** What the expressions of a scalar stand between and what they are; nothing of any other value. */
const partsOf = ({ winner }: Folded): readonly Part[] => {
  const parsed = parseText(expressionOf(winner) ?? '')
  return parsed.ok ? parsed.parts : []
}
