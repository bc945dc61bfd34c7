// A machine is installed: it gets its kickstart file by the token of its order, and says once that it is done.
import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { packageRoot } from '../../../src/compiler/package-root.js'
import { recordedEntry } from '../../../src/provision/netboot/record.js'
import type { ServeParts } from '../../../src/provision/serve/server.js'
import type { FindTextTemplate } from '../../../src/provision/text-template-files.js'
import { localhostCertificate, localhostKey } from '../../fixtures/localhost-tls.js'
import { lockingTest } from '../../fixtures/locking-test.js'
import { startServing } from '../../fixtures/serving.js'
import { boot, entryFiles, order, type Ui, ui } from '../../fixtures/ui-to-install.js'
import { skipWithout } from '../../oracles/require-tool.js'
import { readKickstart } from '../kickstart/documented.js'

const ours: FindTextTemplate = name => {
  const file = `templates/${name}.hbs`
  return { file, text: readFileSync(join(packageRoot(), file), 'utf8') }
}

/** The provisioner of one machine whose installation is ordered. */
const provisioning = async (t: Test, machine: Ui, more: Partial<ServeParts> = {}) => {
  const dir = t.testdir({ documents: { 'ui.json': JSON.stringify(machine) }, tftp: {} })
  const [documents, netboot] = [join(dir, 'documents'), join(dir, 'tftp')]
  boot(machine, netboot, 'install')
  const installations = { netboot, templates: () => ours }
  const serving = await startServing(t, { documents, installations, ...more })
  return {
    ...{ ...serving, dir, netboot },
    kickstart: (query: string) => fetch(`${serving.url}/kickstart/ui.ks${query}`),
    installed: (body: string) => fetch(`${serving.url}/installed/ui`, { method: 'POST', body }),
    state: () => recordedEntry(machine, netboot)?.state,
  }
}

lockingTest('from the order to the machine that boots its own disk', async t => {
  const { kickstart, installed, state, netboot } = await provisioning(t, ui())
  const given = await kickstart(`?token=${order.token}`)
  const text = await given.text()
  t.match(given, { status: 200 })
  t.equal(given.headers.get('cache-control'), 'no-store')
  t.match(text, /^# version: RHEL9\n/)
  t.match(text, '\nrootpw --iscrypted $6$salt$hash\n')
  t.match(text, "https://provision.example.org/installed/ui' <<'TOKEN'\nthe-token-of-ui\n")
  t.doesNotThrow(() => readKickstart(text))
  t.equal((await kickstart(`?token=${order.token}`)).status, 200, 'it may ask again until it is installed')
  t.equal(state(), 'install')

  t.equal(await (await installed(`${order.token}\n`)).text(), 'ui boots its own disk from now on\n')
  t.equal(state(), 'local')
  for (const file of entryFiles(netboot)) {
    const entry = readFileSync(file, 'utf8')
    t.match(entry, '\n  LOCALBOOT 0\n')
    t.notMatch(entry, order.token)
  }
  t.equal((await installed(order.token)).status, 410, 'the token is used')
  t.equal((await kickstart(`?token=${order.token}`)).status, 410)
})

lockingTest('by which order it was installed is still known then', async t => {
  const { installed, netboot } = await provisioning(t, ui())
  boot(ui(), netboot, 'install', 'o1')
  t.equal((await installed(order.token)).status, 200)
  t.match(recordedEntry(ui(), netboot), { state: 'local', order: 'o1' })
})

lockingTest('nothing is given to who has not the token, and the log says why', async t => {
  const { kickstart, installed, events, state, url } = await provisioning(t, ui())
  for (const query of ['', '?', '?token=', '?token=wrong', '?key=the-token-of-ui']) {
    const refused = await kickstart(query)
    t.equal(refused.status, /token=/.test(query) ? 410 : 403, query)
    t.notMatch(await refused.text(), /rootpw|the-token/)
  }
  for (const body of ['', 'wrong', `${order.token}x`, JSON.stringify({ token: order.token })])
    t.equal((await installed(body)).status, 410, body)
  t.equal((await installed('x'.repeat(2000))).status, 413)
  t.equal((await fetch(`${url}/installed/ui`)).status, 405, 'reading it changes nothing')
  t.equal((await fetch(`${url}/kickstart/ui.ks?token=${order.token}`, { method: 'POST' })).status, 405)
  t.equal((await fetch(`${url}/kickstart/nobody.ks?token=${order.token}`)).status, 404)
  t.equal(state(), 'install')
  t.match(events[0], { status: 403, path: '/kickstart/ui.ks', reason: 'without a token' })
  t.match(events[3], { status: 410, reason: /the token is not of the installation/ })
  t.notMatch(JSON.stringify(events), order.token)
})

t.test('a machine that does not boot by the network has no order, and is told so', async t => {
  const { netboot: _netboot, ...system } = ui().system
  const dir = t.testdir({ documents: { 'ui.json': JSON.stringify({ ...ui(), system }) }, tftp: {} })
  const installations = { netboot: join(dir, 'tftp'), templates: () => ours }
  const { url } = await startServing(t, { documents: join(dir, 'documents'), installations })
  const refused = await fetch(`${url}/kickstart/ui.ks`)
  t.equal(refused.status, 403)
  t.match(await refused.text(), 'ui has no /system/netboot, by which an installation is ordered')
})

t.test('a machine of another address gets nothing by the token', async t => {
  const machine = ui()
  const interfaces = { eth0: { ip: '192.0.2.9', prefix: 24 }, eth1: { ip: '192.0.2.10', prefix: 24 } }
  const { kickstart, events } = await provisioning(t, {
    ...machine,
    system: { ...machine.system, ...{ network: { interfaces } } },
  })
  t.equal((await kickstart(`?token=${order.token}`)).status, 403)
  t.match(events, [{ address: '127.0.0.1', reason: 'not from an address of the machine: 192.0.2.9, 192.0.2.10' }])
})

lockingTest('of two calls at once, one has used the token', async t => {
  const { installed, state } = await provisioning(t, ui())
  const answers = await Promise.all(Array.from({ length: 8 }, () => installed(order.token)))
  t.strictSame(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(410)])
  t.equal(state(), 'local')
})

t.test('what keeps a file from being rendered is told to the log, not to the machine', async t => {
  const hooks = { post: [{ template: 'kickstart/none' }] }
  const { kickstart, events } = await provisioning(t, ui({ hooks }), {
    installations: {
      netboot: join(t.testdirName, 'tftp'),
      templates: () => name => (name === 'kickstart/none' ? undefined : ours(name)),
    },
  })
  const failed = await kickstart(`?token=${order.token}`)
  t.equal(failed.status, 500)
  t.notMatch(await failed.text(), /none/)
  t.match(events, [{ status: 500, reason: /there is no text template kickstart\/none/ }])
})

t.test('without a TFTP root there is nothing to be installed', async t => {
  const { url } = await startServing(t, { documents: t.testdir({ 'ui.json': JSON.stringify(ui()) }) })
  t.equal((await fetch(`${url}/kickstart/ui.ks?token=x`)).status, 404)
  t.equal((await fetch(`${url}/installed/ui`, { method: 'POST', body: 'x' })).status, 404)
})

/** The last script of a kickstart file, with /root elsewhere and no time for pauses. */
const runScript = async (t: Test, text: string): Promise<{ readonly code: number; readonly said: string }> => {
  const script = /^%post .*kickstart-installed\.log\n(.*?)^%end/ms.exec(text)?.[1] ?? ''
  const dir = join(t.testdirName, 'installed')
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'sleep'), '#!/bin/sh\n')
  chmodSync(join(dir, 'sleep'), 0o755)
  const env = { PATH: `${dir}:${process.env.PATH}` }
  const ran = promisify(execFile)('bash', ['-c', script.replaceAll('/root/', `${dir}/`)], { env })
  const { code = 0, stdout } = await ran.then(
    ({ stdout }) => ({ stdout, code: 0 }),
    error => error as { code: number; stdout: string },
  )
  return { code, said: stdout }
}

lockingTest('the script in the kickstart file makes the call, over https with the authority it was given', async t => {
  if (skipWithout(t, 'curl', 'apt-get install -y curl')) return
  const tls = { key: localhostKey, cert: localhostCertificate }
  const machine = ui({ provisioner: { url: 'https://localhost:PORT', ca: localhostCertificate } })
  const { port, dir, state, stop } = await provisioning(t, machine, { tls })
  writeFileSync(join(dir, 'documents/ui.json'), JSON.stringify(machine).replace('PORT', String(port)))
  const url = `https://localhost:${port}/kickstart/ui.ks?token=${order.token}`
  writeFileSync(join(dir, 'ca.pem'), localhostCertificate)
  const { stdout: text } = await promisify(execFile)('curl', ['-sS', '--cacert', join(dir, 'ca.pem'), url])
  const told = (status: string) => `told the provisioner that this machine is installed: ${status}\n`
  t.strictSame(await runScript(t, text), { code: 0, said: told('200') })
  t.equal(state(), 'local')
  t.strictSame(await runScript(t, text), { code: 0, said: told('410') }, 'a lost answer fails no installation')
  await stop()
  t.strictSame(await runScript(t, text), { code: 1, said: told('000').repeat(4) }, 'nobody there does')
})
