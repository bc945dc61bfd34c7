import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { awaitChildren, ChildrenAtWork, childrenFile, recordChildren } from '../../src/agent/children.js'
import { DocumentRejected, type RejectionCode } from '../../src/agent/document-rejected.js'
import type { AgentEvent } from '../../src/agent/events.js'
import { exitCode } from '../../src/agent/exit-code.js'
import { LockHeld, withLock } from '../../src/agent/lock.js'
import { SwitchedOff } from '../../src/agent/off.js'
import { PlanOutdated } from '../../src/agent/plan-file.js'
import { printReport } from '../../src/agent/print.js'
import type { Report } from '../../src/agent/report.js'
import { type RunRequest, run } from '../../src/agent/run.js'
import { printStatus, readStatus } from '../../src/agent/status.js'
import type { Op } from '../../src/model/action.js'
import type { Component } from '../../src/model/component.js'
import { canonicalJson, type Json } from '../../src/model/json.js'
import { offFile } from '../../src/model/off-file.js'
import { generateKeys, printSeal, sealOf, signSeal } from '../../src/model/seal.js'
import { CommandFailed, type System } from '../../src/model/system.js'
import { childOf } from '../../src/system/child.js'
import { LocalSystem } from '../../src/system/local.js'
import { plainNode } from '../fixtures/plain-node.js'
import { runRequest } from '../fixtures/run-request.js'
import { action, memoryHost, type ToyDesired, toy } from './toy.js'

const keys = generateKeys()

/** A published document of the host `box`: the path of its JSON. */
const publish = (t: Test, desired: ToyDesired, serial = 1, system: Json = {}): string => {
  const text = canonicalJson({ name: 'box', system, software: { components: { toy: desired as unknown as Json } } })
  const seal = signSeal(sealOf(text, { name: 'box', serial, commit: 'c0ffee', compiler: '0.1.0' }), keys.privateKey)
  return join(t.testdir({ 'box.json': text, 'box.seal': printSeal(seal) }), 'box.json')
}

const request = (files: Map<string, string>, source: string, more: Partial<RunRequest> = {}): RunRequest =>
  runRequest({
    system: memoryHost(files, 'box'),
    components: [toy],
    sources: [source],
    trust: [keys.publicKey],
    state: '/state',
    ...more,
  })

const twoFiles: ToyDesired = {
  '/b': { content: 'b', action: { requires: ['file:/a'] } },
  '/a': { content: 'a', action: { reasons: ['/a is not there'] } },
}

t.test('a run converges, and the second one has nothing to do', async t => {
  const files = new Map<string, string>()
  const source = publish(t, twoFiles)
  const events: AgentEvent[] = []
  const first = await run(request(files, source, { events: event => void events.push(event) }))
  t.match(first, {
    host: 'box',
    document: { sha256: /^[0-9a-f]{64}$/, serial: 1, commit: 'c0ffee' },
    unsealed: false,
    observed: { toy: /^[0-9a-f]{64}$/ },
    actions: [
      { id: 'toy/a', status: 'due', outcome: 'done', duration: Number },
      { id: 'toy/b', status: 'due', outcome: 'done' },
    ],
    orphans: [],
    misplaced: [],
    drift: [],
    converged: true,
  })
  t.equal(first.error, undefined)
  t.equal(printReport(first).split('\n').at(-2), 'box: 2 done, 0 pending, 0 refused')
  t.same(
    events.map(event => event.event),
    ['accepted', 'planned', 'started', 'finished', 'started', 'finished'],
  )
  const second = await run(request(files, source))
  t.match(second, { actions: [], converged: true, drift: [] })
  t.same([first, second].map(exitCode), [0, 0])
  t.equal(printReport(second), 'box: nothing to do\n')
})

t.test('noaction looks, says what is to be done, and leaves no trace', async t => {
  const files = new Map<string, string>()
  const report = await run(request(files, publish(t, twoFiles), { noaction: true }))
  t.match(report, { converged: false, actions: [{ status: 'due', outcome: 'not applied' }, { status: 'due' }] })
  t.equal(exitCode(report), 3)
  t.equal(files.size, 0)
  t.equal(
    printReport(report),
    '+ due      make toy/a\n             /a is not there\n+ due      make toy/b\nbox: 2 to do, 0 pending, 0 refused\n',
  )
})

t.test('an action that is still due after it was carried out did not converge', async t => {
  const source = publish(t, { '/a': { content: 'a', action: { ops: [] } } })
  const report = await run(request(new Map(), source))
  t.match(report, { converged: false, error: { code: 'did-not-converge', actions: ['toy/a'] } })
  t.equal(exitCode(report), 1)
})

t.test('what the run itself has made possible is left to the next one, and no failure', async t => {
  const files = new Map<string, string>()
  const source = publish(t, { '/a': { content: 'a' }, '/b': { content: 'b' } })
  // As a thin pool has no space before the last of the old ones, and LVM's spare with it, is gone.
  const crowded: typeof toy = {
    ...toy,
    plan: (desired, actual) =>
      toy
        .plan(desired, actual)
        .map(one => (one.id === 'toy/b' && actual['/a'] === null ? { ...one, rejected: 'no space', ops: [] } : one)),
  }
  const first = await run(request(files, source, { components: [crowded] }))
  t.equal(first.error, undefined)
  t.match(first, {
    converged: false,
    actions: [
      { id: 'toy/a', outcome: 'done' },
      { id: 'toy/b', status: 'due' },
    ],
  })
  t.equal(exitCode(first), 3)
  t.match(await run(request(files, source, { components: [crowded] })), { converged: true, drift: [] })
})

t.test('what is refused, pending or rejected is left, and told why', async t => {
  const held: ToyDesired = {
    '/a': { content: 'a', action: { consent: 'destroy:a', provides: ['file:/a'] } },
    '/b': { content: 'b', action: { requires: ['file:/a'] } },
    '/c': { content: 'c', action: { waitsFor: 'restart:c' } },
  }
  const left = await run(request(new Map(), publish(t, held)))
  t.same(
    left.actions.map(one => `${one.id} ${one.status} ${one.outcome}`),
    ['toy/a refused not applied', 'toy/b pending not applied', 'toy/c pending not applied'],
  )
  t.match(printReport(left), /needs --allow destroy:a\n.*which toy\/a provides \(refused\)\n/s)
  t.match(printReport(left), 'waits for restart:c: a maintenance window (none is declared), or --allow restart:c\n')
  t.equal(exitCode(left), 3)

  const rejected: ToyDesired = { ...held, '/d': { content: 'd', action: { rejected: 'foreign data' } } }
  t.equal(exitCode(await run(request(new Map(), publish(t, rejected)))), 2)
  const allowed = await run(request(new Map(), publish(t, held), { allow: new Set(['destroy:a', 'restart:c']) }))
  t.equal(exitCode(allowed), 0)
})

t.test('of what a maintenance window lets happen the report says when the next one opens', async t => {
  const held: ToyDesired = {
    '/a': { content: 'a', action: { waitsFor: 'restart:a', provides: ['file:/a'] } },
    '/b': { content: 'b', action: { waitsFor: 'restart:a', requires: ['domain:x/ready'] } },
    '/c': { content: 'c', action: { waitsFor: 'reboot' } },
    '/d': { content: 'd', action: { waitsFor: 'restart:d', ops: [] } },
  }
  const windows = [{ days: ['sat'], from: '02:00', to: '04:00' }]
  const source = publish(t, held, 1, { maintenance: { windows, timezone: 'Europe/Dublin' } })
  const files = new Map<string, string>()
  // A Monday.
  const before = await run(request(files, source, { now: () => new Date('2025-06-02T12:00:00Z') }))
  t.same(
    before.waits.map(wait => [wait.for, wait.opens]),
    [
      ['restart:a', '2025-06-07T01:00:00.000Z'],
      ['reboot', undefined],
      ['restart:d', undefined],
    ],
  )
  t.match(printReport(before), 'waits for restart:a: a maintenance window (from 2025-06-07T01:00:00Z), or --allow')
  t.match(printReport(before), /waits for reboot: --allow reboot\n.*waits for restart:d\n/s)

  const status = (now: string) => readStatus(memoryHost(files), '/state', new Date(now))
  const later = await status('2025-06-09T12:00:00Z')
  t.equal(later.opens, '2025-06-14T01:00:00.000Z')
  t.match(printStatus(later), /^maintenance window: open from 2025-06-14T01:00:00Z$/m)
  t.match(printStatus(later), 'a maintenance window (from 2025-06-14T01:00:00Z)', 'as of now, not of the report')

  const within = await run(request(files, source, { now: () => new Date('2025-06-07T01:00:00Z') }))
  t.match(within.actions, [{ id: 'toy/a', outcome: 'done' }, { id: 'toy/b', outcome: 'done' }, {}, {}])
  t.same(
    within.waits.map(wait => wait.for),
    ['reboot', 'restart:d'],
  )
})

t.test('a failed action fails the run, and the report names it', async t => {
  const failing: ToyDesired = {
    '/a': { content: 'a', action: { ops: [{ op: 'exec', argv: ['false'], timeout: 1000 }] } },
    '/b': { content: 'b', action: { requires: ['file:/a'] } },
    '/c': { content: 'c' },
  }
  const report = await run(request(new Map(), publish(t, failing)))
  t.match(report, {
    actions: [{ outcome: 'failed' }, { outcome: 'skipped' }, { outcome: 'done' }],
    error: { code: 'action-failed', actions: ['toy/a'] },
  })
  t.equal(exitCode(report), 1)
})

t.test(
  'what waits for something of the host is pending with all that needs it, and the next run resumes it',
  async t => {
    const files = new Map<string, string>()
    const ready: Op = {
      op: 'await',
      probe: { kind: 'listening', host: 'mon', port: 80 },
      within: 60_000,
      otherwise: [],
    }
    const source = publish(t, {
      '/mon': { content: 'mon', action: { ops: [ready, { op: 'write', path: '/mon', content: 'mon', mode: 0o644 }] } },
      '/ce': { content: 'ce', action: { requires: ['file:/mon'] } },
      '/other': { content: 'other' },
    })
    let isReady = false
    const host = { ...memoryHost(files, 'box'), connects: async () => isReady, pause: async () => undefined }
    const report = await run(request(files, source, { system: host }))
    t.same(
      report.actions.map(({ id, status, outcome, error }) => [id, status, outcome, error]),
      [
        ['toy/mon', 'pending', 'waiting', 'has not come within 60 s: a connection to mon port 80'],
        ['toy/ce', 'pending', 'waiting', 'needs file:/mon, which toy/mon provides, and that is not there yet'],
        ['toy/other', 'due', 'done', undefined],
      ],
    )
    t.equal(report.error, undefined)
    t.equal(exitCode(report), 3)
    t.match(printReport(report), /^\+ waiting {2}make toy\/mon$.*^box: 1 done, 2 waiting, 0 pending, 0 refused$/ms)
    isReady = true
    const next = await run(request(files, source, { system: host }))
    t.match(next, { converged: true, drift: [], actions: [{ outcome: 'done' }, { outcome: 'done' }] })
  },
)

t.test('a change from outside is drift; a new document is not', async t => {
  const files = new Map<string, string>()
  const source = publish(t, twoFiles)
  t.same((await run(request(files, source))).drift, [])
  files.set('/a', 'edited by hand')
  t.same((await run(request(files, source))).drift, ['toy/a'])
  t.same((await run(request(files, publish(t, { '/a': { content: 'new' } }, 2)))).drift, [])
})

t.test(
  'a change from outside is drift though its mending has to wait, or another action fails in every run',
  async t => {
    const files = new Map<string, string>()
    const source = publish(t, {
      '/a': { content: 'a', action: { ops: [{ op: 'exec', argv: ['false'], timeout: 1000 }] } },
      '/b': { content: 'b' },
      '/c': {
        content: 'c',
        action: { waitsFor: 'restart:c', ops: [{ op: 'write', path: '/c', content: 'c', mode: 0o644 }] },
      },
      '/d': { content: 'd', action: { waitsFor: 'gone:d', ops: [] } },
    })
    files.set('/c', 'c').set('/d', 'd')
    const runAgain = async (...allow: readonly string[]): Promise<Report> =>
      run(request(files, source, { allow: new Set(allow) }))
    t.match(await runAgain(), { error: { code: 'action-failed' }, drift: [] })
    for (const file of ['/b', '/c', '/d']) files.set(file, 'edited')
    t.same((await runAgain()).drift, ['toy/b', 'toy/c'], 'not what nobody mends, nor what fails as before')
    t.same((await runAgain('restart:c')).drift, [], 'it was told')
  },
)

t.test('what follows from a reboot is no drift', async t => {
  const files = new Map<string, string>()
  const source = publish(t, { '/a': { content: 'x', action: { routine: true } }, '/b': { content: 'y' } })
  await run(request(files, source))
  for (const file of ['/a', '/b']) files.set(file, 'edited')
  t.same((await run(request(files, source))).drift, ['toy/b'])
})

t.test('what was left pending is no drift when it becomes due, what a run had failed to do neither', async t => {
  const held = publish(t, { '/a': { content: 'a', action: { waitsFor: 'restart:a' } } })
  const files = new Map<string, string>()
  await run(request(files, held))
  t.same((await run(request(files, held, { allow: new Set(['restart:a']) }))).drift, [])
  const stuck = publish(t, { '/b': { content: 'b', action: { ops: [] } } }, 2)
  await run(request(files, stuck))
  t.same((await run(request(files, stuck))).drift, [])
})

t.test('the state keeps the last document, its serial and the report; an older edition is rejected', async t => {
  const files = new Map<string, string>()
  const source = publish(t, twoFiles, 2)
  await run(request(files, source))
  t.equal(files.get('/state/document.json'), readFileSync(source, 'utf8'))
  t.equal(files.get('/state/document.seal'), readFileSync(source.replace('.json', '.seal'), 'utf8'))
  t.match(JSON.parse(files.get('/state/report.json') ?? ''), { host: 'box', converged: true })
  t.match((await run(request(files, publish(t, twoFiles, 1)))).fallback, { code: 'serial' })
  files.set('/state/report.json', '{"cut sho')
  t.same((await run(request(files, publish(t, twoFiles, 2)))).drift, [])
})

t.test('what was done is reported even where the report cannot be kept', async t => {
  const host = memoryHost(new Map(), 'box')
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' })
  const system: System = {
    ...host,
    write: (path, content, mode) =>
      path.endsWith('report.json') ? Promise.reject(full) : host.write(path, content, mode),
  }
  const report = await run(request(new Map(), publish(t, twoFiles), { system }))
  t.match(report, { actions: [{ outcome: 'done' }, { outcome: 'done' }], error: { code: 'report-not-kept' } })
  t.match(printReport(report), /error: the report cannot be kept: ENOSPC/)
  t.equal(exitCode(report), 1)
})

t.test('an unsealed document is applied where no key is trusted, and the report says so', async t => {
  const text = canonicalJson({ name: 'box', software: { components: { other: {} } } })
  const source = join(t.testdir({ 'box.json': text }), 'box.json')
  const report = await run(request(new Map(), source, { trust: [] }))
  t.match(report, { unsealed: true, document: { serial: null, commit: null }, ignored: ['/software/components/other'] })
  t.match(printReport(report), /^ignored: .*other\nunsealed: .*\n/)
})

t.test('one component alone', async t => {
  const report = await run(request(new Map(), publish(t, twoFiles), { only: 'nothing' }))
  t.match(report, { actions: [], observed: {} })
})

t.test('while the agent is switched off a run changes nothing and says why; a look goes on', async t => {
  const files = new Map([[offFile, 'disks are swapped,\nask Ann\n']])
  const source = publish(t, twoFiles)
  await t.rejects(run(request(files, source)), {
    name: 'SwitchedOff',
    message: 'switched off by /etc/xenclosure/off: disks are swapped, ask Ann',
  })
  t.same([...files.keys()], [offFile])
  t.match(await run(request(files, source, { noaction: true })), { actions: [{ status: 'due' }, { status: 'due' }] })
  files.set(offFile, '')
  await t.rejects(run(request(files, source)), { message: 'switched off by /etc/xenclosure/off' })
  files.delete(offFile)
  t.match(await run(request(files, source)), { converged: true })
})

t.test(
  'a run during which the agent is switched off tells what it did and what it left, and that is no failure',
  async t => {
    const files = new Map<string, string>()
    const write = (path: string, content: string): Op => ({ op: 'write', path, content, mode: 0o644 })
    const ops = [write(offFile, 'ask Ann\n'), write('/a', 'a')]
    const source = publish(t, { '/a': { content: 'a', action: { ops } }, '/b': twoFiles['/b'] ?? { content: 'b' } })
    const report = await run(request(files, source))
    t.match(report, {
      actions: [
        { id: 'toy/a', outcome: 'done' },
        { id: 'toy/b', status: 'pending', outcome: 'waiting', error: 'switched off by /etc/xenclosure/off: ask Ann' },
      ],
      converged: false,
    })
    t.same([report.error, exitCode(report), files.has('/b')], [undefined, 3, false])
    t.match(printReport(report), /^box: 1 done, 1 waiting, 0 pending, 0 refused$/m)
    await t.rejects(run(request(files, source)), { name: 'SwitchedOff' })
    files.delete(offFile)
    t.match(await run(request(files, source)), { converged: true, drift: [] })
  },
)

t.test('the report says what is waited for, and which differences wait', async t => {
  const source = publish(t, {
    '/a': { content: 'a', action: { waitsFor: 'restart:se', reasons: ['memory: 512 -> 1024'] } },
    '/b': { content: 'b', action: { waitsFor: 'restart:se', reasons: ['vcpus: 1 -> 2'] } },
    '/c': { content: 'c', action: { consent: 'destroy:c', provides: ['file:/c'], reasons: ['ensure: absent'] } },
    '/d': { content: 'd', action: { requires: ['file:/c'] } },
    '/e': { content: 'e' },
  })
  t.same((await run(request(new Map(), source, { version: '1.2.3' }))).waits, [
    { for: 'restart:se', actions: ['toy/a', 'toy/b'], reasons: ['memory: 512 -> 1024', 'vcpus: 1 -> 2'], opens: null },
    { for: 'destroy:c', actions: ['toy/c'], reasons: ['ensure: absent'] },
  ])
})

t.test('a report that says the same is written again only when the kept one is an hour old', async t => {
  const files = new Map<string, string>()
  const source = publish(t, twoFiles)
  const runAt = async (time: string): Promise<string> => {
    await run(request(files, source, { now: () => new Date(time) }))
    return JSON.parse(files.get('/state/report.json') ?? '').time
  }
  await runAt('2025-06-01T12:00:00Z')
  t.equal(await runAt('2025-06-01T12:05:00Z'), '2025-06-01T12:05:00.000Z', 'nothing was left to do: that is new')
  t.equal(await runAt('2025-06-01T13:04:59Z'), '2025-06-01T12:05:00.000Z')
  t.equal(await runAt('2025-06-01T13:05:00Z'), '2025-06-01T13:05:00.000Z')
  t.equal(await runAt('2025-05-01T00:00:00Z'), '2025-05-01T00:00:00.000Z', 'a clock that was set back')
})

t.test('the report that an older agent kept is told as far as it says', async t => {
  const files = new Map<string, string>()
  await run(request(files, publish(t, twoFiles)))
  const report = JSON.parse(files.get('/state/report.json') ?? '')
  const statusWith = async (misplaced: Json): Promise<string> => {
    files.set('/state/report.json', JSON.stringify({ ...report, misplaced }))
    return printStatus(await readStatus(memoryHost(files), '/state', new Date()))
  }
  t.match(await statusWith([{ guest: 'ce', to: 'new' }]), /^misplaced: ce has moved to new, and is still here$/m)
  t.match(await statusWith(['ce']), /^misplaced: ce has moved to another host, and is still here$/m)
  t.match(await statusWith([7]), /^no run yet/)
})

t.test('a second run at the same time finds the lock held, and the lock ends with its holder', async t => {
  const host = memoryHost(new Map(), 'box')
  await withLock(host, '/state', async () => {
    await t.rejects(run(request(new Map(), '/never', { system: host })), LockHeld)
    t.equal(await withLock(host, '/elsewhere', async () => 'another state'), 'another state')
  })
  await t.rejects(
    withLock(host, '/state', () => Promise.reject(new Error('work'))),
    { message: 'work' },
  )
  t.equal(await withLock(host, '/state', async () => 'free'), 'free')
})

t.test('a holder that is killed frees the lock', async t => {
  const script = `
    import { withLock } from './src/agent/lock.ts'
    const system = { label: 'box of ${process.pid}', hostname: async () => 'box' }
    await withLock(system, '/state', () => { console.log('held'); return new Promise(() => setTimeout(() => undefined, 60_000)) })
  `
  const holder = spawn(...plainNode(['--import', 'tsx', '--input-type=module', '-e', script]))
  t.teardown(() => holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  const host = { ...memoryHost(new Map(), 'box'), label: `box of ${process.pid}` }
  await t.rejects(
    withLock(host, '/state', async () => undefined),
    LockHeld,
  )
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  t.equal(await withLock(host, '/state', async () => 'free'), 'free')
})

t.test('two roots on one machine are two hosts: neither waits for the other', async t => {
  const [one, other] = [new LocalSystem({ root: t.testdir() }), new LocalSystem()]
  t.equal(await withLock(one, '/state', () => withLock(other, '/state', async () => 'both')), 'both')
})

const asRoot = { skip: process.getuid?.() !== 0 && 'only root can become another user' }

t.test("another user's process that holds the lock is no run: it is named", asRoot, async t => {
  const host = { ...memoryHost(new Map(), 'box'), label: `squatted by ${process.pid}` }
  const script = `
    import { withLock } from './src/agent/lock.ts'
    const system = { label: '${host.label}', hostname: async () => 'box' }
    process.setuid(65534)
    await withLock(system, '/state', () => { console.log('held'); return new Promise(() => setTimeout(() => undefined, 60_000)) })
  `
  const squatter = spawn(...plainNode(['--import', 'tsx', '--input-type=module', '-e', script]))
  t.teardown(() => squatter.kill('SIGKILL'))
  await once(squatter.stdout, 'data')
  const taken = await withLock(host, '/state', async () => undefined).catch(error => error)
  t.match(taken, { name: 'LockTaken', message: `held by process ${squatter.pid} of user 65534, which is no agent` })
  t.equal(exitCode(taken), 1)
})

t.test('a run waits for the commands of a killed one, but not for ever', async t => {
  const dir = t.testdir()
  const file = childrenFile(dir)
  const sleeper = spawn('sleep', ['60'])
  t.teardown(() => sleeper.kill())
  const child = childOf(sleeper.pid ?? 0)
  if (child === undefined) throw new Error('the sleeper has no process')
  const recorder = recordChildren(file)
  recorder.started(child)
  const files = new Map([[file, readFileSync(file, 'utf8')]])

  const host = memoryHost(files)
  await t.rejects(awaitChildren(host, dir, { events: () => undefined, limit: 50 }), ChildrenAtWork)
  const events: AgentEvent[] = []
  setTimeout(() => sleeper.kill(), 50)
  await awaitChildren(host, dir, { events: event => void events.push(event) })
  t.same(events, [{ event: 'waiting', pids: [sleeper.pid] }])

  recorder.ended(child)
  t.equal(readFileSync(file, 'utf8'), '[]\n')
  for (const record of ['', '{}', '[{"pid":1}]']) {
    files.set(file, record)
    await awaitChildren(host, dir, { events: () => t.fail('nobody to wait for') })
  }
})

t.test('the exit code of every end of a run', async t => {
  const report = { converged: true, actions: [] } as unknown as Report
  const left = (status: string): Report => ({ converged: false, actions: [{ status }] }) as unknown as Report
  const stale = (code: RejectionCode, of: Report): Report => ({
    ...of,
    fallback: { code, message: 'no', age: null },
  })
  const error = { code: 'action-failed', message: 'failed', actions: [] } as const
  const table: readonly (readonly [string, Report | Error, number])[] = [
    ['nothing left', report, 0],
    ['a failed action, whatever else', { ...left('rejected'), error }, 1],
    ['a host that cannot be observed', new CommandFailed(['xl', 'list'], { reason: 'no such command' }), 1],
    ['a rejected document', new DocumentRejected('digest', 'changed', 'publish'), 2],
    ['no answer and no last good document', new DocumentRejected('unreachable', 'refused', 'wait'), 1],
    ['a rejected document, and the last good one is in force', stale('digest', report), 2],
    ['a rejected document, and an action of the last good one failed', stale('digest', { ...report, error }), 1],
    ['no answer, and nothing is left of the last good document', stale('unreachable', report), 0],
    ['no answer, and something is left of the last good document', stale('unreachable', left('pending')), 3],
    ['a rejected action', left('rejected'), 2],
    ['a pending action', left('pending'), 3],
    ['a refused action', left('refused'), 3],
    ['a due action that was not to be applied', left('due'), 3],
    ['an agent that is switched off', new SwitchedOff(''), 3],
    ['a plan that does not hold any more', new PlanOutdated('changed'), 2],
    ['a held lock', new LockHeld('this machine'), 75],
  ]
  for (const [name, outcome, code] of table) t.equal(exitCode(outcome), code, name)
})

t.test('what is secret is carried out as it is and shown nowhere', async t => {
  const files = new Map<string, string>()
  const guarded: Component<unknown, null> = {
    name: 'toy',
    observe: async () => null,
    plan: () =>
      files.has('/secret')
        ? []
        : [action({ id: 'a', ops: [{ op: 'write', path: '/secret', content: 'hush', mode: 0o600, sensitive: true }] })],
  }
  const events: AgentEvent[] = []
  const told = { components: [guarded], events: (event: AgentEvent) => void events.push(event) }
  const report = await run(request(files, publish(t, {}), told))
  t.equal(files.get('/secret'), 'hush')
  t.notMatch(JSON.stringify([report, events, files.get('/state/report.json')]), 'hush')
  t.match(report.actions[0]?.ops, [{ path: '/secret', content: /^sha256:/ }])
})

t.test('what was done is reported even where the host cannot be looked at again', async t => {
  let looks = 0
  const blind: Component<unknown, null> = {
    name: 'toy',
    observe: async () => {
      looks += 1
      if (looks > 1) throw new CommandFailed(['xl', 'list'], { reason: 'timed out' })
      return null
    },
    plan: () => [action({ id: 'a' }), action({ id: 'b', waitsFor: 'reboot' })],
  }
  const report = await run(request(new Map(), publish(t, {}), { components: [blind] }))
  t.match(report, {
    converged: false,
    error: { code: 'not-verified', message: /xl list: timed out/ },
    actions: [
      { id: 'a', outcome: 'done' },
      { id: 'b', status: 'pending', outcome: 'not applied' },
    ],
  })
  t.equal(exitCode(report), 1)
})
