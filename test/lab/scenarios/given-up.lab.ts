// What the document can say of a guest besides that it is to run: nothing any more, that it is given up, that it moves.
import t from 'tap'
import { assertExit, letTimePass, runAgent } from '../agent.js'
import { publish } from '../document.js'
import { dataOf, dataOn, domainUuids, runningDomains, waitForGuest } from '../facts.js'
import { guests, uuids } from '../guests.js'
import { ask } from '../host.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('converged')
const [pv, pvh] = guests
const data = await dataOf(host, pvh.name)
const links = (): Promise<string> => ask(host, 'ls /etc/xen/auto')

t.test('a guest that is in no document is an orphan, and untouched', async t => {
  const before = await runningDomains(host)
  await publish(host, ({ lvm, xen }) => {
    delete xen.domains[pvh.name]
    delete lvm.groups.vg_guests?.volumes?.[pvh.name]
  })
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  t.match(stdout, `orphan: domain ${pvh.name} is in no document`)
  t.match(stdout, `orphan: volume vg_guests/${pvh.name} of `)
  t.same(await runningDomains(host), before)
  t.equal(await dataOn(host, `/dev/vg_guests/${pvh.name}`), data)
})

t.test('one that has moved to another host is left running, and does not start here again', async t => {
  await publish(host, ({ xen }) => {
    xen.movedTo = { [pvh.name]: 'elsewhere' }
    delete xen.domains[pvh.name]
  })
  const before = await runningDomains(host)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  t.same(await runningDomains(host), before)
  t.notMatch(await links(), pvh.name)
  await ask(host, `xl destroy ${pvh.name}`)
  await runAgent(host)
  t.notOk((await runningDomains(host))[pvh.name], 'it is not started')
})

t.test('one that moves here is not started before it has left its old host', async t => {
  await letTimePass(host)
  await publish(host, ({ xen }) => {
    Object.assign(xen.domains[pvh.name] ?? {}, { movedFrom: 'elsewhere' })
  })
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 3, { stdout })
  t.notOk((await runningDomains(host))[pvh.name])
  t.notMatch(await links(), pvh.name)
  await publish(host, () => undefined)
  t.equal((await runAgent(host)).code, 0, 'it was released')
  t.match(await waitForGuest(host, pvh.name, pvh.address, 2), '1 received')
  t.equal(await dataOf(host, pvh.name), data, 'it finds its data')
  t.same(await domainUuids(host), uuids)
})

t.test('one that is given up ends with consent only, and its volume stays', async t => {
  await publish(host, ({ xen }) => {
    Object.assign(xen.domains[pvh.name] ?? {}, { ensure: 'absent' })
  })
  const before = await runningDomains(host)
  const refused = await runAgent(host)
  assertExit(t, refused.code, 3, { stdout: refused.stdout })
  t.same(await runningDomains(host), before)

  const { code, stdout } = await runAgent(host, `--allow destroy:xen/${pvh.name}`)
  assertExit(t, code, 0, { stdout })
  const { [pvh.name]: _ended, ...others } = before
  t.same(await runningDomains(host), others, 'it is gone, and nothing else')
  t.notMatch(await links(), pvh.name)
  t.equal(await ask(host, `ls /etc/xen | grep -c ${pvh.name} || true`), '0', 'so is its config')
  t.equal(await dataOn(host, `/dev/vg_guests/${pvh.name}`), data, 'its volume is there')
  t.equal((await runAgent(host)).code, 0)
  t.ok(pv.name in (await runningDomains(host)))
})
