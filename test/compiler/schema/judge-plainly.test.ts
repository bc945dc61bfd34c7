// What is read off a schema without ajv is what ajv says of it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { components } from '../../../components/index.js'
import { compileSite } from '../../../src/compiler/compile.js'
import { packageRoot } from '../../../src/compiler/package-root.js'
import { fitsPlainly } from '../../../src/compiler/schema/judge-plainly.js'
import { packageSchemas } from '../../../src/compiler/schema/schemas.js'
import { createAjv } from '../../../src/model/ajv.js'
import { isMap, type Json, type JsonMap } from '../../../src/model/json.js'
import { runs } from '../../property-runs.js'

const ajv = createAjv({ strict: false, validateSchema: false })

const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, true, 0, 1, 2, 1.5, -1, '', 'a', 'ab', '\u{1f600}', '10.0.0.1', 'Europe/Dublin'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'ab'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value

const small = fc.integer({ min: 0, max: 3 })
const word = fc.constantFrom('a', 'b', 'ab')

const schema: fc.Arbitrary<Json> = fc.letrec<{ schema: Json; some: readonly Json[] }>(tie => ({
  some: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
  schema: fc.oneof(
    { depthSize: 'small' },
    fc.boolean(),
    fc
      .record(
        {
          type: fc.oneof(
            fc.constantFrom('array', 'boolean', 'integer', 'null', 'number', 'object', 'string'),
            fc.uniqueArray(fc.constantFrom('array', 'object', 'string', 'integer'), { minLength: 1 }),
          ),
          enum: fc.uniqueArray(value, { minLength: 1, maxLength: 3, selector: one => JSON.stringify(one) }),
          const: value,
          minimum: small,
          maximum: small,
          exclusiveMinimum: small,
          exclusiveMaximum: small,
          minLength: small,
          maxLength: small,
          pattern: fc.constantFrom('^a', 'b$', '^.$', '^[ab]+$'),
          format: fc.constantFrom('ip', 'timezone'),
          items: tie('schema'),
          prefixItems: tie('some'),
          minItems: small,
          maxItems: small,
          uniqueItems: fc.boolean(),
          properties: fc.dictionary(word, tie('schema'), { maxKeys: 2, noNullPrototype: true }),
          additionalProperties: tie('schema'),
          propertyNames: tie('schema'),
          required: fc.uniqueArray(word, { minLength: 1 }),
          allOf: tie('some'),
          anyOf: tie('some'),
          oneOf: tie('some'),
          not: tie('schema'),
          $ref: fc.constant('#/$defs/a'),
          minProperties: small,
        },
        { requiredKeys: [] },
      )
      .chain(words =>
        fc.shuffledSubarray(Object.entries(words), { minLength: Math.min(1, Object.keys(words).length), maxLength: 3 }),
      )
      .map(words => Object.fromEntries(words) as JsonMap),
    fc
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema; nobody awaits a schema
      .record({ if: tie('schema'), then: tie('schema'), else: tie('schema') }, { requiredKeys: ['if'] })
      .map(words => words as JsonMap),
  ),
})).schema

t.test('a schema of any words', async t => {
  const seen = new Map<boolean | undefined, number>()
  fc.assert(
    fc.property(schema, schema, fc.array(value, { minLength: 1, maxLength: 5 }), (above, a, values) => {
      fc.pre(isMap(above))
      // What leads back to itself with the same value comes to no end.
      const whole = { ...above, $defs: { a: JSON.stringify(a).includes('$ref') ? true : a } }
      const validate = ajv.compile(whole)
      for (const one of values) {
        const plainly = fitsPlainly(whole, one)
        seen.set(plainly, (seen.get(plainly) ?? 0) + 1)
        if (plainly !== undefined && plainly !== validate(one)) return false
      }
      return true
    }),
    runs(2000),
  )
  for (const answer of [true, false, undefined])
    t.ok((seen.get(answer) ?? 0) > 50, `${answer}: ${seen.get(answer)} times`)
})

t.test('the schemas of the package know all of their values plainly, and what is changed in one', async t => {
  const { compiled } = compileSite(packageRoot(), components)
  const { hardware, system, components: schemas } = packageSchemas()
  const parts = new Map([['hardware', hardware], ['system', system], ...schemas])
  const validators = new Map([...parts].map(([name, schema]) => [name, createAjv().compile(schema)]))
  let judged = 0
  for (const document of compiled?.documents.values() ?? []) {
    const { components: values = {} } = (document.software ?? {}) as { components?: JsonMap }
    for (const [name, one] of Object.entries({ ...values, hardware: document.hardware, system: document.system })) {
      const schema = parts.get(name)
      if (schema === undefined || one === undefined) continue
      judged += 1
      t.equal(fitsPlainly(schema, one as Json), true, `${document.name} ${name}`)
      for (const other of everyNth(changes(one as Json), 60)) {
        const plainly = fitsPlainly(schema, other)
        if (plainly !== validators.get(name)?.(other)) t.fail(`${document.name} ${name}: ${JSON.stringify(other)}`)
      }
    }
  }
  t.ok(judged > 50)
})

/** Spread over them all, about so many. */
const everyNth = <One>(all: readonly One[], most: number): readonly One[] =>
  all.filter((_, index) => index % Math.ceil(all.length / most) === 0)

/** The value with one thing in it another. */
const changes = (value: Json): readonly Json[] => [
  ...[null, 7, 'x', [], {}],
  ...(isMap(value)
    ? Object.entries(value).flatMap(([key, below]) => [
        ...changes(below).map(other => ({ ...value, [key]: other })),
        Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)),
        { ...value, [`${key}x`]: below },
      ])
    : []),
  ...(Array.isArray(value)
    ? value.flatMap((below, index) => changes(below).map(other => value.with(index, other)))
    : []),
]

t.test('what a site may write that is not known', async t => {
  const table: readonly (readonly [JsonMap, Json])[] = [
    [{ patternProperties: { a: true }, additionalProperties: false }, { a: 1 }],
    [{ properties: { toString: { type: 'string' } } }, {}],
    [{ required: ['constructor'] }, {}],
    [{ pattern: '(' }, 'a'],
    [{ format: 'email' }, 'a'],
    [{ $ref: '#' }, 'a'],
    [{ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } }, 'a'],
    [{ multipleOf: 2 }, 2],
    [{ not: { prefixItems: [{ type: 'string' }], items: { type: 'number' } } }, ['a', 1]],
  ]
  for (const [schema, value] of table) t.equal(fitsPlainly(schema, value), undefined, JSON.stringify(schema))
  t.equal(fitsPlainly({ multipleOf: 2, type: 'string' }, 2), false)
})

t.test('the variables of the package', async t => {
  const declared = JSON.parse(readFileSync(join(packageRoot(), 'templates/variables.schema.json'), 'utf8')) as JsonMap
  for (const [name, schema] of Object.entries(declared))
    if (isMap(schema)) t.not(fitsPlainly(schema, (schema.default ?? 'x') as Json), undefined, name)
})
