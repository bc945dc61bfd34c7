// early: what is known before anything merges, and so may decide what is included: the parameters of a template, and
// the variables that stand in the profile file itself and in xenclosure.yaml.
import type { Position } from '../model/diagnostic.js'
import type { Json } from '../model/json.js'
import { evaluateCel } from './cel.js'
import { hasExpression, parseText } from './expression.js'
import type { FillIns } from './layer.js'
import type { Layer, Node } from './node.js'
import type { Problems } from './problems.js'

type Early = { readonly layer: Layer; readonly variables: Node | undefined; readonly problems: Problems }

/** Keys know parameters alone; template names and conditions know the early variables too. */
export const fillInsOf = (layer: Layer, variables: Node, problems: Problems): FillIns => {
  const known: Early = { layer, variables, problems }
  return {
    key: (text, position) => fillIn(text, position, { ...known, variables: undefined }),
    include: (text, position) => fillIn(text, position, known),
    condition: (expression, position) => decide(expression, position, known),
  }
}

const nodeOf = (name: string, { layer, variables }: Early): Node | undefined =>
  layer.parameters.get(name) ?? (variables && Object.hasOwn(variables.keys, name) ? variables.keys[name] : undefined)

const allowed = ({ variables }: Early): string =>
  variables === undefined
    ? "only the template's parameters can be used in a key"
    : "only parameters, and the profile's own and the site's variables, are known before merging"

const fillIn = (text: string, position: Position, known: Early): string | undefined => {
  if (!hasExpression(text)) return text
  const parsed = parseText(text)
  if (!parsed.ok) {
    known.problems.error('syntax', parsed.message, { position })
    return undefined
  }
  const texts = parsed.parts.map(part => {
    if (typeof part === 'string') return part
    const operation = part.kind === 'name' ? nodeOf(part.name, known)?.operations.at(-1) : undefined
    if (operation?.value.shape === 'scalar') {
      return fillIn(String(operation.value.value), operation.position, { ...known, layer: operation.layer })
    }
    known.problems.error('variable-undefined', `${part.text} is not known here`, { position, hint: allowed(known) })
    return undefined
  })
  return texts.includes(undefined) ? undefined : texts.join('')
}

/** Whether `when:` holds; undefined where it is no condition, which has been reported. */
const decide = (expression: string, position: Position, known: Early): boolean | undefined => {
  const result = evaluateCel(expression, {
    named: name => {
      const node = nodeOf(name, known)
      return node && writtenValue(node, known)
    },
  })
  if (result.ok && typeof result.value === 'boolean') return result.value
  const message = result.ok ? `expected true or false, found ${JSON.stringify(result.value)}` : result.message
  known.problems.error('expression', `when: ${message}`, { position, hint: allowed(known) })
  return undefined
}

/** What stands there, as it was written last. */
const writtenValue = (node: Node, known: Early): Json | undefined => {
  const operation = node.operations.at(-1)
  if (operation === undefined) return undefined
  const { value, position, layer } = operation
  switch (value.shape) {
    case 'scalar':
      return typeof value.value === 'string' && !value.literal
        ? fillIn(value.value, position, { ...known, layer })
        : value.value
    case 'list':
      return value.items.map(item => writtenValue(item, known) ?? null)
    case 'map':
      return Object.fromEntries(
        Object.entries(node.keys).map(([key, child]) => [key, writtenValue(child, known) ?? null]),
      )
  }
}
