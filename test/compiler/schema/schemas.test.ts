import { readFileSync } from 'node:fs'
import t from 'tap'
import { components } from '../../../components/index.js'
import { expectationsSchema } from '../../../src/compiler/expectations/expectation-schema.js'
import { policiesSchema } from '../../../src/compiler/policies/policy-schema.js'
import { packageSchemas } from '../../../src/compiler/schema/schemas.js'
import { createAjv } from '../../../src/model/ajv.js'
import type { JsonMap } from '../../../src/model/json.js'
import { schemaFaults } from '../../../src/model/schema-fault.js'
import { siteIn } from '../../fixtures/site-in.js'

t.test('the schemas of the package are sound, since nobody looks at that again', async t => {
  const { hardware, system, software, components } = packageSchemas()
  const ours = { hardware, system, software, policiesSchema, expectationsSchema }
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

t.test('a form is told by an example, and a text in the place of a map as the map that was meant', async t => {
  const { result } = siteIn(
    t,
    {
      'profiles/a.yaml': `hardware:
  cards: { nic: { eth0: { hwaddr: "00:16:3e:00:00:0g" } } }
software:
  components:
    lvm:
      groups:
        vg: { devices: [/dev/sdb, { path: sdc }] }
      files: { images/a.img: { size: 1 GiB } }
`,
    },
    components,
  )
  t.same(
    result.diagnostics.map(({ message, hint }) => [message, hint]),
    [
      [
        '"00:16:3e:00:00:0g" does not have the form of "00:16:3e:00:00:01"',
        'The unicast MAC address: six pairs of hex digits, 00:16:3e:00:00:01.',
      ],
      ['expected a map, found "/dev/sdb"', '{ path: /dev/sdb }'],
      ['"sdc" does not have the form of "/dev/sdb"', 'A device file.'],
      [
        '"images/a.img" does not have the form of "/srv/images/web.img"',
        'An absolute path in one form: without `.`, `..`, `//` and a slash at the end.',
      ],
    ],
  )
})
