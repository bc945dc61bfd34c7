// compile --workers, through real threads: whatever their number, the same files, words and exit code.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { components } from '../../components/index.js'
import { compileSite } from '../../src/compiler/compile.js'
import { packageRoot } from '../../src/compiler/package-root.js'
import { compileInShares } from '../../src/compiler/shares/compile-in-shares.js'
import { shareInThread } from '../../src/compiler/shares/share-thread.js'
import { guest, site as twoHosts } from '../fixtures/two-hosts.js'
import { xenclosure, xenclosureProcess } from '../fixtures/xenclosure.js'

const write = (dir: string, files: Readonly<Record<string, string>>): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(dir, dirname(path)), { recursive: true })
    writeFileSync(join(dir, path), content)
  }
}

/** Everything below a directory. */
const contents = (root: string): readonly (readonly [string, string])[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
    .map(path => [path, readFileSync(path, 'utf8')])

/** What a compilation says and leaves behind, in the site and in its output. Always in the same place, for the words. */
const compile = (
  dir: string,
  prepare: (site: string) => void,
  runs: readonly (readonly string[])[],
  command = xenclosure,
) => {
  rmSync(dir, { recursive: true, force: true })
  const site = join(dir, 'site')
  mkdirSync(site, { recursive: true })
  prepare(site)
  const said = runs.map(args => {
    const ran = command('compile', '--site', site, '--out', join(dir, 'out'), '--serial', '7', ...args)
    return { code: ran.code, stdout: ran.stdout, stderr: ran.stderr }
  })
  return { said, files: contents(dir) }
}

const example = (site: string): void => {
  for (const part of ['xenclosure.yaml', 'profiles', 'templates']) cpSync(part, join(site, part), { recursive: true })
}

/** A site of sound machines and of mistakes of all sorts, of one machine and between several. */
const mistakes = (site: string): void =>
  write(site, {
    ...twoHosts,
    'profiles/b.yaml': guest('b', 2).replace('0:00:02', '0:00:01'),
    'profiles/d.yaml': guest('d', 4),
    'profiles/f.yaml': 'hardware: {\n',
    'profiles/i.yaml': 'hardware: { model: "${j:/hardware/model}" }\n',
    'profiles/j.yaml': 'hardware: { model: "${i:/hardware/model}" }\n',
    'xenclosure.lock.yaml': 'guests: { a: h2, c: h9 }\n',
  })

/** Nothing is wrong, and something to tell: of machines of several shares, of all together, and of a host that is no more. */
const warnings = (site: string): void =>
  write(site, {
    ...twoHosts,
    'templates/guest.yaml': `${twoHosts['templates/guest.yaml']}software: { components: { cron: !remove } }\n`,
    'templates/policies/few.yaml': 'few: { severity: warning, message: m, group: "1", holds: size(machines) < 2 }\n',
    'xenclosure.lock.yaml': 'guests: { c: h9 }\n',
  })

/** Nothing is wrong but what only the machines together show. */
const clash = (site: string): void => write(site, { ...twoHosts, 'profiles/d.yaml': guest('d', 1) })

t.test('one worker or many: the same files, the same words, the same exit code', async t => {
  const [dir, key] = [join(t.testdir(), 'work'), join(t.testdir(), 'key')]
  t.equal(xenclosure('keys', 'new', key).code, 0)
  const table: readonly [string, (site: string) => void, runs: readonly (readonly string[])[], code: number][] = [
    ['the example, signed, twice', example, [[], ['--sign', key, '--json']], 0],
    ['a few machines of it', example, [['gridhost', 'ce']], 0],
    ['a machine that there is not', example, [['gridhots']], 2],
    ['without a lock file, but locked', example, [['--locked', '--json']], 2],
    ['mistakes', mistakes, [[]], 2],
    ['mistakes, keeping going', mistakes, [['--keep-going'], ['--keep-going', '--json', 'a', 'c']], 1],
    ['warnings', warnings, [[], ['--json']], 0],
    ['an address used twice', clash, [['--json']], 2],
    ['no machines at all', site => write(site, { 'xenclosure.yaml': 'site: test\n' }), [[]], 0],
  ]
  for (const [say, prepare, runs, code] of table) {
    const by = (workers: number) =>
      compile(
        dir,
        prepare,
        runs.map(args => [...args, '--workers', `${workers}`]),
      )
    const one = by(1)
    t.equal(one.said.at(-1)?.code, code, say)
    t.same(by(3), one, `${say}, with three workers`)
  }
})

t.test('the bundled program, which starts its threads from the modules beside it, does the same', async t => {
  const dir = join(t.testdir(), 'work')
  const by = (workers: number, command: typeof xenclosure) =>
    compile(dir, mistakes, [['--keep-going', '--workers', `${workers}`]], command)
  t.same(by(3, xenclosureProcess), by(1, xenclosure))
})

t.test('a site in order is compiled by threads, and by no other compilation behind them', async t => {
  const entry = pathToFileURL(join(packageRoot(), 'dist/src/cli/compile-thread.js'))
  const shared = await compileInShares(packageRoot(), components, {
    workers: () => 4,
    elsewhere: task => shareInThread(entry, task),
  })
  const { compiled } = compileSite(packageRoot(), components)
  t.ok((shared?.documents.size ?? 0) > 20)
  t.same(shared?.documents, compiled?.documents)
})

t.test('the number of workers is from 1 to 64', async t => {
  for (const workers of ['0', '65', '1.5']) {
    const { code, stderr } = xenclosure('compile', '--out', join(t.testdir(), 'none'), '--workers', workers)
    t.equal(code, 2, workers)
    t.match(stderr, /expected a number from 1 to 64/)
  }
})

const smallSite = (t: Test): string => {
  const site = join(t.testdir(), 'site')
  write(site, {
    'xenclosure.yaml': 'site: test\n',
    'profiles/a.yaml': '',
    'profiles/b.yaml': '',
    'profiles/c.yaml': '',
  })
  return site
}

t.test('a thread that fails fails the compilation, and ends it', async t => {
  const threads = "import { parentPort, workerData } from 'node:worker_threads'\n"
  const table: readonly [string, string, RegExp][] = [
    ['it throws', "throw new Error('out of order')", /^out of order$/],
    ['it ends without an answer', '', /a worker ended \(0\) before/],
    ['it exits', 'process.exit(3)', /a worker ended \(3\) before/],
    [
      'it exits when it is to compile',
      `${threads}parentPort.postMessage(workerData.machines.map(name => ({ name, complete: true, children: [] })))
parentPort.once('message', () => process.exit(4))`,
      /a worker ended \(4\) before/,
    ],
    ['it forgets machines', `${threads}parentPort.postMessage([])`, /no worker had the machine/],
    ['it is no code', 'this is no code', /Unexpected/],
  ]
  const site = smallSite(t)
  for (const [say, code, expected] of table) {
    const entry = join(site, '..', 'entry.mjs')
    writeFileSync(entry, code)
    const elsewhere = (task: Parameters<typeof shareInThread>[1]) => shareInThread(pathToFileURL(entry), task)
    await t.rejects(compileInShares(site, [], { workers: () => 3, elsewhere }), { message: expected }, say)
  }
})
