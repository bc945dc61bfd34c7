// The agent's verbs as processes of their own, on simulated hosts.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { builtAgent, type Ran, xenclosure } from '../fixtures/xenclosure.js'

const documents = t.testdir()
t.equal(xenclosure('compile', '--out', documents).code, 0)
const document = join(documents, 'labhost.json')

/** `agent VERB ...` on a simulated host of the test's own. */
const agentOn = (t: Test) => {
  const dir = t.testdir()
  const system = `sim:${join(dir, 'host.sim')}`
  const agent = (verb: string, ...more: readonly string[]): Ran =>
    xenclosure('agent', verb, '--system', system, ...more)
  return { dir, agent }
}

t.test('a plan is saved for its owner alone, changes nothing, and is applied by its file', async t => {
  const { dir, agent } = agentOn(t)
  const file = join(dir, 'plan.json')
  writeFileSync(file, '', { mode: 0o644 })
  const saved = agent('run', '--document', document, '--plan', file)
  t.match(saved, { code: 3, stdout: /to do, 1 pending/, stderr: `agent run --apply ${file}\n` })
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.same(readdirSync(dir), ['plan.json'], 'and nothing was done')
  t.match(agent('run', '--apply', file), { code: 3, stdout: / done, .*1 pending/ })
  const outdated = agent('run', '--apply', file, '--json')
  t.match(outdated, { code: 2, stdout: '' })
  t.match(outdated.lines().at(-1), {
    severity: 'error',
    code: 'PlanOutdated',
    message: /observes has changed/,
    hint: /a new plan/,
  })
})

t.test('a consent that nothing asks for is told', async t => {
  const { agent } = agentOn(t)
  const run = agent('run', '--document', document, '--noaction', '--allow', 'reboot', '--allow', 'restart:lab')
  t.match(run.stdout, 'waits for reboot\n', 'no leave brings one, so none is named')
  t.match(run.stderr, 'nothing here needs --allow restart:lab: ')
  t.notMatch(run.stderr, '--allow reboot')
})

t.test('what the options of a run cannot mean is a usage error', async t => {
  const dir = t.testdir({ text: 'mine' })
  const [file, text] = [join(dir, 'none.json'), join(dir, 'text')]
  const table: readonly (readonly [RegExp, ...string[]])[] = [
    [/--document <file\|url>' is needed/],
    [/expected a file, or a URL of http or https/, '--document', 'ftp://example.org/labhost.json'],
    [/none\.json: there is no such file; save one first: agent run --plan/, '--apply', file],
    [/this is a directory, not a file/, '--apply', dirname(file)],
    [/there is no such file; name the FILE\.pub/, '--document', document, '--trust', file],
    [/this is a directory, not a file; name the FILE\.pub/, '--document', document, '--trust', dirname(file)],
    [/there is no such file; name the PEM file/, '--document', document, '--ca', file],
    [/this is a directory; name a file in it/, '--document', document, '--plan', dirname(file)],
    [/there is no directory .*none\.json; make it/, '--document', document, '--plan', join(file, 'plan.json')],
    [/there is no directory .*none\.json; make it/, '--document', document, '--metrics', join(file, 'x.prom')],
    [/this is a directory, not a file\n +name a file that the agent may read/, '--document', dirname(file)],
    [/not a plan that --plan saved/, '--apply', document],
    [/cannot be used with option '--apply/, '--document', document, '--plan', file, '--apply', file],
    [/cannot be used with option '--allow/, '--apply', file, '--allow', 'restart:se'],
    [/expected what a report names: restart:GUEST/, '--document', document, '--allow', 'nonsense'],
    [/not a certificate/, '--document', document, '--ca', document],
    [/--root .*text: .*text is not a directory; name another/, '--document', document, '--root', text],
    [/--state .*text: .*text is not a directory; name another/, '--document', document, '--state', text],
    [/--state .*text.below: .*text is not a directory/, '--document', document, '--state', join(text, 'below')],
    [/--state .*text: .*text is not a directory/, '--document', document, '--root', dir, '--state', '/text'],
  ]
  for (const [stderr, ...options] of table) {
    const ran = builtAgent('run', ...options)
    t.match(ran, { code: 2, stdout: '', stderr })
    t.notMatch(ran.stderr, /ENO[A-Z]+/)
  }
})

t.test('nobody answers, and there is no last good document: failed', async t => {
  const fetched = builtAgent('run', '--root', t.testdir(), '--document', 'http://127.0.0.1:9/labhost.json')
  t.match(fetched, { code: 1, stdout: '', stderr: /ECONNREFUSED/ })
})

t.test('switched off: a warning with the reason, and something is left', async t => {
  const root = t.testdir({ etc: { xenclosure: { off: 'disks are swapped,\nask Ann\n' } } })
  const run = (...more: readonly string[]): Ran => builtAgent('run', '--root', root, '--document', document, ...more)
  t.match(run(), {
    code: 3,
    stdout: '',
    stderr: /^warning: switched off by \/etc\/xenclosure\/off: disks are swapped, ask Ann\n$/,
  })
  const [complaint] = run('--json').lines()
  t.match(complaint, { severity: 'warning', code: 'SwitchedOff', message: /ask Ann$/ })
  t.same(readdirSync(root), ['etc'])
})

t.test('a rejected document: the last good one is applied, and says so', async t => {
  const { dir, agent } = agentOn(t)
  const copy = join(dir, 'labhost.json')
  const good = readFileSync(document, 'utf8')
  writeFileSync(copy, good)
  writeFileSync(join(dir, 'labhost.seal'), readFileSync(join(documents, 'labhost.seal')))
  t.equal(agent('run', '--document', copy).code, 3)
  writeFileSync(copy, good.replace('128', '129'))
  const rejected = agent('run', '--document', copy, '--json')
  t.equal(rejected.code, 2)
  t.match(rejected.json(), { fallback: { code: 'digest' }, document: { sha256: String } })
  t.match(rejected.lines()[0], { severity: 'error', code: 'digest', message: /changed after it was sealed/ })
})
