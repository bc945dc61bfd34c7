// What an administrator asks the agent and tells it: status, graph, hold, claim. Processes of their own.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { builtAgent, type Ran, xenclosure } from '../fixtures/xenclosure.js'

const documents = t.testdir()
t.equal(xenclosure('compile', '--out', documents).code, 0)
const document = join(documents, 'labhost.json')

t.test('status tells of the last report and of what is held now, and ends as the run did', async t => {
  const system = `sim:${join(t.testdir(), 'host.sim')}`
  const agent = (verb: string, ...more: readonly string[]): Ran =>
    xenclosure('agent', verb, '--system', system, ...more)
  t.match(agent('status'), { code: 1, stdout: /^no run yet/ })
  t.equal(agent('run', '--document', document).code, 3)
  t.match(agent('hold', 'lab-pv', '--until', '2h', '--reason', 'fsck'), {
    code: 0,
    stdout: /^hold: lab-pv is left alone until 20.*Z: fsck\n$/,
  })
  t.match(agent('claim', 'lab-pvh', '--json').json(), { guest: 'lab-pvh', claimed: true })
  const status = agent('status')
  t.equal(status.code, 3)
  t.match(
    status.stdout,
    /^claim: lab-pvh is this host's\nreport: \d+ s old, by agent \d.*\ndocument: .*accepted \d+ s ago\n/,
  )
  t.match(status.stdout, /^hold: lab-pv .*: fsck$/m)
  t.match(status.stdout, /waits for reboot\n/)
  t.match(agent('status', '--json').json(), {
    off: null,
    holds: [{ guest: 'lab-pv', reason: 'fsck' }],
    report: { host: 'labhost', waits: [{ for: 'reboot' }] },
    age: Number,
  })
  t.match(agent('hold', 'lab-pv', '--release'), { code: 0, stdout: 'lab-pv is not held any more\n' })
  t.match(agent('status', '--json').json(), { holds: [], claims: [{ guest: 'lab-pvh' }] })
})

t.test('a hold that would protect nothing is a usage error', async t => {
  const root = t.testdir({ state: { 'document.json': readFileSync(document, 'utf8') } })
  const table: readonly (readonly [RegExp, ...string[]])[] = [
    [/no guest lab-vp: expected one of lab-pv, lab-pvh/, 'lab-vp'],
    [/not the name of a machine/, '../lab-pv'],
    [/expected 30m, 2h, 3d or/, 'lab-pv', '--until', 'tomorrow'],
    [/it is past/, 'lab-pv', '--until', '2020-01-01T00:00'],
    [/cannot be used with/, 'lab-pv', '--release', '--until', '2h'],
  ]
  const hold = (...more: readonly string[]): Ran => builtAgent('hold', '--root', root, '--state', '/state', ...more)
  for (const [stderr, ...options] of table) t.match(hold(...options), { code: 2, stdout: '', stderr })
  t.same(readdirSync(join(root, 'state')), ['document.json'])
})

t.test('graph shows the plan of a host as text and as JSON, and changes nothing', async t => {
  const dir = t.testdir()
  const graph = (...more: readonly string[]): Ran =>
    xenclosure('agent', 'graph', '--document', document, '--system', `sim:${dir}/host.sim`, ...more)
  t.match(graph(), { code: 0, stdout: /^ {4}needs block:\/dev\/\S+ from lvm\/\S+$/m })
  t.match(graph('--json').json(), { nodes: [{ id: String, status: String }], edges: [{ from: String, to: String }] })
  t.same(readdirSync(dir), [])
})
