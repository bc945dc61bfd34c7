// What a file of expectations may hold (docs/policies.md), as a JSON schema: `test` judges by it, editors complete by it.
import type { JsonMap } from '../../model/json.js'

/** An expectation. */
export const expectationSchema: JsonMap = {
  type: 'object',
  additionalProperties: false,
  required: ['machine'],
  properties: {
    machine: { description: 'The machine that something is expected of.', type: 'string' },
    at: { description: 'The path of a value of its document.', type: 'string', pattern: '^/' },
    is: { description: 'The value there, as a profile would write it; null where there is to be none.' },
    children: { description: 'What it encloses, in that order.', type: 'array', items: { type: 'string' } },
    holds: { description: 'CEL that is true, over the names of policies.', type: 'string' },
    given: { description: 'What its profile is to say instead, for this expectation alone.', type: 'object' },
    fails: {
      description: 'How it cannot be compiled.',
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: {
        code: { description: 'The word in brackets behind the mistake.', type: 'string' },
        message: { description: 'A part of what is told.', type: 'string' },
      },
    },
  },
}

/** A file of them. */
export const expectationsSchema: JsonMap = {
  title: 'What a Xenclosure site expects of itself',
  type: 'object',
  additionalProperties: expectationSchema,
}
