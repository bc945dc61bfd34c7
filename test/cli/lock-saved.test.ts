// xenclosure.lock.yaml says on which host a guest may run: what somebody saves there while a verb is at work that records hosts in it
// is not written over. What `compile` keeps beside that: compile-cache.test.ts.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { printLock } from '../../src/compiler/site/lock.js'
import { lockFile } from '../../src/compiler/site/lock-file.js'
import { builtCommand } from '../fixtures/built-command.js'
import { plainNode } from '../fixtures/plain-node.js'
import { site as twoHosts } from '../fixtures/two-hosts.js'

/** As the command prints it: anything else is left to a compilation of all. */
const lockOf = (hosts: Readonly<Record<string, string>>): string => printLock(new Map(Object.entries(hosts)))

const saved = lockOf({ a: 'h2', b: 'h1', c: 'h1' })

type Situation = {
  readonly lock: string
  /** So often the verb reads the lock file before somebody saves another one. */
  readonly readings: number
  /** The site has been compiled before, and that is kept. */
  readonly isKept?: boolean
}

/** Runs a verb on a site of two hosts. */
const whileSaved = (
  t: Test,
  { lock, readings, isKept = false }: Situation,
  verb: string,
  ...words: readonly string[]
) => {
  const dir = t.testdir()
  const site = join(dir, 'site')
  for (const [path, text] of Object.entries({ ...twoHosts, [lockFile]: lock, '../ssh_config': '' })) {
    mkdirSync(dirname(join(site, path)), { recursive: true })
    writeFileSync(join(site, path), text)
  }
  const hook = join(dir, 'hook.cjs')
  writeFileSync(
    hook,
    `const fs = require('node:fs')
     const { readFileSync } = fs
     let readings = 0
     fs.readFileSync = (path, ...more) => {
       const read = readFileSync(path, ...more)
       if (String(path).endsWith('${lockFile}') && ++readings === ${readings}) fs.writeFileSync(path, ${JSON.stringify(saved)})
       return read
     }`,
  )
  const environment = { PATH: process.env.PATH ?? '', XDG_CACHE_HOME: join(dir, 'cache') }
  const run = (...args: readonly string[]) => {
    const [command, argv] = plainNode([...args, '--site', site])
    return spawnSync(command, argv, { env: environment, encoding: 'utf8', cwd: dir })
  }
  if (isKept) t.equal(run(builtCommand, 'compile', '--out', 'out').status, 0)
  const { status: code, stderr } = run('--require', hook, builtCommand, verb, ...words)
  return { code, stderr, lock: readFileSync(join(site, lockFile), 'utf8') }
}

const refused = {
  code: 1,
  stderr: /^error: xenclosure.lock.yaml was saved while the site was compiled/m,
  lock: saved,
}

t.test('apply, which records new guests before it tells their host', async t => {
  const situation = { lock: lockOf({ a: 'h1' }), readings: 1 }
  t.match(whileSaved(t, situation, 'apply', 'h1', '--ssh-config', 'ssh_config', '--serial', '7'), refused)
})

const moving = lockOf({ a: 'h2', b: 'h1', c: 'h2' })

t.test('release, which records where a guest has gone', async t => {
  t.match(whileSaved(t, { lock: moving, readings: 2 }, 'release', 'a'), refused)
})

t.test('release by what is kept, where it reads the file but once', async t => {
  t.match(whileSaved(t, { lock: moving, readings: 1, isKept: true }, 'release', 'a'), refused)
})

t.test('release, where nobody saves it', async t => {
  t.match(whileSaved(t, { lock: moving, readings: 99 }, 'release', 'a'), { code: 0, lock: / {2}a: h1\n/ })
})
