// What can happen to guests on a host in service, and what the agent makes of it.
import t from 'tap'
import { editDocument, runAgent } from '../agent.js'
import { domainUuids, runningDomains, waitForGuest } from '../facts.js'
import { guests, uuids } from '../guests.js'
import { ask } from '../host.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('converged')
const [pv, pvh] = guests

t.test('a guest that shut itself down is started again', async t => {
  await ask(host, `xl shutdown ${pvh.name}; while xl list ${pvh.name} > /dev/null 2>&1; do sleep 0.5; done`, 120)
  const before = await runningDomains(host)
  const { code, stdout } = await runAgent(host)
  t.equal(code, 0, 'exit code', { stdout })
  t.match(await waitForGuest(host, pvh.name, pvh.address, 2), '1 received')
  t.equal((await runningDomains(host))[pv.name], before[pv.name], 'the other one never stopped')
})

t.test('a guest that was paused by hand is left so, and reported', async t => {
  await ask(host, `xl pause ${pv.name}`)
  const { code, stdout } = await runAgent(host)
  t.equal(code, 3, 'exit code', { stdout })
  t.match(stdout, `waits for unpause:${pv.name}`)
  t.match(await ask(host, `xl list ${pv.name} | tail -n 1`), /--p---/)
  await ask(host, `xl unpause ${pv.name}`)
  t.equal((await runAgent(host)).code, 0)
})

t.test('a config that was edited by hand is drift, and mended', async t => {
  const config = `/etc/xen/${pv.name}.cfg`
  const before = await ask(host, `sha256sum ${config}`)
  await ask(host, `sed -i 's/^memory = .*/memory = 64/' ${config}`)
  const { code, stdout } = await runAgent(host)
  t.equal(code, 0, 'exit code', { stdout })
  t.match(stdout, `drift: xen/${pv.name}/config`)
  t.equal(await ask(host, `sha256sum ${config}`), before)
})

t.test('a domain that was made by hand from the same config is taken over without a restart', async t => {
  await ask(host, `xl destroy ${pv.name} && rm /etc/xen/auto/*-${pv.name} && xl create /etc/xen/${pv.name}.cfg`, 120)
  const before = await runningDomains(host)
  const { code, stdout } = await runAgent(host)
  t.equal(code, 0, 'exit code', { stdout })
  t.equal((await runningDomains(host))[pv.name], before[pv.name], 'the same domain')
  t.match(await ask(host, 'ls /etc/xen/auto'), `-${pv.name}`)
})

t.test('a guest that runs under another name is not started beside itself', async t => {
  await ask(host, `xl rename ${pv.name} renamed`)
  const { code, stdout } = await runAgent(host)
  t.equal(code, 2, 'exit code', { stdout })
  t.match(stdout, `renamed has its MAC ${pv.mac}`)
  t.same(await domainUuids(host), uuids)
  await ask(host, `xl rename renamed ${pv.name}`)
})

t.test('a guest that left the profiles is an orphan, and untouched', async t => {
  const before = await runningDomains(host)
  const restore = await editDocument(host, text => {
    const document = JSON.parse(text)
    const { lvm, xen } = document.software.components
    delete xen.domains[pvh.name]
    delete lvm.groups.vg_guests.volumes[pvh.name]
    return JSON.stringify(document)
  })
  const { code, stdout } = await runAgent(host)
  t.equal(code, 0, 'exit code', { stdout })
  t.match(stdout, `orphan: domain ${pvh.name} is in no document`)
  t.match(stdout, `orphan: volume vg_guests/${pvh.name} of `)
  t.same(await runningDomains(host), before)
  await restore()
  t.equal((await runAgent(host)).code, 0)
})
