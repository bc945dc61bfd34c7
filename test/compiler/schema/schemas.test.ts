import { readFileSync } from 'node:fs'
import t from 'tap'
import { expectationSchema } from '../../../src/compiler/expectations/expectation-schema.js'
import { policySchema } from '../../../src/compiler/policies/policy-schema.js'
import { packageSchemas } from '../../../src/compiler/schema/schemas.js'
import { createAjv } from '../../../src/model/ajv.js'
import type { JsonMap } from '../../../src/model/json.js'
import { schemaFaults } from '../../../src/model/schema-fault.js'

t.test('the schemas of the package are sound, since nobody looks at that again', async t => {
  const { hardware, system, software, components } = packageSchemas()
  const ours = { hardware, system, software, policySchema, expectationSchema }
  for (const [name, schema] of [...Object.entries(ours), ...components]) {
    const ajv = createAjv()
    t.ok(ajv.validateSchema(schema), name, { errors: ajv.errors })
  }
  t.ok(components.size >= 4)
})

t.test('the variables of the package have sound schemas, which their defaults fit', async t => {
  const declared = JSON.parse(readFileSync('templates/variables.schema.json', 'utf8'))
  t.ok(Object.keys(declared).length > 10)
  for (const [name, { doc, perChild, default: otherwise, ...schema }] of Object.entries<JsonMap>(declared)) {
    t.type(doc, 'string', name)
    t.same(schemaFaults(createAjv({ validateSchema: false }), schema), [], name)
    if (otherwise !== undefined) t.ok(createAjv().validate(schema, otherwise), `the default of ${name}`)
  }
})
