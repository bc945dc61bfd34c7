// Documents that do not come, are not what they should be, or ask for what the host has not.
import t from 'tap'
import { generateKeys, printSeal, sealOf, signSeal } from '../../../src/model/seal.js'
import { assertExit, documentPath, letTimePass, runAgent } from '../agent.js'
import { addressOf, guest, publish } from '../document.js'
import { dataOf, fingerprint, runningDomains, waitForGuest } from '../facts.js'
import { guests } from '../guests.js'
import { ask, copyTo, onHost } from '../host.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('converged')
const [pv, pvh] = guests
const { privateKey, publicKey } = generateKeys()
const document = await ask(host, `cat ${documentPath}`)

/** What the document server gives: a text, and a seal with which somebody vouches for what may be another one. */
const serve = async (text: string, { sealed = text, serial = 1_000_000, key = privateKey } = {}): Promise<void> => {
  const seal = signSeal(sealOf(sealed, { name: 'labhost', serial, commit: null, compiler: 'lab' }), key)
  await copyTo(host, '/root/www/labhost.json', text)
  await copyTo(host, '/root/www/labhost.seal', printSeal(seal))
}

const fetching = '--trust /root/site.pub --document http://127.0.0.1:8000/labhost.json'
const runFetching = () => onHost(host, `xenclosure-agent run ${fetching}`)

await copyTo(host, '/root/site.pub', publicKey)
await copyTo(
  host,
  '/root/server.mjs',
  `import { createServer } from 'node:http'
   import { existsSync, readFileSync } from 'node:fs'
   createServer(({ url }, answer) => {
     const file = '/root/www' + url
     answer.statusCode = existsSync(file) ? 200 : 404
     answer.end(existsSync(file) ? readFileSync(file) : '')
   }).listen(8000)`,
)
await ask(host, 'systemd-run --quiet --unit=documents node /root/server.mjs')

t.test('a document that is served and signed is applied', async t => {
  await serve(document)
  const { code, stdout, stderr } = await runFetching()
  assertExit(t, code, 0, { stdout, stderr })
})

t.test('one that was changed, of another signer, another machine or an older edition changes nothing', async t => {
  const before = await fingerprint(host)
  const other = document.replace('"memory":128', '"memory":64')
  const wrong: Readonly<Record<string, Parameters<typeof serve>>> = {
    changed: [other, { sealed: document }],
    'of another signer': [other, { key: generateKeys().privateKey }],
    'of another machine': [other.replace('"name":"labhost"', '"name":"labhost2"')],
    older: [other, { serial: 1 }],
  }
  t.not(other, document)
  for (const [what, served] of Object.entries(wrong)) {
    await serve(...served)
    const { code, stdout } = await runFetching()
    t.equal(code, 2, what, { stdout })
  }
  t.equal(await fingerprint(host), before)
})

t.test('without its server, and with its clock set back, the host goes by the last good document', async t => {
  await letTimePass(host)
  const before = await runningDomains(host)
  const data = await dataOf(host, pv.name)
  await ask(host, `systemctl stop documents; date --set='yesterday'; xl destroy ${pv.name}`)
  const { code, stdout } = await runFetching()
  assertExit(t, code, 0, { stdout })
  t.match(await waitForGuest(host, pv.name, pv.address, 2), '1 received')
  t.equal(await dataOf(host, pv.name), data, 'it finds its data')
  t.equal((await runningDomains(host))[pvh.name], before[pvh.name], 'the other one never stopped')
  await ask(host, "date --set='tomorrow'")
})

t.test('guests without a kernel or a bridge do not start, and stop no other one', async t => {
  await letTimePass(host)
  const before = await runningDomains(host)
  await publish(host, ({ lvm, xen }) => {
    const names = ['bridgeless', 'kernelless', 'sound']
    for (const [index, name] of names.entries()) {
      Object.assign(lvm.groups.vg_guests?.volumes ?? {}, { [name]: { size: 16 } })
      xen.domains[name] = guest(31 + index, 'pvh', { xvda: { type: 'lvm', group: 'vg_guests', volume: name } })
    }
    Object.assign(xen.domains.bridgeless?.vifs?.eth0 ?? {}, { bridge: 'xenbr9' })
    Object.assign(xen.domains.kernelless?.options ?? {}, { kernel: '/srv/guest/nosuch' })
  })
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 1, { stdout })
  const { sound, ...others } = await runningDomains(host)
  t.ok(sound)
  t.same(others, before, 'nothing else, and nothing half-made')
  t.match(await waitForGuest(host, 'sound', `${addressOf(33)}/24`), '1 received')
  t.equal(await ask(host, 'xl list | wc -l'), String(2 + Object.keys(before).length))
  t.match(await ask(host, 'ls /etc/xen/auto'), /^(?!.*(bridgeless|kernelless))/s, 'nor do they start with the host')
})

t.test('a running guest is not stopped for a kernel that is not there', async t => {
  const before = await runningDomains(host)
  await publish(host, ({ xen }) => {
    Object.assign(xen.domains[pvh.name] ?? {}, { apply: 'restart' })
    Object.assign(xen.domains[pvh.name]?.options ?? {}, { kernel: '/srv/guest/nosuch' })
  })
  const { stdout } = await runAgent(host)
  t.comment(stdout)
  t.equal((await runningDomains(host))[pvh.name], before[pvh.name])
})

t.test('a config that was edited by hand is drift, and mended', async t => {
  await publish(host, () => undefined)
  await runAgent(host)
  const config = `/etc/xen/${pv.name}.cfg`
  const before = await ask(host, `sha256sum ${config}`)
  const domains = await runningDomains(host)
  await ask(host, `sed -i 's/^memory = .*/memory = 64/' ${config}`)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  t.match(stdout, `drift: xen/${pv.name}/config`)
  t.equal(await ask(host, `sha256sum ${config}`), before)
  t.same(await runningDomains(host), domains)
})
