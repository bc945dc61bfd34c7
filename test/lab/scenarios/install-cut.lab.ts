// The host is switched off without warning while a guest is installed: once in the middle of the installation, once when
// the installer is done and the agent has just taken note of that. The installer goes on, then ends, and never runs again.
import t, { type Test } from 'tap'
import { assertExit, documentPath, letTimePass, runAgent } from '../agent.js'
import { addressOf, guest, publish } from '../document.js'
import { dataOf, dataOn, domainUuids, waitForGuest, waitUntilShutDown } from '../facts.js'
import { uuids } from '../guests.js'
import { ask, bootAgain } from '../host.js'
import { cutPower } from '../qemu.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('converged')
const { signal } = new AbortController()
const [name, number, group] = ['fresh', 52, 'vg_guests']
const address = `${addressOf(number)}/24`
const itself = guest(number, 'pvh', { xvda: { type: 'lvm', group, volume: name } })
const all = [...uuids, String(itself.options.uuid)].sort()

const tags = (): Promise<string> => ask(host, `lvs --noheadings -o lv_tags ${group}/${name} | xargs`)
const cmdline = (): Promise<string> => ask(host, `xl list -l ${name} | grep '"cmdline"'`)

/** Begins a run, and returns while it goes on, as soon as a command of the host succeeds. */
const beginRun = (condition: string): Promise<string> =>
  ask(
    host,
    `nohup xenclosure-agent run --document ${documentPath} > /root/run.log 2>&1 &
     until ${condition}; do sleep 0.1; done`,
  )

/** How much of a console's log a loss of power leaves is not certain: what follows begins with none. */
const loseThePower = async (t: Test): Promise<void> => {
  await cutPower(host.directory)
  await bootAgain(host, signal)
  t.same(await domainUuids(host), uuids, 'the guests that were installed run, each once; the new one does not')
  await ask(host, `rm -f /var/log/xen/console/guest-${name}.log`)
}

await publish(host, ({ lvm, xen }) => {
  Object.assign(lvm.groups[group]?.volumes ?? {}, { [name]: { size: 16, installation: 'one' } })
  const { kernel = '', ramdisk = '' } = itself.options
  const installer = { kernel, ramdisk, cmdline: `console=hvc0 ip=${address} installer` }
  xen.domains[name] = { ...itself, install_options: installer, installation: 'one' }
})
await ask(host, 'sync')

t.test('the power fails in the middle of the installation: the next run starts the installer again', async t => {
  await beginRun(`grep -q GUEST-UP /var/log/xen/console/guest-${name}.log 2> /dev/null`)
  const installed = await dataOf(host, name)
  await loseThePower(t)
  t.equal(await tags(), 'xenclosure_install=one')
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 3, { stdout })
  t.match(await cmdline(), 'installer')
  t.same(await domainUuids(host), all)
  t.match(await waitForGuest(host, name, address), '1 received')
  t.equal(await dataOf(host, name), installed, 'on what was there')
  t.equal(await dataOn(host, `/dev/${group}/${name}`), installed)
})

t.test('the power fails when the installer is done: the next run starts the guest itself', async t => {
  const installed = await dataOf(host, name)
  await ask(host, `xl reboot ${name}`)
  await waitUntilShutDown(host, name)
  await beginRun(`lvs --noheadings -o lv_tags ${group}/${name} | grep -q xenclosure_installed=one`)
  await loseThePower(t)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  t.notMatch(await cmdline(), 'installer')
  t.equal(await tags(), 'xenclosure_installed=one')
  t.same(await domainUuids(host), all)
  t.match(await waitForGuest(host, name, address), '1 received')
  t.equal(await dataOf(host, name), installed, 'it finds what was installed')
})

t.test('it is not installed again', async t => {
  await letTimePass(host)
  const installed = await dataOf(host, name)
  await ask(host, `xl destroy ${name}`)
  t.equal((await runAgent(host)).code, 0)
  t.notMatch(await cmdline(), 'installer')
  t.match(await waitForGuest(host, name, address, 2), '1 received')
  t.equal(await dataOf(host, name), installed)
})
