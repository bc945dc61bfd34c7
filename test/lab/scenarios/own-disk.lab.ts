// Guests that boot from their own disk: dom0 reads its boot menu (pygrub), or a GRUB in the guest does (pvgrub, PV and PVH).
// The disk is a new volume that the agent fills from an image; the guest's own data lies in its second partition.
import t from 'tap'
import { assertExit, runAgent } from '../agent.js'
import { addressOf, guest, publish } from '../document.js'
import { dataOf, dataOn, runningDomains, waitForGuest } from '../facts.js'
import { ask } from '../host.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('converged')
const group = 'vg_guests'
const source = '/srv/guest/disk.raw'

const loaders = {
  pygrub: { type: 'pv', bootloader: 'pygrub' },
  'pvgrub-pv': { type: 'pv', kernel: '/usr/lib/grub-xen/grub-x86_64-xen.bin' },
  'pvgrub-pvh': { type: 'pvh', kernel: '/usr/lib/grub-xen/grub-i386-xen_pvh.bin' },
} as const
const numbered = Object.keys(loaders).map((name, index) => ({ name, number: 71 + index }))

/** Of the guest's second partition, which begins after 23 MiB. */
const written = (name: string): Promise<string> => dataOn(host, `/dev/${group}/${name}`, 23)

/** How often the guest's kernel has said that it came with the command line of the menu on its disk. */
const timesBooted = (name: string): Promise<string> =>
  ask(host, `grep -c 'Command line:.* own-disk' /var/log/xen/console/guest-${name}.log || true`)

const image = { source, sha256: await ask(host, `sha256sum ${source} | cut -d ' ' -f 1`), unpack: 'raw' } as const

await publish(host, ({ lvm, xen }) => {
  for (const { name, number } of numbered) {
    const { type, ...boot } = loaders[name as keyof typeof loaders]
    Object.assign(lvm.groups[group]?.volumes ?? {}, { [name]: { size: 24, image } })
    const { options, ...others } = guest(number, type, { xvda: { type: 'lvm', group, volume: name } })
    const { kernel: _kernel, ramdisk: _ramdisk, cmdline: _cmdline, ...own } = options
    xen.domains[name] = { ...others, options: { ...own, ...boot } }
  }
})

t.test('their disks are filled, and they boot from them', async t => {
  const before = await runningDomains(host)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  t.match(await runningDomains(host), before, 'those that ran run on')
  for (const { name, number } of numbered) {
    t.match(await waitForGuest(host, name, `${addressOf(number)}/24`), '1 received', name)
    t.equal(await timesBooted(name), '1', 'by the menu on its disk')
    t.equal(await dataOf(host, name, 'xvda2'), await written(name), 'its data is on its volume')
  }
  t.equal((await runAgent(host)).code, 0)
})

t.test('after a restart they boot from them again, and find their data', async t => {
  const before = await runningDomains(host)
  const data = new Map<string, string>()
  for (const { name } of numbered) data.set(name, await written(name))
  await ask(host, numbered.map(({ name }) => `xl destroy ${name}`).join('; '))
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  t.same(Object.keys(await runningDomains(host)).sort(), Object.keys(before).sort(), 'each runs once')
  for (const { name, number } of numbered) {
    t.match(await waitForGuest(host, name, `${addressOf(number)}/24`, 2), '1 received', name)
    t.equal(await timesBooted(name), '2', 'by the menu on its disk')
    t.equal(await dataOf(host, name, 'xvda2'), data.get(name), 'as the guest sees it')
    t.equal(await written(name), data.get(name), 'and as it lies on the volume')
  }
})
