// `agent down` and `agent up` on a simulated host: to their end, and from wherever they were killed.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { xen } from '../../components/xen/component.js'
import { exitCode } from '../../src/agent/exit-code.js'
import { putIntervention, readIntervention } from '../../src/agent/guests.js'
import { bringUp, downCode, type Order, takeDown, upCode } from '../../src/agent/intervene.js'
import { type RunRequest, run } from '../../src/agent/run.js'
import { offFile } from '../../src/model/off-file.js'
import type { System } from '../../src/model/system.js'
import { faulty, Killed } from '../../src/system/faulty.js'
import { SimulatedSystem } from '../../src/system/simulated/simulated-system.js'
import { guest, simulatedHost } from '../components/xen/host.js'
import { runRequest } from '../fixtures/run-request.js'

const source = join(t.testdir(), 'h.json')
const domains = { a: guest(1, { order: 10 }), b: guest(2, { needs: ['a'] }), c: guest(3, { shutdown_timeout: 2 }) }
writeFileSync(source, JSON.stringify({ name: 'h', software: { components: { xen: { domains } } } }))

const request = (system: System, sources: readonly string[] = []): RunRequest =>
  runRequest({ system, components: [xen], sources })
const ordered: Order = { reason: null, limit: null, limits: {}, onTimeout: null }
const namesOf = ({ state }: SimulatedSystem): readonly string[] => state.domains.map(({ config }) => config.name).sort()

const convergedHost = async (): Promise<SimulatedSystem> => {
  const host = simulatedHost()
  await run(request(host, [source]))
  host.elapse(60)
  return host
}

t.test('down and up by the document in force', async t => {
  const host = await convergedHost()
  const down = await takeDown(request(host), ordered)
  t.same([downCode(down), namesOf(host), down.fallback], [0, [], undefined])
  const again = await takeDown(request(host), { ...ordered, reason: 'a fan' })
  t.same(again.intervention, { ...down.intervention, reason: 'a fan' }, 'it began when it began')
  t.equal(exitCode(await bringUp(request(host))), 0)
  t.same(namesOf(host), ['a', 'b', 'c'])
})

t.test('while the agent is switched off, nothing is ordered; an order that was at work stands', async t => {
  const host = await convergedHost()
  await host.write(offFile, 'disks are swapped\n', 0o644)
  const refused = { name: 'SwitchedOff', message: /swapped/, remedy: /^nothing was ordered/ }
  await t.rejects(takeDown(request(host), ordered), refused)
  t.equal(await readIntervention(host, '/var/lib/xenclosure'), null)
  await host.remove(offFile)
  t.same(namesOf(host), ['a', 'b', 'c'])
  host.guest('c', 'hang')
  let isLaid = false
  const events = (): void => {
    if (!isLaid) void host.write(offFile, '', 0o644)
    isLaid = true
  }
  await t.rejects(takeDown({ ...request(host), events }, ordered), { name: 'SwitchedOff', remedy: /^the order stands/ })
  t.match(await readIntervention(host, '/var/lib/xenclosure'), { isEnding: false })
  await t.rejects(bringUp(request(host)), { name: 'SwitchedOff', remedy: /^nothing was ordered/ })
  t.match(await readIntervention(host, '/var/lib/xenclosure'), { isEnding: false })
})

t.test('without a document in force it says so', async t => {
  await t.rejects(takeDown(request(simulatedHost()), ordered), { code: 'document-missing' })
})

t.test('a guest that ignores its shutdown is waited for, then told of or destroyed', async t => {
  const host = await convergedHost()
  host.guest('c', 'hang')
  const waited = await takeDown(request(host), ordered)
  t.same([downCode(waited), waited.intervention?.up], [3, ['c']])
  t.match(waited.waits, [{ for: 'shutdown:c' }])
  t.equal(downCode(await takeDown(request(host), { ...ordered, onTimeout: 'destroy' })), 0)
  t.same(namesOf(host), [])
})

t.test('an intervention that begins while the guests of another come up is not forgotten', async t => {
  const host = await convergedHost()
  await takeDown(request(host), ordered)
  let begun: Promise<unknown> | undefined
  const events = (): void => {
    begun ??= takeDown(request(host), { ...ordered, reason: 'another' })
  }
  const up = await bringUp({ ...request(host), events })
  await begun
  t.equal(upCode(up), 3)
  t.match(await readIntervention(host, '/var/lib/xenclosure'), { reason: 'another', isEnding: false })
  t.same(namesOf(host), [])
})

t.test('one that was cut off while guests came up is forgotten by the run that brings them up', async t => {
  const host = await convergedHost()
  await takeDown(request(host), ordered)
  const known = await readIntervention(host, '/var/lib/xenclosure')
  if (known !== null) await putIntervention({ ...known, isEnding: true }, host, '/var/lib/xenclosure')
  t.equal(exitCode(await run(request(host, [source]))), 0)
  t.same([namesOf(host), await readIntervention(host, '/var/lib/xenclosure')], [['a', 'b', 'c'], null])
})

t.test('of a damaged file, what is lost begins anew', async t => {
  const host = await convergedHost()
  await host.write('/var/lib/xenclosure/xen/intervention.json', '{"since": 3', 0o600)
  await takeDown(request(host), ordered)
  const { since, boot } = (await readIntervention(host, '/var/lib/xenclosure')) ?? {}
  t.type(since, 'string')
  t.equal(boot, ((await host.read('/proc/sys/kernel/random/boot_id')) ?? '').trim())
})

t.test('killed after any change and called again, it comes to the same end', async t => {
  const converged = await convergedHost()
  let killed = true
  for (let changes = 0; killed; changes += 1) {
    const host = new SimulatedSystem(converged.state, { label: `simulated by ${process.pid}` })
    const seen = new Map(host.state.domains.map(({ config, domid }) => [config.name, domid]))
    killed = await isKilled(takeDown(request(faulty(host, { killAfter: changes })), ordered))
    for (const { config, domid } of host.state.domains) t.equal(domid, seen.get(config.name), 'nobody was restarted')
    t.equal(downCode(await takeDown(request(host), ordered)), 0, `killed after ${changes} changes`)
    t.same(namesOf(host), [])
  }
  const down = new SimulatedSystem(converged.state, { label: `simulated by ${process.pid}` })
  await takeDown(request(down), ordered)
  killed = true
  for (let changes = 0; killed; changes += 1) {
    const host = new SimulatedSystem(down.state, { label: `simulated by ${process.pid}` })
    killed = await isKilled(bringUp(request(faulty(host, { killAfter: changes }))))
    const seen = host.state.domains.map(({ config, domid }) => [config.name, domid])
    t.equal(exitCode(await bringUp(request(host))), 0, `killed after ${changes} changes`)
    t.same(namesOf(host), ['a', 'b', 'c'])
    const after = host.state.domains.map(({ config, domid }) => [config.name, domid])
    t.same(after.slice(0, seen.length), seen, 'nobody was started twice')
  }
})

const isKilled = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => false,
    error => error instanceof Killed || Promise.reject(error),
  )
