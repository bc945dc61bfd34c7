import t from 'tap'
import { type ApplyOptions, applyActions } from '../../src/agent/apply.js'
import type { AgentEvent } from '../../src/agent/events.js'
import { gate } from '../../src/agent/gate.js'
import type { Action, GatedAction, Op } from '../../src/model/action.js'
import { offFile } from '../../src/model/off-file.js'
import { CommandFailed, type System } from '../../src/model/system.js'
import { action, memoryHost } from './toy.js'

const exec = (...argv: string[]): Op => ({ op: 'exec', argv, timeout: 1000 })
const touch = (path: string): Op => exec('touch', path)

const gated = (actions: readonly Action[]): readonly GatedAction[] => gate(actions, { consents: new Set() })

const options = (system: System, more: Partial<ApplyOptions> = {}): ApplyOptions => ({
  system,
  planAgain: async one => one,
  events: () => undefined,
  ...more,
})

t.test('exactly the dependents of a failed action are skipped, and say why', async t => {
  const files = new Map<string, string>()
  const actions = gated([
    action({ id: 'volume', provides: ['block:/dev/vg0/ce'], ops: [exec('false'), touch('/never')] }),
    action({ id: 'start', requires: ['block:/dev/vg0/ce'], provides: ['domain:ce/running'], ops: [touch('/never')] }),
    action({ id: 'next', requires: ['domain:ce/running'], ops: [touch('/never')] }),
    action({ id: 'other', ops: [touch('/other')] }),
  ])
  const results = await applyActions(actions, options(memoryHost(files)))
  t.match(Object.fromEntries(results), {
    volume: { outcome: 'failed', error: 'false: exit code 1: it is false' },
    start: { outcome: 'skipped', error: 'needs block:/dev/vg0/ce, which volume provides, and that failed' },
    next: { outcome: 'skipped', error: 'needs domain:ce/running, which start provides, and that was skipped' },
    other: { outcome: 'done' },
  })
  t.same([...files.keys()], ['/other'])
})

t.test(
  'what stands in a queue is done one after the other, each after a last look; one that fails stops no other',
  async t => {
    const started: string[] = []
    let atWork = 0
    const host: System = {
      ...memoryHost(new Map()),
      exec: async ([name = '']) => {
        started.push(name)
        atWork += 1
        t.equal(atWork, 1, `${name} is alone`)
        await new Promise(resolve => setImmediate(resolve))
        atWork -= 1
        return { code: name === 'second' ? 1 : 0, stdout: '', stderr: '' }
      },
    }
    const queued = (id: string, more: Partial<Action> = {}) => action({ id, queue: 'start', ops: [exec(id)], ...more })
    const actions = gated([
      action({ id: 'volume', provides: ['block:/dev/vg0/a'], ops: [{ op: 'remove', path: '/x' }] }),
      queued('first', { requires: ['block:/dev/vg0/a'] }),
      queued('second'),
      queued('overtaken'),
      queued('fourth'),
    ])
    const planAgain: ApplyOptions['planAgain'] = async one => (one.id === 'overtaken' ? undefined : one)
    const results = await applyActions(actions, options(host, { planAgain }))
    t.same(started, ['first', 'second', 'fourth'])
    t.match(Object.fromEntries(results), {
      second: { outcome: 'failed' },
      overtaken: { outcome: 'skipped', error: /no longer needed/ },
      fourth: { outcome: 'done' },
    })
  },
)

t.test('what is not due is left alone', async t => {
  const actions = gated([
    action({ id: 'pending', waitsFor: 'reboot', provides: ['key:a'], ops: [touch('/never')] }),
    action({ id: 'behind it', requires: ['key:a'], ops: [touch('/never')] }),
  ])
  const files = new Map<string, string>()
  t.equal((await applyActions(actions, options(memoryHost(files)))).size, 0)
  t.equal(files.size, 0)
})

t.test('every kind of operation reaches the system, in order', async t => {
  const calls: string[] = []
  const host = memoryHost(new Map())
  const system: System = {
    ...host,
    exec: async (argv, { effect, timeout, stdin }) => {
      calls.push(`exec ${argv.join(' ')} ${effect} ${timeout} ${stdin}`)
      return { code: 3, stdout: '', stderr: '' }
    },
    write: async (path, content, mode) => void calls.push(`write ${path} ${content} ${mode.toString(8)}`),
    mkdir: async (path, mode) => void calls.push(`mkdir ${path} ${mode.toString(8)}`),
    link: async (path, target) => void calls.push(`link ${path} ${target}`),
    remove: async path => void calls.push(`remove ${path}`),
  }
  const ops: readonly Op[] = [
    { op: 'exec', argv: ['update', 'it'], timeout: 5, expect: [0, 3], stdin: 'in' },
    { op: 'mkdir', path: '/d', mode: 0o755 },
    { op: 'write', path: '/d/f', content: 'text', mode: 0o600 },
    { op: 'link', path: '/d/l', target: 'f' },
    { op: 'remove', path: '/d/f' },
  ]
  const results = await applyActions(gated([action({ id: 'all', ops })]), options(system))
  t.equal(results.get('all')?.outcome, 'done')
  t.same(calls, ['exec update it change 5 in', 'mkdir /d 755', 'write /d/f text 600', 'link /d/l f', 'remove /d/f'])
})

t.test('a sensitive command shows neither its arguments nor what it said', async t => {
  const op: Op = { op: 'exec', argv: ['false', 'secret'], timeout: 1000, sensitive: true }
  const results = await applyActions(gated([action({ id: 'a', ops: [op] })]), options(memoryHost(new Map())))
  t.equal(results.get('a')?.error, 'false ...: exit code 1')
})

t.test('a file that the machine cannot write is an outcome; a bug ends the run', async t => {
  const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', syscall: 'write' })
  const actions = gated([action({ id: 'a', ops: [{ op: 'write', path: '/f', content: '', mode: 0o644 }] })])
  const throwing = (error: Error): System => ({ ...memoryHost(new Map()), write: () => Promise.reject(error) })
  t.match((await applyActions(actions, options(throwing(full)))).get('a'), {
    outcome: 'failed',
    error: 'write /f: ENOSPC: no space left on device',
  })
  await t.rejects(applyActions(actions, options(throwing(new TypeError('bug')))), TypeError)
})

t.test('a disruptive action is planned again before it is carried out', async t => {
  const provider = action({ id: 'restart', risk: 'disruptive', provides: ['key:a'], ops: [touch('/stale')] })
  const user = action({ id: 'user', requires: ['key:a'], ops: [touch('/user')] })
  const [planned, ...others] = gated([provider, user]) as [GatedAction, GatedAction]
  const table: readonly (readonly [string, () => Promise<GatedAction | undefined>, object, readonly string[]])[] = [
    [
      'as it is planned now',
      async () => ({ ...planned, ops: [touch('/fresh')] }),
      { restart: { outcome: 'done' }, user: { outcome: 'done' } },
      ['/fresh', '/user'],
    ],
    [
      'not at all where it is gone, and what needs it goes on',
      async () => undefined,
      { restart: { outcome: 'skipped', error: /^no longer needed/ }, user: { outcome: 'done' } },
      ['/user'],
    ],
    [
      'not at all where it is held back now, nor what needs it',
      async () => ({ ...planned, status: 'rejected' }),
      { restart: { outcome: 'skipped', error: 'rejected since it was planned' }, user: { outcome: 'skipped' } },
      [],
    ],
    [
      'not at all where the host cannot be observed',
      () => Promise.reject(new CommandFailed(['xl', 'list'], { reason: 'killed after 120 s' })),
      { restart: { outcome: 'failed', error: 'xl list: killed after 120 s' }, user: { outcome: 'skipped' } },
      [],
    ],
  ]
  for (const [name, planAgain, expected, made] of table) {
    const files = new Map<string, string>()
    const results = await applyActions([planned, ...others], options(memoryHost(files), { planAgain }))
    t.match(Object.fromEntries(results), expected, name)
    t.same([...files.keys()], made, name)
  }
})

t.test('what has begun when the agent is switched off comes to its end, and nothing more is begun', async t => {
  const files = new Map<string, string>()
  const actions = gated([
    action({ id: 'first', queue: 'start', provides: ['key:a'], ops: [touch(offFile), touch('/first too')] }),
    action({ id: 'second', queue: 'start', provides: ['key:b'], ops: [touch('/never')] }),
    action({ id: 'behind the first', requires: ['key:a'], ops: [touch('/never')] }),
    action({ id: 'behind the second', requires: ['key:b'], ops: [touch('/never')] }),
  ])
  const off = { outcome: 'waiting', error: 'switched off by /etc/xenclosure/off' }
  t.match(Object.fromEntries(await applyActions(actions, options(memoryHost(files)))), {
    first: { outcome: 'done' },
    second: off,
    'behind the first': off,
    'behind the second': { outcome: 'waiting', error: /^needs key:b, which second provides/ },
  })
  t.same([...files.keys()], [offFile, '/first too'])
})

t.test('four actions at a time, and no more', async t => {
  let running = 0
  let most = 0
  const host = memoryHost(new Map())
  const system: System = {
    ...host,
    exec: async (argv, how) => {
      running += 1
      most = Math.max(most, running)
      await new Promise(resolve => setTimeout(resolve, 2))
      running -= 1
      return host.exec(argv, how)
    },
  }
  const actions = Array.from({ length: 20 }, (_, index) => action({ id: `a${index}`, ops: [exec('true')] }))
  const finished: AgentEvent[] = []
  const events = (event: AgentEvent): void => {
    if (event.event === 'finished') finished.push(event)
  }
  t.equal((await applyActions(gated(actions), options(system, { events }))).size, 20)
  t.equal(most, 4)
  t.equal(finished.length, 20)
})

t.test('an abort lets what is under way end and starts nothing more', async t => {
  const abort = new AbortController()
  const files = new Map<string, string>()
  const host = memoryHost(files)
  const system: System = {
    ...host,
    exec: async (argv, how) => {
      abort.abort(new Error('stop'))
      return host.exec(argv, how)
    },
  }
  const actions = gated([
    action({ id: 'first', provides: ['key:a'], ops: [touch('/first'), touch('/first too')] }),
    action({ id: 'second', requires: ['key:a'], ops: [touch('/second')] }),
  ])
  await t.rejects(applyActions(actions, options(system, { signal: abort.signal })), { message: 'stop' })
  t.same([...files.keys()], ['/first', '/first too'])
})
