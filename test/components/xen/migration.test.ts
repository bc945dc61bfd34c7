// What keeps a guest from being migrated live, row by row; on the simulated host, which has no shadow paging, as Debian's
// Xen 4.17 has none (test/system/recordings/xl.json).
import t from 'tap'
import type { Domain } from '../../../components/xen/desired.js'
import { migration } from '../../../components/xen/migration.js'
import { observe } from '../../../components/xen/observe.js'
import { agentOn, guest, memory, simulatedHost } from './host.js'

const shared = { xvda: { type: 'phy', device: '/dev/sdb', shared: true } } as const
const rows: readonly (readonly [name: string, domain: Domain, obstacles: readonly string[]])[] = [
  ['pvh on a shared disk', guest(1, { disks: shared }), []],
  [
    'pv on a shared disk',
    guest(1, { disks: shared, options: { ...guest(1).options, type: 'pv' } }),
    ['PV, and this Xen has no shadow paging'],
  ],
  [
    'nomigrate, pci',
    guest(1, { disks: shared, options: { ...guest(1).options, nomigrate: true, pci: ['07:00.0'] } }),
    ['nomigrate is set', 'pci: devices of this host'],
  ],
  [
    'on a disk of its own beside the shared one',
    guest(1, { disks: { ...shared, xvdb: { type: 'phy', device: '/dev/sdc' } } }),
    ['on disks of this host alone: xvdb'],
  ],
]

for (const [name, domain, obstacles] of rows) {
  t.test(name, async t => {
    const system = simulatedHost()
    await system.write(`${memory}/claims/ce.json`, '{}', 0o600)
    const { migration: reported } = await agentOn(t.testdir())(system, { ce: domain })
    t.same(reported, { ce: obstacles })
  })
}

t.test('a guest that does not run is not spoken of; Xen is asked for the sake of PV guests alone', async t => {
  const system = simulatedHost()
  const pvh = { domains: { ce: guest(1) } }
  const actual = await observe(system, pvh, memory)
  t.equal(actual.pagesInShadow, null)
  t.same(migration(pvh, actual), {})
})
