// Makes a program out of modules: one executable file that needs nothing but Node; a CommonJS one where it is named .cjs,
// else an ES module.
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build, type Metafile } from 'esbuild'

const firstLine = '#!/usr/bin/env node'

/** Packages written as CommonJS ask for Node's own modules with require, which an ES module has to make. */
const makeRequire = ["import { createRequire } from 'node:module'", 'const require = createRequire(import.meta.url)']

/** `entry` is what the program begins with. Returns what went into it. */
export const bundleProgram = async (
  outfile: string,
  entry: Pick<BuildOptions, 'entryPoints' | 'stdin' | 'plugins' | 'external'>,
): Promise<Metafile> => {
  const isCommonJs = outfile.endsWith('.cjs')
  const { metafile } = await build({
    ...entry,
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: isCommonJs ? 'cjs' : 'esm',
    // What is loaded late is required: the launcher runs a CommonJS program as a script, and in a script Node knows no import().
    supported: { 'dynamic-import': !isCommonJs },
    // Less to read at each start; names stay, for the traces of faults.
    minifyWhitespace: true,
    minifySyntax: true,
    metafile: true,
    logLevel: 'warning',
    banner: { js: [firstLine, ...(isCommonJs ? [] : makeRequire)].join('\n') },
  })
  chmodSync(outfile, 0o755)
  return metafile
}

/** xl's bootloader of guests that boot by the network. */
export const bundleNetboot = (root: string, outfile: string): Promise<Metafile> =>
  bundleProgram(outfile, { entryPoints: [join(root, 'src/netboot/main.ts')] })

/** The command that starts the packaged agent, which stands beside it. */
export const bundleLauncher = (root: string, outfile: string): Promise<Metafile> =>
  bundleProgram(outfile, { entryPoints: [join(root, 'src/launcher/main.ts')] })

/** The command as it is installed, which starts the program that stands beside it. */
export const bundleStart = (root: string, outfile: string): Promise<Metafile> =>
  bundleProgram(outfile, { entryPoints: [join(root, 'src/cli/start.ts')] })
