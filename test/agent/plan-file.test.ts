import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { exitCode } from '../../src/agent/exit-code.js'
import { type Plan, parsePlan, planOf, printPlan } from '../../src/agent/plan-file.js'
import { type RunRequest, run } from '../../src/agent/run.js'
import { canonicalJson, type Json } from '../../src/model/json.js'
import { runRequest } from '../fixtures/run-request.js'
import { memoryHost, type ToyDesired, toy } from './toy.js'

const write = (path: string, content: string) => ({ op: 'write', path, content, mode: 0o600, sensitive: true }) as const

/** One action of every status: due, refused, pending, pending behind the refused one, due by its window. */
const desired: ToyDesired = {
  '/due': { content: 'hush', action: { ops: [write('/due', 'hush')] } },
  '/refused': { content: 'r', action: { consent: 'destroy:r', risk: 'destructive' } },
  '/behind': { content: 'b', action: { requires: ['file:/refused'] } },
  '/restart': { content: 's', action: { waitsFor: 'restart:s', risk: 'disruptive' } },
  '/reboot': { content: 'o', action: { waitsFor: 'reboot' } },
}

const saturday = '2025-06-07T03:00:00Z'
const monday = '2025-06-09T12:00:00Z'

/** A host, the document that it is to be as, and a plan of it that went through its file. */
const planned = async (t: Test, made = monday, more: Partial<RunRequest> = {}) => {
  const files = new Map<string, string>()
  const source = join(t.testdir(), 'box.json')
  const publish = (toyDesired: ToyDesired): void => {
    const maintenance = { windows: [{ days: ['sat'], from: '02:00', to: '04:00' }] }
    const components = { toy: toyDesired as unknown as Json }
    writeFileSync(source, canonicalJson({ name: 'box', system: { maintenance }, software: { components } }))
  }
  publish(desired)
  const request = (now: string, and: Partial<RunRequest> = {}): RunRequest =>
    runRequest({
      system: memoryHost(files, 'box'),
      components: [toy],
      sources: [source],
      state: '/state',
      now: () => new Date(now),
      ...and,
    })
  const report = await run(request(made, { noaction: true, ...more }))
  const text = printPlan(planOf(report, { sources: [source], allow: [...(more.allow ?? [])], made }))
  const plan = parsePlan(text)
  if (plan === undefined) throw new Error('the plan cannot be read again')
  return { files, publish, request, plan, text }
}

const outcomes = async (request: RunRequest): Promise<readonly string[]> =>
  (await run(request)).actions.map(({ id, outcome, status }) => `${id} ${outcome === 'done' ? outcome : status}`).sort()

t.test(
  'a reviewed plan is consent for what it shows: what it refuses is done, what it leaves pending is left',
  async t => {
    const { files, request, plan } = await planned(t)
    t.same(
      plan.actions.map(({ id, status }) => `${id} ${status}`),
      ['toy/refused refused', 'toy/behind pending', 'toy/due due', 'toy/reboot pending', 'toy/restart pending'],
    )
    t.same(await outcomes(request(saturday, { plan })), [
      'toy/behind done',
      'toy/due done',
      'toy/reboot pending',
      'toy/refused done',
      'toy/restart pending',
    ])
    t.equal(files.get('/due'), 'hush')
  },
)

t.test('what was due in a window or by a consent when the plan was made is done whenever it is applied', async t => {
  const inWindow = await planned(t, saturday)
  t.ok((await outcomes(inWindow.request(monday, { plan: inWindow.plan }))).includes('toy/restart done'))
  const allowed = await planned(t, monday, { allow: new Set(['restart:s']) })
  t.ok((await outcomes(allowed.request(monday, { plan: allowed.plan }))).includes('toy/restart done'))
})

t.test('a plan of one component is applied to that one alone', async t => {
  const { request, plan } = await planned(t)
  const only: Plan = { ...plan, only: 'nothing', observed: {}, actions: [] }
  t.same(await outcomes(request(monday, { plan: only })), [])
})

t.test('a plan that does not hold any more is refused, and nothing of it is done', async t => {
  const edited = (plan: Plan): Plan => parsePlan(printPlan(plan).replaceAll('"/restart"', '"/etc/shadow"')) ?? plan
  const table: readonly (readonly [string, RegExp, (host: Awaited<ReturnType<typeof planned>>) => Plan])[] = [
    [
      'the document changed',
      /^the document has changed since the plan of .* was made: [0-9a-f]{64} is now/,
      ({ publish, plan }) => {
        publish({ ...desired, '/more': { content: 'more' } })
        return plan
      },
    ],
    [
      'the host changed',
      /^what toy observes has changed since/,
      ({ files, plan }) => {
        files.set('/reboot', 'o')
        return plan
      },
    ],
    ['somebody edited its operations', /give another plan/, ({ plan }) => edited(plan)],
    [
      'somebody edited a status',
      /give another plan/,
      ({ plan }) => ({ ...plan, actions: plan.actions.map(action => ({ ...action, status: 'due' })) }),
    ],
    ['somebody edited a consent into it', /give another plan/, ({ plan }) => ({ ...plan, allow: ['restart:s'] })],
  ]
  for (const [name, message, spoil] of table) {
    const host = await planned(t)
    const plan = spoil(host)
    const before = new Map(host.files)
    const error = await run(host.request(monday, { plan })).catch(thrown => thrown)
    t.match(error, { name: 'PlanOutdated', message }, name)
    t.equal(exitCode(error), 2, name)
    t.same(host.files, before, name)
  }
})

t.test('a plan holds no secret: it is planned again when it is applied', async t => {
  const { text } = await planned(t)
  t.notMatch(text, '"hush"')
  t.match(text, /"content": "sha256:/)
})

t.test('what is no plan is not read as one', async t => {
  const { plan } = await planned(t)
  const wrong: readonly unknown[] = [
    null,
    [],
    {},
    { ...plan, format: 'x' },
    { ...plan, made: 'today' },
    { ...plan, sources: 'a' },
  ]
  for (const value of wrong) t.equal(parsePlan(JSON.stringify(value)), undefined)
  t.equal(parsePlan('{"cut sh'), undefined)
  t.same(parsePlan(printPlan(plan)), plan)
})
