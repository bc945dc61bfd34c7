// The cache of `compile` through the command itself: what is noticed, what is not trusted, and what is left behind by whoever is
// killed or not alone. That an edit comes to what a whole compilation comes to is test/compiler/cache/edits.test.ts.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { builtCommand } from '../fixtures/built-command.js'
import { plainNode } from '../fixtures/plain-node.js'
import { guest, h1, h2, site as twoHosts } from '../fixtures/two-hosts.js'

const spread = 'spread: { message: too many, each: guest, group: parent.name, holds: "size(machines) < 3" }'
const parents = 'parents: { message: the host is too large, each: guest, holds: "parent.hardware.ram[0].size < 5000" }'

/** A site of two hosts and their guests, its documents and its cache, each in a directory of its own. */
const begin = (t: Test) => {
  const dir = t.testdir()
  const [site, out, cold, cache] = ['site', 'out', 'cold', 'cache'].map(name => join(dir, name)) as [
    string,
    string,
    string,
    string,
  ]
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(site, path)), { recursive: true })
    writeFileSync(join(site, path), content)
  }
  for (const [path, content] of Object.entries(twoHosts)) write(path, content)
  const environment = { PATH: process.env.PATH ?? '', XDG_CACHE_HOME: cache }
  const start = (...args: readonly string[]) =>
    spawn(...plainNode([builtCommand, 'compile', '--site', site, '--serial', '7', ...args]), {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const compile = async (...args: readonly string[]): Promise<string> => {
    const child = start(...(args.includes('--out') ? [] : ['--out', out]), ...args)
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk))
    await once(child, 'close')
    return said.replaceAll(out, 'out').replaceAll(cold, 'cold')
  }
  /** Without what a killed process was about to put in place. */
  const contents = (of: string): Readonly<Record<string, string>> =>
    Object.fromEntries(
      readdirSync(of)
        .filter(name => !name.endsWith('.tmp'))
        .map(name => [name, readFileSync(join(of, name), 'utf8')]),
    )
  /** The documents are what a compilation of everything makes. */
  const isRight = async (say: string): Promise<void> => {
    rmSync(cold, { recursive: true, force: true })
    await compile('--no-cache', '--out', cold)
    t.same(contents(out), contents(cold), say)
  }
  const kept = (): string => {
    const name = readdirSync(join(cache, 'xenclosure')).find(name => !name.includes('.')) ?? ''
    return join(cache, 'xenclosure', name)
  }
  return { site, out, cache, environment, write, start, compile, isRight, kept }
}

t.test('what is edited is compiled, and what depends on it', async t => {
  const { site, out, write, compile, isRight, kept } = begin(t)
  t.match(await compile(), /^out: 5 documents written, 0 unchanged\nxenclosure.lock.yaml: a, b, c recorded/)
  t.equal(await compile(), 'out: 0 documents written, 5 unchanged\n')
  write('profiles/b.yaml', guest('b', 9))
  t.equal(await compile(), 'out: 2 documents written, 3 unchanged\n', 'a guest and its host')
  await isRight('an edit')
  t.match(JSON.parse(await compile('--json')), { written: [], unchanged: ['a', 'b', 'c', 'h1', 'h2'], removed: [] })
  for (const name of readdirSync(join(site, 'profiles')))
    utimesSync(join(site, 'profiles', name), new Date(), new Date())
  t.equal(await compile(), 'out: 0 documents written, 5 unchanged\n', 'a checkout')
  rmSync(join(out, 'a.json'))
  t.equal(await compile(), 'out: 1 document written, 4 unchanged\n', 'a document that somebody removed')
  write('profiles/c.yaml', guest('c', 1))
  t.match(await compile(), /error: the MAC .* is also that of/, 'the card of a machine that is not compiled')
  write('profiles/c.yaml', guest('c', 3))
  t.equal(await compile(), 'out: 0 documents written, 5 unchanged\n', 'and back')
  writeFileSync(kept(), readFileSync(kept(), 'utf8').slice(0, -9))
  write('profiles/b.yaml', guest('b', 8))
  t.equal(await compile(), 'out: 2 documents written, 3 unchanged\n', 'what is kept is not whole')
  await isRight('what is kept is not whole')
})

t.test('a mistake is told of an edit in the words in which it is told of all, by check as well', async t => {
  const { site, write, compile, isRight, environment, start } = begin(t)
  const check = (...args: readonly string[]) => checkIn(site, ...args)
  const checkIn = (start: string, ...args: readonly string[]) => {
    const [file, words] = plainNode([builtCommand, 'check', '--site', start, ...args])
    const { stdout, stderr, status } = spawnSync(file, words, { env: environment, encoding: 'utf8' })
    return { said: stderr + stdout, status }
  }
  const nothingWrong = { said: 'test: 5 machines, nothing wrong\n', status: 0 }
  t.same(check(), nothingWrong, 'before anything is kept')
  await compile()
  for (const [say, text, words] of [
    ['a card of another machine', guest('c', 1), /the MAC .* is also that of/],
    ['a key', `${guest('c', 3)}systm: {}\n`, /did you mean "system"/],
    ['no YAML', `${guest('c', 3)}system: [\n`, /\[syntax\]/],
    ['a template', `include: [nowhere]\n${guest('c', 3)}`, /nowhere/],
  ] as const) {
    write('profiles/c.yaml', text)
    const told = await compile()
    t.match(told, words, say)
    t.equal(told, await compile('--no-cache'), `${say}: by all machines`)
    t.same(check(), { said: told, status: 2 }, `${say}: by check`)
  }
  t.equal(check('--no-cache').status, 2)
  t.equal(await compile('--json'), await compile('--json', '--no-cache'), 'in JSON')
  const child = start('--out', join(site, '../out'))
  t.same((await once(child, 'close'))[0], 2)
  t.match(await compile('--keep-going'), /2 machines broken: c, h2/)
  t.match(
    checkIn(join(site, 'profile')),
    { said: /there is no directory/, status: 2 },
    'no directory, in a site that is kept',
  )
  write('profiles/c.yaml', guest('c', 9))
  t.same(check(), nothingWrong, 'an edit that is not published')
  t.same(JSON.parse(check('--json').said), { site: 'test', machines: ['a', 'b', 'c', 'h1', 'h2'] })
  t.match(check('--unused').said, /nothing wrong/)
  t.match(await compile(), 'out: 2 documents written, 3 unchanged\n')
  await isRight('mended')
})

t.test('what there is to tell is told again, and compiled no more than the rest', async t => {
  const { site, write, compile, isRight } = begin(t)
  const few = 'few: { severity: warning, each: guest, at: /hardware/harddisks/xvda/capacity, group: parent.name,'
  write(
    'templates/policies/few.yaml',
    `${few} holds: size(machines) < 2, message: "\${= machines[0].name } and others" }`,
  )
  write('templates/guest.yaml', `${twoHosts['templates/guest.yaml']}software: { components: { cron: !remove } }\n`)
  const words = (said: string): string => said.replace(/^(out|cold|xenclosure.lock.yaml): .*\n/gm, '')
  const first = await compile()
  t.match(
    first,
    /^templates\/guest.yaml:6:27: warning: there is nothing to remove .*\n.*\n.*\n {2}for a and 2 more, through /m,
  )
  t.match(first, /^profiles\/a.yaml:4:\d+: warning: few: a and others .*\n.*\n.*\n {2}for a, b$/m)
  t.equal(await compile(), `${words(first)}out: 0 documents written, 5 unchanged\n`, 'nothing is edited')
  write('profiles/b.yaml', guest('b', 9))
  t.equal(await compile(), `${words(first)}out: 2 documents written, 3 unchanged\n`, 'an edit that changes none')
  write('profiles/a.yaml', `\n${guest('a', 1)}`)
  const moved = await compile()
  t.match(moved, /^profiles\/a.yaml:5:(.*\n)*out: 0 documents written, 5 unchanged\n$/m, 'the place of a warning')
  t.equal(words(await compile('--no-cache', '--out', join(site, '../cold'))), words(moved), 'as all machines tell it')
  t.match(await compile('--json'), /^\{"severity":"warning","code":".*\n\{"severity":"warning",.*\n\{\n/)
  write('profiles/b.yaml', `${guest('b', 9)}software: { components: { cron: {} } }\n`)
  t.match(await compile(), /error: /, 'a mistake')
  write('profiles/b.yaml', guest('b', 9))
  t.equal(await compile(), `${words(moved)}out: 0 documents written, 5 unchanged\n`, 'and back')
  rmSync(join(site, 'templates/policies/few.yaml'))
  write('templates/guest.yaml', twoHosts['templates/guest.yaml'] ?? '')
  t.equal(await compile(), 'out: 3 documents written, 2 unchanged\n', 'nothing to tell any more')
  await isRight('nothing to tell any more')
})

t.test('files that come and go compile what they concern', async t => {
  const { site, out, write, compile, isRight } = begin(t)
  const h2With = (children: string): string =>
    (twoHosts[h2] ?? '').replace('children: [c]', `children: [${children}]`).replace('size: 4 GiB', 'size: 8 GiB')
  write('templates/policies/spread.yaml', spread)
  write(h2, h2With('c'))
  await compile()
  write('profiles/d.yaml', guest('d', 4))
  t.equal(await compile(), 'out: 1 document written, 5 unchanged\n', 'a machine that nobody encloses')
  write(h2, h2With('c, d'))
  t.match(await compile('--locked'), /no host is recorded for d/)
  t.equal(
    await compile(),
    'out: 1 document written, 5 unchanged\nxenclosure.lock.yaml: d recorded, commit it\n',
    'it becomes a guest',
  )
  t.match(readFileSync(join(site, 'xenclosure.lock.yaml'), 'utf8'), / {2}c: h2\n {2}d: h2\n/)
  await isRight('a guest that came')
  t.equal(await compile(), 'out: 0 documents written, 6 unchanged\n')
  write('profiles/e.yaml', guest('e', 5))
  write(h2, h2With('c, d, e'))
  t.match(await compile(), /spread: too many/, 'too many in its group, whoever the others are')
  write(h2, h2With('c, e'))
  rmSync(join(site, 'profiles/d.yaml'))
  t.match(
    await compile(),
    /^out: 2 documents written, 4 unchanged, 1 removed\nxenclosure.lock.yaml: e recorded/,
    'one comes and one goes',
  )
  t.notOk(existsSync(join(out, 'd.json')) || existsSync(join(out, 'd.seal')))
  await isRight('one that went')
  mkdirSync(join(site, 'profiles/guests'))
  renameSync(join(site, 'profiles/a.yaml'), join(site, 'profiles/guests/a.yaml'))
  t.equal(await compile(), 'out: 0 documents written, 6 unchanged\n', 'a profile that stands elsewhere')
  t.same(
    JSON.parse(await compile('--json')).unchanged,
    ['b', 'c', 'e', 'a', 'h1', 'h2'],
    'in the order of the profiles',
  )
  rmSync(join(site, 'profiles/guests/a.yaml'))
  t.match(await compile(), /h1 encloses a, which has no profile/)
})

t.test('a guest moves from one host to another, which is said until it is released', async t => {
  const { site, write, compile, isRight } = begin(t)
  const moves = 'a moves from h1 to h2: when it has left, xenclosure release a\n'
  await compile()
  write(h1, (twoHosts[h1] ?? '').replace('children: [a, b]', 'children: [b]'))
  write(h2, (twoHosts[h2] ?? '').replace('children: [c]', 'children: [c, a]').replace('size: 4 GiB', 'size: 8 GiB'))
  t.equal(await compile(), `out: 2 documents written, 3 unchanged\n${moves}`)
  await isRight('a move')
  t.equal(await compile(), `out: 0 documents written, 5 unchanged\n${moves}`)
  write('profiles/b.yaml', guest('b', 9))
  t.equal(await compile('--locked'), `out: 2 documents written, 3 unchanged\n${moves}`, 'another edit')
  t.match(JSON.parse(await compile('--json')), { moving: [{ guest: 'a', from: 'h1', to: 'h2' }], written: [] })
  const lock = readFileSync(join(site, 'xenclosure.lock.yaml'), 'utf8')
  write('xenclosure.lock.yaml', lock.replace('a: h1', 'a: h2'))
  t.equal(await compile(), 'out: 2 documents written, 3 unchanged\n', 'its release')
  await isRight('its release')
  write('xenclosure.lock.yaml', lock.replace('a: h1', 'a: h9'))
  t.match(await compile(), /warning: a moves to h2 from h9, which has no profile/)
  write('xenclosure.lock.yaml', lock.replace('  a: h1\n', ''))
  t.match(await compile('--locked'), /no host is recorded for a/)
})

t.test('what is wrong because of files that came or went is found at the machines that stay', async t => {
  const { site, write, compile } = begin(t)
  const enclosing = (name: string, children: string): string =>
    `system: { enclosure: { type: blade, children: [${children}] }, network: { hostname: ${name} } }\n`
  write('profiles/d.yaml', guest('d', 4))
  write('profiles/k1.yaml', enclosing('k1', 'h1'))
  write('profiles/k2.yaml', enclosing('k2', 'h2'))
  // A template of several hosts may say it of the children of all.
  write('templates/bridges.yaml', 'variables: { XEN_VIF_BRIDGE: { d: br0 } }\n')
  write(h1, (twoHosts[h1] ?? '').replace('include:\n', 'include:\n  - bridges\n'))
  t.match(await compile(), /^out: 8 documents written/)
  write('profiles/k1.yaml', enclosing('k1', 'h1, d'))
  write('profiles/k2.yaml', enclosing('k2', 'h2, d'))
  t.match(await compile(), /d has two parents: k1 .* and k2/, 'nobody enclosed it before')
  write('profiles/k1.yaml', enclosing('k1', 'h1'))
  write('profiles/k2.yaml', enclosing('k2', 'h2'))
  t.equal(await compile(), 'out: 0 documents written, 8 unchanged\n')
  rmSync(join(site, 'profiles/d.yaml'))
  t.match(await compile(), /variable XEN_VIF_BRIDGE: there is no machine d/, 'a variable of a host names one that went')
})

t.test('tree, parent and children tell what is kept, and what an edit makes of it', async t => {
  const { site, cache, environment, write, compile } = begin(t)
  const toldBy = (cacheHome: string, ...args: readonly string[]): string => {
    const env = { ...environment, XDG_CACHE_HOME: cacheHome }
    const [command, argv] = plainNode([builtCommand, ...args, '--site', site])
    const { stdout, stderr } = spawnSync(command, argv, { env, encoding: 'utf8' })
    return stdout + stderr
  }
  const questions = [
    ['tree'],
    ['tree', '--svg'],
    ['parent', 'a'],
    ['parent', 'h1'],
    ['children', 'h1'],
    ['children', 'h3'],
  ]
  const isShown = (say: string): void => {
    for (const args of questions)
      t.equal(toldBy(cache, ...args), toldBy(join(site, '../nothing'), ...args), `${say}: ${args}`)
  }
  write('templates/policies/parents.yaml', parents)
  await compile()
  isShown('as it was compiled')
  write('profiles/b.yaml', guest('b', 9).replace('4 GiB', '5 GiB'))
  write('profiles/d.yaml', guest('d', 4))
  isShown('edited')
  t.match(toldBy(cache, 'tree'), /^test\n├─ d \(machine\)\n├─ h1 \(hypervisor\)\n│ {2}├─ a \(guest\)/)
  write('profiles/d.yaml', guest('d', 1))
  t.match(toldBy(cache, 'tree'), /error: the MAC .* is also that of/)
})

t.test('what reads nothing but the name of a machine is compiled when that one goes', async t => {
  const { site, write, compile } = begin(t)
  write('profiles/d.yaml', guest('d', 4))
  write('profiles/b.yaml', `${guest('b', 2)}  function: "near \${d:/name}"\n`)
  t.match(await compile(), /^out: 6 documents written/)
  rmSync(join(site, 'profiles/d.yaml'))
  t.match(await compile(), /error: there is no machine d/)
})

t.test('a machine that reads a host is shown as it is compiled while a guest moves there', async t => {
  const { site, write, compile, environment } = begin(t)
  write(
    'profiles/reader.yaml',
    `${guest('reader', 4)}  function: "\${h1:/software/components/xen/domains/a/movedFrom:-nowhere}"\n`,
  )
  write('xenclosure.lock.yaml', 'guests: { a: h2, b: h1, c: h2 }\n')
  t.match(await compile(), /^out: 6 documents written(.*\n)*a moves from h2 to h1/)
  const [command, argv] = plainNode([builtCommand, 'show', 'reader', '/system/function', '--site', site])
  t.equal(spawnSync(command, argv, { env: environment, encoding: 'utf8' }).stdout, '"h2"\n')
})

t.test(
  'what a policy says of a group is placed anew where its first machine is looked at for another value',
  async t => {
    const { site, write, compile } = begin(t)
    const where = `where: { severity: warning, message: here, each: guest, at: /hardware/harddisks/*, group: "'all'",`
    const when = 'machine.name == "a" && key == parent.hardware.location'
    write('templates/policies/where.yaml', `${where} when: '${when}', holds: "false" }`)
    write('profiles/a.yaml', guest('a', 1).replace('  cards:', '    xvdb: { capacity: 1 GiB }\n  cards:'))
    const at = (disk: string): void =>
      write(h1, (twoHosts[h1] ?? '').replace('hardware:\n', `hardware:\n  location: ${disk}\n`))
    at('xvda')
    t.match(await compile(), /^profiles\/a.yaml:4:\d+: warning: where: here/m)
    at('xvdb')
    const told = await compile()
    t.match(told, /^profiles\/a.yaml:5:\d+: warning: where: here(.*\n)*out: 1 document written/m)
    const words = (said: string): string => said.replace(/^(out|cold).*\n/gm, '')
    t.equal(words(await compile('--no-cache', '--out', join(site, '../cold'))), words(told))
  },
)

t.test('a directory called as if it were a file is one, and a link that leads nowhere is told of', async t => {
  const { site, write, compile } = begin(t)
  await compile()
  mkdirSync(join(site, 'profiles/old.yml'))
  t.equal(await compile('--no-cache'), 'out: 0 documents written, 5 unchanged\n')
  write('profiles/old.yml/d.yaml', guest('d', 4))
  t.equal(await compile(), 'out: 1 document written, 5 unchanged\n')
  symlinkSync('nowhere', join(site, 'variables.schema.json'))
  t.match(await compile(), /^variables.schema.json:1:1: error: cannot be read/m)
})

t.test('a lock file that is saved while guests are to be recorded is not written over', async t => {
  const { site, out, write, compile, environment } = begin(t)
  const saved = 'guests: { a: h2 }\n'
  // Git is asked when all is compiled, and nothing is published yet.
  const hook = join(site, '../hook.cjs')
  writeFileSync(
    hook,
    `const cp = require('node:child_process'), { promisify } = require('node:util'), { writeFileSync } = require('node:fs')
     const { execFile } = cp
     let isSaved = false
     const asked = (...args) => {
       if (!isSaved) writeFileSync(${JSON.stringify(join(site, 'xenclosure.lock.yaml'))}, ${JSON.stringify(saved)})
       isSaved = true
       return execFile[promisify.custom](...args)
     }
     cp.execFile = Object.assign((...args) => execFile(...args), { [promisify.custom]: asked })`,
  )
  const compileHooked = (): string => {
    const args = ['--require', hook, builtCommand, 'compile', '--site', site, '--serial', '7', '--out', out]
    const [command, argv] = plainNode(args)
    const { stdout, stderr } = spawnSync(command, argv, { env: environment, encoding: 'utf8' })
    return stdout + stderr
  }
  const lock = (): string => readFileSync(join(site, 'xenclosure.lock.yaml'), 'utf8')
  t.match(compileHooked(), /^error: xenclosure.lock.yaml was saved while the site was compiled/)
  t.equal(lock(), saved)
  t.notOk(existsSync(out), 'nothing is published')
  t.match(await compile(), /b, c recorded, commit it\na moves from h2 to h1/)
  write('profiles/d.yaml', guest('d', 4))
  write(h2, (twoHosts[h2] ?? '').replace('children: [c]', 'children: [c, d]').replace('size: 4 GiB', 'size: 8 GiB'))
  t.match(compileHooked(), /b, c, d recorded, commit it\n.*a moves from h2 to h1/, 'an edit is left to the whole')
  t.match(lock(), / {2}a: h2\n {2}b: h1\n/)
})

t.test('a policy about guests is held against those of a host that is edited', async t => {
  const { write, compile } = begin(t)
  write('templates/policies/parents.yaml', parents)
  await compile()
  write(h1, (twoHosts[h1] ?? '').replace('size: 4 GiB', 'size: 5 GiB'))
  t.match(await compile(), /parents: the host is too large/)
})

t.test('a directory of the load path may be hidden', async t => {
  const { write, compile, isRight } = begin(t)
  write(
    'xenclosure.yaml',
    twoHosts['xenclosure.yaml']?.replace('[templates]', '[templates/.ours, templates, .base]') ?? '',
  )
  const base = (dns: number): string => `system: { network: { nameserver: [192.0.2.${dns}] } }\n`
  write('.base/base.yaml', base(1))
  write('templates/.ours/ours.yaml', 'hardware: { ram: [{ size: 2 GiB }] }\n')
  write('profiles/b.yaml', guest('b', 2).replace('[guest]', '[ours, base, guest]'))
  await compile()
  write('.base/base.yaml', base(2))
  t.equal(await compile(), 'out: 1 document written, 4 unchanged\n')
  await isRight('an edit in a hidden directory')
  write('templates/.ours/base.yaml', base(3))
  t.equal(await compile(), 'out: 1 document written, 4 unchanged\n')
  await isRight('a template that takes the place of another')
})

t.test('a place for the cache that cannot be used is told, and done without', async t => {
  const { site, out, cache, environment, compile } = begin(t)
  const written = 'out: 0 documents written, 5 unchanged\n'
  await compile('--no-cache')
  chmodSync(join(cache, 'xenclosure'), 0o777)
  t.match(
    await compile(),
    /^warning: nothing is kept for the next time: others may write into .*\n {2}.*\n.*out: 0 doc/,
  )
  t.equal(await compile('--no-cache'), written, 'nobody is told who keeps nothing')
  t.match(await compile('--json'), /^\{"severity":"warning","code":"usage","message":"nothing is kept /)
  chmodSync(join(cache, 'xenclosure'), 0o700)
  if (process.geteuid?.() === 0) {
    chownSync(join(cache, 'xenclosure'), 1, 1)
    t.match(await compile(), /xenclosure belongs to another user \[usage\]\n/)
  }
  Object.assign(environment, { XDG_CACHE_HOME: '/proc/cache' })
  t.match(
    await compile(),
    /^warning: nothing is kept .* the directory \/proc\/cache\/xenclosure cannot be made: ENOENT/,
  )
  writeFileSync(join(site, '../file'), '')
  Object.assign(environment, { XDG_CACHE_HOME: join(site, '../file') })
  t.match(await compile(), / cannot be a directory: .*file is a file \[usage\]\n/)
  t.equal(readdirSync(out).length, 11)
})

t.test('directories that come and go are noticed where that is told', async t => {
  const { site, write, compile } = begin(t)
  write('xenclosure.yaml', String(twoHosts['xenclosure.yaml']).replace('[templates]', '[templates, more]'))
  mkdirSync(join(site, 'more'))
  t.match(await compile(), /^out: 5 documents written/)
  rmSync(join(site, 'more'), { recursive: true })
  t.match(await compile(), /there is no directory more/)
  mkdirSync(join(site, 'more'))
  t.equal(await compile(), 'out: 0 documents written, 5 unchanged\n')
  mkdirSync(join(site, 'profiles/d.yaml'))
  t.match(await compile(), /d.yaml:1:1: error: cannot be read: it is not a file/)
})

t.test('whoever is killed leaves whole documents, and nothing that the next one would trust', async t => {
  const { out, write, start, compile, isRight } = begin(t)
  await compile()
  for (const [number, moment] of [/\.tmp$/, /^b\.json$/, /^index\.json$/].entries()) {
    write('profiles/b.yaml', guest('b', 4 + number))
    const child = start('--out', out)
    const closed = once(child, 'close')
    const watcher = watch(out, (_, name) => {
      if (name !== null && moment.test(name)) child.kill('SIGKILL')
    })
    await closed
    watcher.close()
    for (const name of readdirSync(out).filter(name => name.endsWith('.json')))
      t.doesNotThrow(() => JSON.parse(readFileSync(join(out, name), 'utf8')), `${name}, killed at ${moment}`)
    await compile()
    await isRight(`killed at ${moment}`)
  }
})

t.test('several at once: what the last one leaves is right', async t => {
  const { out, write, start, compile, isRight } = begin(t)
  await compile()
  const whole = once(start('--out', out, '--no-cache'), 'close')
  const first = compile()
  write('profiles/b.yaml', guest('b', 7))
  await Promise.all([whole, first, compile(), compile()])
  await compile()
  await isRight('the last edit')
})

t.test('what a large site comes to waits in files, of which nothing is left where it is not published', async t => {
  const { site, out, cache, write, compile } = begin(t)
  rmSync(join(site, 'profiles'), { recursive: true })
  for (let number = 0; number <= 400; number += 1)
    write(`profiles/m${number}.yaml`, `hardware: { model: m${number} }\n`)
  const profile = (text: string) => write('profiles/m7.yaml', text)
  profile('hardware: { modell: m7 }\n')
  t.match(await compile(), /unknown key modell/)
  t.notOk(existsSync(out))
  t.match(await compile('--out', join(site, 'xenclosure.yaml/out')), /xenclosure.yaml is a file/)
  profile('hardware: [\n')
  t.match(
    await compile('--out', join(site, 'xenclosure.yaml/out')),
    /m7.yaml:2:1: error: flow sequence/,
    'its own mistakes are told',
  )
  profile('hardware: { model: m7 }\n')
  t.match(await compile(), 'out: 401 documents written, 0 unchanged')
  t.equal(readdirSync(out).length, 803)
  const lines = () => readdirSync(join(cache, 'xenclosure')).find(name => name.endsWith('.lines'))
  const first = lines()
  profile('hardware: { model: another }\n')
  t.match(await compile(), 'out: 1 document written, 400 unchanged')
  t.ok(first)
  t.equal(lines(), first, 'what was kept of the first compilation served for the second')
})
