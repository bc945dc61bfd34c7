// Judging by a schema that a site wrote, which may come to no end with a value: a pattern that goes back and forth, a
// $ref that leads back to itself. Part of validate.ts and variables.ts.
import type { ValidateFunction } from 'ajv/dist/2020.js'
import { type Finding, judge } from '../model/ajv.js'
import type { Json } from '../model/json.js'
import { runWithin, unfinished } from '../model/run-within.js'

export type Judging = (value: Json) => readonly Finding[]

/** Milliseconds: a thousand times what a schema takes. */
const longest = 1000

/** What a schema finds in a value. That it comes to no end is said once, and it is not tried again. */
export const judgeBounded = (validate: ValidateFunction): Judging => {
  // A limit of time costs a thread for each value, many times what most schemas take.
  if (!mayBeEndless(validate.schema)) return value => judge(validate, value)
  let isEndless = false
  return value => {
    if (isEndless) return []
    const findings = runWithin(longest, () => judge(validate, value))
    if (findings !== unfinished) return findings
    isEndless = true
    const message = 'its schema comes to no end with this value: a pattern, or a $ref that leads back to itself'
    return [{ code: 'schema', pointer: '', message }]
  }
}

const endless = ['pattern', 'patternProperties', 'format', 'uniqueItems', '$ref', '$dynamicRef', '$recursiveRef']

/** Also where such a word only names a property. */
const mayBeEndless = (schema: unknown): boolean =>
  typeof schema === 'object' &&
  schema !== null &&
  Object.entries(schema).some(([key, value]) => endless.includes(key) || mayBeEndless(value))
