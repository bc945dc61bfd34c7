// Where a text stops being JSON (RFC 8259): the engine's own message often does not say it.

export type JsonFault = { readonly offset: number; readonly expected: string }

type Expected =
  | 'a value'
  | 'a value or ]'
  | 'a key in double quotes'
  | 'a key in double quotes or }'
  | ':'
  | ', or the end'

/** The first place that is no JSON, and what was expected there; undefined for JSON. */
export const findJsonFault = (text: string): JsonFault | undefined => {
  const open: ('}' | ']')[] = []
  let expected: Expected = 'a value'
  let at = afterSpace(text, 0)
  while (at < text.length) {
    const next: string = text[at] ?? ''
    if (next === open.at(-1) && (expected.endsWith(next) || expected === ', or the end')) {
      open.pop()
      expected = ', or the end'
      at += 1
    } else if (expected === ', or the end') {
      if (next !== ',' || open.length === 0) return { offset: at, expected: closing(open.at(-1)) }
      expected = open.at(-1) === '}' ? 'a key in double quotes' : 'a value'
      at += 1
    } else if (expected === ':') {
      if (next !== ':') return { offset: at, expected }
      expected = 'a value'
      at += 1
    } else if (expected.startsWith('a key')) {
      if (next !== '"') return { offset: at, expected }
      const end = afterString(text, at)
      if (typeof end !== 'number') return end
      expected = ':'
      at = end
    } else if (next === '{' || next === '[') {
      open.push(next === '{' ? '}' : ']')
      expected = next === '{' ? 'a key in double quotes or }' : 'a value or ]'
      at += 1
    } else {
      const end = next === '"' ? afterString(text, at) : afterWord(text, at)
      if (typeof end !== 'number') return end ?? { offset: at, expected }
      expected = ', or the end'
      at = end
    }
    at = afterSpace(text, at)
  }
  if (open.length === 0 && expected === ', or the end') return undefined
  return { offset: text.length, expected: expected === ', or the end' ? closing(open.at(-1)) : expected }
}

const closing = (bracket: string | undefined): string => (bracket === undefined ? 'the end' : `, or ${bracket}`)

const afterSpace = (text: string, start: number): number => {
  let at = start
  while (at < text.length && ' \t\n\r'.includes(text[at] ?? '')) at += 1
  return at
}

const word = /(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)(?![0-9A-Za-z_.])/y

const afterWord = (text: string, start: number): number | undefined => {
  word.lastIndex = start
  return word.test(text) ? word.lastIndex : undefined
}

/** The place behind a string, or what is wrong within it. */
const afterString = (text: string, start: number): number | JsonFault => {
  for (let at = start + 1; at < text.length; at += 1) {
    const next = text[at] ?? ''
    if (next === '"') return at + 1
    if (next < ' ') return { offset: at, expected: 'a \\ before a line end or tab, as \\n or \\t' }
    if (next === '\\') {
      const escaped = /^(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/.exec(text.slice(at + 1, at + 6))
      if (escaped === null) return { offset: at, expected: 'one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX' }
      at += escaped[0].length
    }
  }
  return { offset: start, expected: 'a " that ends this text' }
}
