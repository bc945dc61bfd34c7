import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Reach, RemoteHost } from '../../src/remote/remote-host.js'
import { reachOverSsh, type SshParts } from '../../src/remote/ssh/reach.js'
import { openLine } from '../fixtures/cutting-proxy.js'
import { type Sshd, skipWithoutSshd, startSshd } from '../fixtures/sshd.js'

/** It prints its arguments, its user and its input. */
const toyAgent = Buffer.from(`
let input = ''
process.stdin.on('data', chunk => { input += chunk }).on('end', () => {
  console.log(JSON.stringify({ args: process.argv.slice(2), uid: process.getuid(), input }))
})
`)

const minute = { timeout: 60_000 }

const reachThrough = (sshd: Sshd, configFile: string, parts: Partial<SshParts> = {}): Reach =>
  reachOverSsh({
    agent: toyAgent,
    configFile,
    addressOf: () => undefined,
    place: join(sshd.directory, 'carried'),
    ...parts,
  })

const reached = async (t: Test, sshd: Sshd): Promise<RemoteHost> => {
  const host = await reachThrough(sshd, sshd.config('ce'))('ce')
  t.teardown(() => host.close())
  return host
}

t.test('a command on the host, through a real sshd', async t => {
  if (skipWithoutSshd(t)) return
  const host = await reached(t, await startSshd(t))
  t.match(await host.exec(['printf', '%s|', 'a b', "it's", '$HOME;*', ''], minute), {
    code: 0,
    stdout: "a b|it's|$HOME;*||",
  })
})

t.test('exit codes, input, progress and what there is no command for', async t => {
  if (skipWithoutSshd(t)) return
  const host = await reached(t, await startSshd(t))
  const lines: string[] = []
  const run = (script: string, stdin?: string) =>
    host.exec(['sh', '-c', script], { ...minute, onLine: line => lines.push(line), ...(stdin && { stdin }) })
  t.match(await run('echo one >&2; echo two >&2; exit 3'), { code: 3, stdout: '', stderr: 'one\ntwo\n' })
  t.same(lines, ['one', 'two'])
  const long = 'é\n'.repeat(200_000)
  t.match(await run('cat', long), { code: 0, stdout: long }, 'what goes in comes out, and it ends')
  t.match(await run('kill -9 $$'), { code: 137 }, 'a signal counts as 128 and its number')
  t.match(await host.exec(['no-such-command'], minute), { code: 127, stderr: /ENOENT/ })
})

t.test('what takes too long is told to end, and so is what nobody wants any more', async t => {
  if (skipWithoutSshd(t)) return
  const sshd = await startSshd(t)
  const host = await reached(t, sshd)
  const told = join(sshd.directory, 'told')
  const waiting = [
    'sh',
    '-c',
    `trap 'echo told >> "$0"; exit 5' TERM; echo ready >&2; while :; do sleep 0.05; done`,
    told,
  ]
  await t.rejects(host.exec(waiting, { timeout: 1500 }), { name: 'HostLost', message: /^ce: .*within 1.5 s/ })
  t.equal(readFileSync(told, 'utf8'), 'told\n')
  const stop = new AbortController()
  const onLine = (): void => stop.abort()
  t.match(await host.exec(waiting, { ...minute, signal: stop.signal, onLine }), { code: 5 }, 'its outcome is told')
  t.match(await host.exec(['true'], minute), { code: 0 }, 'the connection is as good as before')
})

t.test('a file is put whole, with its mode, in directories made for it', async t => {
  if (skipWithoutSshd(t)) return
  const sshd = await startSshd(t)
  const host = await reached(t, sshd)
  const path = join(sshd.directory, "a dir/it's a file")
  await host.put(path, 'old', 0o644)
  await host.put(path, 'new', 0o600)
  t.equal(readFileSync(path, 'utf8'), 'new')
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.same(readdirSync(join(sshd.directory, 'a dir')), ["it's a file"], 'and nothing beside it')
  t.same(readdirSync(sshd.home), [], 'nor in the home directory')
  await t.rejects(host.put(sshd.directory, 'x', 0o600), { name: 'CommandFailed' })
  t.same(readdirSync(sshd.home), [])
})

t.test('the agent is carried once, is root’s alone, and another edition lies beside it for a day', async t => {
  if (skipWithoutSshd(t)) return
  const sshd = await startSshd(t)
  const config = sshd.config('ce')
  const place = join(sshd.directory, 'carried')
  const first = await reachThrough(sshd, config)('ce')
  t.match(JSON.parse((await first.agent(['run', '--json'], { ...minute, stdin: 'in' })).stdout), {
    args: ['run', '--json'],
    uid: process.getuid?.(),
    input: 'in',
  })
  const [name = ''] = readdirSync(place)
  t.match(name, /^xenclosure-agent-[0-9a-f]{64}\.cjs$/)
  t.same([statSync(place).mode & 0o777, statSync(join(place, name)).mode & 0o777], [0o700, 0o700])
  const { ino } = statSync(join(place, name))
  await first.close()

  const again = await reachThrough(sshd, config)('ce')
  await again.agent([], minute)
  t.equal(statSync(join(place, name)).ino, ino, 'it was there')
  writeFileSync(join(place, name), 'somebody else’s')
  await again.close()
  const third = await reachThrough(sshd, config)('ce')
  t.match(
    await third.agent([], minute),
    { code: 0, stdout: /"args":\[\]/ },
    'other bytes are put right before they run',
  )
  await third.close()

  const other = await reachThrough(sshd, config, { agent: Buffer.from('console.log(2)') })('ce')
  await other.agent([], minute)
  t.equal(readdirSync(place).length, 2)
  utimesSync(join(place, name), new Date(), new Date(Date.now() - 25 * 3600_000))
  await other.close()
  const last = await reachThrough(sshd, config, { agent: Buffer.from('console.log(2)') })('ce')
  t.match(await last.agent([], minute), { stdout: '2\n' })
  t.equal(readdirSync(place).length, 1, 'what was not used for a day is gone')
  await last.close()
})

/** What keeps this process, of connections. */
const sockets = (): number => process.getActiveResourcesInfo().filter(kind => kind === 'TCPSocketWrap').length

t.test('a host that has fallen silent is let go of', async t => {
  if (skipWithoutSshd(t)) return
  const sshd = await startSshd(t)
  const line = await openLine(t, sshd.port)
  const host = await reachThrough(sshd, sshd.config('ce', { port: line.port }))('ce')
  line.freeze()
  await nextTurn()
  const before = sockets()
  await host.close()
  await nextTurn()
  t.equal(sockets(), before - 1, 'its socket is closed')
})

t.test('what a lost connection was to carry is an error of the host, and so is what sshd grants nobody', async t => {
  if (skipWithoutSshd(t)) return
  const sshd = await startSshd(t)
  const line = await openLine(t, sshd.port)
  const host = await reachThrough(sshd, sshd.config('ce', { port: line.port }))('ce')
  line.cut()
  await t.rejects(host.exec(['true'], minute), { name: 'HostLost', message: /^ce: / })
  await t.rejects(host.exec(['true'], minute), { name: 'HostLost', message: /^ce: / }, 'now it is known to be gone')
  await t.rejects(host.put('/nowhere', '', 0o600), { name: 'HostLost', message: /^ce: / })

  const directory = t.testdir({ none: {} })
  const none = await startSshd(t, { directory: join(directory, 'none'), settings: ['MaxSessions 0'] })
  await t.rejects(reachThrough(none, none.config('ce'))('ce'), { name: 'HostLost', message: /^ce: .*open failure/ })
})

t.test('a command that says without end takes no more than so much memory', async t => {
  if (skipWithoutSshd(t)) return
  const host = await reached(t, await startSshd(t))
  const million = await host.exec(['head', '-c', '1000000', '/dev/zero'], minute)
  t.equal(million.stdout.length, 1_000_000)
  const tooMuch = { name: 'HostLost', message: /^ce: a command said more than \d+ bytes$/ }
  await t.rejects(host.exec(['cat', '/dev/zero'], minute), tooMuch)
  t.match(await host.exec(['true'], minute), { code: 0 }, 'the connection is as good as before')
})
