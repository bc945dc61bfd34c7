// Guests that move, and edits of the lock file: which machines they compile, and that what comes of them is the site compiled
// as a whole. Each edit says what it compiles: that everything is compiled again would come to the same documents.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { compileEdit } from '../../../src/compiler/cache/compile-edit.js'
import { beforeReading, keep } from '../../../src/compiler/cache/keep.js'
import { editSince, lookAt } from '../../../src/compiler/cache/look.js'
import { emptyMemory } from '../../../src/compiler/cache/memory.js'
import { publishEdit } from '../../../src/compiler/cache/publish-edit.js'
import { openStore } from '../../../src/compiler/cache/store.js'
import { compileSite } from '../../../src/compiler/compile.js'
import { movesUnderWay, recordedHosts, unrecordedGuests } from '../../../src/compiler/enclose/moves.js'
import { publish } from '../../../src/compiler/publish/publish.js'
import { compileInShares } from '../../../src/compiler/shares/compile-in-shares.js'
import { printLock } from '../../../src/compiler/site/lock.js'
import { lockFile } from '../../../src/compiler/site/lock-file.js'
import { fixedFiles, movingLedger } from '../../fixtures/enclosing-site.js'
import { write } from '../../fixtures/site-edits.js'

const edition = { serial: 1, commit: null, exact: true }
const compiler = 'test'
const components = [movingLedger]
const places = '/software/components/ledger'

type Profile = { readonly children?: readonly string[]; readonly size?: number; readonly reads?: string }

const profileOf = (name: string, { children, size = 3, reads }: Profile): string =>
  JSON.stringify({
    hardware: { ram: [{ size }] },
    system: {
      ...(children && { enclosure: { type: 'hypervisor', children } }),
      network: { hostname: name, interfaces: { eth0: { prefix: 8 } } },
    },
    ...(reads && { software: { components: { any: { a: reads } } } }),
  })

const anyOf = (names: readonly string[]): string => [...names].sort().join(' ')

/** Three hosts; m reads what h1 says of a guest that leaves it. */
const begin = async (t: Test, more: Readonly<Record<string, Profile>> = {}) => {
  const top = t.testdir({ cache: {}, out: {} })
  const [dir, out, cold] = ['site', 'out', 'cold'].map(name => join(top, name)) as [string, string, string]
  const file = (name: string): string => join(dir, 'profiles', `${name}.yaml`)
  const textOf = (path: string): string => readFileSync(join(dir, path), 'utf8')
  const profile = (name: string, its: Profile): void => write(dir, `profiles/${name}.yaml`, profileOf(name, its))
  const lock = (hosts: Readonly<Record<string, string>>): void =>
    write(dir, lockFile, printLock(new Map(Object.entries(hosts))))
  for (const [path, content] of Object.entries({ ...fixedFiles, 'xenclosure.yaml': 'site: test' }))
    write(dir, path, content)
  const all: Readonly<Record<string, Profile>> = {
    h1: { children: ['a', 'b'] },
    h2: { children: ['c'] },
    h3: { children: [] },
    ...Object.fromEntries(['a', 'b', 'c', 'd'].map(name => [name, {}])),
    m: { reads: `\${h1:${places}/a/to:-nowhere}` },
    ...more,
  }
  for (const [name, its] of Object.entries(all)) profile(name, its)
  lock({ a: 'h1', b: 'h1', c: 'h2' })
  const store = openStore({ cache: join(top, 'cache'), site: dir, out, by: compiler })
  const how = {
    ...{ components: async () => components, dir: out, compiler, key: undefined, edition: () => async () => edition },
    locked: false,
  }
  const contents = (of: string): readonly (readonly [string, string])[] =>
    readdirSync(of)
      .sort()
      .map(name => [name, readFileSync(join(of, name), 'utf8')])

  /** As `compile --no-cache` does it; what it leaves in the lock file. */
  const wholly = () => {
    const { compiled, diagnostics } = compileSite(dir, components)
    if (compiled === undefined || diagnostics.length > 0) return undefined
    const { residences, machines } = compiled
    const { hosts } = machines.parentage
    const isRecorded = unrecordedGuests(residences, hosts).length === 0
    return {
      documents: compiled.documents,
      lock: isRecorded ? textOf(lockFile) : printLock(recordedHosts(residences, hosts)),
      moving: movesUnderWay(residences, hosts),
    }
  }
  const compileAll = async (): Promise<void> => {
    const listed = beforeReading(dir)
    const shared = await compileInShares(dir, components, { workers: () => 1, always: true, elsewhere: none })
    if (shared === undefined || listed === undefined) return
    const publishing = store.begin()
    publish({ dir: out, site: 'test', documents: shared.documents, edition, compiler })
    const kept = keep(shared, listed, compiler, false)
    if (kept !== undefined) publishing.end(kept.site, kept.lines)
  }
  /** The machines that an edit compiles; undefined where it is left to a compilation of all. */
  const concerned = (): readonly string[] | undefined => {
    const there = store.read()
    const look = there && lookAt(there.kept.loadpath, dir)
    const edit = look && there && editSince(there.kept, dir, look)
    if (edit === undefined || there === undefined) return undefined
    const compiled = compileEdit(dir, components, there, edit, emptyMemory(), () => undefined)
    return compiled && [...compiled.documents.keys()]
  }
  /** Compiles an edit, which is to compile these machines, and as few as these are written. */
  const compiles = async (expected: string, say: string): Promise<void> => {
    t.equal(anyOf(concerned() ?? ['all of them']), expected, say)
    const whole = wholly()
    const edited = await publishEdit(store, dir, how)
    if (edited === undefined || typeof edited === 'string' || 'wrong' in edited || whole === undefined) {
      t.fail(`${say}: left to all`)
      return
    }
    t.same(edited.moving, whole.moving, `${say}: the moves`)
    t.equal(textOf(lockFile), whole.lock, `${say}: the lock file`)
    rmSync(cold, { recursive: true, force: true })
    mkdirSync(cold)
    publish({ dir: cold, site: 'test', documents: whole.documents, edition, compiler })
    t.same(contents(out), contents(cold), say)
    t.equal(anyOf(concerned() ?? ['all of them']), '', `${say}: it is kept`)
  }
  /** Leaves an edit to the compilation of all, which has nothing to keep where there is anything to tell. */
  const isLeftToAll = async (say: string): Promise<void> => {
    t.equal(await publishEdit(store, dir, how), undefined, say)
    await compileAll()
  }
  /** The profiles of h1 and h2 have the guest a at the other one. */
  const move = (): void => {
    profile('h1', { children: ['b'] })
    profile('h2', { children: ['c', 'a'] })
  }
  await compileAll()
  return { dir, file, textOf, profile, lock, move, compiles, isLeftToAll, compileAll }
}

const none = () => {
  throw new Error('one worker needs no other')
}

t.test('a guest moves, and is released', async t => {
  const { move, profile, lock, compiles } = await begin(t)
  move()
  await compiles('a h1 h2 m', 'a move')
  profile('d', { size: 4 })
  await compiles('d', 'another edit meanwhile')
  profile('a', { size: 4 })
  await compiles('a h1 h2 m', 'an edit of the guest: its old host is told of it, too')
  lock({ a: 'h2', b: 'h1', c: 'h2' })
  await compiles('h1 h2 m', 'its release')
  profile('a', { size: 5 })
  await compiles('a h2', 'then it is no more of its old host')
})

t.test('what is kept of all machines while a guest moves is of use', async t => {
  const { move, profile, lock, compiles, compileAll } = await begin(t)
  move()
  await compileAll()
  await compiles('', 'nothing')
  profile('d', { size: 4 })
  await compiles('d', 'another edit meanwhile')
  profile('a', { size: 4 })
  await compiles('a h1 h2 m', 'an edit of the guest')
  lock({ a: 'h2', b: 'h1', c: 'h2' })
  await compiles('h1 h2 m', 'its release')
})

t.test('a move and an edit of the guest at once', async t => {
  const { move, profile, compiles } = await begin(t)
  move()
  profile('a', { size: 4 })
  await compiles('a h1 h2 m', 'both')
})

t.test('a guest that is let go first, and taken in two compilations later', async t => {
  const { profile, lock, compiles } = await begin(t)
  profile('h1', { children: ['b'] })
  await compiles('a h1 m', 'let go')
  profile('d', { size: 4 })
  await compiles('d', 'something else')
  profile('h3', { children: ['a'] })
  await compiles('a h1 h3 m', 'taken in: its old host is told of that, and who reads it')
  profile('h3', { children: [] })
  await compiles('a h1 h3 m', 'let go again: it does not move')
  lock({ b: 'h1', c: 'h2' })
  await compiles('', 'forgotten')
  profile('h3', { children: ['a'] })
  await compiles('a h3', 'a guest that is not on record any more')
})

t.test('a guest moves on, and back', async t => {
  const { move, profile, compiles } = await begin(t)
  move()
  await compiles('a h1 h2 m', 'a move')
  profile('h2', { children: ['c'] })
  profile('h3', { children: ['a'] })
  await compiles('a h1 h2 h3 m', 'to another host')
  profile('h3', { children: [] })
  profile('h1', { children: ['b', 'a'] })
  await compiles('a h1 h3 m', 'and back')
})

t.test('one of two moves is released', async t => {
  const { profile, lock, compiles } = await begin(t)
  profile('h1', { children: [] })
  profile('h2', { children: ['c', 'a'] })
  profile('h3', { children: ['b'] })
  await compiles('a b h1 h2 h3 m', 'two moves')
  lock({ a: 'h1', b: 'h3', c: 'h2' })
  await compiles('h1 h3 m', 'one of them')
  lock({ a: 'h2', b: 'h3', c: 'h2' })
  await compiles('h1 h2 m', 'the other')
})

t.test('a pull brings a move that has been released already', async t => {
  const { move, lock, compiles } = await begin(t)
  move()
  lock({ a: 'h2', b: 'h1', c: 'h2' })
  await compiles('a h1 h2 m', 'all at once')
})

t.test('a pull brings a new guest with its entry', async t => {
  const { profile, lock, compiles } = await begin(t)
  profile('e', {})
  profile('h2', { children: ['c', 'e'] })
  lock({ a: 'h1', b: 'h1', c: 'h2', e: 'h2' })
  await compiles('e h2', 'a guest')
  profile('f', {})
  profile('h4', { children: ['f'] })
  lock({ a: 'h1', b: 'h1', c: 'h2', e: 'h2', f: 'h4' })
  await compiles('f h4', 'a guest and its host')
  profile('h4', { children: [] })
  lock({ a: 'h1', b: 'h1', c: 'h2', e: 'h2' })
  await compiles('f h4', 'let go, and forgotten')
})

t.test('entries that say nothing new of a guest at a host concern nobody', async t => {
  const { dir, textOf, lock, profile, compiles } = await begin(t)
  lock({ a: 'h1', b: 'h1', c: 'h2', d: 'h9', nobody: 'h1' })
  await compiles('', 'of machines that nobody encloses')
  profile('h1', { children: [] })
  profile('h2', { children: ['c', 'a', 'b'] })
  await compiles('a b h1 h2 m', 'two moves')
  const text = textOf(lockFile)
  write(dir, lockFile, `${text.replace('  a: h1\n', '')}  a: h1\n`)
  await compiles('', 'in another order')
})

t.test('an entry that was taken out is recorded again', async t => {
  const { lock, compiles, profile } = await begin(t)
  lock({ a: 'h1', c: 'h2' })
  await compiles('h1 m', 'by an edit of the lock file alone')
  lock({ a: 'h1', c: 'h2' })
  profile('h1', { children: ['a'] })
  await compiles('b h1 m', 'but not of a guest that was let go')
})

t.test('a lock file that comes', async t => {
  const { dir, profile, lock, compiles, isLeftToAll } = await begin(t, { h1: { children: [] }, h2: { children: [] } })
  rmSync(join(dir, lockFile))
  await isLeftToAll('a site of no guests has none')
  profile('h1', { children: ['a'] })
  await compiles('a h1 m', 'with the first guest')
  lock({ a: 'h2' })
  await compiles('h1 h2 m', 'and is edited')
  lock({ a: 'h1' })
  await compiles('h1 h2 m', 'and edited again')
})

t.test('a host that is itself enclosed moves', async t => {
  const { profile, lock, compiles } = await begin(t, { h0: { children: ['h3'] }, h3: { children: ['d'] } })
  lock({ a: 'h1', b: 'h1', c: 'h2', d: 'h3', h3: 'h0' })
  await compiles('', 'as it is')
  profile('h0', { children: [] })
  profile('h1', { children: ['a', 'b', 'h3'] })
  await compiles('d h0 h1 h3 m', 'the host')
  profile('h3', { children: [] })
  profile('h2', { children: ['c', 'd'] })
  await compiles('d h0 h1 h2 h3 m', 'and its guest')
  lock({ a: 'h1', b: 'h1', c: 'h2', d: 'h3', h3: 'h1' })
  await compiles('h0 h1 m', 'the release of the host')
})

t.test('a guest and a host that go', async t => {
  const { file, profile, compiles, isLeftToAll } = await begin(t)
  profile('h1', { children: [] })
  profile('h2', { children: ['c', 'a'] })
  profile('h3', { children: ['b'] })
  await compiles('a b h1 h2 h3 m', 'two moves')
  rmSync(file('a'))
  profile('h2', { children: ['c'] })
  await compiles('h1 h2 m', 'a guest that moves has gone')
  rmSync(file('h1'))
  profile('m', {})
  await isLeftToAll('that the old host has gone is told')
})

t.test('what is told of the lock file is left to the compilation of all', async t => {
  const texts: Readonly<Record<string, (text: string) => string>> = {
    'a move from a machine that there is not': text => text.replace('a: h1', 'a: h9'),
    'an entry that stands twice': text => `${text}  a: h1\n`,
    'a host that is no name': text => text.replace('a: h1', 'a: [h1]'),
    'a host that is nothing, of a machine that nobody encloses': text => `${text}  nobody: null\n`,
    'a host that YAML takes for a list': text => `${text}  nobody: -\n`,
    'a guest that is nothing': text => `${text}  null: h1\n`,
    'a guest that no key can be called': text => `${text}  constructor: h1\n`,
    'another key': text => `${text}more: 1\n`,
    'no YAML': () => '{',
    'another way to write it': () => 'guests: { a: h1, b: h1, c: h2 }',
  }
  for (const [say, change] of Object.entries(texts))
    await t.test(say, async t => {
      const { dir, textOf, isLeftToAll } = await begin(t)
      write(dir, lockFile, change(textOf(lockFile)))
      await isLeftToAll(say)
    })
  await t.test('no lock file', async t => {
    const { dir, isLeftToAll } = await begin(t)
    rmSync(join(dir, lockFile))
    await isLeftToAll('it is written anew')
  })
})
