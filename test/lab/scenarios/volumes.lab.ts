// Volumes that are given up or get another name, also while a guest has them.
import t from 'tap'
import { assertExit, runAgent } from '../agent.js'
import { type Components, publish } from '../document.js'
import { dataOf, dataOn, domainUuids, runningDomains, waitForGuest, waitUntilGone } from '../facts.js'
import { guests, uuids } from '../guests.js'
import { ask } from '../host.js'
import { hostFrom } from '../scenario.js'

type Volumes = NonNullable<Components['lvm']['groups'][string]['volumes']>

const host = await hostFrom('converged')
const group = 'vg_guests'
const [pv, pvh] = guests

const volumesOf = ({ lvm }: Components): Volumes => lvm.groups[group]?.volumes ?? {}
const declare = (volumes: Volumes): Promise<void> =>
  publish(host, components => {
    Object.assign(volumesOf(components), volumes)
  })
const names = (): Promise<string> => ask(host, `lvs --noheadings -o lv_name ${group} | xargs`)
const uuidOf = (name: string): Promise<string> => ask(host, `lvs --noheadings -o lv_uuid ${group}/${name} | xargs`)

/** Of the 16 MiB that all volumes of this scenario begin with. */
const digest = (name: string): Promise<string> =>
  ask(host, `dd if=/dev/${group}/${name} bs=1M count=16 iflag=direct status=none | sha256sum | cut -d ' ' -f 1`)

const size = { size: 16 }
await declare({ spare: size, plain: size, taken: size })
await runAgent(host)
const fill = 'dd if=/dev/urandom bs=1M count=16 oflag=direct iflag=fullblock status=none'
await ask(host, ['spare', 'plain', 'taken'].map(name => `${fill} of=/dev/${group}/${name}`).join('; '))
const data = { spare: await digest('spare'), plain: await digest('plain'), taken: await digest('taken') }

t.test('a volume that is given up stays without consent', async t => {
  const before = await runningDomains(host)
  await declare({ spare: { ensure: 'absent' }, plain: size, taken: size })
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 3, { stdout })
  t.equal(await names(), 'lab-pv lab-pvh plain spare taken')
  t.equal(await digest('spare'), data.spare)
  t.same(await runningDomains(host), before)
})

t.test('with consent it goes, and nothing else', async t => {
  const before = await runningDomains(host)
  const { code, stdout } = await runAgent(host, `--allow destroy:lvm/${group}/spare`)
  assertExit(t, code, 0, { stdout })
  t.equal(await names(), 'lab-pv lab-pvh plain taken')
  t.same([await digest('plain'), await digest('taken')], [data.plain, data.taken])
  t.same(await runningDomains(host), before)
})

t.test('one that a domain has stays in spite of the consent', async t => {
  const before = await runningDomains(host)
  const kept = await dataOf(host, pvh.name)
  await publish(host, components => {
    Object.assign(volumesOf(components), { plain: size, taken: size, [pvh.name]: { ensure: 'absent' } })
    delete components.xen.domains[pvh.name]
  })
  const { code, stdout } = await runAgent(host, `--allow destroy:lvm/${group}/${pvh.name}`)
  assertExit(t, code, 3, { stdout })
  t.equal(await names(), 'lab-pv lab-pvh plain taken')
  t.equal(await dataOn(host, `/dev/${group}/${pvh.name}`), kept)
  t.same(await runningDomains(host), before)
})

t.test(
  'one gets another name with what it holds, and grows under it; a name that is taken stays whose it is',
  async t => {
    const uuid = await uuidOf('plain')
    await declare({ renamed: { size: 32, formerly: 'plain' }, taken: size })
    const { code, stdout } = await runAgent(host)
    assertExit(t, code, 0, { stdout })
    t.equal(await names(), 'lab-pv lab-pvh renamed taken')
    t.equal(await uuidOf('renamed'), uuid, 'it is the same volume')
    t.equal(await digest('renamed'), data.plain)
    t.equal(await ask(host, `blockdev --getsize64 /dev/${group}/renamed`), String(32 * 1024 ** 2))

    await declare({ taken: { ...size, formerly: 'renamed' } })
    const refused = await runAgent(host)
    assertExit(t, refused.code, 2, { stdout: refused.stdout })
    t.equal(await names(), 'lab-pv lab-pvh renamed taken')
    t.same([await digest('renamed'), await digest('taken')], [data.plain, data.taken])
  },
)

t.test('one that a guest has gets its name when the guest is down, and the guest starts with its data', async t => {
  const before = await runningDomains(host)
  const kept = await dataOf(host, pvh.name)
  await publish(host, components => {
    const { [pvh.name]: volume = size } = volumesOf(components)
    delete volumesOf(components)[pvh.name]
    Object.assign(volumesOf(components), { moved: { ...volume, formerly: pvh.name } })
    Object.assign(components.xen.domains[pvh.name]?.disks ?? {}, { xvda: { type: 'lvm', group, volume: 'moved' } })
  })
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 3, { stdout })
  t.same(await runningDomains(host), before, 'it runs on')
  t.equal(await names(), 'lab-pv lab-pvh renamed taken')

  await ask(host, `xl shutdown ${pvh.name}`)
  await waitUntilGone(host, pvh.name)
  const renaming = await runAgent(host)
  assertExit(t, renaming.code, 0, { stdout: renaming.stdout })
  t.equal(await names(), 'lab-pv moved renamed taken')
  t.match(await waitForGuest(host, pvh.name, pvh.address, 2), '1 received')
  t.equal(await dataOf(host, pvh.name), kept, 'it finds its data')
  t.equal(await dataOn(host, `/dev/${group}/moved`), kept)
  t.equal((await runningDomains(host))[pv.name], before[pv.name], 'the other guest runs on')
  t.same(await domainUuids(host), uuids)
})
