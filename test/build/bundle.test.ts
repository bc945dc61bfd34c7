import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { hostname } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { bundleAgent } from '../../src/build/agent-bundle.js'
import { bundleLauncher } from '../../src/build/bundle-program.js'
import { packageRoot } from '../../src/compiler/package-root.js'
import { canonicalJson } from '../../src/model/json.js'
import { generateKeys } from '../../src/model/seal.js'

const named = (name: string, components: object): string => canonicalJson({ name, software: { components } } as never)

const dir = t.testdir({
  'this.json': named(hostname(), {}),
  'other.json': named('another-machine', {}),
  'wrong.json': named(hostname(), { xen: { domains: { ce: { memroy: 1 } } } }),
  'trusted.pub': generateKeys().publicKey,
})
const agent = join(dir, 'xenclosure-agent.cjs')
const metafile = await bundleAgent(packageRoot(), agent)
const launcher = join(dir, 'xenclosure-launcher.cjs')
await bundleLauncher(packageRoot(), launcher)

/** A program of its own, far from the package. */
const start = (program: string, args: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> =>
  new Promise(resolve =>
    execFile(program, args, { cwd: '/' }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    ),
  )

const runAgent = (...args: readonly string[]) => start(agent, args)

t.test('the bundle needs nothing but Node', async t => {
  const [output] = Object.values(metafile.outputs)
  const external = output?.imports.map(({ path }) => path) ?? []
  t.same(
    external.filter(path => !isBuiltin(path)),
    [],
  )
  t.match(readFileSync(agent, 'utf8'), /^#!\/usr\/bin\/env node\n/)
})

t.test('no YAML, no schema compiler, no simulator, nothing of the compiler of sites is in it', async t => {
  const foreign =
    /node_modules\/(yaml|deepmerge|ajv\/(?!dist\/runtime\/))|src\/(compiler|system\/simulated|build)\/|model\/ajv/
  t.same(
    Object.keys(metafile.inputs).filter(path => foreign.test(path)),
    [],
  )
})

t.test('a run of the bundle', async t => {
  const table: readonly (readonly [string, readonly string[], object])[] = [
    ['a document of this machine', ['--document', 'this.json'], { code: 0, stdout: /: nothing to do\n$/ }],
    [
      'as JSON',
      ['--document', 'this.json', '--json'],
      { code: 0, stdout: /"converged": true/, stderr: /^{"severity":"info"/ },
    ],
    [
      'the document of another machine',
      ['--document', 'other.json'],
      { code: 2, stdout: '', stderr: /another-machine on/ },
    ],
    ['a rejection as JSON', ['--document', 'other.json', '--json'], { code: 2, stderr: /"code":"machine"/ }],
    [
      'what a schema refuses',
      ['--document', 'wrong.json'],
      { code: 2, stderr: /\/software\/components\/xen\/domains\/ce.*memroy/ },
    ],
    ['no document', ['--document', 'none.json'], { code: 2, stderr: /none\.json: no such file/ }],
    ['no seal', ['--document', 'this.json', '--trust', 'trusted.pub'], { code: 2, stderr: /no seal/ }],
    [
      'no key',
      ['--document', 'this.json', '--trust', 'none.pub'],
      { code: 2, stderr: /none.pub: there is no such file/ },
    ],
    ['a key that is none', ['--document', 'this.json', '--trust', 'this.json'], { code: 2, stderr: /not a key/ }],
    ['no option', [], { code: 2, stderr: /--document/ }],
    ['an unknown component', ['--document', 'this.json', '--component', 'nothing'], { code: 2, stderr: /nothing/ }],
    ['another system', ['--document', 'this.json', '--system', 'sim:f'], { code: 2, stderr: /this machine only/ }],
  ]
  for (const [name, args, expected] of table) {
    const absolute = args.map(arg => (/\.(json|pub)$/.test(arg) ? join(dir, arg) : arg))
    t.match(await runAgent('run', '--root', dir, '--noaction', ...absolute), expected, name)
  }
})

t.test('it fetches by itself and behind its launcher: what Node has for that is loaded when it is needed', async t => {
  for (const program of [agent, launcher])
    for (const scheme of ['http', 'https']) {
      const document = `${scheme}://127.0.0.1:1/this.json`
      const { stderr } = await start(program, ['run', '--root', dir, '--noaction', '--document', document])
      t.match(stderr, /ECONNREFUSED/, `${program} ${scheme}`)
    }
})

t.test('help says what there is', async t => {
  const { code, stdout } = await runAgent('run', '--help')
  t.same(code, 0)
  t.match(stdout, 'Usage: xenclosure-agent run')
  t.notMatch(stdout, /default: (false|\[\])/, 'what says nothing')
  t.match((await runAgent('--help')).stdout, /Exit codes: 0 done, .*3 something is left to do/)
  t.match(await runAgent('--version'), { code: 0, stdout: /^\d+\.\d+\.\d+\n$/ })
})
