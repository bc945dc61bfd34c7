// What a file of policies may hold (docs/policies.md), as a JSON schema: the compiler judges by it, editors complete by it.
import type { JsonMap } from '../../model/json.js'

/** A policy. */
export const policySchema: JsonMap = {
  type: 'object',
  additionalProperties: false,
  required: ['holds', 'message'],
  properties: {
    each: {
      description: 'What is looked at: every machine, or only hosts (they run Xen), or only guests.',
      enum: ['machine', 'host', 'guest'],
    },
    at: {
      description: 'The value that is looked at, such as /hardware/ram; a * stands for every key or item.',
      type: 'string',
      pattern: '^/',
    },
    when: { description: 'CEL: looked at only where this is true.', type: 'string' },
    group: {
      description: 'CEL: machines for which this is the same are looked at together, as `machines`.',
      type: 'string',
    },
    holds: { description: 'CEL: true where nothing is wrong.', type: 'string' },
    message: { description: 'What is wrong where it does not hold; ${= CEL } is filled in.', type: 'string' },
    hint: { description: 'What to do about it.', type: 'string' },
    severity: { description: 'A warning keeps nothing from being published.', enum: ['error', 'warning'] },
  },
}

/** A file of them. */
export const policiesSchema: JsonMap = {
  title: 'Policies of a Xenclosure site',
  type: 'object',
  additionalProperties: policySchema,
}
