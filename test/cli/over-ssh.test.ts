// `plan` and `apply` as they were built, with the bundled agent, on hosts that are this machine under other names.
import { execFile } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { generateKeys } from '../../src/model/seal.js'
import { builtCommand } from '../fixtures/built-command.js'
import { plainNode } from '../fixtures/plain-node.js'
import { skipWithoutSshd, startSshd } from '../fixtures/sshd.js'
import { skipWithoutRoot } from '../oracles/require-tool.js'

const profile = (name: string): string => `system:\n  network: { hostname: ${name}, domainname: example.org }\n`

type Bench = {
  readonly site: string
  /** The directory of a host's sshd. */
  readonly of: (name: string) => string
  /** Runs the command; the hosts answer meanwhile. */
  readonly run: (...args: readonly string[]) => Promise<{ code: number; stdout: string; stderr: string }>
}

/** An sshd for each name. */
const openBench = async (t: Test, ...names: readonly string[]): Promise<Bench> => {
  const directory = t.testdir()
  const site = join(directory, 'site')
  mkdirSync(join(site, 'profiles'), { recursive: true })
  writeFileSync(join(site, 'xenclosure.yaml'), 'site: test\n')
  const config = join(directory, 'config')
  for (const name of names) {
    writeFileSync(join(site, 'profiles', `${name}.yaml`), profile(name))
    mkdirSync(join(directory, name))
    const sshd = await startSshd(t, { directory: join(directory, name), machine: name })
    appendFileSync(config, readFileSync(sshd.config(name)))
  }
  const run: Bench['run'] = (...args) =>
    new Promise(resolve => {
      const command = [builtCommand, ...args, '--site', site, '--ssh-config', config]
      execFile(...plainNode(command), (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      )
    })
  return { site, of: name => join(directory, name), run }
}

const skip = (t: Test): boolean => skipWithoutSshd(t) || skipWithoutRoot(t, 'hosts in namespaces')

t.test('plan changes nothing, apply does, on several hosts at once', async t => {
  if (skip(t)) return
  const { run, of } = await openBench(t, 'alpha', 'beta')
  const planned = await run('plan', 'beta', 'alpha')
  t.match(planned, { code: 0, stdout: 'beta:\nbeta: nothing to do\n\nalpha:\nalpha: nothing to do\n' })
  t.match(planned.stderr, /^alpha: document of alpha, edition 0$/m)
  t.match(planned.stderr, /^(alpha|beta): nothing to do \(2 of 2\)$/m)
  const memory = join(of('alpha'), 'lib/xenclosure')
  t.same(readdirSync(memory), ['carried'], 'a plan leaves no memory')

  const applied = await run('apply', 'alpha', 'beta', '--json', '--jobs', '1')
  t.match(JSON.parse(applied.stdout), {
    hosts: [
      { host: 'alpha', code: 0, report: { host: 'alpha', converged: true } },
      { host: 'beta', code: 0, report: { host: 'beta', converged: true } },
    ],
  })
  for (const line of applied.stderr.trim().split('\n'))
    t.match(JSON.parse(line), { severity: 'info', host: /alpha|beta/ })
  t.ok(existsSync(join(memory, 'report.json')), 'the run is in the host’s own memory')
  t.equal(statSync(join(memory, 'carried')).mode & 0o777, 0o700)
})

t.test('a host with a trust key takes what that key signed, and nothing else', async t => {
  if (skip(t)) return
  const { run, of, site } = await openBench(t, 'alpha')
  const { privateKey, publicKey } = generateKeys()
  const [key, trusted] = [join(site, '..', 'key'), join(of('alpha'), 'default/trust.pem')]
  writeFileSync(key, privateKey)
  writeFileSync(trusted, publicKey)
  writeFileSync(
    join(of('alpha'), 'default/xenclosure-agent'),
    'OPTIONS="--document /x --trust /etc/default/trust.pem"\n',
  )
  t.match(await run('apply', 'alpha'), { code: 2, stderr: /^alpha: error: .*its seal is not signed$/m })
  t.match(await run('apply', 'alpha', '--sign', key, '--serial', '1'), { code: 0 })
})

t.test('a plan that was saved for review is carried out, unless the site has changed', async t => {
  if (skip(t)) return
  const { run, site } = await openBench(t, 'alpha')
  const plans = join(site, '..', 'plans')
  t.match(await run('apply', 'alpha', '--apply', plans), {
    code: 2,
    stderr: /save one first: xenclosure plan alpha --plan/,
  })
  t.match(await run('plan', 'alpha', '--plan', plans), { code: 0 })
  t.equal(statSync(join(plans, 'alpha.plan')).mode & 0o777, 0o600)
  t.match(await run('apply', 'alpha', '--apply', plans), { code: 0 })
  writeFileSync(join(site, 'profiles/alpha.yaml'), profile('alpha').replace('example.org', 'example.net'))
  t.match(await run('apply', 'alpha', '--apply', plans), { code: 2, stderr: /^alpha: error: .*document/m })
})

t.test('what goes wrong on one host stops no other, and the worst is the exit code', async t => {
  if (skip(t)) return
  const { run, site } = await openBench(t, 'alpha')
  writeFileSync(join(site, 'profiles/gone.yaml'), 'system:\n  network: { hostname: localhost }\n')
  const { code, stdout, stderr } = await run('plan', 'gone', 'alpha')
  t.equal(code, 1)
  t.equal(stdout, 'gone:\ngone: no report, exit code 1\n\nalpha:\nalpha: nothing to do\n')
  t.match(stderr, /^gone: error: \w+@localhost: /m)
  const plans = join(site, '..', 'plans')
  const carryOut = /^to carry the plans out: /m
  t.notMatch((await run('plan', 'gone', '--plan', plans)).stderr, carryOut, 'no plan was saved')
  t.match((await run('plan', 'gone', 'alpha', '--plan', plans)).stderr, carryOut)
})

t.test('nothing is begun where the site is not sound for a host, or does not know it', async t => {
  if (skip(t)) return
  const { run, site } = await openBench(t, 'alpha')
  t.match(await run('apply', 'alpah'), { code: 2, stderr: /there is no machine alpah/ })
  writeFileSync(join(site, 'profiles/broken.yaml'), 'include: [none]\n')
  t.match(await run('apply', 'alpha', 'broken'), { code: 2, stdout: '', stderr: /nothing was done: broken/ })
  t.match(await run('apply', 'alpha'), { code: 0 }, 'another machine’s mistake is none of its own')
})
