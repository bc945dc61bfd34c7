// The types of what is declared, generated from the schemas: of a component into its desired.ts, of the parts of a
// document that no component owns beside their schemas.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compile } from 'json-schema-to-typescript'

/** The text of a component's desired.ts; its main type is named by the schema's title. */
export const printDesired = (root: string, name: string): Promise<string> =>
  printTypes(join(root, 'components', name, 'schema.json'), 'schema.json')

/** The text of src/model/schemas/NAME.ts: the types of a part of a document. */
export const printPart = (root: string, name: string): Promise<string> =>
  printTypes(join(root, 'src/model/schemas', `${name}.json`), `${name}.json`)

const printTypes = async (file: string, shown: string): Promise<string> =>
  compile(JSON.parse(await readFile(file, 'utf8')), 'Desired', {
    bannerComment: `// Generated from ${shown} by \`npm run generate\`; not edited by hand.`,
    style: { semi: false, singleQuote: true, printWidth: 120 },
  })
