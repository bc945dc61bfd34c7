// Trials from their preparation to their end, on simulated hosts: a new entry is booted once, and is the default after a
// good boot alone.
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { grub } from '../../../components/grub/component.js'
import type { GRUB } from '../../../components/grub/desired.js'
import { carryOut } from '../../../src/agent/op.js'
import type { Action } from '../../../src/model/action.js'
import type { System } from '../../../src/model/system.js'
import { faulty, Killed } from '../../../src/system/faulty.js'
import { blankHost } from '../../../src/system/simulated/blank.js'
import { SimulatedSystem } from '../../../src/system/simulated/simulated-system.js'
import type { SimulatedState } from '../../../src/system/simulated/state.js'
import { runs } from '../../property-runs.js'

const memory = '/var/lib/xenclosure/grub'
const blank = blankHost({ hostname: null, memory: 8192, devices: [] })

/** Configured as in Red Hat's systems. */
const redHat = async (): Promise<SimulatedSystem> => {
  const isDebian = /^\/(etc\/default\/grub\.d|boot\/grub)(\/|$)/
  const files = Object.fromEntries(Object.entries(blank.files).filter(([path]) => !isDebian.test(path)))
  const defaults = { type: 'file', mode: 0o644, content: 'GRUB_DISTRIBUTOR=CentOS\nGRUB_DEFAULT=saved' } as const
  const command = { type: 'file', mode: 0o755, content: '' } as const
  const all = { ...files, '/etc/default/grub': defaults, '/usr/sbin/grub2-mkconfig': command }
  const system = new SimulatedSystem({ ...blank, files: all })
  await system.exec(['grub2-mkconfig', '-o', '/boot/grub2/grub.cfg'], { effect: 'change' })
  system.reboot()
  return system
}

const planOn = async (system: System, desired: GRUB): Promise<readonly Action[]> =>
  grub.plan(desired, await grub.observe(system, desired, memory))

/** A run of the agent, as far as it is about grub; answers what is left. */
const runOn = async (system: System, desired: GRUB, ...allowed: readonly string[]): Promise<readonly string[]> => {
  for (const { ops, waitsFor, consent, rejected } of await planOn(system, desired)) {
    const isDue =
      waitsFor === undefined && rejected === undefined && (consent === undefined || allowed.includes(consent))
    if (isDue) for (const op of ops) await carryOut(system, op)
  }
  return (await planOn(system, desired)).map(({ id, waitsFor, consent, rejected }) =>
    [id, waitsFor ?? consent ?? rejected ?? 'due'].join(' '),
  )
}

const xenOf = ({ state }: SimulatedSystem): string => state.boot.xen ?? 'no Xen'

const first: GRUB = { default: 'xen', xen: { options: { dom0_mem: '1G,max:1G' } } }
const second: GRUB = { default: 'xen', xen: { options: { dom0_mem: '2G,max:2G' } }, timeout: 3 }
const third: GRUB = { default: 'xen', xen: { options: { dom0_mem: '3G,max:3G' } } }

/** A host that was booted well with `first`. */
const goodHost = async (system = new SimulatedSystem(blank)): Promise<SimulatedSystem> => {
  await runOn(system, first)
  system.reboot()
  await runOn(system, first)
  return system
}

const ways = [
  ['Debian', async () => new SimulatedSystem(blank)],
  ['Red Hat', redHat],
] as const

for (const [name, host] of ways) {
  t.test(`${name}: what is declared is tried once, and is the default after a good boot`, async t => {
    const system = await host()
    t.same(await runOn(system, first), ['grub/reboot reboot'])
    system.reboot()
    t.match(xenOf(system), 'dom0_mem=1G,max:1G')
    t.match(system.state.boot.linux, /xenclosure\.trial=[0-9a-f]{12} panic=30/)
    t.same(await runOn(system, first), [])
    system.reboot()
    t.match(xenOf(system), 'dom0_mem=1G,max:1G')
    t.notMatch(system.state.boot.linux, 'panic')
    t.same(await planOn(system, first), [], 'and nothing is due, pending or written')
  })

  t.test(`${name}: what does not boot is tried once, and the host comes back with the last good entry`, async t => {
    const system = await goodHost(await host())
    system.cannotBoot('dom0_mem=2G,max:2G')
    t.same(await runOn(system, second), ['grub/reboot reboot'])
    for (const _boot of [1, 2]) {
      system.reboot()
      t.match(xenOf(system), 'dom0_mem=1G,max:1G')
      t.same(await runOn(system, second), ['grub/trial retry:grub'])
    }
    t.same(await runOn(system, { ...second, timeout: 9 }), ['grub/trial retry:grub'], 'nor is it another trial')
    t.same(await runOn(system, second, 'retry:grub'), ['grub/reboot reboot'])
    system.reboot()
    t.same(await runOn(system, second), ['grub/trial retry:grub'])
    t.same(await runOn(system, third), ['grub/reboot reboot'], 'another document is tried')
    system.reboot()
    t.match(xenOf(system), 'dom0_mem=3G,max:3G')
    t.same(await runOn(system, third), [])
  })
}

/** An entry of the administrator's own, which is that for Xen with another memory and a mark. */
const ownEntry = async (system: SimulatedSystem, memoryOfDom0: string): Promise<void> => {
  const menu = (await system.read('/boot/grub/grub.cfg')) ?? ''
  const [xenEntry = ''] = /^menuentry '[^']*with Xen hypervisor'[\s\S]*?^}$/m.exec(menu) ?? []
  const own = xenEntry
    .replace(/^menuentry '[^']*'/, "menuentry 'Own'")
    .replace(/xen-gnulinux-simple-[^']*/, 'own')
    .replaceAll(/dom0_mem=\S+/g, `dom0_mem=${memoryOfDom0}`)
    .replace('placeholder root=', 'placeholder own root=')
  await system.write('/etc/grub.d/40_own', `#!/bin/sh\ncat <<'END'\n${own}\nEND\n`, 0o755)
}

t.test("an entry of the administrator's own is tried, is the default after a good boot, and what is kept", async t => {
  const system = await goodHost()
  await ownEntry(system, '2G,max:2G')
  const own: GRUB = { ...second, default: { entry: 'own' } }
  t.same(await runOn(system, own), ['grub/reboot reboot'])
  system.reboot()
  t.match(system.state.boot, { xen: /dom0_mem=2G,max:2G/, linux: / own .*xenclosure\.trial=/ })
  t.same(await runOn(system, own), [])
  system.cannotBoot('dom0_mem=3G,max:3G')
  t.same(await runOn(system, third), ['grub/reboot reboot'])
  system.reboot()
  t.match(system.state.boot, { xen: /dom0_mem=2G,max:2G/, linux: / own / })
})

t.test('one that lacks what is declared is rejected: no menu that is made has it', async t => {
  const system = await goodHost()
  await ownEntry(system, '1G,max:1G')
  const rejected =
    'Own, of /etc/grub.d/40_own, has not what is declared, and no update of the menu helps: dom0_mem: has 1G,max:1G, declared 2G,max:2G'
  const own: GRUB = { ...second, default: { entry: 'own' } }
  t.same(await runOn(system, own), [`grub/config ${rejected}`])
  t.same(await runOn(system, own), [`grub/config ${rejected}`])
})

t.test('a kernel that GRUB cannot load is a boot that fails, too', async t => {
  const system = await goodHost()
  const files = { kernel: 'vmlinuz-6.1.0-56-amd64', hypervisor: 'xen-4.17-amd64.efi' }
  t.same(
    await runOn(system, { ...first, default: files, linux: { options: { quiet: true } } }),
    [],
    'nothing of it is compared with what runs',
  )
  await system.remove('/boot/xen-4.17-amd64.efi')
  system.reboot()
  t.match(xenOf(system), 'dom0_mem=1G,max:1G')
  t.match(system.state.boot.linux, /^((?!trial).)*$/)
})

t.test('what is declared again before it could be tried, and was good before, is booted at once', async t => {
  const system = await goodHost()
  await runOn(system, second)
  t.same(await runOn(system, first), [])
  system.reboot()
  t.match(xenOf(system), 'dom0_mem=1G,max:1G')
  t.same(await planOn(system, first), [])
  t.same(await runOn(system, second), ['grub/reboot reboot'], 'what was not tried has not failed')
})

t.test('an option that is no longer declared is tried without, and nothing is pending', async t => {
  const system = await goodHost()
  const less: GRUB = { default: 'xen' }
  t.same(await runOn(system, less), [])
  system.reboot()
  t.notMatch(xenOf(system), 'dom0_mem')
  t.match(system.state.boot.linux, 'trial')
  t.same(await runOn(system, less), [])
})

for (const lies of [{ abstraction: 'lvm' }, { abstraction: 'diskfilter mdraid1x' }, { filesystem: 'btrfs' }]) {
  t.test(`nothing is tried where GRUB cannot write: ${Object.values(lies).join()}`, async t => {
    const system = new SimulatedSystem(blank)
    system.layBoot(lies)
    t.same(await runOn(system, first), ['grub/reboot reboot'])
    t.match(
      (await planOn(system, first))[0]?.reasons.at(-1),
      /does not come back by itself: GRUB can't write its environ/,
    )
    system.reboot()
    t.match(xenOf(system), 'dom0_mem=1G,max:1G')
    t.notMatch(system.state.boot.linux, 'trial')
    t.same(await runOn(system, first), [])
  })
}

t.test('a host that runs what no entry boots has nothing to come back to, and says so', async t => {
  const system = new SimulatedSystem({ ...blank, boot: { ...blank.boot, linux: 'placeholder root=/dev/nfs' } })
  t.same(await runOn(system, first), ['grub/reboot reboot'])
  t.match((await planOn(system, first))[0]?.reasons.at(-1), 'no entry of the menu is what runs')
  system.reboot()
  t.same(await runOn(system, first), [])
})

t.test('an entry whose kernel was removed is not kept in the menu', async t => {
  const system = await goodHost()
  await system.write('/boot/other', '', 0o600)
  await runOn(system, second)
  const kept = await system.read('/etc/grub.d/50_xenclosure')
  await system.write('/etc/grub.d/50_xenclosure', (kept ?? '').replaceAll('/boot/vmlinuz-6', '/boot/gone-6'), 0o755)
  await system.exec(['update-grub'], { effect: 'change' })
  system.reboot()
  t.match(xenOf(system), 'dom0_mem=2G,max:2G', 'the trial is known all the same')
})

/** Everything but the identities of boots. */
const shapeOf = ({ state }: SimulatedSystem): SimulatedState['files'] => {
  const { [`${memory}/trial.json`]: _trial, ...files } = state.files
  return files
}

const passKilled = (error: unknown): void => {
  if (!(error instanceof Killed)) throw error
}

/** Kills a run after each of its changes in turn; the next run leaves what an undisturbed one does. */
const surviveKills = async (t: Test, start: SimulatedState, desired: GRUB): Promise<void> => {
  const whole = new SimulatedSystem(start)
  const left = await runOn(whole, desired)
  for (let kills = 0; ; kills += 1) {
    const system = new SimulatedSystem(start)
    try {
      await runOn(faulty(system, { killAfter: kills }), desired)
      return
    } catch (error) {
      passKilled(error)
    }
    t.same(await runOn(system, desired), left, `killed after ${kills} changes`)
    t.same(shapeOf(system), shapeOf(whole), `killed after ${kills} changes`)
  }
}

t.test('a run that is killed after any change is completed by the next one', async t => {
  await surviveKills(t, blank, first)
  const good = (await goodHost()).state
  await surviveKills(t, good, second)
  await surviveKills(t, good, { default: 'xen' })
  const armed = new SimulatedSystem(good)
  await runOn(armed, second)
  await surviveKills(t, armed.state, first)
  await surviveKills(t, armed.state, third)
  armed.reboot()
  await surviveKills(t, armed.state, second)
})

t.test('a run that is killed before a reboot never makes the host boot what was not good twice', async t => {
  const { state } = await goodHost()
  for (let kills = 0; kills < 12; kills += 1) {
    const system = new SimulatedSystem(state)
    system.cannotBoot('dom0_mem=2G,max:2G')
    await runOn(faulty(system, { killAfter: kills }), second).catch(passKilled)
    system.reboot()
    t.match(xenOf(system), 'dom0_mem=1G,max:1G', `killed after ${kills} changes`)
    await runOn(system, second)
    system.reboot()
    t.match(xenOf(system), 'dom0_mem=1G,max:1G')
    t.same(await runOn(system, second), ['grub/trial retry:grub'])
  }
})

const options = fc.dictionary(fc.constantFrom('a', 'b', 'console'), fc.constantFrom('1', '2', '3'), { maxKeys: 3 })
const document: fc.Arbitrary<GRUB> = fc.record(
  {
    default: fc.constantFrom('xen', 'linux'),
    timeout: fc.constantFrom(1, 5),
    xen: fc.record({ options }),
    linux: fc.record({ options }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<GRUB>
const fatal = fc.constantFrom('a=1', 'b=2', 'console=3', 'never')

/** What is declared, after how many changes a run is killed before the one that ends, and whether the host restarts. */
const step = fc.tuple(document, fc.option(fc.nat(8)), fc.boolean())

t.test('whatever is declared, does not boot or is killed, the host comes up and nothing stays due', async () => {
  await fc.assert(
    fc.asyncProperty(fatal, fc.array(step, { maxLength: 6 }), async (word, steps) => {
      const system = new SimulatedSystem(blank)
      system.cannotBoot(word)
      for (const [desired, killAfter, restarts] of steps) {
        if (killAfter !== null) await runOn(faulty(system, { killAfter }), desired).catch(passKilled)
        if (killAfter !== null && restarts) system.reboot()
        const left = await runOn(system, desired)
        if (left.some(action => action.endsWith(' due'))) throw new Error(`${left}`)
        if (restarts) system.reboot()
      }
    }),
    runs(300),
  )
})
