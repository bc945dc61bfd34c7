// `serve` as a process of its own, until it is told to end.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { packageRoot } from '../../src/compiler/package-root.js'
import { builtCommand } from '../fixtures/built-command.js'
import { localhostCertificate, localhostKey } from '../fixtures/localhost-tls.js'
import { lockingTest } from '../fixtures/locking-test.js'
import { plainNode } from '../fixtures/plain-node.js'
import { xenclosure } from '../fixtures/xenclosure.js'
import { skipWithout } from '../oracles/require-tool.js'

type Server = { readonly child: ChildProcess; readonly url: string; readonly log: readonly string[] }

/** On a free port; where it is to be reached, it says itself. */
const start = async (t: Test, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Server> => {
  const command = [builtCommand, 'serve', '--listen', '127.0.0.1:0', ...args]
  const child = spawn(...plainNode(command), { stdio: ['ignore', 'ignore', 'pipe'], env })
  t.teardown(() => child.kill('SIGKILL'))
  const log: string[] = []
  const lines = createInterface({ input: child.stderr }).on('line', line => log.push(line))
  await once(lines, 'line')
  const [url = ''] = /https?:\/\/[^\s"]+(?=: ready)/.exec(log[0] ?? '') ?? []
  return { child, url, log }
}

t.test('it says where it is, what it is asked, and ends at SIGTERM', async t => {
  const { child, url, log } = await start(t, ['--documents', t.testdir({ 'a.json': '{}' })])
  t.equal(await (await fetch(`${url}/documents/a.json`)).text(), '{}')
  t.equal((await fetch(`${url}/documents/b.json?token=secret`)).status, 404)
  child.kill('SIGTERM')
  t.strictSame(await once(child, 'close'), [0, null])
  t.match(log[1], /^127\.0\.0\.1 GET \/documents\/a\.json 200 \d+ ms$/)
  t.match(log[2], /^127\.0\.0\.1 GET \/documents\/b\.json 404 \d+ ms: b\.json is not published here$/)
  t.equal(log[3], 'SIGTERM: what is under way ends first')
})

t.test('systemd is told when it is ready, and when it ends', async t => {
  const dir = t.testdir({ 'a.json': '{}' })
  writeFileSync(join(dir, 'systemd-notify'), `#!/bin/sh\necho "$*" >> ${dir}/said\n`)
  chmodSync(join(dir, 'systemd-notify'), 0o755)
  const env = { ...process.env, PATH: `${dir}:${process.env.PATH}`, NOTIFY_SOCKET: '/run/none' }
  const { child } = await start(t, ['--documents', dir], env)
  child.kill('SIGTERM')
  t.strictSame(await once(child, 'close'), [0, null])
  t.equal(readFileSync(join(dir, 'said'), 'utf8'), 'READY=1\nSTOPPING=1\n')
})

t.test('its unit is one that systemd takes', async t => {
  if (skipWithout(t, 'systemd-analyze', 'apt-get install -y systemd')) return
  const unit = join(packageRoot(), 'src/build/package/xenclosure-serve.service')
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' })
  t.equal(status, 0, stderr)
})

t.test('with a key and a certificate it speaks https', async t => {
  const dir = t.testdir({ key: localhostKey, cert: localhostCertificate })
  const tls = ['--tls-key', join(dir, 'key'), '--tls-cert', join(dir, 'cert')]
  const { url, log } = await start(t, ['--documents', dir, '--json', ...tls])
  t.match(url, /^https:\/\/127\.0\.0\.1:\d+$/)
  t.match(JSON.parse(log[0] ?? ''), { severity: 'info', message: `${url}: ready` })
})

t.test('a new certificate is shown from SIGHUP on; one that is none changes nothing', async t => {
  const dir = t.testdir({ key: localhostKey, cert: localhostCertificate })
  const [key, cert] = [join(dir, 'key'), join(dir, 'cert')]
  const { child, url, log } = await start(t, ['--documents', dir, '--tls-key', key, '--tls-cert', cert])
  const shown = async (): Promise<unknown> => {
    const asked = request(url, { rejectUnauthorized: false, agent: false }).end()
    const [answer] = await once(asked, 'response')
    const { subject } = answer.socket.getPeerCertificate()
    answer.resume()
    return subject.CN
  }
  const hangUp = async (): Promise<string> => {
    const said = () => log.filter(line => line.startsWith('SIGHUP'))
    const { length } = said()
    child.kill('SIGHUP')
    while (said().length === length) await once(child.stderr as Readable, 'data')
    return said()[length] ?? ''
  }
  t.equal(await shown(), 'localhost')
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '9']
  execFileSync('openssl', [...made, '-subj', '/CN=renewed', '-keyout', key, '-out', cert], { stdio: 'ignore' })
  t.equal(await hangUp(), 'SIGHUP: key and certificate are read again')
  t.equal(await shown(), 'renewed')
  writeFileSync(cert, localhostCertificate)
  t.match(await hangUp(), /^SIGHUP: key and certificate stay as they were: .*key values mismatch/)
  rmSync(cert)
  t.match(await hangUp(), /stay as they were: .*cert: there is no such file/)
  t.equal(await shown(), 'renewed')
})

t.test('one without a certificate has nothing to read again at SIGHUP, and goes on', async t => {
  const { child, url, log } = await start(t, ['--documents', t.testdir()])
  child.kill('SIGHUP')
  while (!log.some(line => line.startsWith('SIGHUP'))) await once(child.stderr as Readable, 'data')
  t.equal(log.at(-1), 'SIGHUP: there is no certificate to read again')
  t.equal((await fetch(`${url}/metrics`)).status, 200)
})

lockingTest('a machine of the example site is installed', async t => {
  const dir = t.testdir({ tftp: {} })
  const [documents, tftp] = [join(dir, 'documents'), join(dir, 'tftp')]
  t.equal(xenclosure('compile', '--out', documents).code, 0)
  t.equal(xenclosure('netboot', 'farmhost', '--state', 'install', '--out', tftp).code, 0)
  const entry = () => readFileSync(join(tftp, 'boot/grub/grub.cfg-01-ac-1f-6b-20-00-30'), 'utf8')
  const [, path = ''] = /https:\/\/provision.grid.example.org(\/kickstart\S+?)'/.exec(entry()) ?? []
  const { child, url, log } = await start(t, ['--documents', documents, '--netboot', tftp])
  t.equal((await fetch(`${url}${path}`)).status, 403, 'its address is known, and is not ours')

  const published = join(documents, 'farmhost.json')
  const moved = readFileSync(published, 'utf8')
    .replaceAll('"ip":"192.0.2.30"', '"ip":"127.0.0.1"')
    .replaceAll('"default_gateway":"192.0.2.1"', '"default_gateway":"127.0.0.254"')
  writeFileSync(published, moved)
  const kickstart = await (await fetch(`${url}${path}`)).text()
  t.match(kickstart, '\ncat > /etc/motd', 'with what the site says')
  const [, token = ''] = /<<'TOKEN'\n(.*)\n/.exec(kickstart) ?? []
  t.equal((await fetch(`${url}/installed/farmhost`, { method: 'POST', body: token })).status, 200)
  t.match(entry(), /^# xenclosure: farmhost boots local\n/)
  child.kill('SIGTERM')
  await once(child, 'close')
  t.match(
    log[1],
    /^127\.0\.0\.1 GET \/kickstart\/farmhost\.ks 403 \d+ ms: not from an address .*: 192\.0\.2\.30, 10\.30\.0\.1$/,
  )
})

lockingTest('a guest of the example site boots its installer by the bootloader that its host has for it', async t => {
  const dir = t.testdir({ tftp: { 'almalinux-8': { vmlinuz: 'the kernel', 'initrd.img': 'the ramdisk' } }, out: {} })
  const [documents, tftp, out] = [join(dir, 'documents'), join(dir, 'tftp'), join(dir, 'out')]
  t.equal(xenclosure('compile', '--out', documents).code, 0)
  t.equal(xenclosure('netboot', 'build-el8', '--state', 'install', '--out', tftp).code, 0)
  const { url } = await start(t, ['--documents', documents, '--netboot', tftp])
  const options = '/software/components/xen/domains/build-el8/options'
  const { bootloader, bootloader_args } = xenclosure('show', 'farmhost', options).json() as Record<string, string[]>
  t.equal(bootloader, 'xenclosure-netboot')
  const args = bootloader_args?.map(arg => arg.replace('https://provision.grid.example.org', url)) ?? []
  const forXl = [
    `--output=${out}/items`,
    '--output-format=simple0',
    `--output-directory=${out}`,
    `--cache=${dir}/cache`,
  ]
  const program = spawn(join(packageRoot(), 'dist/xenclosure-netboot.mjs'), [...forXl, ...args, '/dev/disk'])
  t.strictSame(await once(program, 'close'), [0, null])
  const [kernel, , cmdline] = readFileSync(join(out, 'items'), 'utf8').split('\0')
  t.equal(kernel, `kernel ${out}/kernel`)
  t.match(cmdline, /^args ip=dhcp console=hvc0 inst\.ks=https:\/\/\S+\/kickstart\/build-el8\.ks\?token=\S+$/)
  t.equal(readFileSync(join(out, 'ramdisk'), 'utf8'), 'the ramdisk')
})

t.test('what cannot be is said, and nothing is served', async t => {
  const dir = t.testdir({ key: localhostKey, cert: 'no certificate' })
  const [key, cert] = [join(dir, 'key'), join(dir, 'cert')]
  const table: readonly (readonly [RegExp, number, ...string[]])[] = [
    [/none: there is no such directory; compile the site into it/, 2, '--documents', join(dir, 'none')],
    [/required option '--documents <dir>' not specified/, 2],
    [/none: there is no such directory; xenclosure netboot/, 2, '--documents', dir, '--netboot', join(dir, 'none')],
    [/there is no xenclosure.yaml in/, 2, '--documents', dir, '--netboot', dir, '--site', '/'],
    [/--tls-key and --tls-cert need each other/, 2, '--documents', dir, '--tls-key', key],
    [/--tls-key and --tls-cert are no pair: /, 2, '--documents', dir, '--tls-key', key, '--tls-cert', cert],
    [/expected an address and a port: /, 2, '--documents', dir, '--listen', 'localhost'],
    [/expected an address and a port: /, 2, '--documents', dir, '--listen', '127.0.0.1:70000'],
    [/192\.0\.2\.1/, 1, '--documents', dir, '--listen', '192.0.2.1:0'],
  ]
  writeFileSync(join(dir, 'a.json'), '{}')
  for (const [message, code, ...args] of table) {
    const ran = xenclosure('serve', ...args)
    t.equal(ran.code, code, args.join(' '))
    t.match(ran.stderr, message)
  }
})
