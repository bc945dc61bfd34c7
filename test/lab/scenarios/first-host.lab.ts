// The first host, on a real Xen: planned, brought to what the example site declares for labhost, found to be so, and
// brought back after a guest was lost. What the host has is asked from xl, LVM and the files, not from the agent.
import t from 'tap'
import { assertExit, runAgent } from '../agent.js'
import { dataOf, dataOn, fingerprint, runningDomains, waitForGuest } from '../facts.js'
import { guests } from '../guests.js'
import { ask as askHost } from '../host.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('booted')
const ask = (script: string, limit?: number): Promise<string> => askHost(host, script, limit)

t.test('a run with --noaction says what there is to do and changes nothing', async t => {
  const before = await fingerprint(host)
  const { code, stdout } = await runAgent(host, '--noaction')
  t.comment(stdout)
  t.equal(code, 3)
  for (const { name } of guests) t.match(stdout, name)
  t.equal(await fingerprint(host), before)
})

t.test('a run brings the host to what is declared', async t => {
  const { code, stdout, stderr } = await runAgent(host)
  t.comment(`${stdout}${await ask('xl list')}`)
  assertExit(t, code, 0, { stdout, stderr })
})

t.test('the volume group lies on the declared disk and holds a volume per guest', async t => {
  t.equal(await ask('pvs --noheadings -o vg_name $(readlink -f /dev/disk/by-id/virtio-labguests)'), 'vg_guests')
  t.equal(
    await ask("lvs --noheadings --units m --separator ' ' -O lv_name -o lv_name,lv_size vg_guests | xargs -n 2"),
    'lab-pv 64.00m\nlab-pvh 64.00m',
  )
})

t.test('both guests run as Xen itself describes them', async t => {
  const list = JSON.parse(await ask('xl list -l')) as readonly { config: { c_info: { name: string } } }[]
  for (const { name, type, uuid, mac, address } of guests) {
    t.match(
      list.find(domain => domain.config.c_info.name === name)?.config,
      {
        c_info: { type, uuid },
        b_info: {
          max_vcpus: 1,
          max_memkb: 128 * 1024,
          kernel: '/srv/guest/vmlinux',
          cmdline: new RegExp(`ip=${address}`),
        },
        disks: [{ pdev_path: `/dev/vg_guests/${name}`, vdev: 'xvda', readwrite: 1 }],
        nics: [{ mac, bridge: 'xenbr0' }],
      },
      name,
    )
  }
})

t.test('both guests came up with their disk and answer on the bridge', async t => {
  for (const { name, address } of guests) {
    t.match(await waitForGuest(host, name, address), '1 received', name)
    t.equal(await dataOn(host, `/dev/vg_guests/${name}`), await dataOf(host, name), `${name}: what it wrote is there`)
  }
})

t.test("the guests' configs stand in /etc/xen, and Xen starts them at boot", async t => {
  for (const { name } of guests) {
    t.equal(await ask(`stat -c '%a %U' /etc/xen/${name}.cfg`), '600 root')
    t.equal(
      await ask(`xl create --dryrun /etc/xen/${name}.cfg 2>&1 >/dev/null | grep -v '^Parsing' || true`),
      '',
      'no warning',
    )
  }
  t.equal(
    await ask("find /etc/xen/auto -type l -printf '%f -> %l\\n' | sort"),
    '50-lab-pv -> ../lab-pv.cfg\n50-lab-pvh -> ../lab-pvh.cfg',
  )
})

t.test('the boot menu is valid and starts Xen with the declared options', async t => {
  await ask('grub-script-check /boot/grub/grub.cfg && sh -n /etc/default/grub.d/zz-xenclosure.cfg')
  const menu = await ask('cat /boot/grub/grub.cfg')
  t.match(menu, /^\s*multiboot2\s.*dom0_mem=1024M,max:1024M/m)
  t.match(menu, /set timeout=1$/m)
})

t.test('a second run has nothing to do and changes nothing', async t => {
  const before = await fingerprint(host)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  t.equal(await fingerprint(host), before)
})

t.test('a guest that was lost is started again, and the other one is left alone', async t => {
  const before = await runningDomains(host)
  const data = await dataOf(host, 'lab-pv')
  await ask('xl destroy lab-pv')
  t.notOk((await runningDomains(host))['lab-pv'], 'it is gone')
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  t.comment(`${stdout}${await ask('xl list')}`)
  const after = await runningDomains(host)
  t.ok(Number(after['lab-pv']) > Number(before['lab-pv']), 'it runs again')
  t.equal(after['lab-pvh'], before['lab-pvh'], 'the other one never stopped')
  await waitForGuest(host, 'lab-pv', guests[0].address, 2)
  t.equal(await dataOf(host, 'lab-pv'), data, 'it finds its data')
})

t.test('and then there is nothing left to do', async t => {
  const before = await fingerprint(host)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  t.equal(await fingerprint(host), before)
})
