// The packaged command before a small program in the agent's place: what it keeps, and that it never runs anything else
// than the program that is there.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, chownSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { bundleLauncher } from '../../src/build/bundle-program.js'
import { packageRoot } from '../../src/compiler/package-root.js'

const printProgram = (word: string): string =>
  [
    '#!/usr/bin/env node',
    `const { basename } = require('node:path')`,
    `console.log('${word}', basename(__filename), basename(__dirname), ...process.argv.slice(3))`,
    `process.exitCode = Number(process.env.CODE ?? 0)`,
    `exports.waysGone = () => (process.env.WAY === undefined ? [] : [process.env.WAY])`,
  ].join('\n')

const layOut = async (t: Test) => {
  const directory = t.testdir({ lib: { 'xenclosure-agent.cjs': printProgram('one') }, cache: {} })
  const launcher = join(directory, 'lib/launcher.cjs')
  await bundleLauncher(packageRoot(), launcher)
  const cache = join(directory, 'cache')
  chmodSync(cache, 0o700)
  const start = (args: readonly string[], env: Record<string, string> = {}, cwd = '/') => {
    const all = { PATH: process.env.PATH, CACHE_DIRECTORY: cache, ...env }
    const { status, stdout, stderr } = spawnSync(launcher, args, { encoding: 'utf8', env: all, cwd })
    return { status, stdout, stderr }
  }
  return { start, program: join(directory, 'lib/xenclosure-agent.cjs'), kept: join(cache, 'agent.code'), cache }
}

const says = (word: string) => ({ status: 0, stdout: `${word} xenclosure-agent.cjs lib --json\n`, stderr: '' })

t.test('the first run keeps the code, for its owner alone, and the next ones take it as it is', async t => {
  const { start, kept } = await layOut(t)
  t.same(start(['run', '--json']), says('one'))
  const { ino, mode } = statSync(kept)
  t.equal(mode & 0o777, 0o600)
  t.same(start(['run', '--json']), says('one'))
  t.equal(statSync(kept).ino, ino, 'not written again')
})

t.test('a run that is the first to go a way has its code kept beside what there was', async t => {
  const { start, kept } = await layOut(t)
  const inode = () => statSync(kept).ino
  start(['run'])
  const first = inode()
  start(['run'], { WAY: 'edit', CODE: '2' })
  t.equal(inode(), first, 'a run that did not come to its end keeps nothing')
  t.same(start(['run', '--json'], { WAY: 'edit' }), says('one'))
  const second = inode()
  t.not(second, first)
  t.same(start(['run', '--json'], { WAY: 'edit' }), says('one'))
  t.same(start(['run', '--json']), says('one'))
  t.equal(inode(), second, 'not written again')
  start(['run'], { WAY: 'other' })
  const third = inode()
  t.not(third, second)
  start(['run'], { WAY: 'edit' })
  t.equal(inode(), third, 'nor by who went a way before')
})

t.test('a host in FIPS mode, which has no BLAKE2b, keeps the code as well', async t => {
  const { start, kept, cache } = await layOut(t)
  const fips = join(cache, '../fips.cjs')
  const crypto = `
    const crypto = require('node:crypto')
    const { createHash } = crypto
    crypto.getFips = () => 1
    crypto.createHash = (name, ...more) => {
      if (name.startsWith('blake2')) throw new Error('digital envelope routines::unsupported')
      return createHash(name, ...more)
    }`
  writeFileSync(fips, crypto)
  const env = { NODE_OPTIONS: `--require=${fips}` }
  t.same(start(['run', '--json'], env), says('one'))
  const { ino } = statSync(kept)
  t.same(start(['run', '--json'], env), says('one'))
  t.equal(statSync(kept).ino, ino, 'not written again')
})

t.test('another program of the same length is another program', async t => {
  const { start, program, kept } = await layOut(t)
  start(['run'])
  const { ino } = statSync(kept)
  writeFileSync(program, printProgram('two'))
  t.same(start(['run', '--json']), says('two'))
  t.not(statSync(kept).ino, ino, 'the code of the other one is kept now')
  t.same(start(['run', '--json']), says('two'))
})

t.test('code that was damaged, cut short or made under other flags of V8 is not run, and made anew', async t => {
  const { start, kept } = await layOut(t)
  start(['run'])
  const whole = readFileSync(kept)
  const damaged = Buffer.from(whole)
  const middle = whole.length >> 1
  damaged.fill(0xff, middle, middle + 64)
  for (const content of [damaged, whole.subarray(0, 100), Buffer.alloc(0)]) {
    writeFileSync(kept, content)
    t.same(start(['run', '--json']), says('one'))
    t.ok(readFileSync(kept).length > 1000)
  }
  const { ino } = statSync(kept)
  t.same(start(['run', '--json'], { NODE_OPTIONS: '--interpreted-frames-native-stack' }), says('one'))
  t.not(statSync(kept).ino, ino)
})

t.test('what goes through little of the program keeps nothing', async t => {
  const { start, kept } = await layOut(t)
  start(['watch'])
  start(['run', '--help'])
  t.equal(start(['run'], { CODE: '2' }).status, 2)
  t.notOk(existsSync(kept))
  t.equal(start(['run'], { CODE: '3' }).status, 3)
  t.ok(existsSync(kept))
})

t.test('where nothing can be kept, the program runs all the same', async t => {
  const { start, kept, cache } = await layOut(t)
  t.same(start(['run', '--json'], { CACHE_DIRECTORY: join(cache, 'none') }), says('one'))
  t.same(start(['run', '--json'], { CACHE_DIRECTORY: kept.replace('agent.code', '../lib/launcher.cjs') }), says('one'))
})

t.test('code that somebody else may have put there is not run, and none is kept there', async t => {
  const { start, program, kept, cache } = await layOut(t)
  writeFileSync(program, printProgram('two'))
  start(['run'])
  const code = readFileSync(kept).subarray(64)
  const source = printProgram('one')
  writeFileSync(program, printProgram('one'))
  writeFileSync(kept, Buffer.concat([createHash('blake2b512').update(source).update(code).digest(), code]))
  const { ino } = statSync(kept)
  t.same(start(['run', '--json'], { CACHE_DIRECTORY: '' }, cache), says('one'), 'nor out of the working directory')
  for (const mode of [0o777, 0o770]) {
    chmodSync(cache, mode)
    t.same(start(['run', '--json']), says('one'))
    t.equal(statSync(kept).ino, ino)
  }
})

const isRoot = process.geteuid?.() === 0

t.test("nor in another user's directory", { skip: !isRoot && 'root alone can give a directory away' }, async t => {
  const { start, kept, cache } = await layOut(t)
  chownSync(cache, 1, 1)
  t.same(start(['run', '--json']), says('one'))
  t.notOk(existsSync(kept))
})
