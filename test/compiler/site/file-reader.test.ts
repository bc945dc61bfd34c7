import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { collectProblems } from '../../../src/compiler/problems.js'
import { fileReader } from '../../../src/compiler/site/file-reader.js'

t.test('a file that is forgotten is read again, and one that was saved meanwhile has no digest', async t => {
  const dir = t.testdir({ 'a.yaml': 'a: 1\n', 'b.yaml': 'b: 1\n' })
  const files = fileReader(dir, collectProblems())
  const keysOf = (file: string) => files.yaml(join(dir, file)).root?.entries.map(({ key }) => key)
  keysOf('a.yaml')
  keysOf('b.yaml')
  const before = files.digests.get('a.yaml')
  writeFileSync(join(dir, 'b.yaml'), 'c: 1\n')
  t.strictSame(keysOf('b.yaml'), ['b'], 'it is read once')
  files.forget(join(dir, 'a.yaml'))
  files.forget(join(dir, 'b.yaml'))
  t.strictSame([keysOf('a.yaml'), keysOf('b.yaml')], [['a'], ['c']])
  t.equal(files.digests.get('a.yaml'), before)
  t.equal(files.digests.get('b.yaml'), '')
})

t.test('what is gone since a directory was listed is no directory', async t => {
  const dir = t.testdir({ file: '', below: {} })
  const entries = fileReader(dir, collectProblems()).list(dir)
  rmSync(join(dir, 'file'))
  t.strictSame(
    entries.map(entry => [entry.name, entry.isDirectory()]),
    [
      ['below', true],
      ['file', false],
    ],
  )
})
