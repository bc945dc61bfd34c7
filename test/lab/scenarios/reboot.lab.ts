// The default entry and the hypervisor's command line are changed: the report says that a reboot is pending, and after a
// real one through the real boot loader nothing is, all guests run, and none twice. A command line that does not boot is
// left by itself for the last good one.
import t, { type Test } from 'tap'
import type { GRUB } from '../../../components/grub/desired.js'
import { assertExit, runAgent } from '../agent.js'
import { publish } from '../document.js'
import { dataOf, dataOn, domainUuids, runningDomains, waitForAnswer } from '../facts.js'
import { guests, uuids } from '../guests.js'
import { ask, rebootHost } from '../host.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('converged')
const { signal } = new AbortController()
const data: Record<string, string> = {}
for (const { name } of guests) data[name] = await dataOf(host, name)

const own = 'lab-own'
/** On Linux' command line in the entry of that name alone. */
const mark = 'lab.entry=own'

const declare = (memory: string, entry: GRUB['default'] = 'xen'): Promise<void> =>
  publish(host, ({ grub }) => {
    Object.assign(grub, { default: entry })
    Object.assign(grub.xen?.options ?? {}, { dom0_mem: `${memory},max:${memory}` })
  })

/** An entry of the administrator's, which is that for Xen but for its name, dom0's memory and a mark. */
await ask(
  host,
  `sed -n '/^menuentry .*xen-gnulinux-simple/,/^}/p' /boot/grub/grub.cfg |
   sed -e "s/^menuentry '[^']*'/menuentry 'Own'/" -e "s/xen-gnulinux-simple-[^']*/${own}/" \
       -e 's/dom0_mem=[^ ]*/dom0_mem=960M,max:960M/g' -e 's/placeholder root=/placeholder ${mark} root=/' >> /etc/grub.d/40_custom
   grep -q ${own} /etc/grub.d/40_custom`,
)

const ownEntry = new RegExp(`dom0_mem=960M,max:960M[^]* ${mark}`)

const runWithTheirData = async (t: Test): Promise<void> => {
  t.same(await domainUuids(host), uuids, 'each guest runs once')
  for (const { name, address } of guests) {
    await waitForAnswer(host, address)
    t.equal(await dataOn(host, `/dev/vg_guests/${name}`), data[name], `${name} has its data`)
  }
}

t.test('a changed option of Xen and another default entry wait for a reboot, and the guests run on', async t => {
  const before = await runningDomains(host)
  await declare('960M', { entry: own })
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 3, { stdout })
  t.match(stdout, /reboot/)
  t.same(await runningDomains(host), before)
  t.match(await ask(host, 'cat /boot/grub/grub.cfg'), /multiboot2\s.*dom0_mem=960M,max:960M/)
})

t.test('after the reboot nothing is pending and every guest runs once', async t => {
  await rebootHost(host, signal)
  t.match(await ask(host, 'xl info xen_commandline; cat /proc/cmdline'), ownEntry)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  await runWithTheirData(t)
})

t.test('a dom0 with too little memory to boot is tried once, then the last good entry boots', async t => {
  await declare('16M')
  const pending = await runAgent(host)
  assertExit(t, pending.code, 3, { stdout: pending.stdout })
  await rebootHost(host, signal)
  t.match(await ask(host, 'xl info xen_commandline; cat /proc/cmdline'), ownEntry)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 3, { stdout })
  t.notMatch(await ask(host, 'grub-editenv list'), /next_entry=./, 'it is not tried again')
  await runWithTheirData(t)
})
