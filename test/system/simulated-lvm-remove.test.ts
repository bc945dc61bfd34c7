// lvremove and lvrename of the simulated host. Texts and exit codes are those of lvm2 2.03.16.
import t from 'tap'
import { blankHost } from '../../src/system/simulated/blank.js'
import { SimulatedSystem } from '../../src/system/simulated/simulated-system.js'

const MiB = 1024 ** 2

const hostWith = async (...commands: readonly string[]) => {
  const devices = [{ path: '/dev/sdb', size: 256 * MiB, serial: null }]
  const system = new SimulatedSystem(blankHost({ hostname: 'h', memory: 1024, devices }))
  const run = async (command: string): Promise<string> => {
    const { code, stdout, stderr } = await system.exec(command.split(' '), { effect: 'change' })
    return `${code}:${stdout}${stderr}`.trimEnd()
  }
  for (const command of ['vgcreate vg /dev/sdb', ...commands]) t.match(await run(command), /^0:/, command)
  return { system, run }
}

const plain = (name: string): string => `lvcreate --yes --wipesignatures y --size ${8 * MiB}b --name ${name} vg`
const pool = `lvcreate --yes --type thin-pool --size ${32 * MiB}b --poolmetadatasize ${4 * MiB}b --name p vg`
const thin = `lvcreate --yes --wipesignatures y --type thin --virtualsize ${8 * MiB}b --thinpool p --name t vg`

t.test('a volume goes, and its space comes back', async t => {
  const { system, run } = await hostWith(plain('a'))
  t.equal(await run('lvremove --yes vg/a'), '0:  Logical volume "a" successfully removed.')
  t.same(system.state.groups.vg?.volumes, {})
  t.equal(await run('lvremove --yes vg/a'), '5:  Failed to find logical volume "vg/a"')
  t.equal(await run('lvremove --yes no/a'), '5:  Volume group "no" not found\n  Cannot process volume group no')
})

t.test('a pool goes when it is empty, and the spare with the last one', async t => {
  const { system, run } = await hostWith(pool, thin)
  const remove = 'lvremove --yes --select thin_count=0 vg/p'
  t.equal(await run(remove), '0:')
  t.ok(system.state.groups.vg?.pools?.p, 'one with a volume in it is not selected')
  t.equal(await run('lvremove --yes vg/t'), '0:  Logical volume "t" successfully removed.')
  t.equal(await run(remove), '0:  Logical volume "p" successfully removed.')
  t.same(system.state.groups.vg, { ...system.state.groups.vg, pools: {}, volumes: {} })
  t.equal(system.state.groups.vg?.spare, undefined)
})

t.test('a volume gets another name, and keeps everything else', async t => {
  const { system, run } = await hostWith(plain('a'), plain('b'), pool)
  const before = system.state.groups.vg?.volumes.a
  const usage = "\n  Run `lvrename --help' for more information."
  t.equal(await run('lvrename vg x c'), '5:  Existing logical volume "x" not found in volume group "vg"')
  t.equal(await run('lvrename vg a b'), '5:  Logical Volume "b" already exists in volume group "vg"')
  t.equal(await run('lvrename vg a p'), '5:  Logical Volume "p" already exists in volume group "vg"')
  t.equal(await run('lvrename vg a a'), `3:  Old and new logical volume names must differ${usage}`)
  t.equal(await run('lvrename vg a b:c'), `3:  New logical volume name "b:c" is invalid${usage}`)
  t.equal(await run('lvrename no a c'), '5:  Volume group "no" not found\n  Cannot process volume group no')
  t.equal(await run('lvrename vg a c'), '0:  Renamed "a" to "c" in volume group "vg"')
  t.same(system.state.groups.vg?.volumes.c, before)
})

t.test('what a domain has as a disk is in use', async t => {
  const { system, run } = await hostWith(plain('a'))
  await system.write('/srv/i.img', '', 0o600)
  const disks =
    '["format=raw,vdev=xvda,access=rw,target=/dev/vg/a", "format=raw,vdev=xvdb,access=rw,target=/srv/i.img"]'
  await system.write('/g.cfg', `name = "g"\ntype = "pvh"\nkernel = "/k"\nmemory = 64\ndisk = ${disks}\n`, 0o600)
  t.match(await run('xl create /g.cfg'), /^0:/)
  t.equal(await run('lvremove --yes vg/a'), '5:  Logical volume vg/a in use.')
  t.match(await run('losetup --associated /srv/i.img'), /^0:\/dev\/loop\d+: \[\d+\]:\d+ \(\/srv\/i\.img\)$/)
  t.equal(await run('losetup --associated /srv/other.img'), '0:')
  await run('xl destroy g')
  t.equal(await run('losetup --associated /srv/i.img'), '0:')
  t.match(await run('lvremove --yes vg/a'), /^0:/)
})
