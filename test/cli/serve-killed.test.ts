// `serve` as it was built, killed by SIGKILL before everything that it does to a file while a machine says that it is installed,
// and started again: the installation is ordered or over, no file is torn, and no token is good twice.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { validityFrom } from '../../src/model/reinstallation.js'
import { installFiles } from '../../src/provision/install-files.js'
import { entriesOf } from '../../src/provision/netboot/entry.js'
import { builtCommand } from '../fixtures/built-command.js'
import { lockingTest } from '../fixtures/locking-test.js'
import { ui } from '../fixtures/ui-to-install.js'

/** At SIGUSR2 it reads how many things may be done to files before the process is killed; the answer is a line. */
const killer = (file: string): string => `
  import fs from 'node:fs'
  import { syncBuiltinESMExports } from 'node:module'
  const { readFileSync, writeSync } = fs
  let left = Infinity
  for (const name of ['openSync', 'writeFileSync', 'fsyncSync', 'closeSync', 'renameSync', 'mkdirSync', 'rmSync']) {
    const original = fs[name]
    fs[name] = (...args) => {
      if (left === 0) process.kill(process.pid, 'SIGKILL')
      left -= 1
      return original(...args)
    }
  }
  syncBuiltinESMExports()
  process.on('SIGUSR2', () => {
    left = Infinity
    const steps = Number(readFileSync(${JSON.stringify(file)}, 'utf8'))
    writeSync(2, 'armed\\n')
    left = steps
  })`

type Serving = {
  readonly child: ChildProcess
  readonly url: string
  readonly line: () => Promise<string>
  readonly closed: Promise<unknown>
}

const start = async (t: Test, dir: string): Promise<Serving> => {
  const at = (name: string): string => join(dir, name)
  const words = [
    '--site',
    at('site'),
    '--documents',
    at('documents'),
    '--netboot',
    at('tftp'),
    '--listen',
    '127.0.0.1:0',
  ]
  const command = ['--import', at('killer.mjs'), builtCommand, 'serve', ...words]
  const env = { PATH: process.env.PATH }
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'pipe'], env })
  t.teardown(() => child.kill('SIGKILL'))
  const closed = once(child, 'close')
  const lines = createInterface(child.stderr)[Symbol.asyncIterator]()
  const line = async (): Promise<string> => {
    const { value } = await lines.next()
    if (value === undefined) throw new Error('serve ended')
    return value
  }
  const [, url] = /^(http:\S+): ready$/.exec(await line()) ?? []
  if (url === undefined) throw new Error('serve did not start')
  return { child, url, line, closed }
}

/** Its status; undefined where the server was gone before it answered. */
const tellInstalled = ({ url }: Serving, token: string): Promise<number | undefined> =>
  fetch(`${url}/installed/ui`, { method: 'POST', body: token }).then(
    ({ status }) => status,
    () => undefined,
  )

lockingTest('killed at everything that it does, and started again', async t => {
  const machine = ui()
  const dir = t.testdir({
    site: { 'xenclosure.yaml': 'site: test\n', profiles: {} },
    documents: { 'ui.json': JSON.stringify(machine) },
    tftp: {},
    steps: '',
  })
  const [steps, folder] = [join(dir, 'steps'), join(dir, 'tftp/pxelinux.cfg')]
  writeFileSync(join(dir, 'killer.mjs'), killer(steps))
  const contents = (): readonly string[] =>
    readdirSync(folder)
      .filter(name => !name.endsWith('.tmp'))
      .sort()
      .map(name => readFileSync(join(folder, name), 'utf8'))
  const write = (state: 'install' | 'local', token: string): readonly string[] => {
    const entries = entriesOf(machine, state, { token, ...validityFrom(Date.now(), 3_600_000) }, 'order-1')
    if (!entries.ok) throw new Error(entries.fault.message)
    if (state === 'install') installFiles(join(dir, 'tftp'), entries.files, [])
    return entries.files.map(({ content }) => content)
  }
  let serving = await start(t, dir)
  const arm = async (left: number): Promise<void> => {
    writeFileSync(steps, String(left))
    serving.child.kill('SIGUSR2')
    while ((await serving.line()) !== 'armed');
  }
  let killed = 0
  for (let isOver = false; !isOver; ) {
    const token = `token-${killed}`
    const ordered = write('install', token)
    const over = write('local', token)
    await arm(killed)
    const status = await tellInstalled(serving, token)
    isOver = status !== undefined
    if (isOver) {
      t.equal(status, 200, 'nothing is left to be killed at')
      await arm(Number.POSITIVE_INFINITY)
    } else {
      t.strictSame(await serving.closed, [null, 'SIGKILL'])
      const left = contents()
      for (const [index, content] of left.entries())
        t.ok([ordered[index], over[index]].includes(content), `old or new after ${killed}`)
      const wasOver = left.at(-1) === over.at(-1)
      serving = await start(t, dir)
      const again = await tellInstalled(serving, token)
      t.equal(again, wasOver ? 410 : 200, `called again after ${killed}`)
      killed += 1
    }
    t.strictSame(contents(), over, 'it is over')
    t.equal(await tellInstalled(serving, token), 410, 'its token is used')
  }
  t.ok(killed > 12, `killed at ${killed} points`)
})
