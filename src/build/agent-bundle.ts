// Makes the agent that is carried to hosts: one file that needs nothing but Node.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile, Plugin } from 'esbuild'
import { bundleProgram } from './bundle-program.js'
import { componentNames, identifierOf } from './components.js'
import { printValidators } from './validators.js'

/** Bundles the agent of the package at `root` into `outfile`, executable; returns what went into it. */
export const bundleAgent = (root: string, outfile: string): Promise<Metafile> =>
  bundleProgram(outfile, {
    stdin: { contents: printEntry(componentNames(root), versionOf(root)), resolveDir: root, loader: 'ts' },
    plugins: [validatorsPlugin(root)],
  })

const versionOf = (root: string): string => {
  const manifest: { readonly version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return manifest.version
}

/** The main of the bundle: src/cli/agent-main.ts, given the components and their generated validators. */
const printEntry = (names: readonly string[], version: string): string => `
import { components } from './components/index.ts'
import { validateWith } from './src/agent/validate-with.ts'
import { main } from './src/cli/agent-main.ts'
import * as validators from 'generated:validators'

const byName = new Map([${names.map(name => `['${name}', validators.${identifierOf(name)}]`).join(', ')}])
main({ version: ${JSON.stringify(version)}, components, validate: validateWith(byName) })
`

const validatorsPlugin = (root: string): Plugin => ({
  name: 'generated-validators',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^generated:validators$/ }, ({ path }) => ({ path, namespace: 'generated' }))
    onLoad({ filter: /.*/, namespace: 'generated' }, () => ({ contents: printValidators(root), resolveDir: root }))
  },
})
