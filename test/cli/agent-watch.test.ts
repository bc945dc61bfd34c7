// `agent watch` as a service: a server that hands out its document, and a systemd-notify that notes what it hears.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { packageRoot } from '../../src/compiler/package-root.js'
import { canonicalJson } from '../../src/model/json.js'
import { plainNode } from '../fixtures/plain-node.js'

const agentFile = join(packageRoot(), 'dist/xenclosure-agent.cjs')
const document = canonicalJson({ name: hostname(), software: { components: {} } })

/** A server of the document; counts how often it was asked for it. */
const publish = async (t: Test) => {
  const published = { document, passes: 0, url: '' }
  const server = createServer(({ url = '', headers }, response) => {
    if (url !== '/this.json') return response.writeHead(404).end()
    published.passes += 1
    const etag = `"${published.document.length}"`
    const isKnown = headers['if-none-match'] === etag
    return response.writeHead(isKnown ? 304 : 200, { etag }).end(isKnown ? undefined : published.document)
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  t.teardown(() => server.close())
  published.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/this.json`
  return published
}

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await delay(20)
}

type Watching = {
  readonly agent: ChildProcess
  readonly dir: string
  readonly log: () => string
  readonly said: () => string
}

/** A watch in a directory of its own, its stderr in a file there. */
const startWatch = (
  t: Test,
  url: string,
  env: (dir: string) => NodeJS.ProcessEnv,
  ...more: readonly string[]
): Watching => {
  const dir = t.testdir()
  writeFileSync(join(dir, 'systemd-notify'), `#!/bin/sh\necho "$*" >> ${dir}/said\n`)
  chmodSync(join(dir, 'systemd-notify'), 0o755)
  const log = openSync(join(dir, 'log'), 'w')
  const { dev, ino } = fstatSync(log)
  const command = [agentFile, 'watch', '--root', dir, '--state', '/state', '--document', url, ...more]
  const agent = spawn(...plainNode(command), {
    stdio: ['ignore', log, log],
    env: { PATH: `${dir}:${process.env.PATH}`, JOURNAL_STREAM: `${dev}:${ino}`, ...env(dir) },
  })
  t.teardown(() => agent.kill('SIGKILL'))
  const read = (file: string) => () => (existsSync(join(dir, file)) ? readFileSync(join(dir, file), 'utf8') : '')
  return { agent, dir, log: read('log'), said: read('said') }
}

t.test('it wakes at SIGHUP, says only what is news, and ends at SIGTERM', async t => {
  const published = await publish(t)
  const { agent, dir, log } = startWatch(t, published.url, () => ({}), '--metrics', join(t.testdirName, 'agent.prom'))
  const metrics = join(dir, 'agent.prom')
  await until(() => existsSync(metrics))
  const first = log()
  t.match(first, new RegExp(`^<6>document of ${hostname()}\\nunsealed: .*\\n${hostname()}: nothing to do\\n$`))
  t.match(readFileSync(metrics, 'utf8'), /^xenclosure_run_exit_code 0$/m)
  t.equal(statSync(metrics).mode & 0o777, 0o644 & ~process.umask())

  agent.kill('SIGHUP')
  await until(() => published.passes === 2)
  published.document = '{"cut sh'
  agent.kill('SIGHUP')
  await until(() => log() !== first)
  await until(() => log().includes('last good document'))
  t.match(
    log().slice(first.length),
    /^<3>.*not the document of a machine\n<3> {2}name a file/,
    'a rejection is an error',
  )
  // They are written when all is said.
  await until(() => /^xenclosure_document_fallback 1$/m.test(readFileSync(metrics, 'utf8')))

  agent.kill('SIGTERM')
  t.same(await once(agent, 'exit'), [0, null])
})

t.test('it outlives a switch that is laid down, and goes on when that is taken away', async t => {
  const published = await publish(t)
  const { agent, dir, log } = startWatch(t, published.url, () => ({}))
  await until(() => log().includes('nothing to do'))
  const off = join(dir, 'etc/xenclosure/off')
  mkdirSync(dirname(off), { recursive: true })
  writeFileSync(off, 'ask Ann\n')
  agent.kill('SIGHUP')
  await until(() => log().includes('<4>warning: switched off by /etc/xenclosure/off: ask Ann\n'))
  t.equal(published.passes, 1)
  rmSync(off)
  agent.kill('SIGHUP')
  await until(() => published.passes === 2)
  agent.kill('SIGTERM')
  t.same(await once(agent, 'exit'), [0, null])
})

t.test('systemd hears that it is ready, reloads, lives, stops, and how the host stands', async t => {
  const published = await publish(t)
  const heard = (dir: string) => ({ NOTIFY_SOCKET: join(dir, 'socket'), WATCHDOG_USEC: '200000' })
  const { agent, said } = startWatch(t, published.url, heard)
  await until(() => said().includes('STATUS=') && said().includes('WATCHDOG=1'))
  t.match(said(), /^READY=1\n/)
  t.match(said(), `STATUS=${hostname()}: nothing to do\n`)
  agent.kill('SIGHUP')
  await until(() => /RELOADING=1 MONOTONIC_USEC=\d+\n(WATCHDOG=1\n)?READY=1\n/.test(said()))
  agent.kill('SIGTERM')
  t.same(await once(agent, 'exit'), [0, null])
  t.match(said(), /STOPPING=1\n/)
})

t.test('a watch that cannot be heard goes on, and says so once', async t => {
  const published = await publish(t)
  const mute = (dir: string) => ({ NOTIFY_SOCKET: join(dir, 'socket'), PATH: `${dir}/nothing:/usr/local/nothing` })
  const { agent, log } = startWatch(t, published.url, mute)
  await until(() => published.passes > 0)
  agent.kill('SIGHUP')
  await until(() => published.passes > 1)
  agent.kill('SIGTERM')
  t.same(await once(agent, 'exit'), [0, null])
  t.equal(log().match(/systemd-notify: no such command/g)?.length, 1)
  t.equal(log().match(/systemd-notify/g)?.length, 1)
})

t.test('500 passes cost no memory', async t => {
  const published = await publish(t)
  const { agent } = startWatch(t, published.url, () => ({}), '--interval', '0s')
  const memory = (): number =>
    Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${agent.pid}/status`, 'utf8'))?.[1]) / 1024
  await until(() => published.passes >= 100)
  const before = memory()
  await until(() => published.passes >= 500)
  // A report kept by each pass, 30 KB, would be 12 MiB; how much it is altogether is measured by test/bench/noop-run.ts.
  t.ok(memory() < before + 10, `${before.toFixed(1)} MiB, then ${memory().toFixed(1)} MiB`)
  agent.kill('SIGTERM')
  t.same(await once(agent, 'exit'), [0, null])
})

t.test('what its options cannot mean is a usage error', async t => {
  const table: readonly (readonly [RegExp, ...string[]])[] = [
    [/--document <file\|url>' is needed/],
    [/expected a duration: a number with one of ms, s, min, h, d/, '--document', 'a.json', '--interval', 'often'],
    [/there is no such file/, '--document', 'a.json', '--trust', '/nonexistent.pub'],
    [/there is no directory \/nonexistent; make it/, '--document', 'a.json', '--metrics', '/nonexistent/x.prom'],
  ]
  for (const [stderr, ...options] of table) {
    const agent = spawn(...plainNode([agentFile, 'watch', ...options]))
    const said: Buffer[] = []
    agent.stderr.on('data', chunk => said.push(chunk))
    t.same(await once(agent, 'close'), [2, null])
    t.match(Buffer.concat(said).toString(), stderr)
  }
})
