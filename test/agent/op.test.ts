// The operation that awaits something of the host, on a host whose answers and whose time are a script.
import t from 'tap'
import { carryOut, StillWaiting } from '../../src/agent/op.js'
import type { Op, Probe } from '../../src/model/action.js'
import { CommandFailed, type System } from '../../src/model/system.js'
import { blankHost } from '../../src/system/simulated/blank.js'
import { SimulatedSystem } from '../../src/system/simulated/simulated-system.js'
import { parseSpec } from '../../src/system/simulated/spec.js'
import { memoryHost } from './toy.js'

const gone: Probe = { kind: 'exec', argv: ['xl', 'list', 'ce'], expect: [1] }

const awaiting = (more: Partial<Extract<Op, { op: 'await' }>> = {}): Op => ({
  op: 'await',
  probe: gone,
  within: 60_000,
  otherwise: [],
  ...more,
})

/** A host that gives these exit codes, the last one for ever, and notes how time passes and what is run. */
const scripted = (codes: readonly number[]) => {
  const history: string[] = []
  let asked = 0
  const system: System = {
    ...memoryHost(new Map()),
    exec: async (argv, { effect }) => {
      history.push(`${effect} ${argv.join(' ')}`)
      if (effect === 'change') return { code: 0, stdout: '', stderr: '' }
      asked += 1
      return { code: codes[Math.min(asked, codes.length) - 1] ?? 0, stdout: '', stderr: '' }
    },
    pause: async milliseconds => void history.push(String(Math.round(milliseconds))),
  }
  return { system, history }
}

t.test('what is there already is asked for once', async t => {
  const { system, history } = scripted([1])
  await carryOut(system, awaiting())
  t.same(history, ['observe xl list ce'])
})

t.test('it is asked less and less often until it is there', async t => {
  const { system, history } = scripted([0, 0, 0, 1])
  await carryOut(system, awaiting())
  t.same(
    history.filter(line => !line.startsWith('observe')),
    ['500', '750', '1125'],
  )
})

t.test('what does not come in time leaves the action waiting, after exactly that time', async t => {
  const { system, history } = scripted([0])
  await t.rejects(carryOut(system, awaiting()), {
    name: StillWaiting.name,
    message: 'has not come within 60 s: xl list ce',
  })
  const pauses = history.filter(line => !line.startsWith('observe')).map(Number)
  t.equal(Math.max(...pauses), 5000)
  const total = pauses.reduce((a, b) => a + b)
  t.ok(Math.abs(total - 60_000) < pauses.length, 'but for rounding, the pauses add up to the limit')
})

t.test('where there is something else to do then, that is done', async t => {
  const { system, history } = scripted([0])
  await carryOut(
    system,
    awaiting({ within: 100, otherwise: [{ op: 'exec', argv: ['xl', 'destroy', 'ce'], timeout: 5 }] }),
  )
  t.same(history, ['observe xl list ce', '100', 'observe xl list ce', 'change xl destroy ce'])
})

t.test('a question that cannot be asked is a failure', async t => {
  const { system } = scripted([])
  const broken: System = {
    ...system,
    exec: async argv => Promise.reject(new CommandFailed(argv, { reason: 'killed' })),
  }
  await t.rejects(carryOut(broken, awaiting()), { name: 'CommandFailed' })
})

t.test('a port is asked for by connecting', async t => {
  const answers = [false, true]
  const asked: string[] = []
  const { system } = scripted([])
  const connects = async (host: string, port: number): Promise<boolean> => {
    asked.push(`${host}:${port}`)
    return answers.shift() ?? true
  }
  await carryOut({ ...system, connects }, awaiting({ probe: { kind: 'listening', host: '192.0.2.1', port: 22 } }))
  t.same(asked, ['192.0.2.1:22', '192.0.2.1:22'])
})

t.test('an abort ends the wait at once, with its reason', async t => {
  const abort = new AbortController()
  const { pause: _, ...onTheWall } = scripted([0]).system
  setTimeout(() => abort.abort(new Error('stop')), 20)
  const started = performance.now()
  await t.rejects(carryOut(onTheWall, awaiting(), { signal: abort.signal }), { message: 'stop' })
  t.ok(performance.now() - started < 10_000)
})

t.test('a simulated host is not waited for: ten minutes of it are over at once', async t => {
  const system = new SimulatedSystem(blankHost(parseSpec('-?hostname=box').host))
  const started = performance.now()
  const probe: Probe = { kind: 'listening', host: 'mon', port: 80 }
  await t.rejects(carryOut(system, awaiting({ probe, within: 600_000 })), StillWaiting)
  t.ok(performance.now() - started < 10_000)
})
