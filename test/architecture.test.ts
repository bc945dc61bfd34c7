// The rules of the architecture, held against the import graph.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import t from 'tap'

const files = ['src', 'components'].flatMap(root =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .map(path => join(root, path)),
)

type Import = { readonly from: string; readonly to: string; readonly typeOnly: boolean }

const imports: readonly Import[] = files.flatMap(from => {
  const found = readFileSync(from, 'utf8').matchAll(/^(?:import|export)\s+(type\s)?(?:[^'"]*?from\s+)?'([^']+)'/gm)
  return [...found].map(([, type, name = '']) => {
    const to = name.startsWith('.') ? normalize(join(dirname(from), name.replace(/\.js$/, '.ts'))) : name
    return { from, to, typeOnly: type !== undefined }
  })
})

/** Everything that a file loads, directly or not. */
const loaded = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
  for (const { to } of imports.filter(one => one.from === file && !one.typeOnly)) {
    if (seen.has(to)) continue
    seen.add(to)
    loaded(to, seen)
  }
  return seen
}

/** Top first: a part imports its own folder and what is below it. compiler, agent, provision, intervene and netboot stand side by side. */
const levels: readonly (readonly string[])[] = [
  ['src/build'],
  ['src/cli'],
  ['src/rehearse', 'src/reinstall'],
  ['src/compiler', 'src/agent', 'src/provision', 'src/intervene', 'src/netboot', 'src/launcher'],
  ['components', 'src/remote'],
  ['src/system'],
  ['src/model'],
]
const levelOf = (file: string): number => levels.findIndex(level => level.some(folder => file.startsWith(`${folder}/`)))
const folderOf = (file: string): string => levels.flat().find(folder => file.startsWith(`${folder}/`)) ?? file

t.test('every import goes downhill', async t => {
  t.ok(imports.length > 100, 'the imports were found')
  const uphill = imports
    .filter(({ from, to }) => levelOf(to) >= 0 && folderOf(from) !== folderOf(to) && levelOf(to) <= levelOf(from))
    .map(({ from, to }) => `${from} -> ${to}`)
  t.same(uphill, [])
})

t.test('docs/README.md has every folder of the sources in that order, and every one of the tests', t => {
  const page = readFileSync('docs/README.md', 'utf8')
  const rows = [...page.matchAll(/^\| (\d) *\| `([a-z/]+)` /gm)].map(([, level, folder]) => [Number(level), folder])
  t.same(
    rows,
    levels.flatMap((folders, index) => folders.map(folder => [index + 1, folder])),
  )
  const foldersOf = (dir: string): readonly string[] =>
    readdirSync(dir, { withFileTypes: true }).flatMap(entry => (entry.isDirectory() ? [entry.name] : []))
  t.same(
    foldersOf('src').filter(name => !levels.flat().includes(`src/${name}`)),
    [],
  )
  const besides = [...page.matchAll(/^\| `test\/([a-z]+)` /gm)].map(([, name]) => name)
  t.same(
    besides,
    foldersOf('test')
      .filter(name => name !== 'components' && !foldersOf('src').includes(name))
      .sort(),
  )
  t.end()
})

/** In the order in which a site goes through them: a stage of the compiler needs none that comes later. */
const stages = [
  'parse',
  'site',
  'schema',
  'compose',
  'resolve',
  'enclose',
  'judge',
  'policies',
  'publish',
  'shares',
  'inspect',
  'expectations',
  'cache',
  'format',
]

t.test('the stages of the compiler follow each other', async t => {
  const stageOf = (file: string): string | undefined => /^src\/compiler\/([^/]+)\//.exec(file)?.[1]
  const staged = files.filter(file => stageOf(file) !== undefined)
  t.same([...new Set(staged.map(stageOf))].sort(), [...stages].sort(), 'every folder is a stage')
  const placeOf = (file: string): number => stages.indexOf(stageOf(file) ?? '')
  const needs = (file: string): readonly string[] => [
    ...loaded(file),
    ...imports.filter(({ from, typeOnly }) => typeOnly && from === file).map(({ to }) => to),
  ]
  const ahead = staged.flatMap(file =>
    needs(file)
      .filter(to => placeOf(to) > placeOf(file))
      .map(to => `${file} -> ${to}`),
  )
  t.same(ahead, [])
})

t.test('a component imports no other component', async t => {
  const componentOf = (file: string): string | undefined => /^components\/([^/]+)\//.exec(file)?.[1]
  const crossing = imports.filter(({ from, to }) => {
    const [own, other] = [componentOf(from), componentOf(to)]
    return own !== undefined && other !== undefined && own !== other
  })
  t.same(crossing, [])
})

const impure = /^node:(fs|fs\/promises|child_process|net|http|https|os|dgram|process)$/
const pure = files.filter(
  file =>
    /^components\/[^/]+\/(plan|capacities|pull|move|check|config\/|disks\/|fragment|differences|domain)/.test(file) ||
    /^src\/provision\/(?!install-files|dhcp\/(check|claim|reload)|netboot\/(record|new-installation)|serve\/(boot|documents|images|installations|metrics|send|server))/.test(
      file,
    ) ||
    /^src\/netboot\/(arguments|answer)\.ts$/.test(file) ||
    /^src\/agent\/(gate|order|report|print|verify)\.ts$/.test(file) ||
    /^src\/intervene\/(plan|print)\.ts$/.test(file) ||
    /^src\/rehearse\/(absences|exit-code|groups|times)\.ts$/.test(file) ||
    /^src\/reinstall\/(in-use|order|plan|print|target)\.ts$/.test(file) ||
    /^src\/remote\/(host-options|pool|ssh\/(glob|known-hosts|leash|quote|settings))\.ts$/.test(file) ||
    /^src\/compiler\/(parse\/|schema\/(?!schemas)|compose\/|resolve\/|enclose\/|judge\/(?!validate)|policies\/|inspect\/(?!editor-schema)|expectations\/(?!judge-expectations)|format\/(?!format-files)|site\/lock)/.test(
      file,
    ),
)

t.test('the functional core reaches no file, command, network, clock or environment', async t => {
  t.ok(pure.length > 25, 'the core was found')
  for (const file of pure) {
    t.same(
      [...loaded(file)].filter(name => impure.test(name)),
      [],
      `${file} loads nothing impure`,
    )
    t.notMatch(
      readFileSync(file, 'utf8'),
      /\bDate\.now\b|new Date\(\)|process\.env|Math\.random/,
      `${file} reads no clock, no environment`,
    )
  }
})
