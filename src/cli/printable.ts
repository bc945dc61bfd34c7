// What may be sent to a terminal: no control character of a profile, a file name or a message reaches it as such, no
// line is endless, and the mark below a line stands below its character. Part of output.ts; pure.

/** What a terminal obeys, what reorders text, and what has no shape: shown by its code. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const combining = /\p{M}/u
/** Two columns wide: East Asian scripts, their punctuation and full-width forms, emoji. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Hangul}\p{Emoji_Presentation}\u3001-\u303e\u30a0-\u30ff\uff01-\uff60\uffe0-\uffe6]/u

/** A character as it is shown, and the columns of a terminal that it takes. */
type Cell = { readonly text: string; readonly width: number }

const cellOf = (character: string): Cell => {
  if (character === '\t') return { text: '    ', width: 4 }
  if (unprintable.test(character)) {
    const text = codeOf(character)
    return { text, width: text.length }
  }
  if (combining.test(character)) return { text: character, width: 0 }
  return { text: character, width: wide.test(character) ? 2 : 1 }
}

const codeOf = (character: string): string => {
  if (character === '\n') return '\\n'
  const code = (character.codePointAt(0) ?? 0).toString(16)
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`
}

const cellsOf = (text: string): readonly Cell[] => Array.from(text, cellOf)
const widthOf = (cells: readonly Cell[]): number => cells.reduce((sum, { width }) => sum + width, 0)
const textOf = (cells: readonly Cell[]): string => cells.map(({ text }) => text).join('')

/** The first cells that fit into so many columns. */
const fitting = (cells: readonly Cell[], columns: number): readonly Cell[] => {
  let used = 0
  const end = cells.findIndex(({ width }) => {
    used += width
    return used > columns
  })
  return end < 0 ? cells : cells.slice(0, end)
}

/** Of an endless line, as much as can matter: a cell is one or two code units, and may be of no width. */
const enough = (columns: number): number => columns * 4

const ellipsis: Cell = { text: '…', width: 1 }

/** A text on one line, cut behind so many columns. */
export const printable = (text: string, columns: number): string => {
  const cells = cellsOf(text.slice(0, enough(columns)))
  if (text.length <= enough(columns) && widthOf(cells) <= columns) return textOf(cells)
  return textOf([...fitting(cells, columns - 1), ellipsis])
}

/** A line of a file around one of its columns (one-based, UTF-16), and where in the result that column is. */
export const printableAround = (line: string, column: number, columns: number): { text: string; mark: number } => {
  const at = Math.min(column - 1, line.length)
  const before = cellsOf(line.slice(Math.max(0, at - enough(columns)), at))
  const after = cellsOf(line.slice(at, at + enough(columns)))
  const isWhole = line.length <= enough(columns) && widthOf(before) + widthOf(after) <= columns
  if (isWhole) return { text: textOf([...before, ...after]), mark: widthOf(before) }
  const head = lastFitting(before, Math.floor(columns / 2))
  const room = columns - widthOf(head)
  const tail = widthOf(after) <= room ? after : [...fitting(after, room - 1), ellipsis]
  return { text: textOf([...head, ...tail]), mark: widthOf(head) }
}

const lastFitting = (cells: readonly Cell[], columns: number): readonly Cell[] =>
  widthOf(cells) <= columns ? cells : [ellipsis, ...[...fitting([...cells].reverse(), columns - 1)].reverse()]

/** One JSON value; what JSON itself leaves as it is and a terminal might obey is escaped, which changes nothing. */
export const printableJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, character =>
    character
      .split('')
      .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
