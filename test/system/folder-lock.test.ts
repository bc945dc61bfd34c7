import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import type { Test } from 'tap'
import { whileLocked } from '../../src/system/folder-lock.js'
import { lockingTest } from '../fixtures/locking-test.js'

/** A process that holds the lock until it is killed, or its input ends. */
const holding = async (t: Test, folder: string): Promise<ChildProcess> => {
  const child = spawn('flock', ['--no-fork', folder, 'sh', '-c', 'echo held; read -r line'])
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

lockingTest('one at a time, in one process as well; what the work says or throws is passed on', async t => {
  const folder = t.testdir()
  const seen: string[] = []
  const one = (name: string): Promise<string> =>
    whileLocked(folder, () => {
      seen.push(`${name} begins`, `${name} ends`)
      return name
    })
  t.same(await Promise.all([one('a'), one('b'), one('c')]), ['a', 'b', 'c'])
  t.equal(seen.length, 6)
  const work = (): never => {
    throw new Error('full')
  }
  await t.rejects(whileLocked(folder, work), { message: 'full' })
  t.equal(await one('d'), 'd', 'and the lock is free again')
  t.same(readdirSync(folder), [], 'nothing is left')
})

lockingTest('whoever dies holds it no more', async t => {
  const folder = t.testdir()
  const holder = await holding(t, folder)
  const got = whileLocked(folder, () => 'got')
  holder.kill('SIGKILL')
  t.equal(await got, 'got')
})

lockingTest('what stays locked, is not there, or cannot be locked is told', async t => {
  const folder = t.testdir()
  await holding(t, folder)
  const message = `flock --exclusive --timeout 0.1 3: ${folder} stays locked by somebody else`
  await t.rejects(
    whileLocked(folder, () => 'got', 0.1),
    { name: 'CommandFailed', message },
  )
  await t.rejects(
    whileLocked(`${folder}/none`, () => 'got'),
    { code: 'ENOENT' },
  )
  const { PATH } = process.env
  t.teardown(() => {
    process.env.PATH = PATH
  })
  process.env.PATH = folder
  await t.rejects(
    whileLocked(folder, () => 'got'),
    { message: /spawn flock ENOENT: it is part of util-linux$/ },
  )
})
