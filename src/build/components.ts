// The list of components, generated from the folders that hold a component.ts: nothing else names a component, so a
// new one is a new folder and `npm run generate`.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { byCodeUnit } from '../model/json.js'

/** The folders below components/ that hold `file`, sorted. */
const foldersWith = (root: string, file: string): readonly string[] => {
  const components = join(root, 'components')
  return readdirSync(components)
    .filter(name => existsSync(join(components, name, file)))
    .sort(byCodeUnit)
}

/** The components that have code. */
export const componentNames = (root: string): readonly string[] => foldersWith(root, 'component.ts')

/** The components that have a schema, with or without code yet. */
export const schemaNames = (root: string): readonly string[] => foldersWith(root, 'schema.json')

/** What a component's folder is called in code: `net-bridge` exports `netBridge`. */
export const identifierOf = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

/** The text of components/index.ts. */
export const printComponentList = (names: readonly string[]): string =>
  [
    '// Generated from the folders here by `npm run generate`; not edited by hand.',
    "import type { AnyComponent } from '../src/model/component.js'",
    ...names.map(name => `import { ${identifierOf(name)} } from './${name}/component.js'`),
    '',
    `export const components: readonly AnyComponent[] = [${names.map(identifierOf).join(', ')}]`,
    '',
  ].join('\n')
