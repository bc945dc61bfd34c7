// The hypervisor's command line is changed: the report says that a reboot is pending, and after a real one through the
// real boot loader nothing is, all guests run, and none twice.
import t from 'tap'
import { runAgent } from '../agent.js'
import { publish } from '../document.js'
import { dataOf, dataOn, domainUuids, timesUp, waitForAnswer } from '../facts.js'
import { guests, uuids } from '../guests.js'
import { ask, rebootHost } from '../host.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('converged')
const { signal } = new AbortController()
const data: Record<string, string> = {}
for (const { name } of guests) data[name] = await dataOf(host, name)

t.test('a changed option of Xen waits for a reboot, and the guests run on', async t => {
  const before = await domainUuids(host)
  await publish(host, ({ grub }) => {
    Object.assign(grub.xen?.options ?? {}, { dom0_mem: '960M,max:960M' })
  })
  const { code, stdout } = await runAgent(host)
  t.equal(code, 3, 'exit code', { stdout })
  t.match(stdout, /waits for reboot/)
  t.same(await domainUuids(host), before)
  t.match(await ask(host, 'cat /boot/grub/grub.cfg'), /multiboot2\s.*dom0_mem=960M,max:960M/)
})

t.test('after the reboot nothing is pending and every guest runs once', async t => {
  await rebootHost(host, signal)
  t.match(await ask(host, 'xl info xen_commandline'), /dom0_mem=960M,max:960M/)
  const { code, stdout } = await runAgent(host)
  t.equal(code, 0, 'exit code', { stdout })
  t.same(await domainUuids(host), uuids)
  for (const { name, address } of guests) {
    await waitForAnswer(host, address)
    t.equal(await dataOn(host, `/dev/vg_guests/${name}`), data[name], `${name} has its data`)
    t.comment(`${name} came up ${await timesUp(host, name)} times: once, and xendomains has saved and restored it`)
  }
})
