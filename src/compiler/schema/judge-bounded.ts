// Judging by a schema that a site wrote, which may come to no end with a value: a pattern that goes back and forth, a
// $ref that leads back to itself. Part of validate.ts and variables.ts.
import type { ValidateFunction } from 'ajv/dist/2020.js'
import { type Finding, judge } from '../../model/ajv.js'
import type { Json, JsonMap } from '../../model/json.js'
import { runWithin, unfinished } from '../../model/run-within.js'
import { fitsPlainly } from './judge-plainly.js'

export type Judging = (value: Json) => readonly Finding[]

/** Judging by one schema: under a limit of time of its own, and under one that somebody else has set, by whom it may be compiled. */
export type BoundedJudging = { readonly alone: Judging; readonly within: Judging; readonly isBounded: boolean }

/** By ajv. */
type Compile = (schema: JsonMap) => ValidateFunction

/** Ends a judging that takes a schema which is not compiled yet. */
class NotCompiled extends Error {
  override readonly name = 'NotCompiled'
  readonly compile: () => void

  constructor(compile: () => void) {
    super('a schema is not compiled')
    this.compile = compile
  }
}

/**
 * Judges, and once more with each schema that it takes. They are compiled under no limit: that takes its time on a busy machine, and
 * ajv is of no use any more where it was stopped.
 */
const compiling = <Result>(judge: () => Result): Result => {
  for (;;) {
    try {
      return judge()
    } catch (error) {
      if (!(error instanceof NotCompiled)) throw error
      error.compile()
    }
  }
}

/** So many are judged in less time than a schema is compiled. */
const few = 100

/** Milliseconds: a thousand times what a schema takes. */
const longest = 1000

/** What a site's schema finds in a value. That it comes to no end is said once, and it is not tried again. */
export const judgeBounded = (schema: JsonMap, compile: Compile): BoundedJudging => {
  if (!mayBeEndless(schema)) return judgeUnbounded(schema, compile)
  let isEndless = false
  const judging = judgingBy(schema, compile)
  const within: Judging = value => (isEndless ? [] : judging(value))
  const alone: Judging = value => {
    const findings = compiling(() => runWithin(longest, () => within(value)))
    if (findings !== unfinished) return findings
    isEndless = true
    const message = 'its schema comes to no end with this value: a pattern, or a $ref that leads back to itself'
    return [{ code: 'schema', pointer: '', message }]
  }
  return { alone, within, isBounded: true }
}

/** What a schema finds that comes to an end with every value. */
export const judgeUnbounded = (schema: JsonMap, compile: Compile): BoundedJudging => {
  const within = judgingBy(schema, compile)
  return { alone: value => compiling(() => within(value)), within, isBounded: false }
}

/**
 * What never changes (resolve.ts freezes what machines share), and is sound, is judged once. A schema is compiled when more
 * values than a few are to be judged by it, or one does not fit.
 */
const judgingBy = (schema: JsonMap, compile: Compile): Judging => {
  const sound = new WeakSet<object>()
  let validate: ValidateFunction | undefined
  let judged = 0
  const findingsIn = (value: Json): readonly Finding[] => {
    judged += 1
    if (judged <= few && fitsPlainly(schema, value) === true) return []
    if (validate !== undefined) return judge(validate, value)
    throw new NotCompiled(() => {
      validate = compile(schema)
    })
  }
  return value => {
    if (typeof value !== 'object' || value === null) return findingsIn(value)
    if (sound.has(value)) return []
    const findings = findingsIn(value)
    if (findings.length === 0 && Object.isFrozen(value)) sound.add(value)
    return findings
  }
}

/** Values that belong together, each with what it is judged by. */
export type Judged = readonly (readonly [BoundedJudging, Json])[]

/** What is found in each value of each group. */
export type FoundInGroups = readonly (readonly (readonly Finding[])[])[]

/**
 * Judges groups of values under one limit of time together: a limit costs a thread, many times what most schemas take.
 * Where that is too long, each group under its own, and each value of a group for which that is too long.
 */
export const judgeTogether = (groups: readonly Judged[]): FoundInGroups => {
  const together = () => groups.map(group => group.map(([{ within }, value]) => within(value)))
  const isBounded = groups.some(group => group.some(([judging]) => judging.isBounded))
  const findings = compiling(() => (isBounded ? runWithin(longest, together) : together()))
  if (findings !== unfinished) return findings
  if (groups.length > 1) return groups.flatMap(group => judgeTogether([group]))
  return groups.map(group => group.map(([{ alone }, value]) => alone(value)))
}

const endless = ['format', 'uniqueItems', '$ref', '$dynamicRef', '$recursiveRef']

/** Also where such a word only names a property. */
const mayBeEndless = (schema: unknown): boolean =>
  typeof schema === 'object' &&
  schema !== null &&
  Object.entries(schema).some(
    ([key, value]) =>
      endless.includes(key) ||
      (key === 'pattern' && !(typeof value === 'string' && isOnePass(value))) ||
      (key === 'patternProperties' && !Object.keys(value ?? {}).every(isOnePass)) ||
      mayBeEndless(value),
  )

/**
 * Whether a pattern surely goes over a text once, as most do: it begins at the beginning, has no choice and no group, and
 * not more than one part whose length is not given. Two are enough to go back and forth, with a limit or without one.
 */
export const isOnePass = (pattern: string): boolean => {
  const bare = pattern.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x')
  return /^\^[^(|[]*$/.test(bare) && (bare.match(/[*+?]\??|\{\d+,\d*\}\??/g) ?? []).length <= 1
}
