// A guest on a new disk boots its installer, and when that has ended, and only then, itself. The installer is the lab's
// guest with another command line, which writes its data and is then told to reboot.
import t from 'tap'
import { assertExit, letTimePass, runAgent } from '../agent.js'
import { addressOf, guest, publish } from '../document.js'
import { dataOf, dataOn, runningDomains, waitForGuest, waitUntilShutDown } from '../facts.js'
import { ask } from '../host.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('converged')
const [name, number, group] = ['fresh', 51, 'vg_guests']
const address = `${addressOf(number)}/24`
const cmdline = (): Promise<string> => ask(host, `xl list -l ${name} | grep '"cmdline"'`)
const tags = (): Promise<string> => ask(host, `lvs --noheadings -o lv_tags ${group}/${name} | xargs`)

await publish(host, ({ lvm, xen }) => {
  Object.assign(lvm.groups[group]?.volumes ?? {}, { [name]: { size: 16, installation: 'one' } })
  const itself = guest(number, 'pvh', { xvda: { type: 'lvm', group, volume: name } })
  const { kernel = '', ramdisk = '' } = itself.options
  const installer = { kernel, ramdisk, cmdline: `console=hvc0 ip=${address} installer` }
  xen.domains[name] = { ...itself, install_options: installer, installation: 'one' }
})

t.test('on a new disk the installer runs, and does not start with the host', async t => {
  const before = await runningDomains(host)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 3, { stdout })
  const { [name]: installer, ...others } = await runningDomains(host)
  t.ok(installer)
  t.same(others, before)
  t.match(await cmdline(), 'installer')
  t.equal(await tags(), 'xenclosure_install=one')
  t.notMatch(await ask(host, 'ls /etc/xen/auto'), name)
  t.match(await waitForGuest(host, name, address), '1 received')
})

t.test('an agent that has lost its memory leaves the installer at work', async t => {
  const before = await runningDomains(host)
  await ask(host, 'rm -r /var/lib/xenclosure')
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 3, { stdout })
  t.same(await runningDomains(host), before)
})

t.test('when the installer has rebooted the guest itself starts, with what was installed', async t => {
  const installed = await dataOf(host, name)
  await ask(host, `xl reboot ${name}`)
  await waitUntilShutDown(host, name)
  t.equal(await dataOn(host, `/dev/${group}/${name}`), installed)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  t.notMatch(await cmdline(), 'installer')
  t.equal(await tags(), 'xenclosure_installed=one')
  t.match(await waitForGuest(host, name, address, 2), '1 received')
  t.equal(await dataOf(host, name), installed, 'it finds what was installed')
  t.match(await ask(host, 'ls /etc/xen/auto'), name)
})

t.test('it is not installed again', async t => {
  await letTimePass(host)
  const installed = await dataOf(host, name)
  await ask(host, `xl destroy ${name}; rm -r /var/lib/xenclosure`)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  t.notMatch(await cmdline(), 'installer')
  t.match(await waitForGuest(host, name, address, 3), '1 received')
  t.equal(await dataOf(host, name), installed)
})
