// What an operation says as it was written: its text, and the expressions in it. resolve.ts computes with them, and
// explain.ts shows them.
import { hasExpression, parseText, type Reference } from '../parse/expression.js'
import type { Operation } from '../parse/node.js'

/** A scalar's text, or what stands there instead of one; nothing of a `!remove`. */
export const writtenText = ({ kind, value }: Operation): string => {
  if (kind === 'remove') return ''
  return value.shape === 'scalar' ? value.source : `a ${value.shape}`
}

/** The text of a scalar that holds expressions. */
export const expressionOf = ({ value }: Operation): string | undefined =>
  value.shape === 'scalar' && typeof value.value === 'string' && !value.literal && hasExpression(value.value)
    ? value.value
    : undefined

/** The one expression that a scalar consists of: it stands for a value of any shape. */
export const loneReference = (operation: Operation): Reference | undefined => {
  const parsed = parseText(expressionOf(operation) ?? '')
  const part = parsed.ok && parsed.parts.length === 1 ? parsed.parts[0] : undefined
  return typeof part === 'string' ? undefined : part
}
