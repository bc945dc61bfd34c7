// CEL (Common Expression Language, cel.dev) for `${= ... }`, `when:`, policies and expectations. No code of a site is ever
// executed: CEL has no side effects, no clock and no loop but over a list; loops in loops and patterns are ended when they
// take too long. Whole numbers are CEL's int on the way in and JSON's number on the way out.
import { TypeError as CelTypeError, Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js'
import { isList, isMap, type Json, type JsonMap } from '../../model/json.js'
import { runWithin, unfinished } from '../../model/run-within.js'

/** What the names in an expression stand for; undefined where there is no such name. */
export type CelNames = {
  readonly named: (name: string) => Json | undefined
  /** `value("/path")` and `value("machine:/path")`; absent where values are not known yet. */
  readonly valueAt?: (reference: string) => Json | undefined
}

export type CelResult =
  | { readonly ok: true; readonly value: Json }
  /** `offset` of what is wrong, where that is a part of the expression. */
  | { readonly ok: false; readonly message: string; readonly offset?: number }

/** Milliseconds: a thousand times what an expression takes. */
const longest = 1000
/** Found once, an expression without end is not tried again for every machine that has it. */
const endless = new Set<string>()

/**
 * Computes an expression. A message says what is wrong with it, in CEL's words; names are looked up only when used. What
 * `value` asks for may be computed by expressions in its turn, so it is looked up between attempts: an attempt is stopped
 * wherever it is.
 */
export const evaluateCel = (expression: string, { named, valueAt = () => undefined }: CelNames): CelResult => {
  const values = new Map<string, Json | undefined>()
  let wanted: string | undefined
  const attempt = prepare(expression, named, reference => {
    if (!values.has(reference)) wanted = reference
    return values.get(reference)
  })
  for (;;) {
    wanted = undefined
    const result = endless.has(expression) ? unfinished : attempt()
    if (result === unfinished) {
      endless.add(expression)
      return { ok: false, message: 'this comes to no end' }
    }
    if (wanted === undefined) return result
    values.set(wanted, valueAt(wanted))
  }
}

/** An evaluation; `unfinished` where it takes too long. */
type Attempt = () => CelResult | typeof unfinished

/** The names of an expression are looked up here, and each attempt knows them. */
const prepare = (
  expression: string,
  named: CelNames['named'],
  valueAt: (reference: string) => Json | undefined,
): Attempt => {
  const environment = newEnvironment()
  environment.registerFunction('value(string): dyn', (reference: string) => {
    const value = valueAt(reference)
    if (value === undefined) throw new Error(`there is no value at ${reference}`)
    return toCel(value)
  })
  const compiled = compileIn(environment, expression)
  if (!compiled.ok) return () => compiled
  const known = compiled.names.map(name => [name, named(name)] as const).filter(([, value]) => value !== undefined)
  const variables = Object.fromEntries(known) as Readonly<Record<string, Json>>
  const run = () => compiled.compute(variables)
  // A limit of time costs a thread, many times what most expressions take.
  return compiled.isQuick ? run : () => runWithin(longest, run)
}

const newEnvironment = (): Environment =>
  new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false })

/** An expression that is computed again and again. */
export type CompiledCel = {
  readonly ok: true
  /** Those that it uses, and those that its macros bind. */
  readonly names: readonly string[]
  /** Whether it surely comes to an end soon. */
  readonly isQuick: boolean
  /** Under no limit of time: that is the caller's to set, for many computations together. */
  readonly compute: (variables: Readonly<Record<string, Json>>) => CelResult
}

/** Parses an expression, or says in CEL's words why it is none. */
export const compileCel = (expression: string): CompiledCel | Extract<CelResult, { ok: false }> =>
  compileIn(newEnvironment(), expression)

const compileIn = (environment: Environment, expression: string): CompiledCel | Extract<CelResult, { ok: false }> => {
  try {
    const parsed = environment.parse(expression)
    const compute: CompiledCel['compute'] = variables => {
      try {
        return toJson(parsed(mapToCel(variables)))
      } catch (error) {
        return faultOf(error as Error)
      }
    }
    return { ok: true, names: [...new Set(identifiers(parsed.ast))], isQuick: isQuickExpression(parsed.ast), compute }
  } catch (error) {
    return faultOf(error as Error)
  }
}

const faultOf = (error: Error): Extract<CelResult, { ok: false }> => {
  const [said = ''] = error.message.split('\n')
  const offset = rangeOf(error)?.start
  return { ok: false, message: said.charAt(0).toLowerCase() + said.slice(1), ...(offset !== undefined && { offset }) }
}

const rangeOf = (error: Error) =>
  error instanceof ParseError || error instanceof EvaluationError || error instanceof CelTypeError
    ? error.range
    : undefined

/** The names that an expression uses; none where it cannot be parsed, which evaluating it says. */
export const namesInCel = (expression: string): readonly string[] => {
  try {
    return identifiers(new Environment().parse(expression).ast)
  } catch {
    return []
  }
}

/** A part of a parsed expression. */
type Operation = { readonly op?: unknown; readonly args?: unknown }

const operationsIn = (ast: unknown): readonly Operation[] => {
  if (Array.isArray(ast)) return ast.flatMap(operationsIn)
  if (typeof ast !== 'object' || ast === null) return []
  const operation: Operation = ast
  return [operation, ...operationsIn(operation.args)]
}

/** The identifiers of a parsed expression; those that a macro binds are among them and mean nothing outside it. */
const identifiers = (ast: unknown): readonly string[] =>
  operationsIn(ast).flatMap(({ op, args }) => (op === 'id' ? [String(args)] : []))

/** Those that go over a value once. Loops are methods, and patterns a function. */
const quickFunctions: readonly unknown[] = ['value', 'size', 'string', 'int', 'double', 'bool', 'has']

/** Each sum of lists copies those before it. */
const fewAdditions = 10

const isQuickExpression = (ast: unknown): boolean => {
  const operations = operationsIn(ast)
  return operations.filter(({ op }) => op === '+').length <= fewAdditions && operations.every(isQuick)
}

const isQuick = ({ op, args }: Operation): boolean => {
  const [first, second]: readonly unknown[] = Array.isArray(args) ? args : []
  if (op === 'call') return quickFunctions.includes(first)
  // In a list that is a value, each item may be as large as what is looked for.
  if (op === 'in') return (second as Operation).op === 'list'
  return op !== 'rcall'
}

const toCel = (value: Json): unknown => {
  if (isList(value)) return value.map(toCel)
  if (isMap(value)) return mapToCel(value)
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
}

/** A map may be a whole document, of which an expression reads a value or two: each is converted when it is read. */
const mapToCel = (map: JsonMap): object => {
  const read = (key: string) => ({ enumerable: true, get: () => toCel(map[key] ?? null) })
  return Object.defineProperties({}, Object.fromEntries(Object.keys(map).map(key => [key, read(key)])))
}

const toJson = (value: unknown): CelResult => {
  const problem = whyNotJson(value)
  return problem === undefined ? { ok: true, value: jsonOf(value) } : { ok: false, message: problem }
}

const whyNotJson = (value: unknown): string | undefined => {
  if (Array.isArray(value)) return value.map(whyNotJson).find(problem => problem !== undefined)
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? undefined : `${value} is beyond 2^53`
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${value} is no value of a document`
  if (value === null || ['string', 'boolean'].includes(typeof value)) return undefined
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null)
    return 'the result is of a type that documents do not have'
  return whyNotJson(Object.values(value as object))
}

const jsonOf = (value: unknown): Json => {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(jsonOf)
  if (typeof value !== 'object' || value === null) return value as Json
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]))
}
