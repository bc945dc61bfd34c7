// The command as it is installed: of which verbs it keeps what V8 made of it, and that it is the same command with that. What the
// verbs do is in the other files.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/compiler/package-root.js'
import { plainNode } from '../fixtures/plain-node.js'

const { bin } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { bin: { xenclosure: string } }

t.test('the code of a verb that came to its end is kept, and starts it the next time', async t => {
  const home = t.testdir()
  const kept = join(home, 'xenclosure')
  mkdirSync(kept, { mode: 0o700 })
  const run = (...args: readonly string[]) => {
    const options = { encoding: 'utf8', cwd: packageRoot(), env: { ...process.env, XDG_CACHE_HOME: home } } as const
    const { status, stdout } = spawnSync(...plainNode([join(packageRoot(), bin.xenclosure), ...args]), options)
    return { status, stdout }
  }
  t.equal(run('help').status, 0)
  t.equal(run('--version').status, 0)
  t.equal(run('schema', '--help').status, 0)
  t.equal(run('no-verb').status, 2)
  t.equal(run('nothing').status, 2)
  t.equal(run('../schema').status, 2)
  t.equal(run('show', 'nobody').status, 2)
  t.same(readdirSync(kept), [])
  t.same(readdirSync(home), ['xenclosure'])

  const first = run('schema')
  t.equal(first.status, 0)
  t.same(readdirSync(kept), ['schema.code'])
  const { ino } = statSync(join(kept, 'schema.code'))
  t.same(run('schema'), first)
  t.equal(statSync(join(kept, 'schema.code')).ino, ino, 'V8 took it')
})
