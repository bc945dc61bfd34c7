// The components' schemas as standalone code: the agent neither loads a schema compiler nor waits for one.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Ajv2020 } from 'ajv/dist/2020.js'
import { createAjv } from '../model/ajv.js'
import { componentNames, identifierOf } from './components.js'

// A CommonJS module whose declared default export is not what `import` gives.
const standaloneCode: (ajv: Ajv2020, exported: Record<string, string>) => string = createRequire(import.meta.url)(
  'ajv/dist/standalone',
).default

/** An ES module that exports one ajv validator for each component, named by the component's identifier. */
export const printValidators = (root: string): string => {
  const names = componentNames(root)
  const ajv = createAjv({ code: { source: true, esm: true }, verbose: false })
  for (const name of names) {
    ajv.addSchema(JSON.parse(readFileSync(join(root, 'components', name, 'schema.json'), 'utf8')), name)
  }
  return standaloneCode(ajv, Object.fromEntries(names.map(name => [identifierOf(name), name])))
}
