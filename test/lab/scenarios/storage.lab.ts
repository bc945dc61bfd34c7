// Disks of every kind, and devices that are not what they should be.
import t from 'tap'
import { assertExit, runAgent } from '../agent.js'
import { addressOf, type Components, guest, publish } from '../document.js'
import { dataOf, dataOn, runningDomains, waitForGuest } from '../facts.js'
import { ask } from '../host.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('converged')
const image = '/srv/images/file.img'
const partition = '/dev/ram0p1'

/** A guest in a thin pool, one on a file, one on a partition. */
const kinds = ({ lvm, xen }: Components): void => {
  const { vg_guests: group } = lvm.groups
  Object.assign(group ?? {}, { pools: { pool: { size: 64, metadata: 4 } } })
  Object.assign(group?.volumes ?? {}, { golden: { size: 16, pool: 'pool' } })
  Object.assign(lvm, { files: { [image]: { size: 32 } }, partitions: { [partition]: { size: 16 } } })
  Object.assign(xen.domains, {
    thin: guest(21, 'pv', { xvda: { type: 'lvm', group: 'vg_guests', volume: 'golden' } }),
    file: guest(22, 'pv', { xvda: { type: 'file', path: image } }),
    partition: guest(23, 'pvh', { xvda: { type: 'phy', device: partition } }),
  })
}

const backings = { thin: '/dev/vg_guests/golden', file: image, partition }

t.test('guests run on a thin volume, a file and a partition', async t => {
  // A partition table with one entry: 32768 sectors from 2048 on.
  await ask(
    host,
    `modprobe brd rd_nr=3 rd_size=65536 max_part=4
     printf '\\0\\0\\0\\0\\203\\0\\0\\0\\0\\010\\0\\0\\0\\200\\0\\0' | dd of=/dev/ram0 bs=1 seek=446 status=none
     printf '\\125\\252' | dd of=/dev/ram0 bs=1 seek=510 status=none
     blockdev --rereadpt /dev/ram0 && udevadm settle`,
  )
  const before = await runningDomains(host)
  await publish(host, kinds)
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  t.match(await runningDomains(host), before, 'those that ran run on')
  for (const [index, [name, backing]] of Object.entries(backings).entries()) {
    t.match(await waitForGuest(host, name, `${addressOf(21 + index)}/24`), '1 received', name)
    t.equal(await dataOf(host, name), await dataOn(host, backing), `${backing} holds its data`)
  }
  t.match(await ask(host, `du --block-size=1K ${image} | cut -f 1`), /^\d{1,3}$/, 'the file is sparse')
})

t.test('a copy has the data of its origin, and what is wrong with devices is rejected, for itself alone', async t => {
  await ask(host, 'mkfs.ext4 -q /dev/ram1')
  const foreign = await ask(host, 'blkid /dev/ram1; sha256sum /dev/ram1')
  const before = await runningDomains(host)
  await publish(host, components => {
    kinds(components)
    const { lvm, xen } = components
    Object.assign(lvm.groups.vg_guests?.volumes ?? {}, {
      copy: { size: 16, origin: 'golden' },
      huge: { size: 9000 },
      small: { size: 16 },
    })
    Object.assign(lvm.groups, {
      vg_foreign: { devices: [{ path: '/dev/ram1' }], volumes: { lost: { size: 16 } } },
      vg_nowhere: { devices: [{ path: '/dev/disk/by-id/nosuch' }], volumes: { lost: { size: 16 } } },
    })
    Object.assign(xen.domains, {
      copy: guest(24, 'pv', { xvda: { type: 'lvm', group: 'vg_guests', volume: 'copy' } }),
      huge: guest(25, 'pv', { xvda: { type: 'lvm', group: 'vg_guests', volume: 'huge' } }),
      foreign: guest(26, 'pv', { xvda: { type: 'lvm', group: 'vg_foreign', volume: 'lost' } }),
    })
  })
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 2, { stdout })
  const { copy, ...others } = await runningDomains(host)
  t.ok(copy, 'the copy runs')
  t.same(others, before, 'of the rest only those that ran before')
  t.match(await waitForGuest(host, 'copy', `${addressOf(24)}/24`), '1 received')
  t.equal(await dataOf(host, 'copy'), await dataOf(host, 'thin'), "it finds its origin's data")
  await ask(host, 'dd if=/dev/urandom of=/dev/vg_guests/copy bs=64K count=1 oflag=direct status=none')
  t.equal(await dataOn(host, '/dev/vg_guests/golden'), await dataOf(host, 'thin'), 'what is written to it is its own')
  t.equal(
    await ask(host, 'lvs --noheadings -o lv_name vg_guests | xargs'),
    'copy golden lab-pv lab-pvh pool small',
    'of the volumes, all that fit are there',
  )
  t.equal(await ask(host, 'blkid /dev/ram1; sha256sum /dev/ram1'), foreign, 'foreign data is as it was')
  t.equal(await ask(host, 'vgs --noheadings -o vg_name'), 'vg_guests')
})

t.test("a guest's own LVM stays out of the host", async t => {
  await publish(host, kinds)
  const inside = "--config 'devices { scan_lvs=1 }'"
  await ask(
    host,
    `pvcreate -q --yes ${inside} /dev/vg_guests/small && vgcreate -q ${inside} theirs /dev/vg_guests/small
     lvcreate -q ${inside} --activate n --zero n -L 4M -n root theirs; pvscan --cache -aay`,
  )
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  t.equal(await ask(host, 'vgs --noheadings -o vg_name'), 'vg_guests')
  t.notMatch(await ask(host, 'dmsetup ls'), 'theirs')
})

t.test('nor does that of a guest on a partition or a file get in, as components/lvm/README.md has it', async t => {
  await ask(
    host,
    `set -e; echo 'devices { global_filter = [ "r|^/dev/loop[0-9]|", "r|^/dev/ram0p1$|" ] }' > /etc/lvm/lvmlocal.conf
     xl destroy file; xl destroy partition; while [ -n "$(losetup --associated ${image})" ]; do sleep 0.5; done
     loop=$(losetup --find --show ${image})
     within() { device=$1; shift; "$@" --config "devices { global_filter=[ \\"a|^$device|\\", \\"r|.*|\\" ] }"; }
     within ${partition} vgcreate --yes theirs ${partition} && within ${partition} lvcreate -L 4M -n root theirs
     within ${partition} vgchange -an theirs
     within $loop vgcreate --yes theirs_too $loop; losetup --detach $loop`,
  )
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  const running = await runningDomains(host)
  t.ok(running.file && running.partition, 'both guests run')
  await ask(host, 'udevadm settle; pvscan --cache -aay')
  t.equal(await ask(host, 'vgs --noheadings -o vg_name'), 'vg_guests')
  t.notMatch(await ask(host, 'dmsetup ls'), 'theirs')
})

t.test('a physical volume that is missing stops what needs it, and nothing else', async t => {
  await ask(host, 'wipefs -qa /dev/ram1; vgcreate -q vg_two /dev/ram1 /dev/ram2 && lvcreate -q -L 16M -n kept vg_two')
  const two = ({ lvm }: Components): void => {
    const devices = [{ path: '/dev/ram1' }, { path: '/dev/ram2' }] as const
    Object.assign(lvm.groups, { vg_two: { devices, volumes: { kept: { size: 16 }, next: { size: 16 } } } })
  }
  await ask(host, 'dd if=/dev/zero of=/dev/ram2 bs=1M count=1 oflag=direct status=none')
  const before = await runningDomains(host)
  await ask(host, 'xl destroy thin')
  await publish(host, components => {
    kinds(components)
    two(components)
  })
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 2, { stdout })
  const { thin, ...others } = await runningDomains(host)
  t.ok(thin, 'a guest that does not need it is started')
  t.match(await waitForGuest(host, 'thin', `${addressOf(21)}/24`, 2), '1 received')
  t.equal(await dataOf(host, 'thin'), await dataOn(host, backings.thin), 'with its data')
  t.match(before, others, 'the others run on')
  t.equal(await ask(host, 'lvs --noheadings -o lv_name vg_two'), 'kept')
  t.equal(
    await ask(host, 'vgs --noheadings -o pv_count,vg_missing_pv_count vg_two | xargs'),
    '2 1',
    'nor is it changed',
  )
})
