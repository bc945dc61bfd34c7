// The command as it is installed: of which verbs it keeps what V8 made of it, and that it is the same command with that. What the
// verbs do is in the other files.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/compiler/package-root.js'
import { plainNode } from '../fixtures/plain-node.js'

const { bin } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { bin: { xenclosure: string } }

/** The installed command, with a directory of caches of its own. */
const commandIn = (home: string) => {
  mkdirSync(join(home, 'xenclosure'), { mode: 0o700 })
  return (...args: readonly string[]) => {
    const options = { encoding: 'utf8', cwd: packageRoot(), env: { ...process.env, XDG_CACHE_HOME: home } } as const
    const { status, stdout } = spawnSync(...plainNode([join(packageRoot(), bin.xenclosure), ...args]), options)
    return { status, stdout }
  }
}

t.test('the code of a verb that came to its end is kept, and starts it the next time', async t => {
  const home = t.testdir()
  const kept = join(home, 'xenclosure')
  const run = commandIn(home)
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

t.test('what help and the version take is kept by itself: it is little of what a verb does', t => {
  const home = t.testdir()
  const kept = join(home, 'xenclosure')
  const run = commandIn(home)
  const first = run('--help')
  t.equal(first.status, 0)
  t.same(readdirSync(kept), ['help.code'])
  const { ino } = statSync(join(kept, 'help.code'))
  for (const words of [['help'], ['help', 'schema'], ['schema', '--help'], ['schema', '-h'], ['--version'], ['-V']])
    t.equal(run(...words).status, 0, words.join(' '))
  t.same(run('--help'), first)
  t.same(readdirSync(kept), ['help.code'])
  t.equal(statSync(join(kept, 'help.code')).ino, ino, 'V8 took it')
  t.end()
})

t.test('the code of what compiled all machines is kept for edits, and the first edit adds its own', async t => {
  const machine = (size: number): string => `hardware:\n  ram: [{ size: ${size} }]\n`
  const site = { 'xenclosure.yaml': 'site: a', profiles: { 'ce.yaml': machine(1024) } }
  const root = t.testdir({ home: {}, site })
  const [home, dir] = [join(root, 'home'), join(root, 'site')]
  const run = commandIn(home)
  const compile = () => run('compile', '--site', dir, '--out', join(dir, 'documents'), '--serial', '1')
  const code = () => statSync(join(home, 'xenclosure/compile.code')).ino
  const edit = (size: number): void => writeFileSync(join(dir, 'profiles/ce.yaml'), machine(size))

  t.match(compile().stdout, '1 document written')
  const ofAll = code()
  t.match(compile().stdout, '0 documents written')
  t.equal(code(), ofAll, 'V8 took it, whatever flags the compiler had set')
  edit(2048)
  t.match(compile().stdout, '1 document written')
  const ofEdit = code()
  t.not(ofEdit, ofAll)
  edit(4096)
  t.match(compile().stdout, '1 document written')
  t.equal(code(), ofEdit)
})
