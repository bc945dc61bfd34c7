import t from 'tap'
import { packageSchemas } from '../../../src/compiler/schema/schemas.js'
import { createAjv } from '../../../src/model/ajv.js'

t.test('the schemas of the package are sound, since nobody looks at that again', async t => {
  const { hardware, system, software, components } = packageSchemas()
  for (const [name, schema] of [...Object.entries({ hardware, system, software }), ...components]) {
    const ajv = createAjv()
    t.ok(ajv.validateSchema(schema), name, { errors: ajv.errors })
  }
  t.ok(components.size >= 4)
})
