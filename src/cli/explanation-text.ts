// `explain` for people: a heading for each place, below it what was written for it, line under line; deeper, where the
// value was read from. What was written last comes first.
import type { Explanation } from '../compiler/inspect/explain.js'
import type { Reading, Step, Told } from '../compiler/inspect/telling.js'
import type { Position } from '../model/diagnostic.js'
import { isList, isMap } from '../model/json.js'
import type { SourceLine } from './output.js'
import { printable } from './printable.js'

/** A heading, or a line of three columns. */
type Row =
  | { readonly indent: number; readonly heading: string }
  | { readonly indent: number; readonly label: string; readonly place: string; readonly text: string }

/** Wide enough for what is written by hand; a whole tree is not shown. */
const valueColumns = 100
const writtenColumns = 60

export const explanationText = (explanation: Explanation, sourceLine: SourceLine): string => {
  const { machine, variable, pointer, removed } = explanation
  const name = `${machine}:${variable === undefined ? pointer || '/' : `\${${variable}}${pointer}`}`
  const heading =
    removed === undefined
      ? `${name} = ${valueText(explanation)}`
      : `${name} has no value${removed === pointer ? '' : `: ${removed} was removed`}`
  const rows = [{ indent: 0, heading }, ...toldRows(explanation, 2, 'set by', sourceLine)]
  const lines = rows.filter(row => 'label' in row)
  const labels = Math.max(0, ...lines.map(({ indent, label }) => indent + label.length))
  const places = Math.max(0, ...lines.map(({ place }) => place.length))
  return rows.map(row => `${rowText(row, labels, places).trimEnd()}\n`).join('')
}

const rowText = (row: Row, labels: number, places: number): string => {
  const start = ' '.repeat(row.indent)
  if ('heading' in row) return start + row.heading
  return `${(start + row.label).padEnd(labels)}  ${row.place.padEnd(places)}  ${row.text}`
}

/** A value of one line; of a larger one, what it consists of. */
const valueText = ({ value = null, unit, written }: Told): string => {
  const text = JSON.stringify(value)
  if (text.length > valueColumns && isMap(value)) return `a map of ${countText(Object.keys(value), 'key')}`
  if (text.length > valueColumns && isList(value)) return `a list of ${value.length}`
  const asWritten = unit === undefined || written === undefined || written === text ? [] : [`written ${written}`]
  const notes = [...(unit === undefined ? [] : [unit]), ...asWritten]
  return printable(text, valueColumns) + (notes.length === 0 ? '' : ` (${printable(notes.join(', '), writtenColumns)})`)
}

const countText = (words: readonly string[], word: string): string =>
  `${words.length} ${word}${words.length === 1 ? '' : 's'}: ${printable(words.join(', '), valueColumns)}`

const toldRows = (told: Told, indent: number, setBy: string, sourceLine: SourceLine): readonly Row[] => {
  const steps = [...told.story].reverse().flatMap(step => stepRows(step, indent, setBy, sourceLine))
  const above = (told.above ?? []).flatMap(({ pointer, story }): readonly Row[] => [
    { indent, heading: `above it, at ${printable(pointer === '' ? '/' : pointer, valueColumns)}` },
    ...[...story].reverse().flatMap(step => stepRows(step, indent + 2, setBy, sourceLine)),
  ])
  return [...steps, ...above]
}

const stepRows = (step: Step, indent: number, setBy: string, sourceLine: SourceLine): readonly Row[] => {
  const { verdict, enclosed, why, reads } = step
  const label = verdict === 'set by' ? setBy : verdict
  const text = stepText(step, sourceLine) + (why === undefined ? '' : ` (${printable(why, 200)})`)
  const isElsewhere = enclosed !== undefined && placeText(enclosed) !== placeText(step)
  return [
    { indent, label, place: placeText(step), text },
    ...(isElsewhere ? [{ indent, label: 'enclosed by', place: placeText(enclosed), text: enclosed.child }] : []),
    ...reads.flatMap(reading => readingRows(reading, indent + 2, sourceLine)),
  ]
}

const placeText = ({ file, line, column }: Position): string => `${printable(file, 200)}:${line}:${column}`

/** What stands in the file; of a map the keys, of a list the rest of the line. */
const stepText = (step: Step, sourceLine: SourceLine): string => {
  const { kind, strength, written, keys, rule, pulled, file, line, column } = step
  if (rule !== undefined) return `by rule: ${rule}`
  const text = keys === undefined ? written : keysText(keys)
  if (pulled !== undefined) return `${printable(text, writtenColumns)}, pulled from ${printable(pulled, 200)}`
  const tags = [...(strength === 'plain' ? [] : [strength]), ...(kind === 'set' ? [] : [kind])].join(':')
  const rest = text === 'a list' ? sourceLine(file, line)?.slice(column - 1) : undefined
  return `${tags === '' ? '' : `!${tags} `}${printable((rest ?? text).trim(), writtenColumns)}`.trim()
}

const keysText = (keys: readonly string[]): string => (keys.length === 0 ? 'no key that counts' : keys.join(', '))

const readingRows = (reading: Reading, indent: number, sourceLine: SourceLine): readonly Row[] => {
  const { kind, name, below = '', repeated } = reading
  const place = printable(name + below, valueColumns)
  const value = valueText(reading) + (repeated === undefined ? '' : ' (as above)')
  switch (kind) {
    case 'fallback':
      return [{ indent, heading: `fallback ${value}: there is no ${place}` }]
    case 'path':
      return [{ indent, heading: `${place} = ${value}` }, ...toldRows(reading, indent + 2, 'set by', sourceLine)]
    case 'variable':
      return [
        { indent, heading: `variable ${place} = ${value}` },
        ...toldRows(reading, indent + 2, 'set by', sourceLine),
      ]
    case 'given':
    case 'default': {
      const setBy = kind === 'given' ? 'given by' : 'default in'
      return [{ indent, heading: `parameter ${place} = ${value}` }, ...toldRows(reading, indent + 2, setBy, sourceLine)]
    }
  }
}
