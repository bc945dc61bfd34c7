// Where a file sets variables and where it reads them, as it is written: what a machine makes of it is not asked.
import type { Position } from '../../model/diagnostic.js'
import { namesInCel } from './cel.js'
import { hasExpression, parseText, type Reference } from './expression.js'
import type { Yaml, YamlMap } from './load.js'

export type Mention = { readonly name: string; readonly how: 'set' | 'read'; readonly position: Position }

/** Every mention of a variable in a file. A name that the file declares as a parameter is no variable in it. */
export const mentionsIn = (file: YamlMap): readonly Mention[] => {
  const own = new Set(entriesOf(entryOf(file, 'parameters')).map(({ key }) => key))
  const set = entriesOf(entryOf(file, 'variables')).map(({ key, position }) => mention(key, 'set', position))
  const read = [...textsIn(file, false)].flatMap(({ value, position }) => namesIn(value).map(readAt(position)))
  const decided = includesOf(file).flatMap(include => {
    const condition = entryOf(include, 'when')
    return condition?.shape === 'scalar' ? namesInCel(condition.source).map(readAt(condition.position)) : []
  })
  return [...set, ...[...read, ...decided].filter(({ name }) => !own.has(name))]
}

const mention = (name: string, how: Mention['how'], position: Position): Mention => ({ name, how, position })

const readAt =
  (position: Position) =>
  (name: string): Mention =>
    mention(name, 'read', position)

const entryOf = (yaml: Yaml, key: string): Yaml | undefined => entriesOf(yaml).find(entry => entry.key === key)?.value

const entriesOf = (yaml: Yaml | undefined) => (yaml?.shape === 'map' ? yaml.entries : [])

const includesOf = (file: YamlMap): readonly Yaml[] => {
  const include = entryOf(file, 'include')
  return include?.shape === 'list' ? include.items : []
}

type Text = { readonly value: string; readonly position: Position }

/** Every text that may hold expressions. */
function* textsIn(yaml: Yaml, literal: boolean): Generator<Text> {
  const isLiteral = literal || yaml.tag.literal
  if (yaml.shape === 'map') for (const { value } of yaml.entries) yield* textsIn(value, isLiteral)
  if (yaml.shape === 'list') for (const item of yaml.items) yield* textsIn(item, isLiteral)
  if (yaml.shape === 'scalar' && typeof yaml.value === 'string' && !isLiteral)
    yield { value: yaml.value, position: yaml.position }
}

/** The names that the expressions in a text use, each once. */
const namesIn = (text: string): readonly string[] => {
  const parsed = hasExpression(text) ? parseText(text) : { ok: false as const }
  const names = parsed.ok ? parsed.parts.flatMap(part => (typeof part === 'string' ? [] : namesInReference(part))) : []
  return [...new Set(names)]
}

/** The names that one expression uses. */
export const namesInReference = (part: Reference): readonly string[] => {
  if (part.kind === 'computed') return namesInCel(part.expression)
  return part.kind === 'name' ? [part.name] : []
}
