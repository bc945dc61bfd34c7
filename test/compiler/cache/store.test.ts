// What is kept on disk: only what is whole, of this compiler, and of documents that nobody has touched since.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { emptyJournal, printLine } from '../../../src/compiler/cache/lines.js'
import { ifWhole } from '../../../src/compiler/cache/segment.js'
import { openStore } from '../../../src/compiler/cache/store.js'

const site = {
  by: 'test',
  site: 'test',
  loadpath: ['templates'],
  machines: 1,
  moves: [],
  inputs: '1 2 3.4 ./profiles/a.yaml\0',
}
const machine = { profile: 'profiles/a.yaml', templates: 't', reads: [], unique: [] }
const all = [printLine('digest', 'profiles/a.yaml', 'd'), printLine('machine', 'a', machine)]

const begin = (t: Test) => {
  const dir = t.testdir({ site: {}, cache: {}, out: { 'index.json': '{}' } })
  const [siteDir, out, cache] = [join(dir, 'site'), join(dir, 'out'), join(dir, 'cache')]
  const open = (by = 'test') => openStore({ cache, site: siteDir, out, by })
  const keepFor = (out: string) => openStore({ cache, site: siteDir, out, by: 'test' })
  const keep = () => open().begin().end(site, { all })
  keep()
  const [name = '', segment = ''] = readdirSync(cache).sort()
  const kept = (by?: string) =>
    ifWhole(() => {
      const there = open(by).read()
      if (there === undefined) return undefined
      const { digest, machine, names, ...others } = there.kept
      return { site: others, digest: digest('profiles/a.yaml'), machine: machine('a'), names: names() }
    })
  return { dir, cache, out, open, keep, keepFor, file: join(cache, name), segment: join(cache, segment), kept }
}

const asItWas = { site, digest: 'd', machine, names: ['a'] }

t.test('what was kept is there again', async t => {
  const { kept } = begin(t)
  t.match(kept(), asItWas)
  t.equal(kept('another compiler'), undefined)
})

t.test('of directories of documents that come and go, the twenty that were published last are kept', async t => {
  const { dir, cache, keepFor } = begin(t)
  writeFileSync(join(cache, 'show.code'), '')
  const outs = Array.from({ length: 25 }, (_, index) => join(dir, `out${index}`))
  for (const [index, out] of outs.entries()) {
    mkdirSync(out)
    writeFileSync(join(out, 'index.json'), '{}')
    const before = readdirSync(cache)
    keepFor(out).begin().end(site, { all })
    const saved = new Date(2026, 1, 1, 0, index)
    for (const name of readdirSync(cache).filter(name => !before.includes(name)))
      utimesSync(join(cache, name), saved, saved)
  }
  const isKept = (out: string): boolean => ifWhole(() => keepFor(out).read()) !== undefined
  t.strictSame(outs.filter(isKept), outs.slice(6), 'and the one that was there before, which is newer than these')
  t.equal(readdirSync(cache).length, 2 * 20 + 1, 'nothing is left of others, and nothing else is touched')
})

t.test('nothing is, once a document has come, gone or been replaced', async t => {
  const { out, kept } = begin(t)
  writeFileSync(join(out, 'a.json'), '{}')
  t.equal(kept(), undefined)
})

t.test('what is not whole is not there', async t => {
  const { file, segment, kept } = begin(t)
  const [whole, lines] = [readFileSync(file, 'utf8'), readFileSync(segment, 'utf8')]
  const table: readonly (readonly [say: string, file: string, content: string])[] = [
    ['cut short', file, whole.slice(0, -10)],
    ['cut in the head', file, whole.slice(0, 100)],
    ['empty', file, ''],
    ['another head', file, whole.replace('"machines":1', '"machines":2')],
    ['another listing', file, whole.replace('./profiles/a.yaml', './profiles/b.yaml')],
    ['something else', file, '\0\n\n\n'],
    ['other lines', segment, lines.replace('"d"', '"e"')],
    ['another table', segment, lines.replace('"at":0', '"at":1')],
    ['lines cut short', segment, lines.slice(0, -1)],
    ['no lines', segment, ''],
  ]
  for (const [say, path, content] of table) {
    writeFileSync(path, content)
    t.equal(kept(), undefined, say)
    writeFileSync(file, whole)
    writeFileSync(segment, lines)
  }
  rmSync(segment)
  t.equal(kept(), undefined, 'lines that are gone')
  writeFileSync(segment, lines)
  t.match(kept(), asItWas)
})

t.test('who goes on finds what stands there now, whoever put it there', async t => {
  const { open, out, file } = begin(t)
  const store = open()
  t.equal(store.read()?.kept.machines, 1)
  open()
    .begin()
    .end({ ...site, machines: 2 }, { all })
  t.equal(store.read()?.kept.machines, 2)
  const there = store.read()
  store
    .begin(there)
    .end(
      { ...site, machines: 3 },
      there?.changed({ come: [printLine('digest', 'b', 'd')], gone: all.slice(0, 1) }) ?? { all },
    )
  const kept = store.read()?.kept
  t.same([kept?.machines, kept?.digest('b'), kept?.digest('profiles/a.yaml')], [3, 'd', undefined])
  t.same(open().read()?.kept.digest('b'), 'd')
  const whole = readFileSync(file, 'utf8')
  writeFileSync(file, whole.replace('"machines":3', '"machines":4'))
  t.equal(store.read(), undefined)
  writeFileSync(file, whole)
  t.equal(store.read()?.kept.machines, 3)
  writeFileSync(join(out, 'a.json'), '{}')
  t.equal(store.read(), undefined)
})

t.test('while documents are written nothing is kept, nor if that never ends', async t => {
  const { open, kept } = begin(t)
  const publishing = open().begin()
  t.equal(kept(), undefined)
  publishing.end(site, { all })
  t.match(kept(), asItWas)
})

t.test('an edit of what has been published anew meanwhile keeps nothing', async t => {
  const { out, open, keep, kept } = begin(t)
  const publish = (name: string): void => {
    writeFileSync(join(out, `${name}.new`), '{}')
    renameSync(join(out, `${name}.new`), join(out, name))
  }
  const edit = (meanwhile: () => void): void => {
    const there = open().read()
    if (there === undefined) throw new Error('nothing was kept')
    meanwhile()
    const publishing = open().begin(there)
    publish('a.json')
    publishing.end(site, there.changed(emptyJournal))
  }
  edit(() => undefined)
  t.match(kept(), asItWas)
  edit(() => {
    const other = open().begin()
    publish('b.json')
    other.end({ ...site, machines: 2 }, { all })
  })
  t.equal(kept(), undefined, 'with this cache')
  keep()
  edit(() => publish('b.json'))
  t.equal(kept(), undefined, 'with the cache of another user')
})

t.test('two at once keep nothing, whoever ends first, and the next one does', async t => {
  const { open, keep, kept, file } = begin(t)
  const mark = (pid: number) => `publishing ${hostname()} ${pid} 1`
  const mine = open().begin()
  writeFileSync(file, mark(process.ppid))
  mine.end(site, { all })
  t.equal(kept(), undefined, 'another one has begun meanwhile')
  const next = open().begin()
  next.end(site, { all })
  t.equal(kept(), undefined, 'it is still at it')
  t.equal(
    readFileSync(file, 'utf8'),
    `${mark(process.ppid)} and another`,
    'and both it and whoever comes next see that',
  )
  writeFileSync(file, mark(2 ** 30))
  keep()
  t.match(kept(), asItWas, "one that is no more stands in nobody's way")
})

t.test('a cache that cannot be written is none', async t => {
  const dir = t.testdir({ site: {}, out: { 'index.json': '{}' }, cache: 'a file' })
  const store = openStore({ cache: join(dir, 'cache'), site: join(dir, 'site'), out: join(dir, 'out'), by: 'test' })
  store.begin().end(site, { all })
  t.equal(store.read(), undefined)
})
