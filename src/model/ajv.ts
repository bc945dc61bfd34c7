// The dialect of our JSON schemas (draft 2020-12, strict, with the language's own keywords) and how ajv's findings are
// said to people. The compiler judges with it; the agent's validators are generated from it at build time, so the
// agent itself never loads this file.
import { Ajv2020, type ErrorObject, type KeywordDefinition, type ValidateFunction } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import type { DiagnosticCode } from './diagnostic.js'
import { formats } from './formats.js'
import type { Json, JsonMap } from './json.js'
import { printPointer } from './pointer.js'
import { units } from './quantity.js'
import { shortText } from './shorten.js'

/** The units are those of quantity.ts, a closed list there. */
const quantity: JsonMap = {
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'unit'],
  properties: { kind: { enum: Object.keys(units) }, unit: { type: 'string' } },
  oneOf: Object.entries(units).map(([kind, names]) => ({
    properties: { kind: { const: kind }, unit: { enum: names } },
  })),
}
const merge: JsonMap = {
  oneOf: [
    { const: 'append' },
    { type: 'object', additionalProperties: false, required: ['key'], properties: { key: { type: 'string' } } },
  ],
}

const dialect = { allErrors: true, strict: true, allowUnionTypes: true, discriminator: true, verbose: true } as const

/** `x-quantity` and `x-merge` are the language's (docs/language.md); ajv sees to it that they are well written. */
export const createAjv = (options: ConstructorParameters<typeof Ajv2020>[0] = {}): Ajv2020 => {
  const ajv = new Ajv2020({ ...dialect, ...options })
  keywords ??= Object.entries({ 'x-quantity': quantity, 'x-merge': merge }).map(([keyword, schema]) => ({
    keyword,
    validateSchema: new Ajv2020(dialect).compile(schema),
  }))
  for (const keyword of keywords) ajv.addKeyword(keyword)
  ajvFormats.default(ajv)
  for (const [name, { validate }] of Object.entries(formats)) ajv.addFormat(name, { type: 'string', validate })
  return ajv
}

/** With a `metaSchema` in its place every Ajv would compile that anew, which takes most of what one costs. */
let keywords: readonly KeywordDefinition[] | undefined

/**
 * A schema of ours is compiled once in the life of a process, by an Ajv that sees no others and does not ask whether it is sound:
 * tests do.
 */
export const compileOurs = (schema: JsonMap): ValidateFunction => {
  ours ??= createAjv({ validateSchema: false })
  return ours.compile(schema)
}

let ours: Ajv2020 | undefined

/** One finding, as a diagnostic needs it. `pointer` names the unknown key itself where there is one. */
export type Finding = {
  readonly code: Extract<DiagnosticCode, 'key-unknown' | 'type' | 'null-value' | 'schema'>
  readonly pointer: string
  readonly message: string
  /** Whether it is about the key at the pointer, not its value. */
  readonly ofKey?: boolean
  /** The word that was written where another one was expected, and those that were. */
  readonly written?: { readonly word: string; readonly known: readonly string[] }
  /** The key that should stand below the pointer. */
  readonly missing?: string
  /** What the schema says that the value is for. */
  readonly doc?: string
}

/** Everything that a schema finds wrong with a value, each cause once. */
export const judge = (validate: ValidateFunction, value: unknown): readonly Finding[] =>
  validate(value) ? [] : findingsOf(validate.errors ?? [])

/** The findings that ajv's errors come to. */
export const findingsOf = (errors: readonly ErrorObject[]): readonly Finding[] => {
  const wrappers = ['oneOf', 'anyOf', 'allOf', 'if', 'not', 'propertyNames']
  const causes = ofLikeliest(errors).filter(error => !wrappers.includes(error.keyword))
  return onePerValue(causes.length > 0 ? causes : errors).map(error =>
    error.propertyName === undefined ? findingOf(error) : atKey(error, error.propertyName),
  )
}

/**
 * Of alternatives that a value fits none of, what is wrong with the one that was probably meant: it is of the right type,
 * and has most of the keys. Where no type is right, all of them are what was expected.
 */
const ofLikeliest = (errors: readonly ErrorObject[]): readonly ErrorObject[] =>
  errors.filter(isChoice).reduce((rest, choice) => {
    const branchOf = ({ schemaPath }: ErrorObject): string | undefined =>
      schemaPath.startsWith(`${choice.schemaPath}/`)
        ? schemaPath.slice(choice.schemaPath.length + 1).split('/')[0]
        : undefined
    const within = rest.filter(error => error.instancePath.startsWith(choice.instancePath) && branchOf(error))
    const branches = [...new Set(within.map(branchOf))].map(branch => within.filter(one => branchOf(one) === branch))
    const fitting = branches.filter(branch => !branch.some(error => isOfWrongType(error, choice)))
    const [likeliest] = fitting.sort((a, b) => keysAmiss(a) - keysAmiss(b) || a.length - b.length)
    if (likeliest === undefined) return rest
    return rest.flatMap(error => {
      if (!within.includes(error)) return [error]
      return likeliest.includes(error) ? [describedBy(error, choice)] : []
    })
  }, errors)

const isChoice = ({ keyword }: ErrorObject): boolean => keyword === 'anyOf' || keyword === 'oneOf'

const isOfWrongType = ({ keyword, instancePath }: ErrorObject, choice: ErrorObject): boolean =>
  keyword === 'type' && instancePath === choice.instancePath

const keysAmiss = (branch: readonly ErrorObject[]): number => branch.filter(error => !isAboutValue(error)).length

/** An alternative that says nothing of itself is explained by what is said of them all. */
const describedBy = (error: ErrorObject, choice: ErrorObject): ErrorObject => {
  if (error.instancePath !== choice.instancePath) return error
  return { ...error, parentSchema: { description: choice.parentSchema?.description, ...error.parentSchema } }
}

/** What is of the wrong type breaks every other rule, too; of several rules that one value breaks, the first is told. */
const onePerValue = (errors: readonly ErrorObject[]): readonly ErrorObject[] => {
  const told = new Map<string, ErrorObject>()
  for (const [index, error] of errors.entries()) {
    const place = isAboutValue(error) ? `${error.instancePath} ${error.propertyName ?? ''}` : `${index}`
    const before = told.get(place)
    if (before?.keyword === 'type' && error.keyword === 'type') told.set(place, eitherType(before, error))
    else if (before === undefined || (error.keyword === 'type' && !isWordAmiss(before))) told.set(place, error)
  }
  return [...told.values()]
}

/** A word where one of several was expected, whatever an alternative wants. */
const isWordAmiss = ({ keyword, params, data }: ErrorObject): boolean =>
  keyword === 'enum' && [data, ...(params.allowedValues as readonly Json[])].every(one => typeof one === 'string')

/** Alternatives each want their own type. */
const eitherType = (a: ErrorObject, b: ErrorObject): ErrorObject => ({
  ...a,
  params: { type: [...new Set([a.params.type, b.params.type].flat())] },
})

/** Not about a key of it that is missing, or is not known. */
const isAboutValue = ({ keyword }: ErrorObject): boolean =>
  !['required', 'additionalProperties', 'unevaluatedProperties', 'dependentRequired'].includes(keyword)

/** What `propertyNames` finds is about a key, which ajv gives as if it were a value in the place of the map. */
const atKey = (error: ErrorObject, key: string): Finding => {
  const finding = findingOf(error)
  return { ...finding, pointer: finding.pointer + printPointer([key]), ofKey: true }
}

const findingOf = (error: ErrorObject): Finding => {
  const { keyword, params, instancePath: pointer, data } = error
  const schema = (error.parentSchema ?? {}) as JsonMap
  const { description } = schema
  const doc = typeof description === 'string' ? { doc: description } : {}
  switch (keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const word = String(params.additionalProperty ?? params.unevaluatedProperty)
      const known = Object.keys((error.parentSchema as { properties?: JsonMap } | undefined)?.properties ?? {})
      return {
        code: 'key-unknown',
        ofKey: true,
        pointer: pointer + printPointer([word]),
        message: `unknown key ${word}`,
        written: { word, known },
      }
    }
    case 'required':
      return {
        code: 'schema',
        pointer,
        message: `the key ${params.missingProperty} is missing`,
        missing: String(params.missingProperty),
      }
    case 'type': {
      const expected = [params.type]
        .flat()
        .map(type => typeWords[type as keyof typeof typeWords])
        .join(' or ')
      if (data === null) return { code: 'null-value', pointer, message: `expected ${expected}, found nothing`, ...doc }
      const asMap = params.type === 'object' ? mapOf(schema, data) : undefined
      const written = asMap === undefined ? doc : { doc: asMap }
      return { code: 'type', pointer, message: `expected ${expected}, found ${shown(data)}`, ...written }
    }
    case 'enum': {
      const known = (params.allowedValues as readonly Json[]).map(String)
      const message = `expected one of ${known.join(', ')}, found ${shown(data)}`
      return { code: 'schema', pointer, message, written: { word: String(data), known }, ...doc }
    }
    case 'const':
      return {
        code: 'schema',
        pointer,
        message: `expected ${shown(params.allowedValue)}, found ${shown(data)}`,
        ...doc,
      }
    case 'minimum':
    case 'maximum': {
      const message = `expected at ${keyword === 'minimum' ? 'least' : 'most'} ${params.limit}, found ${shown(data)}`
      return { code: 'schema', pointer, message, ...doc }
    }
    case 'minItems':
    case 'maxItems':
    case 'minProperties':
    case 'maxProperties': {
      const [bound, thing] = [keyword.startsWith('min') ? 'least' : 'most', keyword.endsWith('Items') ? 'item' : 'key']
      const message = `expected at ${bound} ${params.limit} ${thing}${params.limit === 1 ? '' : 's'} here`
      return { code: 'schema', pointer, message, ...doc }
    }
    case 'pattern': {
      const [example] = (schema.examples as readonly Json[] | undefined) ?? []
      const form = example === undefined ? params.pattern : `of ${shown(example)}`
      return { code: 'schema', pointer, message: `${shown(data)} does not have the form ${form}`, ...doc }
    }
    case 'format': {
      // JSON Schema's own, which a component of the site's may name, say no more than their name.
      const known: Readonly<Record<string, { readonly expected: string }>> = formats
      const expected = known[params.format]?.expected ?? `the format ${params.format}`
      return { code: 'schema', pointer, message: `expected ${expected}, found ${shown(data)}`, ...doc }
    }
    case 'uniqueItems':
      return {
        code: 'schema',
        pointer: `${pointer}/${params.j}`,
        message: `${shown((data as readonly Json[])[params.j])} stands twice in this list`,
        ...doc,
      }
    case 'discriminator': {
      const tag = String(params.tag)
      const branches = ((error.parentSchema as { oneOf?: readonly JsonMap[] } | undefined)?.oneOf ??
        []) as readonly JsonMap[]
      const known = branches.map(branch => String(((branch.properties as JsonMap)?.[tag] as JsonMap)?.const))
      if (params.tagValue === undefined) {
        const oneOf = `${tag} is one of ${known.join(', ')}`
        return { code: 'schema', pointer, message: `the key ${tag} is missing`, missing: tag, doc: oneOf }
      }
      const message = `expected ${tag} to be one of ${known.join(', ')}, found ${shown(params.tagValue)}`
      return { code: 'schema', pointer: `${pointer}/${tag}`, message, ...doc }
    }
    default:
      return { code: 'schema', pointer, message: `${shown(data)} ${error.message ?? 'is not valid'}`, ...doc }
  }
}

/** A text in the place of a map that needs one key alone, as it was probably meant: `{ path: /dev/sdb }`. */
const mapOf = ({ required }: JsonMap, data: unknown): string | undefined => {
  const [key, ...others] = (required as readonly string[] | undefined) ?? []
  if (key === undefined || others.length > 0 || typeof data !== 'string') return undefined
  return `{ ${key}: ${/^[\w/][\w./-]*$/.test(data) ? data : shown(data)} }`
}

/** JSON Schema's types in the words of YAML. */
const typeWords = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  null: 'nothing',
  number: 'a number',
  object: 'a map',
  string: 'a text',
} as const

const shown = (value: unknown): string => {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'a map' : shortText(String(JSON.stringify(value)))
}
