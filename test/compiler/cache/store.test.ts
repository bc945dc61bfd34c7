// What is kept on disk: only what is whole, of this compiler, and of documents that nobody has touched since.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Kept } from '../../../src/compiler/cache/kept.js'
import { openStore } from '../../../src/compiler/cache/store.js'

const kept: Omit<Kept, 'published'> = {
  ...{ by: 'test', site: 'test', loadpath: ['templates'], inputs: '1 2 3.4 ./profiles/a.yaml\0' },
  digests: { 'profiles/a.yaml': 'd' },
  templates: [['templates/t.yaml']],
  machines: { a: { profile: 'profiles/a.yaml', templates: 0, reads: [], unique: [] } },
}

const begin = (t: Test) => {
  const dir = t.testdir({ site: {}, out: { 'index.json': '{}' } })
  const [site, out, cache] = [join(dir, 'site'), join(dir, 'out'), join(dir, 'cache')]
  const open = (by = 'test') => openStore({ cache, site, out, by })
  open().begin().end(kept)
  const [name = ''] = readdirSync(cache)
  return { out, open, file: join(cache, name), all: (by?: string) => open(by).read()?.all() }
}

t.test('what was kept is there again', async t => {
  const { all } = begin(t)
  t.match(all(), kept)
  t.equal(all('another compiler'), undefined)
})

t.test('nothing is, once a document has come, gone or been replaced', async t => {
  const { out, all } = begin(t)
  writeFileSync(join(out, 'a.json'), '{}')
  t.equal(all(), undefined)
})

t.test('what is not whole is not there', async t => {
  const { file, all } = begin(t)
  const whole = readFileSync(file, 'utf8')
  const table: readonly (readonly [string, string])[] = [
    ['cut short', whole.slice(0, -10)],
    ['cut in the head', whole.slice(0, 100)],
    ['empty', ''],
    ['another head', whole.replace('"machines":1', '"machines":2')],
    ['another body', whole.replace('templates/t.yaml', 'templates/u.yaml')],
    ['something else', '\0\n\n\n'],
  ]
  for (const [say, content] of table) {
    writeFileSync(file, content)
    t.equal(all(), undefined, say)
  }
  writeFileSync(file, whole)
  t.match(all(), kept)
})

t.test('while documents are written nothing is kept, nor if that never ends', async t => {
  const { open, all } = begin(t)
  const publishing = open().begin()
  t.equal(all(), undefined)
  publishing.end(kept)
  t.match(all(), kept)
})

t.test('two at once keep nothing, whoever ends first, and the next one does', async t => {
  const { open, all, file } = begin(t)
  const mark = (pid: number) => `publishing ${hostname()} ${pid} 1`
  const mine = open().begin()
  writeFileSync(file, mark(process.ppid))
  mine.end(kept)
  t.equal(all(), undefined, 'another one has begun meanwhile')
  const next = open().begin()
  next.end(kept)
  t.equal(all(), undefined, 'it is still at it')
  t.equal(readFileSync(file, 'utf8'), mark(process.ppid), 'and whoever comes next sees that')
  writeFileSync(file, mark(2 ** 30))
  open().begin().end(kept)
  t.match(all(), kept, "one that is no more stands in nobody's way")
})

t.test('a cache that cannot be written is none', async t => {
  const dir = t.testdir({ site: {}, out: { 'index.json': '{}' }, cache: 'a file' })
  const store = openStore({ cache: join(dir, 'cache'), site: join(dir, 'site'), out: join(dir, 'out'), by: 'test' })
  store.begin().end(kept)
  t.equal(store.read(), undefined)
})
