import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { installFiles } from '../../src/provision/install-files.js'

t.test('what is to be done is told before any of it is, and only where there is something', async t => {
  const dir = t.testdir({ hosts: { old: 'old', same: 'same', other: 'other' } })
  const files = [
    { path: 'hosts/same', content: 'same' },
    { path: 'hosts/other', content: 'changed' },
    { path: 'new/one', content: 'new' },
  ]
  const due = { written: ['hosts/other', 'new/one'], removed: ['hosts/old'] }
  let times = 0
  const before = (told: object) => {
    times += 1
    t.strictSame(told, due)
    t.equal(readFileSync(join(dir, 'hosts/other'), 'utf8'), 'other')
    t.ok(existsSync(join(dir, 'hosts/old')) && !existsSync(join(dir, 'new')))
  }
  t.strictSame(installFiles(dir, files, ['hosts'], before), due)
  t.equal(readFileSync(join(dir, 'hosts/other'), 'utf8'), 'changed')
  t.ok(!existsSync(join(dir, 'hosts/old')) && existsSync(join(dir, 'new/one')))
  t.strictSame(installFiles(dir, files, ['hosts'], before), { written: [], removed: [] })
  t.equal(times, 1)
})
