// The doors to a machine: this one, and the wrappers around any System.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { CommandFailed, type System } from '../../src/model/system.js'
import { type Child, childOf, isAlive } from '../../src/system/child.js'
import { faulty, Killed } from '../../src/system/faulty.js'
import { LocalSystem } from '../../src/system/local.js'
import { readOnly } from '../../src/system/read-only.js'
import { recordedSystem, recording } from '../../src/system/recorded.js'
import { skip, skipWithout } from '../oracles/require-tool.js'

const observe = { effect: 'observe' } as const
const change = { effect: 'change' } as const

t.test('a command gets its arguments as they are, its input, and the C locale', async t => {
  const system = new LocalSystem()
  const script = 'process.stdout.write(JSON.stringify([process.argv.slice(1), process.env.LC_ALL]))'
  const { stdout } = await system.exec([process.execPath, '-e', script, '--', '$HOME; a b', '*'], observe)
  t.same(JSON.parse(stdout), [['$HOME; a b', '*'], 'C'])
  t.same(await system.exec(['cat'], { ...observe, stdin: 'ümlaut' }), { code: 0, stdout: 'ümlaut', stderr: '' })
  t.match(await system.exec(['ls', '/nosuch'], observe), { code: 2, stderr: /No such file/ })
  t.match(await system.exec(['true'], { ...observe, stdin: 'x'.repeat(1 << 20) }), { code: 0 })
})

t.test('a command that cannot end by itself is CommandFailed', async t => {
  const system = new LocalSystem()
  await t.rejects(system.exec(['nosuch-command', 'a'], observe), {
    name: 'CommandFailed',
    message: 'nosuch-command: no such command',
  })
  await t.rejects(system.exec(['/etc', 'a'], observe), { name: 'CommandFailed', message: /EACCES/ })
  await t.rejects(system.exec([process.execPath, '-e', 'process.kill(process.pid, "SIGKILL")'], observe), {
    message: /ended by SIGKILL/,
  })
  const secret = system.exec(['sh', '-c', 'echo hidden >&2; kill -9 $$'], { ...observe, sensitive: true })
  await t.rejects(secret, { message: 'sh ...: ended by SIGKILL', stderr: '' })
})

t.test('a timeout ends the whole process group', async t => {
  const dir = t.testdir({})
  const pidFile = join(dir, 'pid')
  const command = ['sh', '-c', `sleep 60 & echo $! > ${pidFile}; wait`]
  await t.rejects(new LocalSystem().exec(command, { ...change, timeout: 300 }), {
    constructor: CommandFailed,
    message: /killed after 0.3 s/,
  })
  t.notOk(existsSync(`/proc/${readFileSync(pidFile, 'utf8').trim()}/cmdline`) && isRunning(pidFile))
})

t.test('what of the group does not obey is killed before the command counts as ended', async t => {
  const pidFile = join(t.testdir({}), 'pid')
  const stubborn = `trap '' TERM; echo $$ > ${pidFile}; while true; do sleep 1; done`
  const command = ['sh', '-c', `sh -c "$1" & wait`, 'sh', stubborn]
  await t.rejects(new LocalSystem().exec(command, { ...change, timeout: 3000 }), { message: /killed after 3 s/ })
  t.notOk(isRunning(pidFile))
})

/** Traced by another process, it is a zombie that its parent never gets back: as one that hangs in the kernel. */
const unkillable = `
import ctypes, os, sys, time
libc = ctypes.CDLL(None, use_errno=True)
traced = os.getpid()
libc.prctl(0x59616d61, ctypes.c_ulong(-1), 0, 0, 0)
tracer = os.fork()
if tracer == 0:
    os.setsid()
    failed = libc.ptrace(0x4206, traced, None, None)
    open(sys.argv[1], 'w').write(f'{os.getpid()} {failed}')
time.sleep(60)
`

t.test('a command that cannot even be killed fails, and stays recorded', async t => {
  if (skipWithout(t, 'python3', 'apt-get install -y --no-install-recommends python3')) return
  const file = join(t.testdir({}), 'tracer')
  const ended: Child[] = []
  const system = new LocalSystem({ children: { started: () => undefined, ended: child => ended.push(child) } })
  const timeout = 8000
  const failing = system.exec(['python3', '-c', unkillable, file], { ...change, timeout })
  await failing.catch(() => undefined)
  const [tracer, failed] = readFileSync(file, 'utf8').split(' ').map(Number)
  if (failed !== 0 && skip(t, 'no process may trace another one here')) return
  t.equal(failed, 0, 'it was traced')
  await t.rejects(failing, { constructor: CommandFailed, message: /cannot be killed, after 8 s/ })
  t.same(ended, [])
  process.kill(tracer ?? 0, 'SIGKILL')
})

const isRunning = (pidFile: string): boolean => {
  const child = childOf(Number(readFileSync(pidFile, 'utf8')))
  return child !== undefined && isAlive(child)
}

t.test('the processes of changing commands are told, alive at their start and not at their end', async t => {
  const told: (readonly [string, number, boolean])[] = []
  const tell = (what: string) => (child: Child) => told.push([what, child.pid, isAlive(child)])
  const system = new LocalSystem({ children: { started: tell('started'), ended: tell('ended') } })
  await system.exec(['sleep', '0.1'], observe)
  const { stdout } = await system.exec(['sh', '-c', 'sleep 0.1; echo $$'], change)
  t.same(told, [
    ['started', Number(stdout), true],
    ['ended', Number(stdout), false],
  ])
  t.notOk(isAlive({ pid: process.pid, startTime: '1' }), 'a pid that was given to another process since')
})

t.test('a command that cannot be recorded runs to its end, and fails', async t => {
  const file = join(t.testdir({}), 'done')
  const full = (): void => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' })
  }
  const command = ['sh', '-c', `sleep 0.1; echo done; touch ${file}`]
  for (const children of [
    { started: full, ended: full },
    { started: () => undefined, ended: full },
  ]) {
    await t.rejects(new LocalSystem({ children }).exec(command, change), {
      constructor: CommandFailed,
      message: /: ENOSPC: no space left on device, write$/,
    })
    t.ok(existsSync(file))
  }
})

t.test('where others may write, nobody can stand in the way of a command by the names of its output', async t => {
  const names = Array.from({ length: 100 }, (_, index) => `xenclosure-output-${process.pid}-${index}`)
  const { TMPDIR } = process.env
  t.teardown(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  })
  const system = new LocalSystem()
  process.env.TMPDIR = t.testdir(Object.fromEntries(names.map(name => [name, 'here first'])))
  t.match(await system.exec(['echo', 'done'], change), { code: 0, stdout: 'done\n' })
  process.env.TMPDIR = '/nosuch'
  const message = 'echo done: not begun, for its output has no place in /nosuch (ENOENT)'
  await t.rejects(system.exec(['echo', 'done'], change), { name: 'CommandFailed', message })
})

t.test('a changing command that prints outlives the agent', async t => {
  const dir = t.testdir({})
  const script = `
    import { LocalSystem } from './src/system/local.ts'
    const command = 'echo > ${dir}/begun; sleep 1; echo text; echo text >&2; touch ${dir}/done'
    await new LocalSystem().exec(['sh', '-c', command], { effect: 'change' })
  `
  const agent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script])
  const appears = async (name: string): Promise<boolean> => {
    for (let tries = 0; tries < 200 && !existsSync(join(dir, name)); tries += 1) await delay(50)
    return existsSync(join(dir, name))
  }
  t.ok(await appears('begun'))
  agent.kill('SIGKILL')
  await once(agent, 'exit')
  t.ok(await appears('done'))
})

t.test('files are replaced whole, with their mode, below the root', async t => {
  const root = t.testdir({ etc: { old: 'old' } })
  const system = new LocalSystem({ root })
  await system.write('/etc/xen/ce.cfg', 'name = "ce"\n', 0o600)
  await system.write('/etc/old', 'new', 0o664)
  await system.write('/../../outside', 'inside', 0o644)
  t.equal(readFileSync(join(root, 'etc/old'), 'utf8'), 'new')
  t.equal(statSync(join(root, 'etc/old')).mode & 0o777, 0o664)
  t.equal(readFileSync(join(root, 'outside'), 'utf8'), 'inside')
  t.same(await system.stat('/etc/xen/ce.cfg'), { type: 'file', size: 12, mode: 0o600 })
  t.same(await system.list('/etc/xen'), ['ce.cfg'], 'no temporary file is left')
  t.equal(await system.read('/etc/xen/ce.cfg'), 'name = "ce"\n')
})

t.test('what a killed write left behind does not stand in the way', async t => {
  const root = t.testdir({ '.a.xenclosure-new': 'half', '.link.xenclosure-new': 'half' })
  const system = new LocalSystem({ root })
  await system.write('/a', 'whole', 0o644)
  await system.link('/link', 'a')
  t.same(readdirSync(root), ['a', 'link'])
})

t.test('links are made, replaced and removed; a file is not taken for one', async t => {
  const root = t.testdir({ file: 'kept' })
  const system = new LocalSystem({ root })
  await system.link('/auto/10-ce', '../ce.cfg')
  await system.link('/auto/10-ce', '../se.cfg')
  t.equal(readlinkSync(join(root, 'auto/10-ce')), '../se.cfg')
  t.match(await system.stat('/auto/10-ce'), { type: 'link', target: '../se.cfg' })
  await t.rejects(system.link('/file', 'x'), { code: 'EEXIST', syscall: 'symlink' })
  await system.remove('/auto/10-ce')
  await system.remove('/auto/10-ce')
  await system.remove('/nosuch/file')
  t.same(await system.list('/auto'), [])
  t.equal(readFileSync(join(root, 'file'), 'utf8'), 'kept')
})

t.test('what is not there is null; directories get their mode once', async t => {
  const root = t.testdir({})
  const system = new LocalSystem({ root })
  t.same([await system.read('/a'), await system.list('/a'), await system.stat('/a')], [null, null, null])
  await system.mkdir('/state/deep', 0o700)
  await system.mkdir('/state/deep', 0o755)
  t.equal(lstatSync(join(root, 'state/deep')).mode & 0o777, 0o700)
  await t.rejects(system.openExclusive('/nosuch'), { code: 'ENOENT' })
})

t.test('a read-only System refuses every change, and only changes', async t => {
  const root = t.testdir({ a: 'a' })
  const system = readOnly(new LocalSystem({ root }))
  const changes: readonly (() => Promise<unknown>)[] = [
    () => system.exec(['true'], change),
    () => system.write('/a', 'b', 0o644),
    () => system.mkdir('/b', 0o755),
    () => system.link('/b', 'a'),
    () => system.remove('/a'),
  ]
  for (const attempt of changes) await t.rejects(attempt(), /bug: .* while observing/)
  t.equal((await system.exec(['true'], observe)).code, 0)
  t.same([await system.read('/a'), await system.list('/')], ['a', ['a']])
})

t.test('after the last change that is allowed, the agent is dead', async t => {
  const root = t.testdir({})
  const system = faulty(new LocalSystem({ root }), { killAfter: 2 })
  await system.write('/a', 'a', 0o644)
  t.equal(await system.read('/a'), 'a')
  await system.exec(['true'], change)
  await t.rejects(system.read('/a'), Killed)
  await t.rejects(system.write('/b', 'b', 0o644), Killed)
  t.same(readdirSync(root), ['a'])
})

t.test('a command that is made to fail has no effect', async t => {
  const root = t.testdir({})
  const system = faulty(new LocalSystem(), { failing: ['touch'] })
  t.match(await system.exec(['touch', join(root, 'a')], change), { code: 1 })
  t.equal((await system.exec(['true'], change)).code, 0)
  t.same(readdirSync(root), [])
})

t.test('one command breaks: it does nothing, or does all and says otherwise, or does not end', async t => {
  for (const [how, left] of [
    ['fails', ['a', 'c']],
    ['half-succeeds', ['a', 'b', 'c']],
    ['hangs', ['a', 'c']],
  ] as const) {
    const root = t.testdir({})
    const system = faulty(new LocalSystem(), { breaking: { after: 1, how } })
    const touch = (name: string) => system.exec(['touch', join(root, name)], change)
    t.match(await touch('a'), { code: 0 })
    if (how === 'hangs') await t.rejects(touch('b'), { name: 'CommandFailed' }, how)
    else t.match(await touch('b'), { code: 1 }, how)
    t.match(await touch('c'), { code: 0 })
    t.same(readdirSync(root), left, how)
  }
})

t.test('a recording of a run answers the same run again', async t => {
  const root = t.testdir({ a: '1' })
  const run = async (system: System): Promise<unknown> => [
    await system.hostname(),
    await system.exec(['cat'], { ...observe, stdin: 'in' }),
    await system.read('/a'),
    await system.write('/a', '2', 0o644),
    await system.read('/a'),
    await system.list('/'),
    await system.stat('/nosuch'),
    await system.mkdir('/d', 0o755),
    await system.link('/l', 'a'),
    await system.remove('/l'),
  ]
  const { system, calls } = recording(new LocalSystem({ root }))
  const first = await run(system)
  writeFileSync(join(root, 'a'), '3')

  const recorded = recordedSystem(JSON.parse(JSON.stringify(calls)))
  t.same(await run(recorded.system), first)
  t.equal(await recorded.system.read('/a'), '2', 'the last answer stays')
  t.same(
    recorded.history.slice(0, -1),
    calls.map(({ answer: _answer, ...call }) => call),
  )
  await t.rejects(recorded.system.read('/b'), /not recorded: {"call":"read","path":"\/b"}/)
  await t.rejects(system.exec(['true'], { ...observe, sensitive: true }), /cannot be recorded/)
})

t.test('devices are those of the machine, whatever the root', async t => {
  const system = new LocalSystem({ root: t.testdir({ dev: { null: 'a file' } }) })
  t.match(await system.stat('/dev/null'), { type: 'other' })
  t.equal(await system.stat('/dev/nosuch'), null)
})
