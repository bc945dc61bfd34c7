import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Domain } from '../../components/xen/desired.js'
import { packageRoot } from '../../src/compiler/package-root.js'
import { plainNode } from '../fixtures/plain-node.js'
import { siteIn } from '../fixtures/site-in.js'
import { site as twoHosts } from '../fixtures/two-hosts.js'
import { xenclosure } from '../fixtures/xenclosure.js'
import { skipWithout } from '../oracles/require-tool.js'
import { parseWithXl, skipWithoutXl } from '../oracles/xl.js'
import { xlDifferences } from '../oracles/xl-differences.js'

const hosts = ['gridhost', 'labhost']

const rendered = (t: Test, host: string): string => {
  const out = t.testdir()
  if (xenclosure('render', host, '--out', out).code !== 0) throw new Error(`${host} cannot be rendered`)
  return out
}

t.test('render writes what the agent would write', async t => {
  const out = rendered(t, 'labhost')
  t.same(readdirSync(join(out, 'etc/xen')).sort(), ['auto', 'lab-pv.cfg', 'lab-pvh.cfg'])
  t.equal(readlinkSync(join(out, 'etc/xen/auto/50-lab-pv')), '../lab-pv.cfg')
  t.match(readFileSync(join(out, 'etc/default/grub.d/zz-xenclosure.cfg'), 'utf8'), 'dom0_mem=1024M,max:1024M')
})

t.test('render knows the interfaces of the host, and says what it leaves out', async t => {
  const out = rendered(t, 'farmhost')
  const bridge = readFileSync(join(out, 'etc/systemd/network/05-xenclosure-xenbr20.netdev'), 'utf8')
  t.match(bridge, 'MACAddress=ac:1f:6b:20:00:30', 'that of the first card of the bond')
  t.match(xenclosure('render', 'gridhost', '--out', out), {
    code: 0,
    stderr: /^left out, as it depends on the host: network\/eth1: nothing is known that would answer/,
  })
})

t.test('the real xl reads every domain of the example site as it is declared, without a warning', async t => {
  if (skipWithoutXl(t)) return
  for (const host of hosts) {
    const out = rendered(t, host)
    const domains = xenclosure('show', host, '/software/components/xen/domains').json() as unknown as Readonly<
      Record<string, Domain>
    >
    const names = Object.keys(domains)
    t.ok(names.length > 1, `${host} has domains`)
    const parsed = parseWithXl(names.map(name => join(out, 'etc/xen', `${name}.cfg`)))
    for (const [index, name] of names.entries()) {
      const [result, domain] = [parsed[index], domains[name]]
      t.same(result?.warnings, [], `${name}: no warning`)
      t.same(result?.ok && domain ? xlDifferences(name, domain, result.config) : result, [], `${name}: field by field`)
    }
  }
})

t.test('a run goes on where nobody reads its progress any more', async t => {
  const dir = t.testdir()
  xenclosure('compile', '--out', dir)
  const simulated = `sim:${join(dir, 'host')}`
  const main = join(packageRoot(), 'src/cli/main.ts')
  const run = ['agent', 'run', '--document', join(dir, 'labhost.json'), '--system', simulated]
  const agent = spawn(...plainNode(['--import', 'tsx', main, ...run]), { cwd: packageRoot() })
  agent.stderr.destroy()
  agent.stdout.destroy()
  t.same(await once(agent, 'exit'), [3, null])
})

t.test('the grub fragment of every host is sound', async t => {
  if (skipWithout(t, 'grub-script-check', 'apt-get install -y --no-install-recommends grub-common')) return
  for (const host of hosts) {
    const fragment = join(rendered(t, host), 'etc/default/grub.d/zz-xenclosure.cfg')
    for (const command of [
      ['grub-script-check', fragment],
      ['sh', '-n', fragment],
    ]) {
      t.equal(spawnSync(command[0] ?? '', command.slice(1)).status, 0, command.join(' '))
    }
  }
})

t.test('agent run: a plan, a run, a second run, on a simulated host in a file', async t => {
  const directory = t.testdir()
  const out = join(directory, 'out')
  t.equal(xenclosure('compile', '--out', out).code, 0)
  const run = (...more: readonly string[]) =>
    xenclosure(
      'agent',
      'run',
      '--document',
      join(out, 'labhost.json'),
      '--system',
      `sim:${join(directory, 'labhost.sim')}`,
      ...more,
    )

  const plan = run('--noaction', '--json')
  t.equal(plan.code, 3, 'there is something to do')
  t.match(plan.json(), { host: 'labhost', converged: false, drift: [], orphans: [], misplaced: [] })
  t.same(readdirSync(directory), ['out'], 'and nothing was done')

  t.equal(run().code, 3, 'done; a reboot is pending')
  const second = run('--json')
  t.equal(second.code, 3)
  const { actions } = second.json() as { actions: readonly { status: string; waitsFor?: string }[] }
  t.same(
    actions.map(({ status, waitsFor }) => [status, waitsFor]),
    [['pending', 'reboot']],
    'nothing is due',
  )
})

t.test('render of a guest says whose files it is in', async t => {
  const out = t.testdir()
  t.match(xenclosure('render', 'lab-pv', '--out', out), {
    code: 0,
    stdout: '0 files for lab-pv\n',
    stderr: 'lab-pv has no files of its own: try labhost, which encloses it\n',
  })
  const chassis = xenclosure('render', 'chassis1', '--out', out)
  t.equal(chassis.stdout, '0 files for chassis1\n')
  t.equal(
    chassis.stderr,
    'chassis1 has no files of its own: no agent runs on it; try the hosts in it, blade01, blade02\n',
  )
})

t.test('render compiles no more than the host is made from', async t => {
  const { dir } = siteIn(t, {
    ...twoHosts,
    'profiles/plain.yaml': 'hardware: { model: switch }\n',
    'profiles/case.yaml': 'system: { enclosure: { type: dumb, children: [plain] } }\n',
  })
  const render = (host: string) => xenclosure('render', host, '--site', dir, '--out', join(dir, 'out'))
  const sound = render('h1')
  t.match(sound.stdout, /[1-9] files for h1\n$/)
  t.match(render('a').stderr, 'a has no files of its own: try h1, which encloses it')
  t.equal(render('plain').stderr, 'plain has no files of its own: it declares nothing that an agent would write\n')
  t.equal(render('case').stderr, 'case has no files of its own: it declares nothing that an agent would write\n')
  t.match(render('h3'), { code: 2, stderr: /there is no machine h3/ })
  writeFileSync(join(dir, 'profiles/plain.yaml'), 'hardware: { modell: switch }\n')
  t.same(render('h1'), sound, 'with a mistake elsewhere')
  t.match(render('plain'), { code: 2, stderr: /unknown key modell/ })
  t.match(render('a'), { code: 2, stderr: /unknown key modell/ }, 'who encloses it is a question about the site')
})

t.test('a signed site: only what the trusted key signed is applied', async t => {
  const directory = t.testdir()
  const [out, key, other] = [join(directory, 'out'), join(directory, 'key'), join(directory, 'other')]
  for (const file of [key, other]) t.equal(xenclosure('keys', 'new', file).code, 0)
  t.equal(xenclosure('compile', '--out', out, '--sign', key, '--serial', '3').code, 0)
  const run = (trust: string) =>
    xenclosure(
      'agent',
      'run',
      '--noaction',
      '--document',
      join(out, 'labhost.json'),
      '--system',
      `sim:${directory}/host`,
      '--trust',
      trust,
    )
  t.equal(run(`${key}.pub`).code, 3)
  const rejected = run(`${other}.pub`)
  t.equal(rejected.code, 2)
  t.match(rejected.stderr, 'signed by somebody else')
  t.match(run(key), { code: 2, stderr: `${key}: a private key, which belongs on no host` })
  const again = xenclosure('keys', 'new', key)
  t.match(again, { code: 2, stderr: /are there already.*\n.*name another file/ })
})

t.test("a document of Quattor's compiler is read and planned", async t => {
  const document = 'test/cases/quattor/host00000.example.org.json'
  const ran = xenclosure(
    'agent',
    'run',
    '--noaction',
    '--json',
    '--document',
    document,
    '--system',
    `sim:${t.testdir()}/host`,
  )
  t.equal(ran.code, 3)
  const { host, actions } = ran.json() as { host: string; actions: readonly { id: string; summary: string }[] }
  t.equal(host, 'host00000.example.org')
  const summaries = actions.map(({ summary }) => summary)
  const guests = [0, 1, 2, 3, 4].map(index => `vm00000${index}.example.org`)
  const sizes = [20, 160, 80, 40, 20]
  for (const [index, guest] of guests.entries()) {
    t.ok(summaries.includes(`create volume xenvg/${guest} of ${sizes[index]} GiB`), `the volume of ${guest}`)
    t.ok(summaries.includes(`start domain ${guest}`), `the domain ${guest}`)
  }
})
