// apply: what one operation does to what those before it, under the same path, came to. Part of fold.ts, which goes through them in
// their order.
import type { Node, Operation } from '../parse/node.js'
import type { Problems } from '../problems.js'
import type { SchemaView } from '../schema/schema-view.js'

/** Which operations a value stands for. */
export type Sourced = {
  /** The last one that counts: the value's origin. */
  readonly winner: Operation
  /** Those that the value is made of. */
  readonly sources: readonly Operation[]
}

/** What the operations up to one of them come to. */
export type Standing = { readonly shape: 'nothing' } | Something
type Something = Sourced &
  (
    | { readonly shape: 'scalar' }
    | {
        readonly shape: 'list'
        readonly items: readonly Node[]
        /** How many items at its head were prepended at the winner's strength: a later !prepend of that strength goes behind them. */
        readonly front: number
      }
    | { readonly shape: 'map' }
  )

/** Where operations meet, and whom to tell what is wrong there. */
type Place = { readonly machine: string; readonly pointer: string; readonly problems: Problems }

export type Loss = {
  readonly operation: Operation
  readonly to: Operation
  readonly rule: LossRule
}

/**
 * `strength`: it was weaker; `order`: as strong, but earlier in the order of includes; `list`: the schema does not add
 * lists up; `forgotten`: a `!replace` or `!remove` here or above it; `shape`: an error, a map met something else.
 */
export type LossRule = 'strength' | 'order' | 'list' | 'forgotten' | 'shape'

/** What an operation cost: the sources that it did away with, or itself where it had to give way. */
export const lossesAt = (before: Standing, operation: Operation, after: Standing): readonly Loss[] => {
  if (before.shape === 'nothing') return []
  if (after === before) return [{ operation, to: before.winner, rule: 'shape' }]
  const left = after.shape === 'nothing' ? [] : after.sources
  const lost = left.length > before.sources.length ? [] : before.sources.filter(source => !left.includes(source))
  return lost.map(source => ({ operation: source, to: operation, rule: ruleOf(source, operation) }))
}

const ruleOf = (lost: Operation, { kind, strength, value }: Operation): LossRule => {
  if (kind === 'remove' || kind === 'replace') return 'forgotten'
  if (lost.value.shape === 'list' && value.shape === 'list') return 'list'
  return lost.strength === strength ? 'order' : 'strength'
}

export const apply = (standing: Standing, operation: Operation, schema: SchemaView, at: Place): Standing => {
  const { value } = operation
  if (standing.shape !== 'nothing' && (standing.shape === 'map') !== (value.shape === 'map')) {
    reportShapes(standing, operation, at)
    return standing
  }
  const alone = { winner: operation, sources: [operation] }
  const together =
    standing.shape === 'nothing' ? alone : { winner: operation, sources: [...standing.sources, operation] }
  const { kind, strength } = operation
  if ((kind === 'append' || kind === 'prepend') && value.shape !== 'list') {
    const hint = 'write the items in [ ]'
    at.problems.error('type', `!${kind} adds a list to a list`, { ...detail(operation, at), hint })
  }
  if (value.shape === 'map') return { shape: 'map', ...together }
  if (value.shape === 'scalar') return { shape: 'scalar', ...alone }
  const { items } = value
  const isAddition = kind === 'set' ? schema.mergeRule().kind !== 'replace' : kind !== 'replace'
  if (isAddition && standing.shape === 'scalar') {
    reportAddition(standing, operation, at)
    return standing
  }
  const isFirst = kind === 'prepend'
  if (!isAddition || standing.shape !== 'list')
    return { shape: 'list', ...alone, items, front: isFirst ? items.length : 0 }
  const front = standing.winner.strength === strength ? standing.front : 0
  const [head, tail] = isFirst ? [standing.items.slice(0, front), standing.items.slice(front)] : [standing.items, []]
  return {
    shape: 'list',
    ...together,
    items: [...head, ...items, ...tail],
    front: front + (isFirst ? items.length : 0),
  }
}

const detail = (operation: Operation, at: Place) => ({
  machine: at.machine,
  pointer: at.pointer,
  position: operation.position,
})

export const warnOfNothing = (operation: Operation, at: Place): void =>
  at.problems.warning('remove-nothing', 'there is nothing to remove here', {
    ...detail(operation, at),
    position: operation.keyPosition ?? operation.position,
  })

export const reportShapes = (standing: Something, operation: Operation, at: Place): void => {
  const { file, line } = standing.winner.position
  at.problems.error('merge-shape', `a ${operation.value.shape} meets the ${standing.shape} of ${file}:${line}`, {
    ...detail(operation, at),
    hint: hintOfExpression(standing.winner, operation) ?? 'say !replace if the earlier value is to be forgotten',
  })
}

/** Where one of the two is an expression, what it stands for may be a map, and is to be changed where it is set. */
const hintOfExpression = (...operations: readonly Operation[]): string | undefined => {
  for (const { value } of operations) {
    const [, name] = value.shape === 'scalar' ? (/^\$\{(\w+)\}$/.exec(value.source) ?? []) : []
    if (name !== undefined) return `\${${name}} stands here: set ${name} to what should stand there, or say !replace`
  }
  return undefined
}

const hintOfVariable = 'what stands there as ${NAME} is added to where NAME is set: variables: { NAME: !append [...] }'

/** A parameter is no variable: it has what its include gives it. */
const hintOfParameter = ({ value, layer }: Operation): string | undefined => {
  const [, name = ''] = value.shape === 'scalar' ? (/^\$\{(\w+)\}$/.exec(value.source) ?? []) : []
  if (!layer.parameters.has(name)) return undefined
  return `${name} is a parameter of ${layer.name}: give all items to its include, with: { ${name}: [...] }, or say !replace`
}

/** An expression may stand for a list, but its items are not known while operations are read. */
const reportAddition = (standing: Something, operation: Operation, at: Place): void => {
  const { file, line } = standing.winner.position
  const addition = operation.kind === 'set' ? 'this list' : `!${operation.kind}`
  at.problems.error('merge-shape', `${addition} adds to a list, and ${file}:${line} sets a scalar`, {
    ...detail(operation, at),
    hint: hintOfParameter(standing.winner) ?? hintOfVariable,
  })
}
