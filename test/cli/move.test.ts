// A guest moves from one host to another: the whole way, by the commands that an administrator types.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openSimulated } from '../../src/system/simulated/open-simulated.js'
import { xenclosure } from '../fixtures/xenclosure.js'

const site = t.testdir({
  'xenclosure.yaml': 'site: two-hosts\n',
  profiles: {
    'ce.yaml':
      'hardware:\n' +
      '  ram: [{ size: 128 MiB }]\n' +
      '  harddisks: { xvda: { capacity: 64 MiB } }\n' +
      '  cards: { nic: { eth0: { hwaddr: "00:16:3e:00:00:01" } } }\n' +
      'system: { boot: { kernel: /boot/vmlinuz } }\n',
  },
})
const at = (...path: readonly string[]): string => join(site, ...path)

const writeHost = (name: string, children: string): void =>
  writeFileSync(
    at('profiles', `${name}.yaml`),
    `include: [xen/host, { template: xen/volume-group, with: { NAME: vg0, DEVICES: [{ path: /dev/sdb }] } }]
variables: { XEN_BRIDGE: xenbr0, XEN_NETWORK_BRIDGES: { xenbr0: {} } }
hardware: { ram: [{ size: 4 GiB }] }
system: { enclosure: { children: [${children}] } }
`,
  )

const compile = (...more: readonly string[]) =>
  xenclosure('compile', '--site', site, '--out', at('out'), '--json', ...more)
const lockOf = (): string => readFileSync(at('xenclosure.lock.yaml'), 'utf8')
const hostFile = (host: string): string => at(`${host}.sim`)

type Report = { readonly misplaced: readonly object[]; readonly actions: readonly { id: string; status: string }[] }
const runAgent = (host: string, ...more: readonly string[]): Report => {
  const system = `sim:${hostFile(host)}?ram=4GiB&pv=/dev/sdb:1GiB&hostname=${host}`
  const ran = xenclosure('agent', 'run', '--document', at('out', `${host}.json`), '--system', system, '--json', ...more)
  writeFileSync(at(`${host}.report`), ran.stdout)
  return ran.json() as Report
}
const domainsOf = (host: string): readonly string[] =>
  openSimulated(hostFile(host)).state.domains.map(({ config }) => config.name)
const release = (...more: readonly string[]) => xenclosure('release', 'ce', '--site', site, '--json', ...more)

writeHost('old', 'ce')
writeHost('new', '')
mkdirSync(at('out'))

t.test('--locked writes no lock file, and nothing else where a guest is not on record', async t => {
  const ran = compile('--locked')
  t.equal(ran.code, 2)
  t.match(ran.lines(), [
    { code: 'guest-unrecorded', message: 'no host is recorded for ce', file: 'xenclosure.lock.yaml', line: 1 },
  ])
  t.notOk(existsSync(at('xenclosure.lock.yaml')) || existsSync(at('out/old.json')))
})

t.test('compile records a new guest; check and show do not', async t => {
  for (const verb of [['check'], ['show', 'ce']]) t.equal(xenclosure(...verb, '--site', site).code, 0)
  t.notOk(existsSync(at('xenclosure.lock.yaml')))
  t.match(compile().json(), { recorded: ['ce'] })
  t.match(lockOf(), '\n  ce: old\n')
  t.match(compile('--locked').json(), { recorded: [] })
})

t.test('until it is released, the guest is started on neither host', async t => {
  runAgent('old')
  t.same(domainsOf('old'), ['ce'])
  const before = lockOf()
  const earlier = runAgent('old')
  writeFileSync(at('earlier.report'), JSON.stringify(earlier))

  writeHost('old', '')
  writeHost('new', 'ce')
  const moved = compile('--locked')
  t.equal(moved.code, 0)
  t.match(moved.json(), { moving: [{ guest: 'ce', from: 'old', to: 'new' }] })
  t.equal(lockOf(), before)
  t.match(xenclosure('explain', 'old', '/software/components/xen/movedTo/ce', '--site', site).stdout, 'lock.yaml:4:7')

  t.match(
    runAgent('new').actions.filter(({ status }) => status === 'pending'),
    [{ id: 'grub/reboot' }, { id: 'xen/ce/release' }],
  )
  t.same(domainsOf('new'), [])
  t.match(runAgent('old'), { misplaced: [{ guest: 'ce', to: 'new' }], orphans: [/^volume vg0\/ce/] })
  const { state } = openSimulated(hostFile('old'))
  t.notOk(
    Object.keys(state.files).some(path => path.startsWith('/etc/xen/auto/')),
    'nor with the host',
  )

  const refused = release('--report', at('old.report'))
  t.equal(refused.code, 3)
  t.match(refused.lines(), [{ message: 'ce is still on old' }])
  t.match(release('--report', at('earlier.report')).lines(), [{ message: 'the report is of another edition of old' }])
  t.equal(release('--report', at('new.report')).code, 3)
  t.equal(release('--report', at('no.report')).code, 2)
  t.equal(xenclosure('release', 'cee', '--site', site).code, 2)
  t.equal(lockOf(), before)
})

t.test('by word alone it is released with a warning of what to see to, and goes back by the lock file', t => {
  const before = lockOf()
  const ran = release()
  t.match(ran, { code: 0 })
  t.match(ran.lines(), [
    { severity: 'warning', message: 'ce has left old by your word alone', hint: /xl list ce on old/ },
  ])
  t.match(lockOf(), '\n  ce: new\n')
  writeFileSync(at('xenclosure.lock.yaml'), before)
  t.end()
})

t.test('stopped on its old host and released, it starts on the new one', async t => {
  const system = openSimulated(hostFile('old'))
  await system.exec(['xl', 'destroy', 'ce'], { effect: 'change', timeout: 1000 })
  t.same(runAgent('old').misplaced, [])
  const released = release('--report', at('old.report'))
  t.same(released.json(), { guest: 'ce', from: 'old', to: 'new' })
  t.equal(released.stderr, '')
  t.match(lockOf(), '\n  ce: new\n')
  t.equal(release().code, 0, 'and nothing is left to be released')
  t.equal(compile('--locked').code, 0)
  runAgent('new')
  t.same(domainsOf('new'), ['ce'])
  t.same(runAgent('old').misplaced, [])
  t.same(domainsOf('old'), [])
})
