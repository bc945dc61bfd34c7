// The copyright file of the package: the licences of the libraries that are in the bundled agent.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'

/** Every library that esbuild took something from, with the text of its licence. Throws where one has none. */
export const printNotices = (root: string, { inputs }: Metafile): string => {
  const libraries = new Set(Object.keys(inputs).flatMap(input => libraryOf(input) ?? []))
  const texts = [...libraries].sort().map(library => `\n${library}\n\n${licenceOf(join(root, library))}\n`)
  const head =
    'Xenclosure: the agent. Copyright its authors.\n\nIt holds code of these libraries, each under its own licence:\n'
  return head + texts.join('')
}

/** `node_modules/ajv/lib/core.js` -> `node_modules/ajv`, with a scope where there is one. */
const libraryOf = (input: string): string | undefined => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]

const licenceOf = (directory: string): string => {
  const file = existsSync(directory) ? readdirSync(directory).find(name => /^licen[cs]e/i.test(name)) : undefined
  if (file === undefined) throw new Error(`${directory} has no licence text`)
  return readFileSync(join(directory, file), 'utf8').trim()
}
