// The outcomes of expectations as TAP, version 14 (testanything.org). Pure.
import type { Outcome } from '../../compiler/expectations/judge-expectations.js'
import type { SourceLine } from '../output.js'
import { messageOf, placeText, storyOf, titleOf } from './story.js'

export const tapOf = (outcomes: readonly Outcome[], sourceLine: SourceLine): string =>
  ['TAP version 14', `1..${outcomes.length}`, ...outcomes.flatMap((one, index) => pointOf(one, index + 1, sourceLine))]
    .map(line => `${line}\n`)
    .join('')

const pointOf = (outcome: Outcome, number: number, sourceLine: SourceLine): readonly string[] => {
  const { failure, expectation } = outcome
  // A # would begin a directive.
  const title = titleOf(outcome).replace(/[\\#]/g, '\\$&')
  if (failure === undefined) return [`ok ${number} - ${title}`]
  const story = storyOf(failure, sourceLine).map(line => `    ${line}`)
  return [
    `not ok ${number} - ${title}`,
    '  ---',
    `  at: ${JSON.stringify(placeText(expectation.position))}`,
    `  message: ${JSON.stringify(messageOf(failure))}`,
    ...(story.length === 0 ? [] : ['  story: |2', ...story]),
    '  ...',
  ]
}
