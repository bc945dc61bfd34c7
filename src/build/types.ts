// The type of what a component is declared with, generated from its schema.json into desired.ts.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compile } from 'json-schema-to-typescript'

/** The text of a component's desired.ts; its main type is named by the schema's title. */
export const printDesired = async (root: string, name: string): Promise<string> => {
  const schema = JSON.parse(await readFile(join(root, 'components', name, 'schema.json'), 'utf8'))
  return compile(schema, 'Desired', {
    bannerComment: '// Generated from schema.json by `npm run generate`; not edited by hand.',
    style: { semi: false, singleQuote: true, printWidth: 120 },
  })
}
