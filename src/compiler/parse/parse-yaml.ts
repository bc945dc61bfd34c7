// The YAML parser within bounds: the text of a file -> its document, or the first thing that is wrong with it as YAML.
// What would take the parser minutes or all memory ends it early: its tokens are counted while they are made.
import { Composer, type Document, Lexer, type ParsedNode, Parser, type YAMLParseError } from 'yaml'

export type ParsedYaml =
  | { readonly ok: true; readonly document: Document.Parsed<ParsedNode> }
  | { readonly ok: false; readonly code: 'alias-limit' | 'syntax'; readonly message: string; readonly offset: number }

/** Deeper than any configuration; shallow enough for every recursion that follows. */
export const maxDepth = 100
export const tooDeep = `nested deeper than ${maxDepth} levels`
/** Words, signs, spaces, line ends: some five for each of the values that a file may hold (load.ts). */
const maxTokens = 1_000_000

export const parseYaml = (text: string): ParsedYaml => {
  const composer = new Composer({ uniqueKeys: false, version: '1.2', resolveKnownTags: false, logLevel: 'silent' })
  try {
    const [document, second] = composer.compose(boundedTokens(text), true, text.length)
    if (document === undefined) throw new Error('the YAML parser gave no document')
    return faultOf(text, document, second) ?? { ok: true, document }
  } catch (error) {
    if (!(error instanceof Ended)) throw error
    const { code, message, offset } = error
    return { ok: false, code, message, offset }
  }
}

/** What ends the parsing of a file before its end. */
class Ended extends Error {
  override readonly name = 'Ended'
  readonly code: 'alias-limit' | 'syntax'
  readonly offset: number

  constructor(code: Ended['code'], message: string, offset: number) {
    super(message)
    this.code = code
    this.offset = offset
  }
}

function* boundedTokens(text: string) {
  const parser = new Parser()
  let tokens = 0
  let open = 0
  for (const token of new Lexer().lex(text)) {
    tokens += 1
    if (token === '[' || token === '{') open += 1
    if (token === ']' || token === '}') open -= 1
    if (open > maxDepth) throw new Ended('alias-limit', tooDeep, parser.offset)
    if (tokens > maxTokens) throw new Ended('alias-limit', `more than ${maxTokens} words and signs`, parser.offset)
    let isBroken = false
    for (const part of parser.next(token)) {
      if (part.type === 'directive') refuseForeign(part.source, part.offset)
      isBroken ||= part.type === 'error'
      yield part
    }
    if (isBroken) break // nobody asks what follows, and each error takes memory
  }
  yield* parser.end()
}

/** `%YAML 1.1` would read `yes` as true, `%TAG` would give our tags another meaning. */
const refuseForeign = (directive: string, offset: number): void => {
  if (!/^%YAML 1\.2\s*$/.test(directive))
    throw new Ended('syntax', 'a file is YAML 1.2, and takes no other directive', offset)
}

/** Behind the first place that is no YAML, the parser guesses: what it finds there follows from that one. */
const faultOf = (
  text: string,
  document: Document.Parsed,
  second: Document.Parsed | undefined,
): ParsedYaml | undefined => {
  // Of a nesting that ended its recursion, the parser keeps what is above: read below, that says where it is too deep.
  if (document.errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return undefined
  const [first] = [...document.errors].sort((a, b) => a.pos[0] - b.pos[0])
  if (first !== undefined) return { ok: false, code: 'syntax', message: inOurWords(text, first), offset: first.pos[0] }
  if (second === undefined) return undefined
  const message = 'a file is one YAML document, and here a second one begins'
  return { ok: false, code: 'syntax', message, offset: second.range[0] }
}

const inOurWords = (text: string, { code, message, pos: [offset] }: YAMLParseError): string => {
  // `{` ends a text inside `{ }`: YAML does not know what it is doing there.
  if (text.slice(offset - 1, offset + 1) === '${') return 'inside { } and [ ], a text with ${ is written in quotes'
  const [, unexpected] = /^Unexpected \S+ token in YAML \w+: (.*)$/.exec(message) ?? []
  if (unexpected !== undefined) return `${unexpected} has no place here`
  return ownWords[code] ?? message.replace(/^[A-Z](?=[a-z])/, c => c.toLowerCase())
}

/** Where the parser speaks to programmers. */
const ownWords: Readonly<Partial<Record<string, string>>> = {
  BLOCK_AS_IMPLICIT_KEY:
    'a key inside a value: a text with ": " lacks its quotes, or the next line is indented too far',
  MULTILINE_IMPLICIT_KEY: 'a key without its colon, or a text over several lines without quotes',
}
