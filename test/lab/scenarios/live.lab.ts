// What of a guest's options changes while it runs, what waits for its restart, and what takes it up then.
import t from 'tap'
import { assertExit, letTimePass, runAgent } from '../agent.js'
import { type Components, publish } from '../document.js'
import { dataOf, dataOn, domainUuids, runningDomains, waitForGuest, waitUntilSeen } from '../facts.js'
import { guests, uuids } from '../guests.js'
import { ask } from '../host.js'
import { hostFrom } from '../scenario.js'

const host = await hostFrom('converged')
const [pv, pvh] = guests
const data = await dataOf(host, pvh.name)

/** What is declared of a guest's options, beside what the profiles say. */
const change = ({ xen }: Components, name: string, options: object, more: object = {}): void => {
  const domain = xen.domains[name]
  Object.assign(domain ?? {}, more)
  Object.assign(domain?.options ?? {}, options)
}

/** MiB, of the last line. */
const memoryIn = (sees: string): number => Number(/.*memory=(\d+)/s.exec(sees)?.[1])

const limits = { maxmem: 256, maxvcpus: 2 }

t.test(
  'what Xen cannot change while a guest runs waits; with `apply: restart` it restarts that guest alone',
  async t => {
    await letTimePass(host)
    const before = await runningDomains(host)
    await publish(host, components => {
      change(components, pv.name, { cmdline: `console=hvc0 ip=${pv.address} quiet` })
      change(components, pvh.name, limits, { apply: 'restart' })
    })
    const { code, stdout } = await runAgent(host)
    assertExit(t, code, 3, { stdout })
    const after = await runningDomains(host)
    t.equal(after[pv.name], before[pv.name], 'one waits')
    t.not(after[pvh.name], before[pvh.name], 'one was restarted')
    t.match(await waitForGuest(host, pvh.name, pvh.address, 2), '1 received')
    t.equal(await dataOf(host, pvh.name), data, 'it finds its data')
  },
)

t.test("the guest's own reboot takes up what waited", async t => {
  const before = await runningDomains(host)
  await ask(host, `xl reboot ${pv.name}`)
  t.match(await waitForGuest(host, pv.name, pv.address, 2), '1 received')
  t.match(await ask(host, `xl list -l ${pv.name} | grep cmdline`), 'quiet')
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
  t.equal((await runningDomains(host))[pvh.name], before[pvh.name])
})

t.test('memory, vCPUs, a disk, a nic and the growth of a volume reach the running guest', async t => {
  const before = await runningDomains(host)
  const memoryBefore = memoryIn(await waitUntilSeen(host, pvh.name, 'cpus=0 '))
  await publish(host, components => {
    const volumes = components.lvm.groups.vg_guests?.volumes ?? {}
    Object.assign(volumes, { [pvh.name]: { size: 96 }, more: { size: 16 } })
    change(components, pv.name, { cmdline: `console=hvc0 ip=${pv.address} quiet` })
    change(components, pvh.name, { ...limits, memory: 192, vcpus: 2 }, { apply: 'restart' })
    const { disks, vifs } = components.xen.domains[pvh.name] ?? {}
    Object.assign(disks ?? {}, { xvdb: { type: 'lvm', group: 'vg_guests', volume: 'more' } })
    Object.assign(vifs ?? {}, { eth1: { mac: '00:16:3e:4d:00:99', bridge: 'xenbr0' } })
  })
  const { code, stdout } = await runAgent(host)
  // Its balloon driver takes the memory when it has the core, which may be after the run.
  assertExit(t, code, stdout.includes(`waits for guest:${pvh.name}`) ? 3 : 0, { stdout })
  t.same(await runningDomains(host), before, 'nothing was restarted')
  t.equal(await ask(host, 'lvs --noheadings --units m -o lv_size vg_guests/lab-pvh'), '96.00m')
  const memory = Array.from({ length: 9 }, (_, index) => memoryBefore + 60 + index).join('\\|')
  await waitUntilSeen(host, pvh.name, `cpus=0-1 memory=\\(${memory}\\) nics=eth0 eth1 xvda=196608 xvdb=32768`)
  t.equal(await dataOn(host, '/dev/vg_guests/lab-pvh'), data, 'its data is there')
  t.match(await ask(host, `xl vcpu-list ${pvh.name} | tail -n 1`), /^\S+ +\d+ +1 +\d+ +[-rb]{3} /)
  t.same(await domainUuids(host), uuids)
})

t.test('and then there is nothing left to do', async t => {
  const { code, stdout } = await runAgent(host)
  assertExit(t, code, 0, { stdout })
})
