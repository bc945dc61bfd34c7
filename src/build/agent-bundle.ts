// Makes the agent that is carried to hosts: one file that needs nothing but Node.
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'
import { componentNames, identifierOf } from './components.js'
import { printValidators } from './validators.js'

/** Bundles the agent of the package at `root` into `outfile`, executable; returns what went into it. */
export const bundleAgent = async (root: string, outfile: string): Promise<Metafile> => {
  const { metafile } = await build({
    stdin: { contents: printEntry(componentNames(root), versionOf(root)), resolveDir: root, loader: 'ts' },
    plugins: [validatorsPlugin(root)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // Less to read at each start; names stay, for the traces of faults.
    minifyWhitespace: true,
    minifySyntax: true,
    metafile: true,
    logLevel: 'warning',
    // Packages written as CommonJS ask for Node's own modules with require, which an ES module has to make.
    banner: {
      js: [
        '#!/usr/bin/env node',
        "import { createRequire } from 'node:module'",
        'const require = createRequire(import.meta.url)',
      ].join('\n'),
    },
  })
  chmodSync(outfile, 0o755)
  return metafile
}

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
await main({ version: ${JSON.stringify(version)}, components, validate: validateWith(byName) })
`

const validatorsPlugin = (root: string): Plugin => ({
  name: 'generated-validators',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^generated:validators$/ }, ({ path }) => ({ path, namespace: 'generated' }))
    onLoad({ filter: /.*/, namespace: 'generated' }, () => ({ contents: printValidators(root), resolveDir: root }))
  },
})
