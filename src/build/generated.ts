// What is generated from the components' folders and committed; a test checks that the files are current.
import { componentNames, printComponentList, schemaNames } from './components.js'
import { printDesired, printPart } from './types.js'

/** The content of each generated file, by its path in the package. */
export const generatedFiles = async (root: string): Promise<ReadonlyMap<string, string>> => {
  const files = new Map([['components/index.ts', printComponentList(componentNames(root))]])
  for (const name of ['hardware', 'system', 'software'])
    files.set(`src/model/schemas/${name}.ts`, await printPart(root, name))
  for (const name of schemaNames(root)) files.set(`components/${name}/desired.ts`, await printDesired(root, name))
  return files
}
