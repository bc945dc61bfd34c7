// What there is to tell of an expectation that does not hold: how expected and actual differ, where the actual value
// comes from, and what was told when the site was compiled.
import type { Failure, Outcome } from '../../compiler/expectations/judge-expectations.js'
import type { Position } from '../../model/diagnostic.js'
import { explanationText } from '../explanation-text.js'
import type { SourceLine } from '../output.js'
import { printable } from '../printable.js'

const columns = 200

export const placeText = ({ file, line, column }: Position): string => `${file}:${line}:${column}`

/** The lines of it, below its message. */
export const storyOf = (
  { diff, explanation, diagnostics = [] }: Failure,
  sourceLine: SourceLine,
): readonly string[] => {
  const source = explanation === undefined ? [] : explanationText(explanation, sourceLine).trimEnd().split('\n')
  const told = diagnostics.map(
    ({ position, message, code }) => `${position === undefined ? '' : `${placeText(position)}: `}${message} [${code}]`,
  )
  return [...diff, ...source, ...told].map(line => printable(line, columns))
}

export const titleOf = ({ expectation: { name, machine } }: Outcome): string =>
  printable(`${machine}: ${name}`, columns)
