// A shell for the commands of the documentation: `xenclosure` is bundled from the sources as they are now, `npm` only
// looks whether package.json has the script, and every page has directories of its own, far from this package.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { build } from 'esbuild'
import t from 'tap'
import { packageRoot } from '../../src/compiler/package-root.js'
import { plainNode } from '../fixtures/plain-node.js'

export type Shell = {
  /** Where the next command runs. */
  readonly cwd: () => string
  /** Begins anew in an empty directory. */
  readonly begin: () => void
  /** Runs commands one after another in one shell: `cd`, variables and `$?` hold from each to the next. */
  readonly run: (commands: readonly string[]) => readonly Ran[]
}

/** What a command printed, stdout and stderr as they came, and its exit code. */
export type Ran = { readonly output: string; readonly code: number }

export const openShell = async (): Promise<Shell> => {
  const bin = await installCommands()
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'xenclosure-docs-')))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  const env = { PATH: `${bin}${delimiter}${process.env.PATH}`, HOME: root, NO_COLOR: '1', LC_ALL: 'C.UTF-8' }
  let sites = 0
  let cwd = root
  return {
    cwd: () => cwd,
    begin: () => {
      sites += 1
      cwd = join(root, `${sites}`)
      mkdirSync(cwd)
    },
    run: commands => {
      const place = join(root, 'cwd')
      const script = [
        'exec 2>&1',
        `end() { local code=$?; printf '${separator}%s${separator}' "$code"; return "$code"; }`,
        ...commands.map(command => `${command}\nend`),
        `pwd > '${place}'`,
      ].join('\n')
      const { stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8', cwd, env })
      cwd = readFileSync(place, 'utf8').trim()
      const said = stdout.split(separator)
      return commands.map((_, index) => ({ output: said[2 * index] ?? '', code: Number(said[2 * index + 1]) }))
    },
  }
}

/** Ends what a command printed, and its exit code. */
const separator = '\u001e'

/** A directory for PATH. It lies in the package, for the bundle looks above itself for templates and schemas. */
const installCommands = async (): Promise<string> => {
  const { scripts } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { scripts: object }
  const bin = t.testdir({})
  await build({
    stdin: {
      contents: "import { runCommand } from './src/cli/command.ts'\nawait runCommand()",
      resolveDir: packageRoot(),
      loader: 'ts',
    },
    outfile: join(bin, 'main.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
    // The native parts of ssh2, which goes on without them.
    external: ['*.node', 'cpu-features'],
    banner: { js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)" },
  })
  const executable = { mode: 0o755 }
  const [env, args] = plainNode([join(bin, 'main.mjs')])
  writeFileSync(
    join(bin, 'xenclosure'),
    `#!/bin/sh\nexec ${env} ${args.map(arg => `'${arg}'`).join(' ')} "$@"\n`,
    executable,
  )
  writeFileSync(join(bin, 'npm'), npm(Object.keys(scripts)), executable)
  return bin
}

/** Fails where the package has no such script; the scripts themselves have tests of their own, and .ci/run. */
const npm = (scripts: readonly string[]): string => `#!/bin/sh
case "$1" in ci | cit | link) exit 0 ;; run) shift ;; esac
while [ "$1" != "\${1#-}" ]; do shift; done
case "$1" in ${scripts.join(' | ')}) exit 0 ;; esac
echo "package.json has no script $1" >&2
exit 1
`
