// How the verbs speak: the answer on stdout, diagnostics and progress on stderr, as text or as JSON lines.
import { styleText } from 'node:util'
import { type Diagnostic, isError, type Position } from '../model/diagnostic.js'
import type { Json, JsonMap } from '../model/json.js'
import { namesText } from '../model/shorten.js'
import { printable, printableAround, printableJson } from './printable.js'

export type SourceLine = (file: string, line: number) => string | undefined

/** Every diagnostic on stderr, each with the line that it is about, and how many there are. */
export const printDiagnostics = (diagnostics: readonly Diagnostic[], json: boolean, sourceLine: SourceLine): void => {
  if (json) {
    for (const diagnostic of diagnostics) process.stderr.write(`${printableJson(diagnosticJson(diagnostic))}\n`)
    return
  }
  for (const diagnostic of diagnostics) process.stderr.write(`${diagnosticText(diagnostic, sourceLine)}\n`)
  const errors = diagnostics.filter(isError).length
  const warnings = diagnostics.length - errors
  if (diagnostics.some(({ code }) => code !== 'usage'))
    process.stderr.write(`${plural(errors, 'error')}, ${plural(warnings, 'warning')}\n`)
}

/** {severity, code, message, pointer, file, line, column, hint, machines, includes}. */
export const diagnosticJson = ({ position, ...diagnostic }: Diagnostic): JsonMap => ({ ...diagnostic, ...position })

/** A value that stands in a message may be a whole page; paths have to keep their ends. */
const messageColumns = 1000

const diagnosticText = (
  { severity, code, message, machines, position, includes = [], hint }: Diagnostic,
  sourceLine: SourceLine,
): string => {
  const place = position === undefined ? '' : `${placeText(position)}:${position.column}: `
  const word = paint(severity === 'error' ? 'red' : 'yellow', severity)
  const lines = [`${place}${word}: ${printable(message, messageColumns)} [${code}]`]
  const source = position && sourceLine(position.file, position.line)
  if (position !== undefined && source !== undefined && source.trim() !== '') {
    const { text, mark } = printableAround(source, position.column, lineColumns())
    lines.push(`  ${text}`, `  ${' '.repeat(mark)}${paint('red', '^')}`)
  }
  if (includes.length > 0) lines.push(`  for ${namesText(machines, 1)}, through ${wayText(includes)}`)
  else if (machines.length > 0) lines.push(`  for ${namesText(machines)}`)
  if (hint !== undefined) lines.push(`  ${printable(hint, messageColumns)}`)
  return lines.join('\n')
}

/** Of a line of a file. */
const lineColumns = (): number => Math.min(process.stderr.columns || 100, 100) - 2

const placeText = ({ file, line }: Position): string => `${printable(file, messageColumns)}:${line}`

/** `profiles/ce.yaml:2 -> templates/a.yaml:3`; of a long way, its ends. */
const wayText = (includes: readonly Position[]): string => {
  const places = includes.map(placeText)
  const shown = places.length <= 5 ? places : [...places.slice(0, 2), `${places.length - 4} more`, ...places.slice(-2)]
  return shown.join(' -> ')
}

const paint = (colour: 'red' | 'yellow', text: string): string =>
  process.stderr.isTTY && process.env.NO_COLOR === undefined ? styleText(colour, text) : text

export const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** The answer as JSON on stdout. */
export const printJson = (value: Json): void => {
  process.stdout.write(`${printableJson(value, 2)}\n`)
}

/** Nobody reads any more (`| head`, a terminal that is gone): a run of the agent goes on, its report is in the state. */
export const outliveReaders = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', error => {
      if (!('code' in error && error.code === 'EPIPE')) throw error
    })
  }
}

/** A mistake in the command itself, not in the site. */
export const printUsageError = (message: string, hint: string | undefined, json: boolean): void => {
  printOne('error', message, hint, json)
}

/** What is not as it might be, and keeps nothing from being done. */
export const printNotice = (message: string, hint: string | undefined, json: boolean): void => {
  printOne('warning', message, hint, json)
}

const printOne = (severity: Diagnostic['severity'], message: string, hint: string | undefined, json: boolean): void => {
  const nowhere = { machines: [], pointer: '', position: undefined }
  printDiagnostics([{ severity, code: 'usage', message, ...nowhere, ...(hint && { hint }) }], json, () => undefined)
}
