// Where a character of a text stands in the file that YAML read the text from: over the lines of a block, past folded lines and
// escapes. What YAML leaves out or makes of a line's end and indentation is blank, so characters that are not are counted.
import type { Position } from '../../model/diagnostic.js'

type Lines = (file: string, line: number) => string | undefined

/** The place of the character at an offset of a text whose scalar begins at `start`; behind the text, of its end. */
export const placeInScalar = (start: Position, text: string, offset: number, lines: Lines): Position => {
  const { file } = start
  const style = styleOf(lines(file, start.line)?.[start.column - 1])
  const isBehind = text.slice(offset).trim() === ''
  let before = withoutBlanks(text.slice(0, offset)).length
  let place = start
  let from = style.isBlock ? 0 : start.column - 1 + style.quote
  for (let line = start.line + (style.isBlock ? 1 : 0); ; line += 1) {
    const source = lines(file, line)
    if (source === undefined) return place
    for (const { 0: written, index } of source.slice(from).matchAll(style.character)) {
      const count = style.lengthOf(written)
      const column = from + index + 1
      if (before < count) return isBehind ? place : { file, line, column }
      before -= count
      place = { file, line, column: column + written.length }
      if (before === 0 && isBehind) return place
    }
    from = 0
  }
}

const withoutBlanks = (text: string): string => text.replace(/\s/g, '')

type Style = {
  /** Its text begins on the line below. */
  readonly isBlock: boolean
  /** How much stands before the text. */
  readonly quote: 0 | 1
  /** One of its text that is not blank, as it is written. */
  readonly character: RegExp
  /** How many of its text that is. */
  readonly lengthOf: (written: string) => number
}

const single = (): number => 1

const styleOf = (first: string | undefined): Style => {
  if (first === '|' || first === '>') return { isBlock: true, quote: 0, character: /\S/g, lengthOf: single }
  if (first === "'") return { isBlock: false, quote: 1, character: /''|\S/g, lengthOf: single }
  if (first === '"') return { isBlock: false, quote: 1, character: escaped, lengthOf: escapedLength }
  return { isBlock: false, quote: 0, character: /\S/g, lengthOf: single }
}

/** In double quotes; behind a backslash a line may end. */
const escaped = /\\(?:x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|.|$)|\S/gi

const escapedLength = (written: string): number => {
  if (!written.startsWith('\\')) return 1
  const code = /^\\[xuU]([\da-f]+)$/i.exec(written)?.[1]
  if (code !== undefined) return withoutBlanks(String.fromCodePoint(Number.parseInt(code, 16))).length
  return blankEscapes.has(written.slice(1)) ? 0 : 1
}

/** The end of a line, YAML's \n, \t, ... and the spaces that it has words for. */
const blankEscapes: ReadonlySet<string> = new Set(['', 'n', 't', 'r', 'v', 'f', '_', 'L', 'P', ' ', '\t'])
