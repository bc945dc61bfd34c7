// Expressions inside scalars: `${NAME}`, `${NAME:-default}`, `${/path}`, `${machine:/path}`, `${= CEL }`, and `$${` for a
// literal `${`. Parsing only; what they stand for is found in resolve.ts.

/** `text` is what stands between the braces, for messages. */
export type Reference = { readonly text: string } & (
  | { readonly kind: 'name'; readonly name: string; readonly fallback?: string }
  | ({ readonly kind: 'path'; readonly fallback?: string } & PathReference)
  /** `offset` of the expression in the text. */
  | { readonly kind: 'computed'; readonly expression: string; readonly offset: number }
)

export type PathReference = { readonly machine?: string; readonly pointer: string }

export type Part = string | Reference
export type ParsedText =
  | { readonly ok: true; readonly parts: readonly Part[] }
  | { readonly ok: false; readonly message: string }

const name = /^[A-Za-z_][A-Za-z0-9_]*$/
const path = /^(?:([A-Za-z0-9][A-Za-z0-9._-]*):)?(\/\S*)$/

/** Whether an expression can name it: a variable, a parameter. */
export const isName = (text: string): boolean => name.test(text)

export const hasExpression = (text: string): boolean => text.includes('${')

/** `a ${X} b` -> ['a ', {name X}, ' b']. */
export const parseText = (text: string): ParsedText => {
  const parts: Part[] = []
  let literal = ''
  let index = 0
  while (index < text.length) {
    if (text.startsWith('$${', index)) {
      literal += '${'
      index += 3
    } else if (text.startsWith('${', index)) {
      const end = closingBrace(text, index + 2)
      if (end < 0) return { ok: false, message: '${ without its }' }
      const reference = parseReference(text.slice(index + 2, end), index + 2)
      if (typeof reference === 'string') return { ok: false, message: reference }
      if (literal !== '') parts.push(literal)
      parts.push(reference)
      literal = ''
      index = end + 1
    } else {
      literal += text[index]
      index += 1
    }
  }
  if (literal !== '' || parts.length === 0) parts.push(literal)
  return { ok: true, parts }
}

/** The place of the `}` that ends an expression; CEL may hold braces of its own, and any character in quotes. */
const closingBrace = (text: string, start: number): number => {
  if (text[start] !== '=') return text.indexOf('}', start)
  let depth = 0
  let quote: string | undefined
  for (let index = start; index < text.length; index += 1) {
    const character = text[index]
    if (quote !== undefined) {
      if (character === '\\') index += 1
      else if (character === quote) quote = undefined
    } else if (character === '"' || character === "'") quote = character
    else if (character === '{') depth += 1
    else if (character === '}') {
      if (depth === 0) return index
      depth -= 1
    }
  }
  return -1
}

/** A reference, or what is wrong with it. */
const parseReference = (text: string, start: number): Reference | string => {
  if (text.startsWith('=')) {
    const expression = text.slice(1).trim()
    return { kind: 'computed', text, expression, offset: start + 1 + text.slice(1).indexOf(expression) }
  }
  const [, target = '', fallback] = /^(.*?)(?::-(.*))?$/s.exec(text) ?? []
  if (fallback?.includes('${'))
    return `what stands for a missing ${target} is plain text, without expressions: give ${target} a !default instead`
  const otherwise = fallback === undefined ? {} : { fallback }
  if (name.test(target)) return { kind: 'name', text, name: target, ...otherwise }
  const place = parsePath(target)
  return place === undefined
    ? `\${${text}} is neither a variable nor a path`
    : { kind: 'path', text, ...place, ...otherwise }
}

/** `/path` of the machine itself, `machine:/path` of another one. */
export const parsePath = (text: string): PathReference | undefined => {
  const [, machine, pointer] = path.exec(text) ?? []
  if (pointer === undefined) return undefined
  return { pointer, ...(machine === undefined ? {} : { machine }) }
}
