// Files put in place whole, one or many.
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { replaceFile, replaceFiles } from '../../src/system/replace-file.js'

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

t.test('as many as are flushed together are all there, and say which have changed', async t => {
  const dir = t.testdir({ '3': '3' })
  const names = Array.from({ length: 50 }, (_, index) => `${index}`)
  const files = names.map(name => ({ path: join(dir, name), content: name }))
  t.same(
    replaceFiles(files),
    names.map(name => name !== '3'),
  )
  t.same(
    names.map(name => readFileSync(join(dir, name), 'utf8')),
    names,
  )
  t.equal(readdirSync(dir).length, names.length)
})

t.test('of files that cannot be written, nothing is left behind', async t => {
  const cases = [
    { what: 'no such directory', wrong: 'nosuch/file', there: ['folder', 'old'] },
    { what: 'a directory in the way', wrong: 'folder', there: ['folder', 'new', 'old'] },
  ]
  for (const { what, wrong, there } of cases) {
    const dir = t.testdir({ old: 'old', folder: { file: '' } })
    const files = ['new', wrong, 'old'].map(name => ({ path: join(dir, name), content: name === 'old' ? 'newer' : '' }))
    t.throws(() => replaceFiles(files), what)
    t.same(readdirSync(dir).sort(), there, what)
    t.equal(readFileSync(join(dir, 'old'), 'utf8'), 'old', what)
  }
})

t.test('without a mode, a file is for all to read and its owner to write, whatever the umask leaves', async t => {
  const path = join(t.testdir(), 'a.json')
  const before = process.umask(0o002)
  t.teardown(() => process.umask(before))
  t.same(replaceFiles([{ path, content: 'a' }]), [true])
  t.equal(statSync(path).mode & 0o777, 0o644)
  t.same(replaceFiles([{ path, content: 'a' }]), [false], 'and is not written again')
})
