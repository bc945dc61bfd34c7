// Makes the command one program, which the launcher starts with the code that was kept of it. The modules stay beside it: threads
// are started from them.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Plugin } from 'esbuild'
import { bundleProgram } from './bundle-program.js'

/** `outfile` stands in dist/, above the compiled modules. */
export const bundleCommand = async (root: string, outfile: string): Promise<void> => {
  const contents = [
    "import { runCommand } from './src/cli/command.ts'",
    "export { waysGone } from './src/launcher/ways.ts'",
    'void runCommand()',
  ].join('\n')
  await bundleProgram(outfile, {
    stdin: { contents, resolveDir: root, loader: 'ts' },
    plugins: [modulePlaces(root)],
    // Native parts of ssh2, which it does without.
    external: ['cpu-features', '*.node'],
  })
}

/** In a script there is no import.meta: a module that asks for its place gets that of the compiled one. */
const modulePlaces = (root: string): Plugin => ({
  name: 'module-places',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/src\/(cli|compiler)\/.*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      if (!text.includes('import.meta.url')) return undefined
      const compiled = JSON.stringify(relative(root, path).replace(/\.ts$/, '.js'))
      const place = `require('node:url').pathToFileURL(require('node:path').join(__dirname, ${compiled})).href`
      return { contents: text.replaceAll('import.meta.url', place), loader: 'ts' }
    })
  },
})
