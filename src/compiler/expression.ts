// Expressions inside scalars: `${NAME}`, `${NAME:-default}`, `${/path}`, `${machine:/path}`, and `$${` for a literal
// `${`. Parsing only; what they stand for is found in resolve.ts.

export type Reference =
  | { readonly kind: 'name'; readonly name: string; readonly fallback?: string }
  | { readonly kind: 'path'; readonly machine?: string; readonly pointer: string; readonly fallback?: string }

export type Part = string | Reference
export type ParsedText =
  | { readonly ok: true; readonly parts: readonly Part[] }
  | { readonly ok: false; readonly message: string }

const name = /^[A-Za-z_][A-Za-z0-9_]*$/
const path = /^(?:([A-Za-z0-9][A-Za-z0-9._-]*):)?(\/\S*)$/

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
      const end = text.indexOf('}', index)
      if (end < 0) return { ok: false, message: '${ without its }' }
      const reference = parseReference(text.slice(index + 2, end))
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

/** A reference, or what is wrong with it. */
const parseReference = (inner: string): Reference | string => {
  const [, target = '', fallback] = /^(.*?)(?::-(.*))?$/s.exec(inner) ?? []
  const otherwise = fallback === undefined ? {} : { fallback }
  if (inner.startsWith('=')) return 'computed values (${= ...}) are not supported yet'
  if (name.test(target)) return { kind: 'name', name: target, ...otherwise }
  const [, machine, pointer] = path.exec(target) ?? []
  if (pointer === undefined) return `\${${inner}} is neither a variable nor a path`
  return { kind: 'path', pointer, ...(machine === undefined ? {} : { machine }), ...otherwise }
}
