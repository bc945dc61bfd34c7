// What an administrator asks the agent and tells it: status, graph, hold, claim. Processes of their own.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { builtAgent, type Ran, xenclosure } from '../fixtures/xenclosure.js'

const documents = t.testdir({ shared: {} })
t.equal(xenclosure('compile', '--out', documents).code, 0)
const document = join(documents, 'labhost.json')

/** The same host, where other hosts reach the disk of lab-pvh, too; without a seal. */
const shared = join(documents, 'shared/labhost.json')
const content = JSON.parse(readFileSync(document, 'utf8'))
Object.assign(Object.values(content.software.components.xen.domains['lab-pvh'].disks)[0] ?? {}, { shared: true })
writeFileSync(shared, JSON.stringify(content))

t.test('status tells of the last report and of what is held now, and ends as the run did', async t => {
  const system = `sim:${join(t.testdir(), 'host.sim')}`
  const agent = (verb: string, ...more: readonly string[]): Ran =>
    xenclosure('agent', verb, '--system', system, ...more)
  t.match(agent('status'), { code: 1, stdout: /^no run yet/ })
  t.equal(agent('run', '--document', shared).code, 3)
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
    [/expected a date, 2026-01-31 or 2026-01-31T18:00, or a duration: /, 'lab-pv', '--until', '3600'],
    [/it is past/, 'lab-pv', '--until', '2020-01-01T00:00'],
    [/cannot be used with/, 'lab-pv', '--release', '--until', '2h'],
  ]
  const hold = (...more: readonly string[]): Ran => builtAgent('hold', '--root', root, '--state', '/state', ...more)
  for (const [stderr, ...options] of table) t.match(hold(...options), { code: 2, stdout: '', stderr })
  t.same(readdirSync(join(root, 'state')), ['document.json'])
})

t.test('only a guest with a shared disk is claimed; what is claimed is always released', async t => {
  const root = t.testdir({ state: { 'document.json': readFileSync(shared, 'utf8') } })
  const claim = (...more: readonly string[]): Ran => builtAgent('claim', '--root', root, '--state', '/state', ...more)
  t.match(claim('lab-pv'), { code: 2, stdout: '', stderr: /^error: no disk of lab-pv is shared in the last document/ })
  t.match(claim('lab-vp'), { code: 2, stdout: '', stderr: /no guest lab-vp: expected one of lab-pv, lab-pvh/ })
  t.same(readdirSync(join(root, 'state')), ['document.json'])
  t.match(claim('lab-pvh'), { code: 0, stdout: "lab-pvh is this host's\n" })
  writeFileSync(join(root, 'state/document.json'), readFileSync(document))
  t.match(claim('lab-pvh'), { code: 2, stderr: /no disk of lab-pvh is shared/ })
  t.match(claim('lab-pvh', '--release'), { code: 0, stdout: 'lab-pvh is not claimed any more\n' })
})

t.test('what is not held or claimed is not released: the answer names what is', async t => {
  const root = t.testdir({ state: { 'document.json': readFileSync(shared, 'utf8') } })
  const agent = (...words: readonly string[]): Ran => builtAgent(...words, '--root', root, '--state', '/state')
  const refused = (stderr: string): object => ({ code: 2, stdout: '', stderr: `error: ${stderr}\n` })
  t.match(agent('hold', 'lab-pv', '--release'), refused('lab-pv is not held, nor is any other guest'))
  t.match(agent('claim', 'lab-pvh', '--release'), refused('lab-pvh is not claimed, nor is any other guest'))
  t.equal(agent('hold', 'lab-pv').code, 0)
  t.equal(agent('claim', 'lab-pvh').code, 0)
  for (const guest of ['lab-pvh', 'lab-vp'])
    t.match(agent('hold', guest, '--release'), refused(`${guest} is not held, but lab-pv is`))
  t.match(agent('claim', 'lab-pv', '--release', '--json'), refused('lab-pv is not claimed, but lab-pvh is'))
  t.same(readdirSync(join(root, 'state/xen/holds')), ['lab-pv.json'])
  writeFileSync(join(root, 'state/document.json'), '{}')
  t.match(agent('hold', 'lab-pv', '--release'), { code: 0, stdout: 'lab-pv is not held any more\n', stderr: '' })
})

t.test('before the first document a guest is held and claimed by its name alone, and that is said', async t => {
  const root = t.testdir({})
  for (const [verb, stdout] of [
    ['hold', /^hold: lab-vp is left alone/],
    ['claim', /^lab-vp is this host's\n/],
  ] as const) {
    const agent = (...more: readonly string[]): Ran =>
      builtAgent(verb, 'lab-vp', '--root', root, '--state', '/state', ...more)
    t.match(agent(), {
      code: 0,
      stdout,
      stderr: /^warning: whether there is a guest lab-vp was not checked: no document /,
    })
    t.match(agent('--json').lines(), [{ severity: 'warning', code: 'usage' }])
  }
})

t.test('graph shows the plan of a host as text and as JSON, and changes nothing', async t => {
  const dir = t.testdir()
  const graph = (...more: readonly string[]): Ran =>
    xenclosure('agent', 'graph', '--document', document, '--system', `sim:${dir}/host.sim`, ...more)
  t.match(graph(), { code: 0, stdout: /^ {4}needs block:\/dev\/\S+ from lvm\/\S+$/m })
  t.match(graph('--json').json(), { nodes: [{ id: String, status: String }], edges: [{ from: String, to: String }] })
  t.same(readdirSync(dir), [])
})
