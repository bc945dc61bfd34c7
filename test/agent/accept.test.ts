// What a run goes by where the document that was asked for cannot be had or is rejected: the last good one.
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { AgentEvent } from '../../src/agent/events.js'
import { exitCode } from '../../src/agent/exit-code.js'
import { printReport } from '../../src/agent/print.js'
import { type RunRequest, run } from '../../src/agent/run.js'
import { canonicalJson } from '../../src/model/json.js'
import { generateKeys, printSeal, sealOf, signSeal } from '../../src/model/seal.js'
import { faulty, Killed } from '../../src/system/faulty.js'
import { runRequest } from '../fixtures/run-request.js'
import { memoryHost, toy } from './toy.js'

const ours = generateKeys()
const theirs = generateKeys()

type Edition = { readonly name?: string; readonly serial?: number; readonly content?: string; readonly key?: string }

/** A document that wants one file, and its seal. */
const edition = ({ name = 'box', serial = 5, content = 'good', key = ours.privateKey }: Edition = {}) => {
  const document = canonicalJson({ name, software: { components: { toy: { '/a': { content } } } } })
  const seal = printSeal(signSeal(sealOf(document, { name, serial, commit: null, compiler: '0.1.0' }), key))
  return { document, seal }
}

/** A host on which edition 5 was applied, the place that it came from, and a run from there. */
const converged = async (t: Test) => {
  const files = new Map<string, string>()
  const dir = t.testdir()
  const source = join(dir, 'box.json')
  const publish = ({ document, seal }: { readonly document: string; readonly seal: string }): void => {
    writeFileSync(source, document)
    writeFileSync(join(dir, 'box.seal'), seal)
  }
  const request = (more: Partial<RunRequest> = {}): RunRequest =>
    runRequest({
      system: memoryHost(files, 'box'),
      components: [toy],
      sources: [source],
      trust: [ours.publicKey],
      state: '/state',
      now: () => new Date('2025-06-01T12:00:00Z'),
      ...more,
    })
  publish(edition())
  await run(request())
  return { files, publish, request }
}

t.test('a rejected document leaves the last good one in force: it is kept up, and the run ends with 2', async t => {
  const good = edition()
  const table: readonly (readonly [string, string, { readonly document: string; readonly seal: string }])[] = [
    ['a changed byte', 'digest', { ...good, document: good.document.replace('good', 'evil') }],
    ['an unknown signer', 'signature', edition({ serial: 6, content: 'evil', key: theirs.privateKey })],
    ["another host's document", 'machine', edition({ serial: 6, content: 'evil', name: 'other' })],
    ['an older edition', 'serial', edition({ serial: 4, content: 'evil' })],
    ['a seal that is none', 'seal-syntax', { ...good, seal: '{}' }],
  ]
  for (const [name, code, published] of table) {
    const { files, publish, request } = await converged(t)
    publish(published)
    files.set('/a', 'changed by hand')
    const before = ['document.json', 'document.seal', 'serial.json', 'fetched.json'].map(file =>
      files.get(`/state/${file}`),
    )
    const events: AgentEvent[] = []
    const now = () => new Date('2025-06-04T13:00:00Z')
    const report = await run(request({ now, events: event => void events.push(event) }))
    t.match(
      report,
      {
        document: { serial: 5, accepted: '2025-06-01T12:00:00.000Z' },
        fallback: { code, age: 262_800 },
        converged: true,
      },
      name,
    )
    t.match(events[0], { event: 'rejected', code }, `${name} is told at once`)
    t.equal(files.get('/a'), 'good', `${name}: the host is kept as the last good document says`)
    t.equal(exitCode(report), 2, name)
    t.match(printReport(report), /^rejected: .*: this is the last good document, accepted 3 days ago$/m)
    const after = ['document.json', 'document.seal', 'serial.json', 'fetched.json'].map(file =>
      files.get(`/state/${file}`),
    )
    t.same(after, before, `${name} leaves nothing behind`)
    t.equal(exitCode(await run(request({ noaction: true }))), 2, `${name}, looked at alone`)
  }
})

t.test('where nobody answers, the last good document is applied, and the run ends as without a fault', async t => {
  const { files, request } = await converged(t)
  const sources = ['http://127.0.0.1:9/box.json', join(t.testdir(), 'gone.json')]
  files.set('/a', 'changed by hand')
  const report = await run(request({ sources }))
  t.match(report, { fallback: { code: 'unreachable', age: 0 }, drift: ['toy/a'], converged: true })
  t.equal(files.get('/a'), 'good')
  t.equal(exitCode(report), 0)
})

t.test('a clock that was set back changes nothing', async t => {
  const { publish, request } = await converged(t)
  const now = () => new Date('1999-01-01T00:00:00Z')
  t.match(await run(request({ sources: ['http://127.0.0.1:9/box.json'], now })), { fallback: { age: 0 } })
  publish(edition({ serial: 6, content: 'new' }))
  t.match(await run(request({ now })), { document: { serial: 6 }, fallback: undefined })
  publish(edition({ serial: 5 }))
  t.match(await run(request({ now })), { document: { serial: 6 }, fallback: { code: 'serial' } })
})

t.test('killed while it keeps a new edition, it has the one or the other to go by when nobody answers', async t => {
  let killed = 0
  for (let changes = 0; ; changes += 1) {
    const { files, publish, request } = await converged(t)
    publish(edition({ serial: 6, content: 'better' }))
    const first = run(request({ system: faulty(memoryHost(files, 'box'), { killAfter: changes }) }))
    const isKilled = await first.then(
      () => false,
      error => error instanceof Killed,
    )
    if (!isKilled) break
    killed += 1
    const report = await run(request({ sources: ['http://127.0.0.1:9/box.json'] }))
    t.match([exitCode(report), report.fallback], [0, { code: 'unreachable' }], `after ${changes} changes`)
    t.match(files.get('/a'), /^(good|better)$/)
  }
  t.ok(killed > 4, 'at each of several changes', { killed })
})

t.test('the last good document must pass the rules of today', async t => {
  const { files, publish, request } = await converged(t)
  publish(edition({ serial: 6, content: 'evil' }))
  await t.rejects(run(request({ trust: [theirs.publicKey] })), { code: 'signature' }, 'its key is not trusted any more')
  files.set('/state/document.json', '{"cut sh')
  publish(edition({ serial: 6, key: theirs.privateKey }))
  await t.rejects(run(request()), { code: 'signature', message: /box\.json/ }, 'it was cut short')
})

t.test('without a last good document there is nothing to go by', async t => {
  const { request } = await converged(t)
  await t.rejects(run(request({ state: '/new', sources: ['http://127.0.0.1:9/box.json'] })), { code: 'unreachable' })
})

t.test('a serial that cannot be read is that of the last good seal; without that nothing is accepted', async t => {
  for (const damage of ['', '"5"', '{"cut sh']) {
    const { files, publish, request } = await converged(t)
    files.set('/state/serial.json', damage)
    publish(edition({ serial: 4 }))
    t.match((await run(request())).fallback, { code: 'serial' })
    files.set('/state/serial.json', damage)
    files.delete('/state/document.seal')
    const lost = await run(request()).catch(error => error)
    t.match(lost, { name: 'StateDamaged', message: /^\/state\/serial\.json holds no serial/ })
    t.equal(exitCode(lost), 1)
    files.delete('/state/serial.json')
    t.match(await run(request()), { document: { serial: 4 } }, 'removed: any is accepted')
  }
})

t.test(
  'an unchanged document is neither sent nor written again, and keeps the time of its first acceptance',
  async t => {
    const { document, seal } = edition()
    const answers: number[] = []
    const server = createServer(({ url = '', headers }, response) => {
      const status = headers['if-none-match'] === `"${url}"` ? 304 : 200
      answers.push(status)
      const body = url.endsWith('json') ? document : seal
      response.writeHead(status, { etag: `"${url}"` }).end(status === 304 ? undefined : body)
    })
    await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
    t.teardown(() => server.close())
    const { request } = await converged(t)
    const files = new Map<string, string>()
    const system = memoryHost(files, 'box')
    const sources = [`http://127.0.0.1:${(server.address() as AddressInfo).port}/box.json`]
    await run(request({ system, sources }))
    await run(request({ system, sources }))
    const before = new Map(files)
    const write = async (path: string): Promise<void> => void t.fail(`${path} is written`)
    const later = request({ system: { ...system, write }, sources, now: () => new Date('2025-06-01T12:30:00Z') })
    t.match(await run(later), { converged: true, fallback: undefined, document: { serial: 5 } })
    t.same(answers, [200, 200, 304, 304, 304, 304])
    t.same(files, before)
  },
)
