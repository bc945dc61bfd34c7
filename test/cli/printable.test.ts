// What the terminal gets, character by character. Escapes are written out, so that the tests can be read.
import fc from 'fast-check'
import t from 'tap'
import { printable, printableAround, printableJson } from '../../src/cli/printable.js'
import { runs } from '../property-runs.js'

t.test('what a terminal might obey is shown by its code', async t => {
  const table: readonly (readonly [say: string, text: string, shown: string])[] = [
    ['plain text', 'a: b', 'a: b'],
    ['an escape sequence', '\u001b[31mred', '\\x1b[31mred'],
    ['a bell, a backspace, a return', '\u0007\b\r', '\\x07\\x08\\x0d'],
    ['the one-byte form of an escape sequence', '\u009b31m', '\\x9b31m'],
    ['delete', '\u007f', '\\x7f'],
    ['a line break', 'a\nb', 'a\\nb'],
    ['text that turns round', 'a\u202eb', 'a\\u{202e}b'],
    ['nothing at all', 'a\u200bb', 'a\\u{200b}b'],
    ['half a character', 'a\ud83d', 'a\\u{d83d}'],
    ['letters of any script', 'Łódź Ωμέγα 東京', 'Łódź Ωμέγα 東京'],
  ]
  for (const [say, text, shown] of table) t.equal(printable(text, 100), shown, say)
})

t.test('a long text is cut', async t => {
  t.equal(printable('abcde', 5), 'abcde')
  t.equal(printable('abcdef', 5), 'abcd…')
  t.equal(printable('東京東京', 5), '東京…', 'wide characters take two columns')
  t.equal(printable('\u001b\u001b', 6), '\\x1b…', 'a code is not cut in two')
  t.equal(printable('x'.repeat(50_000), 10), 'xxxxxxxxx…')
})

t.test('a line is shown around its column, with the mark below it', async t => {
  const table: readonly (readonly [say: string, line: string, column: number, shown: string, mark: number])[] = [
    ['a short line', 'a: b', 4, 'a: b', 3],
    ['behind its end', 'a:', 3, 'a:', 2],
    ['far behind its end', 'a:', 9, 'a:', 2],
    ['tabs', '\ta:\tb', 5, '    a:    b', 10],
    ['wide characters', '東: x', 4, '東: x', 4],
    ['a combining mark', 'e\u0301: x', 5, 'e\u0301: x', 3],
    ['an emoji of two code units', '😀: x', 5, '😀: x', 4],
    ['an escape sequence', '\u001b[2Ja: b', 8, '\\x1b[2Ja: b', 10],
    ['a long line, its beginning', `x: ${'y'.repeat(40)}`, 1, `x: ${'y'.repeat(16)}…`, 0],
    ['a long line, its middle', `${'x'.repeat(30)}!${'y'.repeat(30)}`, 31, `…${'x'.repeat(9)}!${'y'.repeat(8)}…`, 10],
    ['a long line, its end', `${'x'.repeat(50_000)}!`, 50_001, `…${'x'.repeat(9)}!`, 10],
  ]
  for (const [say, line, column, text, mark] of table) t.same(printableAround(line, column, 20), { text, mark }, say)
})

t.test('whatever the line, what is shown fits, holds no control character and marks the right one', async () => {
  const line = fc.string({ unit: 'binary', maxLength: 60 })
  fc.assert(
    fc.property(line, fc.nat({ max: 59 }), (text, at) => {
      const marked = `${text.slice(0, at)}!${text.slice(at)}`
      const { text: shown, mark } = printableAround(marked, Math.min(at, text.length) + 1, 30)
      if (/[\p{Cc}\p{Cf}]/u.test(shown)) throw new Error('a control character')
      if (mark > 30 || shown.split('').filter(character => character === '!').length === 0) throw new Error('cut off')
    }),
    runs(1000),
  )
})

t.test('JSON is the same value, without control characters', async t => {
  const value = { a: 'x\u009by\u007f\u202e\u001b', 'k\u0085': [1, null] }
  t.equal(printableJson(value), '{"a":"x\\u009by\\u007f\\u202e\\u001b","k\\u0085":[1,null]}')
  t.same(JSON.parse(printableJson(value, 2)), value)
  t.equal(printableJson({ a: 1 }, 2), '{\n  "a": 1\n}')
  t.equal(printableJson('\u{e0001}'), '"\\udb40\\udc01"', 'beyond 16 bits')
})
