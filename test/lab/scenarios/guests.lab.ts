// What happens to guests on a host in service, by themselves and by hand, and what the agent makes of it.
import t, { type Test } from 'tap'
import { parseUptime } from '../../../components/xen/xl-uptime.js'
import { assertExit, letTimePass, runAgent } from '../agent.js'
import { publish } from '../document.js'
import { dataOf, dataOn, domainUuids, runningDomains, timesUp, waitForGuest, waitUntilGone } from '../facts.js'
import { guests, uuids } from '../guests.js'
import { ask } from '../host.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('converged')
const [pv, pvh] = guests
const data: Readonly<Record<string, string>> = {
  [pv.name]: await dataOf(host, pv.name),
  [pvh.name]: await dataOf(host, pvh.name),
}

/** The guest has what it wrote when it was first started, and so has its volume. */
const keptItsData = async (t: Test, name: string): Promise<void> => {
  t.equal(await dataOf(host, name), data[name], `${name} finds its data`)
  t.equal(await dataOn(host, `/dev/vg_guests/${name}`), data[name], `its volume holds it`)
}

t.test('a guest that was destroyed and one that shut itself down are started again, with their data', async t => {
  await ask(host, `xl destroy ${pv.name}; xl shutdown ${pvh.name}`)
  await waitUntilGone(host, pvh.name)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  for (const { name, address } of guests) {
    t.match(await waitForGuest(host, name, address, 2), '1 received', name)
    await keptItsData(t, name)
  }
  t.same(await domainUuids(host), uuids)
})

t.test('a guest that was paused by hand is left so', async t => {
  await letTimePass(host)
  await ask(host, `xl pause ${pv.name}`)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 3, { stdout })
  t.match(await ask(host, `xl list ${pv.name} | tail -n 1`), /--p---/)
  await ask(host, `xl unpause ${pv.name}`)
})

t.test('of two guests, one made by hand is taken over, and one that runs under another name not started', async t => {
  const config = `/etc/xen/${pv.name}.cfg`
  await ask(
    host,
    `xl destroy ${pv.name} && rm /etc/xen/auto/*-${pv.name} && sed 's/^uuid.*//' ${config} > /root/hand.cfg &&
     xl create /root/hand.cfg && xl rename ${pvh.name} renamed`,
  )
  const before = await runningDomains(host)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 2, { stdout })
  t.match(stdout, `renamed has its MAC ${pvh.mac}`)
  t.same(await runningDomains(host), before)
  // The next test destroys it, and counts how often it came up.
  t.match(await waitForGuest(host, pv.name, pv.address, 3), '1 received', pv.name)
  t.match(await ask(host, 'ls /etc/xen/auto'), `-${pv.name}`, 'it starts with the host from now on')
  await ask(host, `xl rename renamed ${pvh.name}`)
})

t.test('a guest that is held is left alone; one that xendomains saved is not started cold', async t => {
  const saved = `/var/lib/xen/save/${pvh.name}`
  await ask(host, `xenclosure-agent hold ${pv.name} && xl destroy ${pv.name}`)
  await ask(host, `mkdir -p /var/lib/xen/save && xl save ${pvh.name} ${saved}`)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 3, { stdout })
  t.same(await runningDomains(host), { 'Domain-0': '0' })
  await ask(host, `xl restore ${saved} && rm ${saved}`)
  t.equal(await timesUp(host, pvh.name), 2, 'it goes on where it was')
  await ask(host, `xenclosure-agent hold ${pv.name} --release`)
  t.equal((await runAgent(host)).code, 0)
  t.match(await waitForGuest(host, pv.name, pv.address, 4), '1 received')
  await keptItsData(t, pv.name)
  t.same(await domainUuids(host), uuids)
})

t.test('a guest starts when the one that it needs is ready', async t => {
  await letTimePass(host)
  const delay = 15
  await publish(host, ({ xen: { domains } }) => {
    Object.assign(domains[pvh.name] ?? {}, { order: 60, ready: { port: 8080 } })
    Object.assign(domains[pvh.name]?.options ?? {}, { cmdline: `console=hvc0 ip=${pvh.address} listen=8080` })
    Object.assign(domains[pv.name] ?? {}, { needs: [pvh.name] })
  })
  await ask(host, `xl destroy ${pvh.name}; xl destroy ${pv.name}`)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  const uptime = async (name: string): Promise<number> => parseUptime(await ask(host, `xl uptime ${name}`)) ?? 0
  const difference = (await uptime(pvh.name)) - (await uptime(pv.name))
  t.ok(difference > delay, `it came ${difference} s later`)
})

t.test('a guest that crashes again and again is started three times, then not at once', async t => {
  await letTimePass(host)
  await publish(host, ({ xen: { domains } }) => {
    Object.assign(domains[pvh.name]?.options ?? {}, { cmdline: `console=hvc0 ip=${pvh.address} crash` })
  })
  await ask(host, `xl destroy ${pvh.name}`)
  const before = await timesUp(host, pvh.name)
  for (const _ of [1, 2, 3]) {
    await runAgent(host)
    await waitUntilGone(host, pvh.name)
  }
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 3, { stdout })
  t.equal((await timesUp(host, pvh.name)) - before, 3)
  t.notOk((await runningDomains(host))[pvh.name])
  t.equal(await dataOn(host, `/dev/vg_guests/${pvh.name}`), data[pvh.name])
})
