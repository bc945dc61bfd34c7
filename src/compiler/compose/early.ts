// early: what is known before anything merges, and so may decide what is included: the parameters of a template, and
// the variables that stand in the profile file itself and in xenclosure.yaml. Folded and read by their declared types,
// as later in resolve.ts, so that a condition and a value never disagree.
import type { Position } from '../../model/diagnostic.js'
import { isList, isMap, type Json } from '../../model/json.js'
import { evaluateCel } from '../parse/cel.js'
import { hasExpression, parseText, type Reference } from '../parse/expression.js'
import type { FillIns } from '../parse/layer.js'
import type { Layer, Node } from '../parse/node.js'
import type { Problems } from '../problems.js'
import { readBySchema } from '../schema/read-by-schema.js'
import { type SchemaView, viewSchema } from '../schema/schema-view.js'
import { didYouMean } from '../suggest.js'
import { type Folded, fold } from './fold.js'
import { parameterSchema } from './parameters.js'

export type EarlyVariables = {
  /** Asked only where something reads them, which few profiles do. */
  readonly folded: () => Folded | undefined
  /** What is declared of them all, each under its name. */
  readonly schema: SchemaView
}

type Known = {
  readonly layer: Layer
  readonly variables: EarlyVariables
  readonly problems: Problems
  /** Whether variables may be named: not in a key itself, though in what its parameters were given. */
  readonly ofVariables: boolean
  /** What is being read, for cycles. */
  readonly way: readonly { readonly name: string; readonly folded: Folded }[]
  /** The references that were followed, for ending those that double at each step. */
  readonly followed: { count: number }
  /** Is told that what comes of it depends on the variables of this machine. */
  readonly onVariable: () => void
}

/** What is filled into a layer, and whether it is of this machine alone: it depends on variables, and not on parameters only. */
export type EarlyFillIns = FillIns & { readonly isOfMachine: () => boolean }

/** Keys know parameters alone; template names and conditions know the early variables too. */
export const fillInsOf = (layer: Layer, variables: EarlyVariables, problems: Problems): EarlyFillIns => {
  let isOfMachine = false
  const onVariable = () => {
    isOfMachine = true
  }
  const all = { layer, variables, problems, onVariable, ofVariables: true, way: [] }
  const known = (): Known => ({ ...all, followed: { count: 0 } })
  return {
    isOfMachine: () => isOfMachine,
    key: (text, position) => (hasExpression(text) ? fillIn(text, position, { ...known(), ofVariables: false }) : text),
    include: (text, position) => (hasExpression(text) ? fillIn(text, position, known()) : text),
    condition: (expression, position) => decide(expression, position, known()),
  }
}

/** Told apart from undefined, which is a value that was there and could not be read. */
const unknown = Symbol('unknown')

const allowed = ({ ofVariables }: Known): string =>
  ofVariables
    ? 'known before merging are parameters, and the variables that the profile itself or xenclosure.yaml sets'
    : "only the template's parameters can be used in a key, as ${NAME}"

const fillIn = (text: string, position: Position, known: Known): string | undefined => {
  if (!hasExpression(text)) return text
  const value = textValue(text, position, known)
  if (value === undefined) return undefined
  if (!isList(value) && !isMap(value) && value !== null) return String(value)
  known.problems.error('type', 'a list, a map or nothing cannot stand inside a text', { position })
  return undefined
}

/** Alone, an expression keeps its type; inside a text it is text. */
const textValue = (text: string, position: Position, known: Known): Json | undefined => {
  const parsed = parseText(text)
  if (!parsed.ok) {
    known.problems.error('syntax', parsed.message, { position })
    return undefined
  }
  const [first] = parsed.parts
  if (parsed.parts.length === 1 && first !== undefined && typeof first !== 'string')
    return referenceValue(first, position, known)
  const texts = parsed.parts.map(part =>
    typeof part === 'string' ? part : fillIn(`\${${part.text}}`, position, known),
  )
  return texts.includes(undefined) ? undefined : texts.join('')
}

/** Of one key, template name or condition: far more than any has. */
const mostFollowed = 1000

const referenceValue = (part: Reference, position: Position, known: Known): Json | undefined => {
  const { followed, problems } = known
  followed.count += 1
  if (followed.count > mostFollowed) {
    const message = `more than ${mostFollowed} references stand behind this`
    if (followed.count === mostFollowed + 1) problems.error('alias-limit', message, { position })
    return undefined
  }
  const found = part.kind === 'name' && part.fallback === undefined ? named(part.name, known) : unknown
  if (found !== unknown) return found
  problems.error('variable-undefined', `${part.text.trim()} is not known here`, {
    position,
    hint: allowed(known),
  })
  return undefined
}

/** Whether `when:` holds; undefined where it is no condition, which has been reported. */
const decide = (expression: string, position: Position, known: Known): boolean | undefined => {
  let failedBelow = false
  const missing: string[] = []
  const result = evaluateCel(expression, {
    named: name => {
      const found = named(name, known)
      if (found === undefined) failedBelow = true
      if (found === unknown) missing.push(name)
      return found === unknown ? undefined : found
    },
  })
  if (result.ok && typeof result.value === 'boolean') return result.value
  const message = result.ok ? `expected true or false, found ${JSON.stringify(result.value)}` : result.message
  const unknownName = missing.find(name => message.endsWith(` ${name}`))
  const ofName = unknownName === undefined ? undefined : (didYouMean(unknownName, namesOf(known)) ?? allowed(known))
  const hint = hasExpression(expression) ? 'a condition is CEL as it stands, without ${ }' : (ofName ?? conditionHint)
  if (!failedBelow) known.problems.error('expression', `when: ${message}`, { position, hint })
  return undefined
}

const conditionHint = 'a condition is a CEL expression that is true or false, such as HAS_IPMI or XEN_VG == "vg_guests"'

const namesOf = ({ layer, variables }: Known): readonly string[] => {
  const folded = variables.folded()
  return [...layer.parameters.keys(), ...(folded?.shape === 'map' ? folded.entries.keys() : [])]
}

const named = (name: string, known: Known): Json | undefined | typeof unknown => {
  const { layer, variables, ofVariables } = known
  const parameter = layer.parameters.get(name)
  if (parameter !== undefined) {
    const folded = foldSilently(parameter)
    return folded && knownValue(folded, parameterSchema(layer, name), { ...known, ofVariables: true })
  }
  if (ofVariables) known.onVariable()
  const all = ofVariables ? variables.folded() : undefined
  const folded = all?.shape === 'map' ? all.entries.get(name) : undefined
  if (folded === undefined) return unknown
  const { problems, way } = known
  const again = way.findIndex(step => step.folded === folded)
  if (again < 0 && way.length <= maxWay)
    return knownValue(folded, variables.schema.child(name), { ...known, way: [...way, { name, folded }] })
  const names = [...way.slice(Math.max(again, 0)).map(step => step.name), name].join(' -> ')
  const message = again < 0 ? `more than ${maxWay} variables need each other` : `this value needs itself: ${names}`
  problems.error('cycle', message, { position: folded.winner.position })
  return undefined
}

/** Longer than any site's; short enough for the recursion. */
const maxWay = 200

/** What is wrong with it is said when its machine is folded. */
const foldSilently = (node: Node): Folded | undefined => {
  const silent: Problems = { error: () => undefined, warning: () => undefined, list: () => [] }
  return fold(node, viewSchema(undefined), { machine: '', ranks: new Map(), problems: silent })
}

/** What a folded value stands for, as far as it is known; undefined where it is not, which has been reported. */
const knownValue = (folded: Folded, schema: SchemaView, known: Known): Json | undefined => {
  const { problems } = known
  const { position, value, layer } = folded.winner
  const below = { ...known, layer }
  if (folded.shape === 'list') return folded.items.map(item => knownValue(item, schema.item(), below) ?? null)
  if (folded.shape === 'map') {
    const entries = [...folded.entries].map(
      ([key, entry]) => [key, knownValue(entry, schema.child(key), below)] as const,
    )
    return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined))
  }
  if (value.shape !== 'scalar') throw new Error('a scalar that was set by a list or a map')
  const hasToBeComputed = typeof value.value === 'string' && !value.literal && hasExpression(value.value)
  const found = hasToBeComputed ? textValue(String(value.value), position, below) : value.value
  if (found === undefined) return undefined
  return readBySchema(found, hasToBeComputed ? undefined : value.source, schema, ({ code, message, hint }) =>
    problems.error(code, message, { position, hint }),
  )
}
