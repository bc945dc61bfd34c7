// What there is to tell of an expectation that does not hold: how expected and actual differ, where the actual value
// comes from, and what was told when the site was compiled.
import type { Failure, Outcome } from '../../compiler/expectations/judge-expectations.js'
import type { Position } from '../../model/diagnostic.js'
import { explanationText } from '../explanation-text.js'
import type { SourceLine } from '../output.js'
import { printable } from '../printable.js'

const columns = 200
const messageColumns = 1000

export const placeText = ({ file, line, column }: Position): string => `${file}:${line}:${column}`

/** The lines of it, below its message. */
export const storyOf = (
  { diff, explanation, diagnostics = [] }: Failure,
  sourceLine: SourceLine,
): readonly string[] => {
  const source = explanation === undefined ? [] : explanationText(explanation, sourceLine).trimEnd().split('\n')
  const told = diagnostics.flatMap(({ position, message, code, hint }) => [
    `${position === undefined ? '' : `${placeText(position)}: `}${message} [${code}]`,
    ...(hint === undefined ? [] : [`  ${hint}`]),
  ])
  return [...diff, ...source, ...told].map(line => printable(line, columns))
}

/** On one line: it may hold a text of the file. */
export const messageOf = ({ message }: Failure): string => printable(message, messageColumns)

export const titleOf = ({ expectation: { name, machine } }: Outcome): string =>
  printable(`${machine}: ${name}`, columns)
