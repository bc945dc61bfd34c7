// How the verbs speak: the answer on stdout, diagnostics and progress on stderr, as text or as JSON lines.
import { styleText } from 'node:util'
import { type Diagnostic, isError } from '../model/diagnostic.js'
import type { Json } from '../model/json.js'

export type SourceLine = (file: string, line: number) => string | undefined

/** Every diagnostic on stderr, each with the line that it is about, and how many there are. */
export const printDiagnostics = (diagnostics: readonly Diagnostic[], json: boolean, sourceLine: SourceLine): void => {
  if (json) {
    for (const diagnostic of diagnostics) process.stderr.write(`${JSON.stringify(flat(diagnostic))}\n`)
    return
  }
  for (const diagnostic of diagnostics) process.stderr.write(`${diagnosticText(diagnostic, sourceLine)}\n`)
  const errors = diagnostics.filter(isError).length
  const warnings = diagnostics.length - errors
  if (diagnostics.some(({ code }) => code !== 'usage'))
    process.stderr.write(`${plural(errors, 'error')}, ${plural(warnings, 'warning')}\n`)
}

/** One object a line: {severity, code, message, pointer, file, line, column, hint, machines}. */
const flat = ({ position, ...diagnostic }: Diagnostic): Json => ({ ...diagnostic, ...(position ?? {}) })

const diagnosticText = (
  { severity, code, message, machines, position, hint }: Diagnostic,
  sourceLine: SourceLine,
): string => {
  const place = position === undefined ? '' : `${position.file}:${position.line}:${position.column}: `
  const word = paint(severity === 'error' ? 'red' : 'yellow', severity)
  const lines = [`${place}${word}: ${message} [${code}]`]
  const source = position && sourceLine(position.file, position.line)
  if (position !== undefined && source !== undefined && source.trim() !== '') {
    lines.push(`  ${source}`, `  ${' '.repeat(position.column - 1)}${paint('red', '^')}`)
  }
  if (machines.length > 0) lines.push(`  for ${namesText(machines)}`)
  if (hint !== undefined) lines.push(`  ${hint}`)
  return lines.join('\n')
}

/** The first names of many. */
export const namesText = (machines: readonly string[]): string =>
  machines.length <= 5 ? machines.join(', ') : `${machines.slice(0, 5).join(', ')} and ${machines.length - 5} more`

const paint = (colour: 'red' | 'yellow', text: string): string =>
  process.stderr.isTTY && process.env.NO_COLOR === undefined ? styleText(colour, text) : text

export const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** The answer as JSON on stdout. */
export const printJson = (value: Json): void => {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

/** A mistake in the command itself, not in the site. */
export const printUsageError = (message: string, hint: string | undefined, json: boolean): void => {
  const diagnostic: Diagnostic = {
    severity: 'error',
    code: 'usage',
    message,
    machines: [],
    pointer: '',
    position: undefined,
    ...(hint && { hint }),
  }
  printDiagnostics([diagnostic], json, () => undefined)
}
