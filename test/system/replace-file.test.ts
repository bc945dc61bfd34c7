// Files put in place whole, one or many.
import { chmodSync, chownSync, closeSync, lstatSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { placeFiles, replaceFile, rewriteFile } from '../../src/system/replace-file.js'

t.test('what is there already is not written; a mode that gives more is taken back', async t => {
  const path = join(t.testdir({ file: 'a' }), 'file')
  chmodSync(path, 0o600)
  t.notOk(replaceFile(path, 'a'))
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.ok(replaceFile(path, 'b', 0o600))
  chmodSync(path, 0o644)
  t.ok(replaceFile(path, 'b', 0o600))
  t.equal(statSync(path).mode & 0o777, 0o600)
})

t.test('as many as are flushed together are all there, also what waited in a file', async t => {
  const dir = t.testdir({ '3': 'old', waiting: { '3': '3' } })
  const names = Array.from({ length: 50 }, (_, index) => `${index}`)
  placeFiles(
    names.map(name => ({
      path: join(dir, name),
      ...(name === '3' ? { temporary: join(dir, 'waiting/3') } : { content: name }),
    })),
  )
  t.same(
    names.map(name => readFileSync(join(dir, name), 'utf8')),
    names,
  )
  t.same(readdirSync(dir).sort(), [...names, 'waiting'].sort())
  t.same(readdirSync(join(dir, 'waiting')), [])
})

t.test('of files that cannot be written, nothing is left behind', async t => {
  const cases = [
    { what: 'no such directory', wrong: 'nosuch/file', there: ['folder', 'old'] },
    { what: 'a directory in the way', wrong: 'folder', there: ['folder', 'new', 'old'] },
  ]
  for (const { what, wrong, there } of cases) {
    const dir = t.testdir({ old: 'old', folder: { file: '' } })
    const files = ['new', wrong, 'old'].map(name => ({ path: join(dir, name), content: name === 'old' ? 'newer' : '' }))
    t.throws(() => placeFiles(files), what)
    t.same(readdirSync(dir).sort(), there, what)
    t.equal(readFileSync(join(dir, 'old'), 'utf8'), 'old', what)
  }
})

t.test('without a mode, a file is for all to read and its owner to write, whatever the umask leaves', async t => {
  const path = join(t.testdir(), 'a.json')
  const before = process.umask(0o002)
  t.teardown(() => process.umask(before))
  t.ok(replaceFile(path, 'a'))
  t.equal(statSync(path).mode & 0o777, 0o644)
  t.notOk(replaceFile(path, 'a'), 'and is not written again')
})

const isRoot = process.geteuid?.() === 0

t.test('who has a file of the user open reads the old one whole; owner, group, mode and links stay', async t => {
  const dir = t.testdir({ real: { file: 'old' }, link: t.fixture('symlink', 'real/file') })
  const file = join(dir, 'real/file')
  if (isRoot) chownSync(file, 65534, 65534)
  chmodSync(file, 0o660)
  const { uid, gid, mode } = statSync(file)
  const opened = openSync(file, 'r')
  t.teardown(() => closeSync(opened))
  rewriteFile(join(dir, 'link'), 'new')
  t.equal(readFileSync(opened, 'utf8'), 'old')
  t.equal(readFileSync(file, 'utf8'), 'new')
  t.ok(lstatSync(join(dir, 'link')).isSymbolicLink())
  t.match(statSync(file), { uid, gid, mode })
  t.same(readdirSync(join(dir, 'real')), ['file'])
})

t.test('what may only be written in place is', { skip: !isRoot && 'needs root' }, async t => {
  const dir = t.testdir({ shared: { file: 'old', mine: 'old' }, closed: { file: 'old' } })
  for (const [name, mode] of Object.entries({ shared: 0o777, 'shared/file': 0o666, 'closed/file': 0o666 }))
    chmodSync(join(dir, name), mode)
  process.seteuid?.(65534)
  try {
    for (const name of ['shared', 'closed']) rewriteFile(join(dir, name, 'file'), 'new')
    t.throws(() => rewriteFile(join(dir, 'shared/mine'), 'new'), { code: 'EACCES' })
  } finally {
    process.seteuid?.(0)
  }
  for (const name of ['shared', 'closed']) {
    t.equal(readFileSync(join(dir, name, 'file'), 'utf8'), 'new', name)
    t.equal(statSync(join(dir, name, 'file')).uid, 0, name)
  }
  t.same(readdirSync(join(dir, 'shared')), ['file', 'mine'])
  t.equal(readFileSync(join(dir, 'shared/mine'), 'utf8'), 'old')
})
