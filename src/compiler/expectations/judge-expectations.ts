// Holds expectations against a compiled site; where one says what is given, against the site compiled with that.
import type { AnyComponent } from '../../model/component.js'
import { type Diagnostic, isError } from '../../model/diagnostic.js'
import type { Json } from '../../model/json.js'
import { printPointer, valueAt } from '../../model/pointer.js'
import { type CompiledSite, type CompileResult, isSound } from '../compile.js'
import { childrenOf } from '../enclose/enclosures.js'
import { changesOf } from '../inspect/document-changes.js'
import { type Explanation, explain } from '../inspect/explain.js'
import { computeOne, hintByNames, namesFor } from '../policies/judge-policies.js'
import { misspeltIn } from '../policies/read-policies.js'
import type { Problems } from '../problems.js'
import { createRecompiler } from '../recompile.js'
import { nearestPlace } from '../resolve/nearest.js'
import { readBySchema, type Unreadable } from '../schema/read-by-schema.js'
import { viewAt } from '../schema/schema-view.js'
import { siteGiven } from './given.js'
import type { Expectation } from './read-expectations.js'

/** What came of an expectation. */
export type Outcome = { readonly expectation: Expectation; readonly failure?: Failure }

export type Failure = {
  readonly message: string
  /** Where expected and actual differ, a line each: `- ` what was expected, `+ ` what there is. */
  readonly diff: readonly string[]
  /** Where the actual value comes from. */
  readonly explanation?: Explanation | undefined
  /** What was told when the machine was compiled. */
  readonly diagnostics?: readonly Diagnostic[]
}

/** What comes of expectations, in their order; what makes one's own value none goes to `problems`. */
export const judgeExpectations = (
  expectations: readonly Expectation[],
  compiled: CompiledSite,
  components: readonly AnyComponent[],
  problems: Problems,
): readonly Outcome[] => {
  const recompile = createRecompiler(compiled, components)
  return expectations.map(expectation => {
    const failure = failureOf(expectation, compiled, { recompile, problems })
    return failure === undefined ? { expectation } : { expectation, failure }
  })
}

const failureOf = (
  expectation: Expectation,
  compiled: CompiledSite,
  { recompile, problems }: { readonly recompile: ReturnType<typeof createRecompiler>; readonly problems: Problems },
): Failure | undefined => {
  const { machine, given } = expectation
  if (given === undefined) return held(expectation, compiled, problems)
  const result = recompile(siteGiven(compiled.site, machine, given), machine)
  if (expectation.kind === 'fails') return failed(expectation, result)
  if (result.compiled !== undefined && isSound(result)) return held(expectation, result.compiled, problems)
  return { message: 'the site is wrong with what is given', diff: [], diagnostics: result.diagnostics.filter(isError) }
}

/** That it was to fail and did not, or otherwise than expected. */
const failed = (
  { machine, code, message, position }: Extract<Expectation, { kind: 'fails' }>,
  { diagnostics, compiled }: CompileResult,
): Failure | undefined => {
  const errors = diagnostics.filter(isError)
  const profile = compiled?.site.profiles.get(machine)
  const isOfMachine = ({ machines, position: place }: Diagnostic): boolean =>
    machines.includes(machine) || place?.file === profile || place?.file === position.file
  const isExpected = (one: Diagnostic): boolean =>
    isOfMachine(one) && (code === undefined || one.code === code) && one.message.includes(message ?? '')
  if (errors.some(isExpected)) return undefined
  const expected = [message, code === undefined ? undefined : `[${code}]`].filter(part => part !== undefined).join(' ')
  const actual = errors.length === 0 ? ['+ nothing is wrong'] : errors.map(one => `+ ${one.message} [${one.code}]`)
  return { message: `${machine} was to fail otherwise`, diff: [`- ${expected}`, ...actual], diagnostics: errors }
}

const held = (expectation: Expectation, compiled: CompiledSite, problems: Problems): Failure | undefined => {
  const { machine, at } = expectation
  const explanation = () => (at.length === 0 ? undefined : explain(compiled, machine, printPointer(at)))
  switch (expectation.kind) {
    case 'is': {
      const difference = ofValue(expectation, compiled, problems)
      return difference && { ...difference, explanation: explanation() }
    }
    case 'children': {
      const actual = childrenOf(compiled, machine)
      const diff = differences([...expectation.children], [...actual])
      return diff.length === 0 ? undefined : { message: `${machine} has other children`, diff }
    }
    case 'holds': {
      const problem = whyNot(expectation, compiled)
      return problem === undefined
        ? undefined
        : { message: problem, diff: [`- ${expectation.text}`], explanation: explanation() }
    }
    case 'fails':
      throw new Error('what fails has something given')
  }
}

const ofValue = (
  { machine, at, value, source, placeOf }: Extract<Expectation, { kind: 'is' }>,
  { documents, machines }: CompiledSite,
  problems: Problems,
): Failure | undefined => {
  const document = documents.get(machine) ?? null
  const place = `${machine}:${printPointer(at)}`
  const misspelt = value === null ? misspeltAt(at, machines) : undefined
  if (misspelt !== undefined) return { message: misspelt, diff: [] }
  const unreadable: string[] = []
  const schema = viewAt(machines.resolver.root, document, at)
  const report = ({ code, message, hint, below }: Unreadable): void => {
    unreadable.push(message)
    problems.error(code, message, { position: placeOf(below), hint })
  }
  const expected = value === null ? null : readBySchema(value, source, schema, report)
  if (expected === undefined || unreadable.length > 0)
    return { message: `${place}: ${unreadable.join(', ')}`, diff: [] }
  const actual = valueAt(document, at)
  if (actual === undefined && expected !== null)
    return { message: `there is no ${place}: ${nearestPlace(document, at)}`, diff: differences(expected, null) }
  const diff = differences(expected, actual ?? null)
  return diff.length === 0 ? undefined : { message: `${place} is another value`, diff }
}

/** Of what no document has it would be true that it is none, and that it is not another value. */
const misspeltAt = (at: readonly string[], { resolver }: CompiledSite['machines']): string | undefined => {
  const misspelt = misspeltIn(at, resolver.root)
  return misspelt && withHint(misspelt.message, misspelt.hint)
}

const withHint = (message: string, hint: string | undefined): string =>
  hint === undefined ? message : `${message}: ${hint}`

const whyNot = (
  { machine, at, holds }: Extract<Expectation, { kind: 'holds' }>,
  { documents, machines }: CompiledSite,
): string | undefined => {
  const misspelt = misspeltAt(at, machines)
  if (misspelt !== undefined) return misspelt
  const names = namesFor(machine, at, { documents, parentage: machines.parentage }) ?? {}
  const result = computeOne(holds, names)
  if (!result.ok) return withHint(result.message, hintByNames(result.message, names))
  return result.value === true ? undefined : `this does not hold, it is ${JSON.stringify(result.value)}`
}

/** Each place where two values differ: ["- /0/size: 1024", "+ /0/size: 2048"]. */
export const differences = (expected: Json, actual: Json): readonly string[] =>
  changesOf(expected, actual, () => true).flatMap(({ pointer, before, after }) => [
    ...line('-', before, pointer),
    ...line('+', after, pointer),
  ])

const line = (sign: '-' | '+', value: Json | undefined, pointer: string): readonly string[] =>
  value === undefined ? [] : [`${sign} ${pointer === '' ? '' : `${pointer}: `}${JSON.stringify(value)}`]
