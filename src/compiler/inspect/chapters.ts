// The story of one value, operation by operation, as the fold settled it: which counts, which lost, and by which rule.
// Part of explain.ts, which follows what the operations read; nothing is decided here again.
import type { Position } from '../../model/diagnostic.js'
import type { Loss, LossRule } from '../compose/apply.js'
import type { Folded, Gone } from '../compose/fold.js'
import type { Operation, OperationKind, Pulled, Strength } from '../parse/node.js'
import { writtenText } from '../resolve/written.js'

/** One operation as it is told. */
export type ToldOperation = Position & {
  readonly verdict: 'set by' | 'overridden' | 'removed by'
  readonly kind: OperationKind
  readonly strength: Strength
  /** What stands in the file: a scalar's text, or `a map`, `a list`. */
  readonly written: string
  /** Of a map: those of its keys that count. */
  readonly keys?: readonly string[]
  /** Of what no file says: what did (`its name`, `default`, `its declared default`). */
  readonly rule?: string
  /** Of an enclosed value: what it was pulled from. */
  readonly pulled?: string
  /** The line of the parent that encloses the child it was pulled from. */
  readonly enclosed?: Position & { readonly child: string }
  /** Of what was overridden. */
  readonly lostTo?: Position & { readonly rule: LossRule }
  /** Why it lost, or won where there was a competition. */
  readonly why?: string
}

export type Chapter = { readonly operation: Operation; readonly told: ToldOperation }

/** Every operation on a path, weakest first. Of a map, what was pulled from one child is told as one. */
export const chaptersOf = (folded: Folded | Gone): readonly Chapter[] =>
  folded.story
    .filter((operation, index) => {
      const isShared = folded.shape === 'map' && operation.pulled !== undefined
      return !isShared || folded.story.findIndex(({ layer }) => layer === operation.layer) === index
    })
    .map(operation => ({ operation, told: toldOperation(operation, folded) }))

const toldOperation = (operation: Operation, folded: Folded | Gone): ToldOperation => {
  const { kind, strength, pulled } = operation
  const loss = folded.losses.find(one => one.operation === operation)
  const beaten = kind === 'remove' ? [] : folded.losses.filter(({ to }) => to === operation)
  const why = loss === undefined ? whyWon(beaten) : whyLost(loss)
  const ofMap = folded.shape === 'map'
  return {
    verdict: verdictOf(operation, loss),
    ...(ofMap && pulled?.child !== undefined ? pulled.child.position : placeOf(operation)),
    kind,
    strength,
    written: writtenText(operation),
    ...(ofMap && { keys: keysFrom(operation, folded) }),
    ...(pulled !== undefined && originOf(pulled, ofMap)),
    ...(loss !== undefined && { lostTo: { ...placeOf(loss.to), rule: loss.rule } }),
    ...(why !== undefined && { why }),
  }
}

/** Behind `!remove` stands nothing: its place is that of its key. */
const placeOf = ({ kind, position, keyPosition }: Operation): Position =>
  kind === 'remove' ? (keyPosition ?? position) : position

const verdictOf = ({ kind }: Operation, loss: Loss | undefined): ToldOperation['verdict'] => {
  if (loss !== undefined) return 'overridden'
  return kind === 'remove' ? 'removed by' : 'set by'
}

const keysFrom = ({ layer }: Operation, folded: Folded): readonly string[] =>
  folded.shape !== 'map'
    ? []
    : [...folded.entries]
        .filter(([, { sources }]) => sources.some(source => source.layer === layer))
        .map(([key]) => key)

/** A map is pulled from the child as a whole, by many rules; anything else from one place in it, or by one rule. */
const originOf = (
  { from, source, child }: Pulled,
  ofMap: boolean,
): Pick<ToldOperation, 'rule' | 'pulled' | 'enclosed'> => {
  const enclosed = child && { enclosed: { child: child.name, ...child.position } }
  if (ofMap && child !== undefined) return { pulled: child.name, ...enclosed }
  return source?.kind === 'rule' ? { rule: from, ...enclosed } : { pulled: from, ...enclosed }
}

const tag = { default: '!default', plain: 'a plain value', force: '!force' } as const

const isHostsWord = ({ operation, to }: Loss): boolean => operation.pulled !== undefined && to.pulled === undefined

const whyLost = (loss: Loss): string => {
  const { operation, to, rule } = loss
  const { file, line } = placeOf(to)
  const place = `${file}:${line}`
  if (rule === 'forgotten') return `forgotten by !${to.kind} of ${place}`
  if (isHostsWord(loss)) return `weaker than the host's own word, ${place}`
  switch (rule) {
    case 'strength':
      return `${tag[operation.strength]} is weaker than ${tag[to.strength]}, ${place}`
    case 'order':
      return operation.layer === to.layer
        ? `earlier in the same file than line ${line}`
        : `earlier in the order of includes than ${place}`
    case 'list':
      return `replaced by the list of ${place}: the schema has no x-merge here`
    case 'shape':
      return `a ${operation.value.shape} cannot join the ${to.value.shape} of ${place}`
  }
}

/** From what lost to it. */
const whyWon = (beaten: readonly Loss[]): string | undefined => {
  const reasons = [...new Set(beaten.map(whyBeaten))]
  return reasons.length === 0 ? undefined : reasons.join(', ')
}

const whyBeaten = (loss: Loss): string => {
  const { operation, to, rule } = loss
  if (rule === 'forgotten') return `!${to.kind} forgets what came before`
  if (isHostsWord(loss)) return "the host's own word"
  switch (rule) {
    case 'strength':
      return `${tag[to.strength]} is stronger than ${tag[operation.strength]}`
    case 'order':
      return operation.layer === to.layer ? 'later in the same file' : 'later in the order of includes'
    case 'list':
      return 'a list takes the place of an earlier one: the schema has no x-merge here'
    case 'shape':
      return 'the first to say what is here'
  }
}
