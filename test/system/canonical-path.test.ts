// Where paths lead, held to readlink(1).
import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { canonicalPath } from '../../src/system/canonical-path.js'
import { LocalSystem } from '../../src/system/local.js'

t.test('a path leads where readlink says', async t => {
  const dir = t.testdir({ dev: { sdb: '', mapper: {}, disk: { 'by-id': {} } } })
  const links = {
    'dev/disk/by-id/relative': '../../sdb',
    'dev/disk/by-id/absolute': join(dir, 'dev/sdb'),
    'dev/disk/by-id/twice': 'relative',
    'dev/disk/by-id/gone': '../../sdz',
    'dev/vg': 'mapper',
    'dev/mapper/lv': '../sdb',
    'dev/up': '../../../../../../../../../../..',
  }
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(dir, path))
  const further = ['dev/sdb', 'dev/nosuch', 'dev/nosuch/lv', 'dev/vg/lv', 'dev/sdb/1', 'dev/./disk/../sdb']
  for (const path of [...Object.keys(links), ...further].map(name => `${dir}/${name}`)) {
    const said = execFileSync('readlink', ['--canonicalize-missing', path], { encoding: 'utf8' })
    t.equal(await canonicalPath(new LocalSystem(), path), said.trim(), path)
  }
})

t.test('links that lead round in a circle end', async t => {
  const circle = join(t.testdir({}), 'circle')
  symlinkSync('circle', circle)
  t.equal(await canonicalPath(new LocalSystem(), circle), circle)
})
