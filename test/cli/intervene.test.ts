// `intervene` as it was built, on hosts that are this machine under other names. They have no Xen, and so no guests: what
// becomes of those is test/intervene's and the lab's to show.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Ended, runCommand, until } from '../fixtures/killed-command.js'
import { skipWithoutSshd, startSshd } from '../fixtures/sshd.js'
import { skipWithoutRoot } from '../oracles/require-tool.js'

const hosts = ['alpha', 'beta'] as const

const profileOf = (name: string, enclosure: string, more = ''): string =>
  `system:\n  network: { hostname: ${name}, domainname: example.org }\n  enclosure: ${enclosure}\n${more}`

type Rack = {
  readonly run: (words: readonly string[], kill?: Promise<unknown>) => Promise<Ended>
  /** What the host's system was told, in order. */
  readonly told: (host: string) => readonly string[]
  readonly hasIntervention: (host: string) => boolean
}

/** A chassis with two hosts, whose documents are in force. */
const openRack = async (t: Test): Promise<Rack> => {
  const directory = t.testdir({ site: { profiles: {}, 'xenclosure.yaml': 'site: test\n' } })
  const site = join(directory, 'site')
  const configs: string[] = []
  writeFileSync(join(site, 'profiles/rack.yaml'), profileOf('rack', `{ type: blade, children: [${hosts.join(', ')}] }`))
  for (const name of hosts) {
    const xen = 'software:\n  components:\n    xen: { domains: {} }\n'
    writeFileSync(join(site, 'profiles', `${name}.yaml`), profileOf(name, '{ type: hypervisor }', xen))
    mkdirSync(join(directory, name))
    const sshd = await startSshd(t, { directory: join(directory, name), machine: name })
    configs.push(readFileSync(sshd.config(name), 'utf8'))
  }
  const config = join(directory, 'config')
  writeFileSync(config, configs.join(''))
  const run: Rack['run'] = (words, kill) =>
    runCommand([...words, '--site', site, '--ssh-config', config], kill === undefined ? {} : { kill })
  const fileOf = (host: string, path: string): string => join(directory, host, path)
  const told = (host: string): readonly string[] =>
    existsSync(fileOf(host, 'told')) ? readFileSync(fileOf(host, 'told'), 'utf8').trim().split('\n') : []
  const hasIntervention = (host: string): boolean => existsSync(fileOf(host, 'lib/xenclosure/xen/intervention.json'))
  t.match(await run(['apply', ...hosts]), { code: 0 })
  return { run, told, hasIntervention }
}

t.test('a rack reboots and goes down; killed in the middle and called again, each goes on where it is', async t => {
  if (skipWithoutSshd(t) || skipWithoutRoot(t, 'hosts in namespaces')) return
  const { run, told, hasIntervention } = await openRack(t)
  const reboot = ['intervene', 'reboot', 'rack', '--jobs', '1']
  const killed = await run(
    reboot,
    until(() => told('beta').length > 0),
  )
  t.equal(killed.code, null, 'killed when the second host was told to reboot')
  const resumed = await run(reboot)
  t.match(resumed, { code: 0, stderr: /goes on with the reboot of .*: alpha/ })
  t.match(resumed.stdout, /^already +alpha: reboot: it was rebooted$/m)
  for (const host of hosts)
    t.same([told(host), hasIntervention(host)], [['reboot'], false], `${host} was rebooted once`)

  const down = ['intervene', 'down', 'rack', '--reason', 'new fans']
  const cut = await run(
    down,
    until(() => hasIntervention('alpha')),
  )
  t.equal(cut.code, null, 'killed when the first host had been told')
  const gone = await run(down)
  t.match(gone, { code: 3, stdout: /^left +rack: switch off: switch it off by hand/m })
  for (const host of hosts)
    t.same([told(host), hasIntervention(host)], [['reboot', 'poweroff'], true], `${host} is off`)

  const again = await run(down)
  t.match(again, { code: 1, stdout: /^failed +alpha: guests down: .*; off or cut off: it declares no/m })
})
