import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { lockingTest } from '../fixtures/locking-test.js'
import { siteIn } from '../fixtures/site-in.js'
import { xenclosure, xenclosureProcess } from '../fixtures/xenclosure.js'
import { skipWithout } from '../oracles/require-tool.js'

const entry = 'boot/grub/grub.cfg-01-ac-1f-6b-20-00-30'

lockingTest('a machine boots its own disk, until it is told another thing; that stays', async t => {
  const out = t.testdir()
  const netboot = (...args: readonly string[]) => xenclosure('netboot', ...args, '--out', out)
  const guests = (state: string) => ['build-el7', 'build-el8', 'build-f43'].map(name => `${name}: ${state}\n`).join('')
  t.equal(netboot().stdout, `${guests('local')}farmhost: local\n${out}: 4 files written, 0 removed\n`)
  t.match(readFileSync(join(out, entry), 'utf8'), '\n  exit\n')
  t.equal(netboot('farmhost', '--state', 'install').stdout, `farmhost: install\n${out}: 1 file written, 0 removed\n`)
  t.match(
    readFileSync(join(out, entry), 'utf8'),
    /^# installation (\S+) from \S+ until \S+\n[^$]+ 'inst.ks=https:\/\/\S+\/kickstart\/farmhost.ks\?token=\1'$/m,
  )
  t.equal(
    netboot().stdout,
    `${guests('local')}farmhost: install\n${out}: 0 files written, 0 removed\n`,
    'by the same token',
  )
  t.match(netboot('farmhost', '--state', 'install').stdout, '1 file written', 'a new order has a new token')
  t.strictSame(netboot('farmhost', '--state', 'rescue', '--json').json(), {
    machines: [{ machine: 'farmhost', state: 'rescue' }],
    written: [entry],
    removed: [],
  })
})

lockingTest('an entry goes when its machine boots no more by that card, or by another loader, or is gone', async t => {
  const host = (card: string, loader: string) => `
hardware: { cards: { nic: { eth0: { hwaddr: "00:16:3e:00:00:01", boot: true }, ${card} } } }
system: { netboot: { server: 192.0.2.20, loader: ${loader}, install: { kernel: vmlinuz } } }
`
  const second = (boot: string) => `eth1: { hwaddr: "00:16:3e:00:00:02"${boot} }`
  const two = host(second(', boot: true'), 'pxelinux')
  const { dir } = siteIn(t, { 'profiles/a.yaml': two, 'profiles/b.yaml': two.replaceAll('00:0', '01:0') })
  const [profile, out] = [join(dir, 'profiles/a.yaml'), join(dir, 'tftp')]
  const netboot = (...args: readonly string[]) => xenclosure('netboot', ...args, '--out', out, '--site', dir)
  const cards = (folder: string) => (existsSync(join(out, folder)) ? readdirSync(join(out, folder)) : [])

  t.match(netboot('a', 'b', '--state', 'install').stdout, '4 files written, 0 removed')
  writeFileSync(join(out, 'pxelinux.cfg/01-00-16-3e-00-00-77'), 'by hand')
  writeFileSync(profile, host(second(''), 'pxelinux'))
  t.match(netboot('b').stdout, '0 files written, 0 removed', 'that is the affair of a')
  t.strictSame(netboot('a', '--json').json(), {
    machines: [{ machine: 'a', state: 'install' }],
    written: [],
    removed: ['pxelinux.cfg/01-00-16-3e-00-00-02'],
  })
  writeFileSync(profile, host(second(''), 'grub-bios'))
  t.match(netboot().stdout, '1 file written, 1 removed')
  t.same(cards('boot/grub'), ['grub.cfg-01-00-16-3e-00-00-01'])
  rmSync(profile)
  t.match(netboot().stdout, '0 files written, 1 removed')
  t.same(cards('pxelinux.cfg'), ['01-00-16-3e-00-00-77', '01-00-16-3e-01-00-01', '01-00-16-3e-01-00-02'])
})

lockingTest('where no machine boots over the network, that is said; entries of those that did go', async t => {
  const netboot = 'system: { netboot: { server: 192.0.2.20, install: { kernel: vmlinuz } } }'
  const card = 'hardware: { cards: { nic: { eth0: { hwaddr: "00:16:3e:00:00:01", boot: true } } } }'
  const { dir } = siteIn(t, { 'profiles/a.yaml': `${card}\n${netboot}\n` })
  const run = (...more: readonly string[]) => xenclosure('netboot', '--site', dir, '--out', join(dir, 'tftp'), ...more)
  t.match(run(), { code: 0, stdout: /1 file written, 0 removed/, stderr: '' })
  writeFileSync(join(dir, 'profiles/a.yaml'), `${card}\n`)
  t.match(run(), {
    code: 0,
    stdout: /0 files written, 1 removed/,
    stderr: /^warning: no machine has \/system\/netboot.*\n {2}server: /,
  })
  t.match(run('--json').lines(), [{ severity: 'warning', code: 'usage' }])
})

t.test('what cannot be is told, and nothing is written', async t => {
  const out = join(t.testdir(), 'tftp')
  const table: readonly (readonly [RegExp, ...string[]])[] = [
    [/^profiles\/guests\/ui.yaml:\d+:\d+: error: ui has no \/system\/netboot/m, 'ui', '--state', 'install'],
    [/--state needs the machines that it is for/, '--state', 'install'],
    [/there is no machine farmhots/, 'farmhots', '--state', 'local'],
    [/Allowed choices are install, local, rescue/, 'farmhost', '--state', 'sleep'],
  ]
  for (const [message, ...args] of table) {
    const { code, stderr } = xenclosure('netboot', ...args, '--out', out)
    t.equal(code, 2, args.join(' '))
    t.match(stderr, message)
  }
  t.notOk(existsSync(out))
})

lockingTest(
  'dhcp writes what a server is told, asks its own parser first, and writes nothing a second time',
  async t => {
    if (skipWithout(t, 'dnsmasq', 'apt-get install -y --no-install-recommends dnsmasq-base')) return
    const out = t.testdir()
    const dhcp = () => xenclosure('dhcp', '--server', 'dnsmasq', '--out', out)
    t.match(dhcp(), { code: 0, stdout: `${out}: 25 machines, 51 files written, 0 removed\n` })
    t.match(
      readFileSync(join(out, 'hosts/farmhost'), 'utf8'),
      'ac:1f:6b:20:00:30,set:farmhost-eth0,192.0.2.30,farmhost\n',
    )
    t.match(dhcp().stdout, '0 files written, 0 removed')
    const left = ['.xenclosure-dhcp', 'hosts', 'options', 'xenclosure.conf']
    t.strictSame(readdirSync(out).sort(), left, 'and no trial is left')
  },
)

const guest = `hardware: { cards: { nic: { eth0: { hwaddr: "00:16:3e:00:00:01" } } } }
system: { network: { hostname: HOSTNAME, interfaces: { eth0: { bootproto: static, ip: 192.0.2.9, prefix: 24 } } } }
`

lockingTest('reservations are put into a directory of their own, and nothing of others is touched', async t => {
  const dir = t.testdir({ kea: { 'kea-dhcp4.conf': 'mine' }, isc: {} })
  const dhcp = (server: string, out: string) =>
    xenclosure('dhcp', '--server', server, '--no-check', '--out', join(dir, out))
  const refused = dhcp('kea', 'kea')
  t.equal(refused.code, 2)
  t.match(refused.stderr, /kea holds what xenclosure has not put there: kea-dhcp4.conf/)
  t.strictSame(readdirSync(join(dir, 'kea')), ['kea-dhcp4.conf'])
  t.equal(readFileSync(join(dir, 'kea/kea-dhcp4.conf'), 'utf8'), 'mine')
  t.equal(dhcp('isc', 'isc').code, 0)
  const before = readdirSync(join(dir, 'isc'), { recursive: true })
  t.match(dhcp('kea', 'isc').stderr, /isc holds the reservations for isc/)
  t.strictSame(readdirSync(join(dir, 'isc'), { recursive: true }), before)
  t.match(dhcp('isc', 'isc').stdout, /0 files written, 0 removed/)
})

lockingTest('what the parser refuses is not put in place', async t => {
  const { dir } = siteIn(t, { 'profiles/a.yaml': guest.replace('HOSTNAME', 'a') })
  const [bin, out] = [join(dir, 'bin'), join(dir, 'out')]
  const dhcp = () => xenclosure('dhcp', '--site', dir, '--server', 'isc', '--out', out)
  // Of what schemas let through, dhcpd is not known to refuse anything: a stand-in says what it says of a semicolon that is missing.
  mkdirSync(bin)
  const said = `Internet Systems Consortium DHCP Server 4.4.3-P1\n$(dirname $3)/hosts/a.conf line 4: semicolon expected.\n  option`
  writeFileSync(
    join(bin, 'dhcpd'),
    `#!/bin/sh\ncat $(dirname $3)/hosts/* | grep -q 192.0.2.9\\; || { echo "${said}" >&2; exit 1; }\n`,
  )
  chmodSync(join(bin, 'dhcpd'), 0o755)
  const path = process.env.PATH
  t.teardown(() => {
    process.env.PATH = path
  })
  process.env.PATH = `${bin}:${path}`
  t.match(dhcp(), { code: 0, stderr: '' })
  const before = readFileSync(join(out, 'hosts/a.conf'), 'utf8')
  writeFileSync(join(dir, 'profiles/a.yaml'), guest.replace('HOSTNAME', 'a').replace('192.0.2.9', '192.0.2.8'))
  const { code, stderr } = dhcp()
  t.equal(code, 1)
  t.match(stderr, `error: ${join(out, 'hosts/a.conf')} line 4: semicolon expected.`, 'without the banner of dhcpd')
  t.equal(readFileSync(join(out, 'hosts/a.conf'), 'utf8'), before)
})

/** A systemctl that notes what it is told, and then does what `script` says; dhcp for a site of one machine, which it reloads. */
const reloading = (t: Test, script = '', server = 'kea') => {
  const { dir } = siteIn(t, { 'profiles/a.yaml': guest.replace('HOSTNAME', 'a') })
  const [bin, log, out] = [join(dir, 'bin'), join(dir, 'log'), join(dir, 'out')]
  mkdirSync(bin)
  const systemctl = (script: string) => {
    writeFileSync(join(bin, 'systemctl'), `#!/bin/sh\necho "$@" >> ${log}\n${script}\n`)
    chmodSync(join(bin, 'systemctl'), 0o755)
  }
  systemctl(script)
  const path = process.env.PATH
  t.teardown(() => {
    process.env.PATH = path
  })
  process.env.PATH = `${bin}:${path}`
  const words = ['--site', dir, '--server', server, '--no-check', '--reload', 'dhcpd', '--out', out]
  const told = () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [])
  return { dir, out, bin, systemctl, words: ['dhcp', ...words], told }
}

lockingTest('the server reloads only where something changed', async t => {
  const { words, told, out } = reloading(t)
  t.equal(xenclosure(...words).code, 0)
  t.equal(xenclosure(...words).code, 0)
  t.strictSame(told(), ['reload-or-restart dhcpd'])
  t.strictSame(readdirSync(out).sort(), ['.xenclosure-dhcp', 'hosts', 'kea-dhcp4.conf', 'subnets.json'])
})

lockingTest('a reload that failed is told, and made up by the next run, which has nothing to write', async t => {
  const { words, told, systemctl, bin, out } = reloading(t, 'echo "Unit dhcpd.service not found." >&2; exit 5')
  t.match(xenclosure(...words), {
    code: 1,
    stdout: `${out}: 1 machine, 3 files written, 0 removed\n`,
    stderr:
      'error: the files are in place, and dhcpd has not read them: systemctl reload-or-restart dhcpd: Unit dhcpd.service not found. [usage]\n' +
      '  the same command again makes up for it\n',
  })
  const again = xenclosure(...words, '--json')
  t.equal(again.code, 1)
  t.strictSame(again.json(), { server: 'kea', machines: 1, written: [], removed: [] })
  t.match(again.lines(), [{ severity: 'error', message: /^the files are in place, .*Unit dhcpd.service not found.$/ }])
  systemctl('kill -9 $$')
  t.match(xenclosure(...words), { code: 1, stderr: 'systemctl reload-or-restart dhcpd: it ended by SIGKILL' })
  rmSync(join(bin, 'systemctl'))
  symlinkSync(execFileSync('which', ['flock'], { encoding: 'utf8' }).trim(), join(bin, 'flock'))
  const path = process.env.PATH
  process.env.PATH = bin
  t.match(xenclosure(...words), { code: 1, stderr: 'ENOENT' })
  process.env.PATH = path
  systemctl('')
  t.match(xenclosure(...words), { code: 0, stdout: '0 files written', stderr: '' })
  t.match(xenclosure(...words), { code: 0, stdout: '0 files written', stderr: '' })
  t.equal(told().length, 4, 'and once it was done, that is that')
})

lockingTest('one that a run did not live to is made up, too', async t => {
  const { words, told, systemctl } = reloading(t, 'kill -9 $PPID')
  t.equal(xenclosureProcess(...words).code, null, 'killed with its files written')
  systemctl('')
  t.match(xenclosure(...words), { code: 0, stdout: '0 files written' })
  t.equal(told().length, 2)
})

lockingTest('of two calls for one directory, one checks, writes and reloads at a time', async t => {
  const { words, out, bin } = reloading(t, '', 'isc')
  const isLocked = `flock --nonblock ${out} true && exit 9`
  writeFileSync(join(bin, 'systemctl'), `#!/bin/sh\n${isLocked}\nexit 0\n`)
  writeFileSync(join(bin, 'dhcpd'), `#!/bin/sh\n${isLocked}\nexit 0\n`)
  chmodSync(join(bin, 'dhcpd'), 0o755)
  t.match(xenclosure(...words.filter(word => word !== '--no-check')), { code: 0, stderr: '' })
})

lockingTest('what a check left that was killed is removed by the next', async t => {
  const { words, bin, out } = reloading(t, '', 'isc')
  const checked = words.filter(word => word !== '--no-check')
  const dhcpd = (script: string) => {
    writeFileSync(join(bin, 'dhcpd'), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, 'dhcpd'), 0o755)
  }
  dhcpd('kill -9 $PPID')
  t.equal(xenclosureProcess(...checked).code, null)
  t.match(readdirSync(out), [/^\.check-/])
  mkdirSync(join(out, '.check-by-hand'))
  dhcpd('exit 0')
  t.match(xenclosure(...checked), { code: 0, stderr: '' })
  t.strictSame(readdirSync(out).sort(), ['.check-by-hand', '.xenclosure-dhcp', 'hosts', 'xenclosure.conf'])
})

lockingTest('a server that has to restart for that does', async t => {
  for (const server of ['isc', 'dnsmasq']) {
    const { words, told } = reloading(t, '', server)
    t.equal(xenclosure(...words).code, 0)
    t.strictSame(told(), ['restart dhcpd'], server)
  }
})

lockingTest('a machine that boots by a card for which nothing can be reserved is named', async t => {
  const profile = guest.replace('HOSTNAME', 'a').replace('00:01"', '00:01", boot: true')
  const without = profile.replace('bootproto: static, ip: 192.0.2.9, prefix: 24', 'bootproto: dhcp')
  const { dir } = siteIn(t, {
    'profiles/a.yaml': profile,
    'profiles/b.yaml': without.replace('00:01', '00:02').replace('hostname: a', 'hostname: b'),
  })
  const ran = xenclosure('dhcp', '--site', dir, '--server', 'isc', '--no-check', '--out', join(dir, 'out'))
  t.match(ran, { code: 0, stdout: /: 1 machine, 2 files written/ })
  t.match(ran.stderr, /^warning: no reservation for 1 card that machines boot by: b \(eth0\) \[usage\]$/m)
})
