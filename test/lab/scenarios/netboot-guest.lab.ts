// A guest that boots by the network: xl calls our bootloader, which asks a provisioner on the machine that runs the lab. It
// boots its installer by the token of the order, and, when the provisioner was told that it is installed, its own disk.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { validityFrom } from '../../../src/model/reinstallation.js'
import { installFiles } from '../../../src/provision/install-files.js'
import { entriesOf } from '../../../src/provision/netboot/entry.js'
import { serve } from '../../../src/provision/serve/server.js'
import { assertExit, runAgent } from '../agent.js'
import { addressOf, guest, publish } from '../document.js'
import { dataOf, dataOn, waitForGuest } from '../facts.js'
import { ask } from '../host.js'
import { hostFrom, scratchDirectory } from '../scenario.js'

const host = await hostFrom('converged')
const [name, number, group] = ['net-pvh', 82, 'vg_guests']
const [address, mac, token] = [`${addressOf(number)}/24`, `00:16:3e:4d:00:${number}`, 'token-of-the-order']
const directory = scratchDirectory('provisioner-')
const [documents, tftp] = [join(directory, 'documents'), join(directory, 'tftp')]
for (const made of [documents, tftp]) mkdirSync(made)
/** The installer is the lab's guest: its kernel needs no time to unpack itself. */
for (const file of ['vmlinux', 'initrd.gz'])
  writeFileSync(join(tftp, file), Buffer.from(await ask(host, `base64 --wrap=0 /srv/guest/${file}`), 'base64'))

const provisioner = await serve({
  ...{ documents, installations: { netboot: tftp, templates: () => () => undefined } },
  listen: { host: '127.0.0.1', port: 0 },
  now: () => new Date(),
  log: () => undefined,
})
t.teardown(provisioner.stop)
/** QEMU's name of this machine's loopback. */
const url = provisioner.url.replace('127.0.0.1', '10.0.2.2')

const cmdline = `console=hvc0 ip=${address}`
const machine = {
  name,
  hardware: { cards: { nic: { eth0: { hwaddr: mac, boot: true } } } },
  system: {
    netboot: { server: '10.0.2.2', install: { kernel: 'vmlinux', initrd: 'initrd.gz', cmdline } },
    kickstart: { provisioner: { url } },
  },
}
writeFileSync(join(documents, `${name}.json`), JSON.stringify(machine))
const entries = entriesOf(machine, 'install', { token, ...validityFrom(Date.now(), 3_600_000) })
if (entries.ok) installFiles(tftp, entries.files, [])

/** Its disk has a boot menu, as an installer would leave it, and room for data in its second partition, after 23 MiB. */
const image = {
  source: '/srv/guest/disk.raw',
  sha256: await ask(host, "sha256sum /srv/guest/disk.raw | cut -d ' ' -f 1"),
  unpack: 'raw',
} as const
const written = (): Promise<string> => dataOn(host, `/dev/${group}/${name}`, 23)

/** How often the guest's kernel has said that it came with such a command line. */
const timesBooted = (pattern: string): Promise<string> =>
  ask(host, `grep -c 'Command line:.*${pattern}' /var/log/xen/console/guest-${name}.log || true`)

/** What bootloaders have said, to xl's logs of them. */
const said = (): Promise<string> => ask(host, 'cat /var/log/xen/bootloader.*.log')

t.test('what is ordered to be installed boots its installer, by its token', async t => {
  await publish(host, ({ lvm, xen }) => {
    Object.assign(lvm.groups[group]?.volumes ?? {}, { [name]: { size: 24, image } })
    const { options, ...others } = guest(number, 'pvh', { xvda: { type: 'lvm', group, volume: name } })
    const { kernel: _kernel, ramdisk: _ramdisk, cmdline: _cmdline, ...own } = options
    const bootloader_args = [`--mac=${mac}`, `--provisioner=${url}`]
    xen.domains[name] = { ...others, options: { ...own, bootloader: 'xenclosure-netboot', bootloader_args } }
  })
  const { code, stdout, stderr } = await runAgent(host)
  assertExit(t, code, 0, { stdout, stderr })
  t.match(await waitForGuest(host, name, address), '1 received')
  t.equal(await timesBooted(`inst.ks=http.*/kickstart/${name}.ks?token=${token}`), '1')
  t.equal(await dataOf(host, name, 'xvda2'), await written(), 'it writes its data')
  t.match(await said(), `${name} boots install: kernel`)
  t.notMatch(await said(), token)
  t.equal(await ask(host, 'ls /run/xen /var/lib/xen | grep bootloader || true'), '', 'xl has cleared away')
})

t.test('when the provisioner was told that it is installed, its reboot leads to its own disk', async t => {
  const installed = await written()
  const call = `fetch('${url}/installed/${name}', { method: 'POST', body: '${token}' })`
  t.equal(await ask(host, `node --eval "${call}.then(({ status }) => console.log(status))"`), '200')
  await ask(host, `xl reboot ${name}`)
  t.match(await waitForGuest(host, name, address, 2), '1 received')
  t.equal(await timesBooted('own-disk'), '1', 'by the menu on its disk')
  t.equal(await dataOf(host, name, 'xvda2'), installed, 'it finds what was installed')
})

t.test('without a provisioner it boots its own disk, and says why', async t => {
  await provisioner.stop()
  const reason = /boot\/00-16-3e-4d-00-82: .*: 00:16:3e:4d:00:82 boots its own disk/
  t.notMatch(await said(), reason)
  await ask(host, `xl destroy ${name}`)
  const { code, stdout, stderr } = await runAgent(host)
  assertExit(t, code, 0, { stdout, stderr })
  t.match(await waitForGuest(host, name, address, 3), '1 received')
  t.equal(await timesBooted('own-disk'), '2')
  t.match(await said(), reason)
  t.equal((await runAgent(host)).code, 0, 'nothing is left to do')
})
