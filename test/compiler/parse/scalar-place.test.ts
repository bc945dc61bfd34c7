// A character of a text is found again in the file, in whatever way YAML may write the text.
import fc from 'fast-check'
import t from 'tap'
import { isMap, isScalar, parseDocument, Scalar, stringify } from 'yaml'
import { placeInScalar } from '../../../src/compiler/parse/scalar-place.js'
import { runs } from '../../property-runs.js'

/** What stands in a file of one key at the place of a character of its text. */
const foundAt = (file: string, offset: number) => {
  const lines = file.split('\n')
  const { contents } = parseDocument(file)
  const node = isMap(contents) ? contents.items[0]?.value : undefined
  if (!isScalar(node) || typeof node.value !== 'string') throw new Error('no text')
  const before = file.slice(0, node.range?.[0]).split('\n')
  const start = { file: 'f', line: before.length, column: (before.at(-1) ?? '').length + 1 }
  const place = placeInScalar(start, node.value, offset, (_, line) => lines[line - 1])
  return { place, text: node.value, behind: (lines[place.line - 1] ?? '').slice(place.column - 1) }
}

t.test('the place of X in a text', async t => {
  const rows: readonly (readonly [string, number, number])[] = [
    ['e: a X b', 1, 6],
    ['e: a\n  b X', 2, 5],
    ["e: 'a ''b'' X'", 1, 13],
    ['e: "a \\"b\\" X"', 1, 13],
    ['e: "\\x41\\t\\u0042\\n \\\\ X"', 1, 23],
    ['e: "a \\\n  b X"', 2, 5],
    ['e: |\n  a\n  X b', 3, 3],
    ['e: |-  # comment\n\n    a\n      X', 4, 7],
    ['e: >2\n   a\n  b\n\n  X', 5, 3],
    ['e: a \\d X', 1, 9],
    ['e: &anchor a X', 1, 14],
  ]
  for (const [file, line, column] of rows) {
    const { text } = foundAt(file, 0)
    t.match(foundAt(file, text.indexOf('X')).place, { line, column }, file)
  }
  t.match(foundAt('e: a +', 3).place, { line: 1, column: 7 }, 'behind it')
  t.match(foundAt('e: |\n  a +\nf: b', 4).place, { line: 2, column: 6 }, 'behind a block')
})

t.test('every character that is not blank, however the text is written', async t => {
  const types: readonly Scalar.Type[] = [
    Scalar.PLAIN,
    Scalar.QUOTE_SINGLE,
    Scalar.QUOTE_DOUBLE,
    Scalar.BLOCK_LITERAL,
    Scalar.BLOCK_FOLDED,
  ]
  const texts = fc.array(fc.constantFrom('a', 'bc', ' ', '\n', '"', "'", '\\', '#', ': ', '|', 'é', '😀'), {
    minLength: 1,
  })
  fc.assert(
    fc.property(texts, fc.constantFrom(...types), (parts, type) => {
      const scalar = new Scalar(parts.join(''))
      scalar.type = type
      const file = stringify({ e: scalar }, { lineWidth: 20 })
      const { text } = foundAt(file, 0)
      for (let offset = 0; offset < text.length; offset += 1) {
        const character = text[offset] ?? ''
        if (!/\S/.test(character)) continue
        const { behind } = foundAt(file, offset)
        if (!behind.startsWith(character) && !behind.startsWith('\\'))
          throw new Error(`${JSON.stringify(file)}: ${character} at ${offset}, and there ${behind}`)
      }
    }),
    runs(300),
  )
  t.pass()
})
