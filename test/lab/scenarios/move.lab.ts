// A guest on a volume moves from one real host to another through the site. The first host lets it go, the second waits
// for its release, and it never runs on both.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { assertExit, letTimePass, putDocuments, runAgent } from '../agent.js'
import { dataOf, dataOn, domainUuids, runningDomains, waitForAnswer, waitForGuest, waitUntilGone } from '../facts.js'
import { guests } from '../guests.js'
import { ask, type Host } from '../host.js'
import { twoHosts } from '../scenario.js'
import { addSecondHost, compile, copySite, enclose, xenclosure } from '../site.js'

const [pv, pvh] = guests
const site = copySite()
addSecondHost(site)
const [first, second] = await twoHosts('labhost2', '192.168.77.2/24', `${await compile(site)}/labhost2.json`)
const volume = `/dev/vg_guests/${pvh.name}`
const data = await dataOf(first, pvh.name)

/** Compiles the site and gives both hosts their documents. */
const publishSite = async (): Promise<void> => {
  const documents = await compile(site)
  await putDocuments(first, [`${documents}/labhost.json`])
  await putDocuments(second, [`${documents}/labhost2.json`])
}

/** A run of the first host's agent, with its report as the file that `xenclosure release` is given. */
const reportOfFirst = async (): Promise<string> => {
  const { stdout } = await runAgent(first, '--json')
  const file = join(site, 'report.json')
  writeFileSync(file, stdout)
  return file
}

const run = async (t: Test, host: Host, expected: number): Promise<void> => {
  const { code, stdout, stderr } = await runAgent(host)
  assertExit(t, code, expected, { stdout, stderr })
}

/** Copies the volume over the cable. */
const carryOver = async (): Promise<void> => {
  const from = `require('fs').createReadStream('${volume}').pipe(require('net').connect(7000, '192.168.77.2'))`
  const to = `require('net').createServer(sender => {
    sender.pipe(require('fs').createWriteStream('${volume}', { flags: 'r+' })).on('close', () => process.exit())
  }).listen(7000)`
  const received = ask(second, `node -e "${to}" && sync`)
  await ask(first, `until node -e "${from}"; do sleep 1; done`)
  await received
}

const links = (host: Host): Promise<string> => ask(host, 'ls /etc/xen/auto')

t.test('the two hosts see each other, and the second has no guests yet', async t => {
  await waitForAnswer(second, '192.168.77.1')
  await waitForAnswer(second, pv.address)
  await run(t, second, 0)
  t.same(await domainUuids(second), [])
})

t.test('moved in the site, it runs on where it is, and the second host makes its volume and waits', async t => {
  const before = await runningDomains(first)
  enclose(site, 'labhost', [pv.name])
  enclose(site, 'labhost2', [pvh.name])
  await publishSite()
  await run(t, first, 0)
  await run(t, second, 3)
  t.same(await runningDomains(first), before)
  t.notMatch(await links(first), pvh.name, 'it does not start with its old host any more')
  t.same(await domainUuids(second), [])
  t.notMatch(await links(second), pvh.name)
  t.match(await ask(second, `blockdev --getsize64 ${volume}`), String(64 * 1024 ** 2))
})

t.test('while it runs on the first host it is not released', async t => {
  const { code, stderr } = await xenclosure(site, 'release', pvh.name, '--report', await reportOfFirst())
  assertExit(t, code, 3, { stderr })
  await publishSite()
  await run(t, second, 3)
  t.same(await domainUuids(second), [])
})

t.test('shut down, it starts on neither before it is released', async t => {
  await ask(first, `xl shutdown ${pvh.name}`)
  await waitUntilGone(first, pvh.name)
  await letTimePass(first)
  await run(t, first, 0)
  await run(t, second, 3)
  t.same(await domainUuids(first), [pv.uuid])
  t.same(await domainUuids(second), [])
  await carryOver()
  t.equal(await dataOn(second, volume), data, 'its volume is carried over')
})

t.test('released, it runs on the second host with its data, and on the first never again', async t => {
  const { code, stdout, stderr } = await xenclosure(site, 'release', pvh.name, '--report', await reportOfFirst())
  assertExit(t, code, 0, { stdout, stderr })
  await publishSite()
  await run(t, second, 0)
  await run(t, first, 0)
  t.same(await domainUuids(first), [pv.uuid])
  t.same(await domainUuids(second), [pvh.uuid])
  t.match(await waitForGuest(second, pvh.name, pvh.address), '1 received')
  t.equal(await dataOf(second, pvh.name), data)
  await waitForAnswer(first, pvh.address)
  t.equal(await dataOn(first, volume), data, 'what it left on the first host is as it was')
})

t.test('when it ends there, it comes back there', async t => {
  await ask(second, `xl destroy ${pvh.name}`)
  await run(t, first, 0)
  await run(t, second, 0)
  t.same(await domainUuids(first), [pv.uuid])
  t.same(await domainUuids(second), [pvh.uuid])
  t.match(await waitForGuest(second, pvh.name, pvh.address, 2), '1 received')
})
