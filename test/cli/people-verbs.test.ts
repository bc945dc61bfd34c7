// The verbs that help people; what they compute is tested through the library, the command itself in few processes.
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import t from 'tap'
import { components } from '../../components/index.js'
import { fishScript } from '../../src/cli/completion/fish.js'
import { verbsOf } from '../../src/cli/completion/verbs.js'
import { zshScript } from '../../src/cli/completion/zsh.js'
import { compileSite } from '../../src/compiler/compile.js'
import { childrenOf, enclosures } from '../../src/compiler/enclose/enclosures.js'
import { formatFiles } from '../../src/compiler/format/format-files.js'
import { printValue } from '../../src/compiler/inspect/print-value.js'
import { collectProblems } from '../../src/compiler/problems.js'
import { openNearestSite } from '../../src/compiler/site/site.js'
import { startSite } from '../../src/compiler/site/start-site.js'
import { findEnclosed, namesBelow } from '../../src/model/enclosed.js'
import type { Json } from '../../src/model/json.js'
import { siteIn } from '../fixtures/site-in.js'
import { xenclosure } from '../fixtures/xenclosure.js'

t.test('init makes a site that compiles without a word and is laid out; a second time it refuses', async t => {
  const dir = join(t.testdir({ 'my-grid': { 'README.md': 'mine' } }), 'my-grid')
  const ran = xenclosure('init', dir, '--json')
  t.equal(ran.code, 0)
  t.match(ran.json(), {
    written: ['profiles/guests/guest1.yaml', 'profiles/hosts/host1.yaml', 'xenclosure.yaml'],
    kept: ['README.md'],
  })
  t.equal(readFileSync(join(dir, 'README.md'), 'utf8'), 'mine')
  const { compiled, diagnostics } = compileSite(dir, components)
  t.same(diagnostics, [])
  t.equal(compiled?.site.name, 'my-grid')
  t.match(compiled?.documents.get('host1'), {
    software: {
      components: { xen: { domains: { guest1: { options: { memory: 2048 }, vifs: { eth0: { bridge: 'xenbr0' } } } } } },
    },
  })
  const files = openNearestSite(dir, collectProblems())?.ownFiles() ?? []
  for (const { path, changed } of formatFiles(
    files.map(file => join(dir, file)),
    collectProblems(),
  ))
    t.notOk(changed, path)
  const again = xenclosure('init', dir)
  t.equal(again.code, 2)
  t.match(again.stderr, 'is a site already')
})

t.test('init brings a README where there is none', async t => {
  const dir = t.testdir()
  t.same(startSite(dir)?.kept, [])
  t.match(readFileSync(join(dir, 'README.md'), 'utf8'), /xenclosure check.*xenclosure rehearse.*xenclosure compile/s)
  t.equal(startSite(dir), undefined)
})

t.test('what its README says of a new disk is as the profile of its guest takes it, one or the other', async t => {
  const dir = t.testdir()
  startSite(dir)
  const profile = join(dir, 'profiles/guests/guest1.yaml')
  const plain = readFileSync(profile, 'utf8')
  const hostWith = (lines: string): Json | undefined => {
    // One key of the two is in the profile already.
    const more = plain.replace(/^system:\n/m, lines.startsWith('system:\n') ? lines : `${lines}system:\n`)
    writeFileSync(profile, more)
    const { compiled, diagnostics } = compileSite(dir, components)
    t.same(diagnostics, [])
    return compiled?.documents.get('host1')
  }
  const readme = readFileSync(join(dir, 'README.md'), 'utf8')
  const [image = '', installer = '', ...others] = [...readme.matchAll(/^```yaml\n(.*?)^```$/gms)].map(block => block[1])
  t.same(others, [])
  t.match(hostWith(image), {
    software: {
      components: { lvm: { groups: { vg_guests: { volumes: { guest1: { image: { unpack: 'raw.xz' } } } } } } },
    },
  })
  t.match(hostWith(installer), {
    software: { components: { xen: { domains: { guest1: { install_options: { kernel: /vmlinuz/ } } } } } },
  })
})

t.test('parent and children walk the enclosures', async t => {
  t.same(xenclosure('children', 'labhost', '--json').json(), ['lab-pv', 'lab-pvh'])
  t.equal(xenclosure('parent', 'lab-pv').stdout, 'labhost\n')
  t.equal(xenclosure('parent', 'labhost', '--json').stdout, 'null\n')
  const enclosing = (type: string, children: string) =>
    `system: { enclosure: { type: ${type}, children: [${children}] } }`
  const { compiled } = siteIn(t, {
    'profiles/rack.yaml': enclosing('blade', 'one, two'),
    'profiles/one.yaml': enclosing('dumb', 'board'),
    'profiles/two.yaml': '',
    'profiles/board.yaml': '',
  }).result
  if (compiled === undefined) throw new Error('no site')
  t.same(childrenOf(compiled, 'rack'), ['one', 'two'])
  const below = (name: string) => {
    const found = findEnclosed(enclosures(compiled), name)
    return found && namesBelow(found.machine)
  }
  t.same(below('rack'), ['one', 'board', 'two'])
  t.same(below('two'), [])
})

t.test('a value as json, yaml or lines', async t => {
  const value = { b: ['x', { c: 1 }], 'a/b': '0755', e: {}, n: null }
  t.equal(printValue({ b: 1, a: 2 }, 'json'), '{\n  "a": 2,\n  "b": 1\n}\n')
  t.equal(printValue(value, 'yaml'), 'a/b: "0755"\nb:\n  - x\n  - c: 1\ne: {}\nn: null\n')
  t.equal(
    printValue(value, 'flat', '/at'),
    '/at/a~1b = "0755"\n/at/b/0 = "x"\n/at/b/1/c = 1\n/at/e = {}\n/at/n = null\n',
  )
  t.equal(printValue('x', 'flat', '/at'), '/at = "x"\n')
  t.equal(xenclosure('show', 'ce', 'hardware/ram', '--format', 'flat').stdout, '/hardware/ram/0/size = 4096\n')
})

t.test('--format says in which form the answer is, and so does --json: one of them', async t => {
  for (const args of [
    ['show', 'ce', '--format', 'flat'],
    ['test', '--format', 'junit'],
  ])
    t.match(xenclosure(...args, '--json'), {
      code: 2,
      stdout: '',
      stderr: /option '--format <format>' cannot be used with option '--json'/,
    })
})

t.test('fmt writes what changes; --check only says it, with exit code 3', async t => {
  const site = siteIn(t, {
    'xenclosure.yaml': 'site: test\n',
    'profiles/a.yaml': 'hardware:\n    model:   x  # mine\n',
    'profiles/b.yaml': 'hardware: {}\n',
  })
  const check = xenclosure('fmt', '--check', '--site', site.dir, '--json')
  t.equal(check.code, 3)
  t.match(check.json(), { changed: [/profiles\/a\.yaml$/], unchanged: 2 })
  t.match(readFileSync(join(site.dir, 'profiles/a.yaml'), 'utf8'), '   x  # mine')
  writeFileSync(join(site.dir, 'profiles/b.yaml'), 'hardware: [\n')
  const reader = openSync(join(site.dir, 'profiles/a.yaml'), 'r')
  t.teardown(() => closeSync(reader))
  const ran = xenclosure('fmt', '--site', site.dir)
  t.match(readFileSync(reader, 'utf8'), '   x  # mine', 'it is replaced whole')
  t.equal(ran.code, 2, 'one of them is no YAML')
  t.match(ran.stderr, /b\.yaml:\d+:\d+: error: /)
  t.equal(readFileSync(join(site.dir, 'profiles/a.yaml'), 'utf8'), 'hardware:\n  model: x # mine\n')
  t.equal(readFileSync(join(site.dir, 'profiles/b.yaml'), 'utf8'), 'hardware: [\n')
})

t.test('uses, check --unused and schema answer', async t => {
  const uses = xenclosure('uses', 'grid-ireland/lab-guest', '--json')
  t.match(uses.json(), {
    machines: ['lab-pv', 'lab-pvh'],
    uses: [{ how: 'included', file: 'profiles/guests/lab-pv.yaml' }, {}],
  })
  const unknown = xenclosure('uses', 'XEN_RAMM')
  t.equal(unknown.code, 2)
  t.match(unknown.stderr, 'did you mean "XEN_RAM"?')
  for (const written of [
    'templates/site/grid-ireland/builder.yaml',
    'grid-ireland/bulider.yaml',
    'grid-ireland/builder.yaml',
  ])
    t.match(xenclosure('uses', written), { code: 2, stderr: 'did you mean "grid-ireland/builder"?' }, written)
  const site = siteIn(t, { 'templates/idle.yaml': '' })
  const unused = xenclosure('check', '--unused', '--site', site.dir, '--json')
  t.equal(unused.code, 0)
  t.match(unused.lines(), [{ severity: 'warning', code: 'unused', file: 'templates/idle.yaml', line: 1 }])
  t.match(xenclosure('schema', '--site', site.dir).json(), { properties: { include: {}, hardware: {} } })
})

t.test('completion: verbs, options and the machines of the site around', async t => {
  const script = join(t.testdir(), 'completion.bash')
  writeFileSync(script, xenclosure('completion', 'bash').stdout)
  const complete = (...words: readonly string[]): readonly string[] => {
    const run = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _xenclosure; echo "${COMPREPLY[*]}"'
    return spawnSync('bash', ['-c', run, 'bash', script, 'xenclosure', ...words], { encoding: 'utf8', cwd: 'profiles' })
      .stdout.trim()
      .split(' ')
  }
  t.same(complete('sh'), ['show'])
  t.same(complete('show', 'gridh'), ['gridhost'])
  t.same(complete('children', '--rec'), ['--recursive'])
  t.same(complete('agent', 'run', '--doc'), ['--document'])
  t.same(complete('compile', '--out', ''), [''], 'file names, by bash itself')
  const program = new Command()
  program.command('show').description("a machine's [value]: all").argument('<name>').option('--out <dir>', 'where')
  const verbs = verbsOf(program)
  t.match(zshScript(verbs), "'--out[where]:value:_files' '--help[how it is used]' '*:machine:_xenclosure_machines'")
  t.match(fishScript(verbs), "-f -a show -d 'a machine'\\''s [value]: all'")
})

t.test('test: 0 where all is as expected, 1 where it is not, 2 where the site or a file is wrong', async t => {
  const example = xenclosure('test')
  t.match(example, { code: 0, stdout: /^TAP version 14\n1\.\.4\nok 1 - / })
  const profile = 'hardware: { ram: [{ size: 1 GiB }] }\n'
  const tested = (files: Readonly<Record<string, string>>, ...args: readonly string[]) =>
    xenclosure('test', '--site', siteIn(t, { 'profiles/a.yaml': profile, ...files }).dir, ...args)
  t.match(tested({}), { code: 2, stdout: '', stderr: /expects nothing of itself/ })
  t.match(tested({ 'test/site/a.yaml': 'e: {' }), { code: 2, stdout: '', stderr: /^test\/site\/a\.yaml:1:5: error/ })
  t.match(tested({ 'test/site/a.yaml': 'e: { machine: a, children: [b] }' }, '--json').json(), [
    { name: 'e', machine: 'a', ok: false, file: 'test/site/a.yaml', line: 1, column: 1, diff: ['- /0: "b"'] },
  ])
  const misspelt = { 'test/site/a.yaml': 'e: { machine: a, given: { hardwere: {} }, children: [] }' }
  t.match(tested(misspelt, '--json').json(), [
    {
      ok: false,
      diagnostics: [{ code: 'key-unknown', file: 'test/site/a.yaml', line: 1, column: 27, hint: /hardware/ }],
    },
  ])
  t.match(tested({ 'test/site/a.yml': '' }), {
    code: 2,
    stderr: /^test\/site\/a\.yml:1:1: error: .*\n {2}rename it: a\.yaml/,
  })
  t.match(tested({ 'test/site/a.yaml': 'e: { machine: a, children: [b] }' }, '--format', 'junit'), {
    code: 1,
    stdout: /<testsuites tests="1" failures="1">/,
  })
})
