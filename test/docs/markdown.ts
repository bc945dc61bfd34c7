// A page of documentation as its reader sees it: fenced blocks, tables and headings, with the lines that they stand on.
// HTML comments, which no reader sees, tell the tests what a block or a table is to them: site.ts and rows.ts say which.

/** Lines are numbered from one. */
export type Block = {
  readonly kind: 'block'
  readonly line: number
  /** `yaml` and `profiles/ce.yaml` of a fence that says both. */
  readonly language: string
  readonly rest: string
  readonly lines: readonly string[]
  /** The text between the block and what stands before it. */
  readonly before: string
}

export type Table = {
  readonly kind: 'table'
  readonly line: number
  readonly header: readonly string[]
  readonly rows: readonly Row[]
}
export type Row = { readonly line: number; readonly cells: readonly string[] }

export type Heading = { readonly kind: 'heading'; readonly line: number; readonly text: string }
/** `<!-- word: text -->` */
export type Directive = {
  readonly kind: 'directive'
  readonly line: number
  readonly word: string
  readonly text: string
}

export type Part = Block | Table | Heading | Directive

/** The parts of a page in their order. A page that this cannot read (a fence without its end) throws. */
export const partsOf = (page: string): readonly Part[] => {
  const lines = page.split('\n')
  const parts: Part[] = []
  let before: string[] = []
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    const [, fence, language = '', rest = ''] = /^(\s*```+)(\S*)\s*(.*)$/.exec(line) ?? []
    if (fence !== undefined) {
      const end = lines.findIndex((other, at) => at > index && other.trimEnd() === fence)
      if (end < 0) throw new Error(`line ${index + 1}: a fence without its end`)
      const text = before.join('\n').trim()
      parts.push({ kind: 'block', line: index + 1, language, rest, lines: lines.slice(index + 1, end), before: text })
      index = end
      before = []
    } else if (line.startsWith('|')) {
      const end = lines.findIndex((other, at) => at > index && !other.startsWith('|'))
      parts.push(tableOf(lines.slice(index, end < 0 ? lines.length : end), index + 1))
      index = (end < 0 ? lines.length : end) - 1
      before = []
    } else if (/^ {4}\S/.test(line) && (lines[index - 1] ?? '').trim() === '') {
      parts.push({ kind: 'block', line: index + 1, language: '', rest: '', lines: [line.trim()], before: '' })
    } else {
      const [, word, text = ''] = /^<!-- ([a-z ]+?)(?:: (.*))? -->$/.exec(line) ?? []
      const [, heading] = /^#+ (.*)$/.exec(line) ?? []
      if (word !== undefined) parts.push({ kind: 'directive', line: index + 1, word, text })
      else if (heading !== undefined) parts.push({ kind: 'heading', line: index + 1, text: heading })
      else before.push(line)
      if (heading !== undefined) before = []
    }
  }
  return parts
}

const tableOf = ([header = '', , ...rows]: readonly string[], line: number): Table => ({
  kind: 'table',
  line,
  header: cellsOf(header),
  rows: rows.map((row, index) => ({ line: line + 2 + index, cells: cellsOf(row) })),
})

/** A `|` inside a cell is written `\|`. */
const cellsOf = (row: string): readonly string[] =>
  row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map(cell => cell.trim().replaceAll('\\|', '|'))

/** What stands in code spans, in their order. */
export const codeIn = (text: string): readonly string[] =>
  [...text.matchAll(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/g)].map(([, fence = '', code = '']) =>
    fence.length > 1 ? code.replace(/^ (.*) $/, '$1') : code,
  )
