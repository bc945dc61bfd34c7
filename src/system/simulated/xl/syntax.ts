// The syntax of a domain's config file as xl reads it (xl.cfg(5), "SYNTAX"; libxlu_cfg_l.l and libxlu_cfg_y.y of
// Xen 4.17): assignments of strings, numbers and lists, ended by a line's end or a semicolon.

export type XlValue = string | number | readonly XlValue[]

/** Where xl would stop, in its words. */
export type XlSyntaxError = { readonly line: number; readonly near: string }

export type ParsedXl =
  | { readonly ok: true; readonly values: ReadonlyMap<string, XlValue> }
  | { readonly ok: false; readonly error: XlSyntaxError }

type Token = { readonly kind: string; readonly text: string; readonly line: number }

/** The last assignment to a name counts, as in xl. */
export const parseXl = (text: string): ParsedXl => {
  try {
    return { ok: true, values: assignments(tokensOf(text)) }
  } catch (error) {
    if (error instanceof Misplaced) return { ok: false, error: { line: error.token.line, near: error.token.text } }
    throw error
  }
}

class Misplaced extends Error {
  readonly token: Token
  constructor(token: Token) {
    super(`near ${token.text}`)
    this.token = token
  }
}

const lexical: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['space', /^(?:[ \t\r]+|#[^\n]*)/],
  ['end', /^[\n;]/],
  ['name', /^[A-Za-z_][A-Za-z0-9_]*/],
  ['number', /^(?:0x[0-9a-fA-F]+|[0-9]+)/],
  ['string', /^(?:'[^'\n]*'|"(?:[^"\n\\]|\\[^\n])*")/],
  ['sign', /^(?:\+=|[=[\],])/],
]

const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = []
  let line = 1
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at)
    const [kind, pattern] = lexical.find(([, candidate]) => candidate.test(rest)) ?? []
    const matched = pattern?.exec(rest)?.[0]
    if (kind === undefined || matched === undefined) {
      throw new Misplaced({ kind: 'none', text: /^[^\n]*/.exec(rest)?.[0] ?? '', line })
    }
    if (kind !== 'space') tokens.push({ kind, text: matched, line })
    if (matched === '\n') line += 1
    at += matched.length
  }
  return [...tokens, { kind: 'end', text: '\n', line }]
}

const assignments = (tokens: readonly Token[]): ReadonlyMap<string, XlValue> => {
  const values = new Map<string, XlValue>()
  const rest = [...tokens]
  const last: Token = { kind: 'end', text: '\n', line: tokens.at(-1)?.line ?? 1 }
  const take = (): Token => rest.shift() ?? last
  const expect = (kind: string, text?: string): Token => {
    const token = take()
    if (token.kind !== kind || (text !== undefined && token.text !== text)) throw new Misplaced(token)
    return token
  }
  /** Inside a list, line ends mean nothing. */
  const skipLines = (): void => {
    while (rest[0]?.text === '\n') rest.shift()
  }
  const value = (): XlValue => {
    const token = take()
    if (token.kind === 'number') return Number(token.text)
    if (token.kind === 'string') return unquote(token.text)
    if (token.text !== '[') throw new Misplaced(token)
    const items: XlValue[] = []
    for (skipLines(); rest[0]?.text !== ']'; skipLines()) {
      items.push(value())
      skipLines()
      if (rest[0]?.text !== ']') expect('sign', ',')
    }
    take()
    return items
  }
  while (rest.length > 0) {
    const token = take()
    if (token.kind === 'end') continue
    if (token.kind !== 'name') throw new Misplaced(token)
    const append = rest[0]?.text === '+='
    if (append) take()
    else expect('sign', '=')
    const before = append ? (values.get(token.text) ?? []) : []
    const given = value()
    values.set(token.text, append ? [before, given].flat() : given)
    expect('end')
  }
  return values
}

const escapes: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

const unquote = (quoted: string): string =>
  quoted
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|(.))/g, (_all, hex?: string, octal?: string, character = '') => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
      return escapes[character] ?? character
    })
