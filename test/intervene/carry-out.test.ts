// Interventions on simulated hosts: to their end, with guests and hosts that do not obey, and from wherever the tool was killed.
import t from 'tap'
import type { StepResult } from '../../src/intervene/carry-out.js'
import type { Enclosed } from '../../src/model/enclosed.js'
import { CommandFailed } from '../../src/model/system.js'
import { guest } from '../components/xen/host.js'
import { boot, guestsOn, interveneIn, machineOf, type Site, startSite, tellResults } from './simulated-site.js'

const host = (name: string): Enclosed => ({ name, type: 'hypervisor', children: [] })
const rack: Enclosed = { name: 'chassis1', type: 'blade', children: [host('b1'), host('b2')] }
const directory = t.testdir()
const newSite = (): Promise<Site> =>
  startSite(directory, {
    chassis1: {},
    b1: { a: guest(1), b: guest(2, { needs: ['a'] }), c: guest(3, { shutdown_timeout: 2 }) },
    b2: { d: guest(4) },
  })
const power = new Set(['chassis1', 'b1', 'b2'])

t.test('down and up, with controllers', async t => {
  const site = await newSite()
  const down = await interveneIn(site, 'down', rack, { power })
  t.ok(down.every(({ outcome }) => outcome === 'done'))
  t.notOk(['chassis1', 'b1', 'b2'].some(name => machineOf(site, name).isOn))
  t.ok((await interveneIn(site, 'down', rack, { power })).every(({ outcome }) => outcome === 'already'))

  const up = await interveneIn(site, 'up', rack, { power })
  t.ok(
    up.every(({ outcome }) => outcome === 'done'),
    JSON.stringify(up),
  )
  t.same([guestsOn(site, 'b1'), guestsOn(site, 'b2')], [['a', 'b', 'c'], ['d']])
})

t.test('without controllers a hand is asked for, and a host that booted meanwhile has started nobody', async t => {
  const site = await newSite()
  const down = await interveneIn(site, 'down', rack)
  t.same(tellResults(down).at(-1), 'chassis1: switch off: left')
  t.match(down.at(-1)?.message, /by hand/)
  t.equal(machineOf(site, 'b1').isOn, false)
  const early = await interveneIn(site, 'up', rack)
  t.match(early.find(({ step }) => step.id === 'b1: power on')?.message, /by hand/)

  await boot(machineOf(site, 'b1'))
  t.same(guestsOn(site, 'b1'), [], 'held off')
  t.equal(tellResults(await interveneIn(site, 'up', host('b1'))).at(-1), 'b1: guests up: done')
  t.same(guestsOn(site, 'b1'), ['a', 'b', 'c'])
})

t.test('a guest that ignores its shutdown keeps its host on, or is destroyed', async t => {
  const site = await newSite()
  machineOf(site, 'b1').system.guest('c', 'hang')
  const down = await interveneIn(site, 'down', rack, { power })
  t.same(tellResults(down), [
    'b1: guests down: left',
    'b1: power off: skipped',
    'b2: guests down: done',
    'b2: power off: done',
    'chassis1: switch off: skipped',
  ])
  t.match(down[0]?.message, /still up: c; waits for shutdown:c/)
  const again = await interveneIn(site, 'down', rack, { power, downArguments: ['--on-timeout', 'destroy'] })
  t.ok(again.every(({ outcome }) => outcome === 'done' || outcome === 'already'))
  t.equal(machineOf(site, 'chassis1').isOn, false)
})

t.test('nobody knows of a host that nothing answers for: what encloses it stays on, the rest goes on', async t => {
  const site = await newSite()
  machineOf(site, 'b1').isCutOff = true
  const down = await interveneIn(site, 'down', rack, { power: new Set(['chassis1']) })
  t.same(tellResults(down), [
    'b1: guests down: failed',
    'b1: power off: skipped',
    'b2: guests down: done',
    'b2: power off: done',
    'chassis1: switch off: skipped',
  ])
  t.match(down[0]?.message, /connection refused; off or cut off: it declares no \/hardware\/console\/ipmi/)
  t.equal(machineOf(site, 'chassis1').isOn, true)
})

t.test('a reboot restarts each host once, and its guests are back', async t => {
  const site = await newSite()
  t.ok((await interveneIn(site, 'reboot', rack)).every(({ outcome }) => outcome === 'done'))
  t.same([machineOf(site, 'b1').boots, machineOf(site, 'b2').boots, machineOf(site, 'chassis1').boots], [1, 1, 0])
  t.same([guestsOn(site, 'b1'), guestsOn(site, 'b2')], [['a', 'b', 'c'], ['d']])
})

t.test('after the window nothing is begun, but guests that went down for a reboot come back', async t => {
  const site = await newSite()
  t.ok((await interveneIn(site, 'down', rack, { isOver: () => true })).every(({ outcome }) => outcome !== 'done'))
  t.same(guestsOn(site, 'b2'), ['d'])
  let looks = 0
  const isOver = (): boolean => {
    looks += 1
    return looks > 1
  }
  t.same(tellResults(await interveneIn(site, 'reboot', host('b1'), { isOver })), [
    'b1: guests down: done',
    'b1: reboot: left',
    'b1: guests up: done',
  ])
  t.same([machineOf(site, 'b1').boots, guestsOn(site, 'b1')], [0, ['a', 'b', 'c']])
})

t.test('a chassis is not switched off under a host that merely answers no more', async t => {
  const site = await newSite()
  const down = await interveneIn(site, 'down', rack, { power: new Set(['chassis1', 'b1']) })
  t.equal(tellResults(down).at(-1), 'chassis1: switch off: left')
  t.match(down.at(-1)?.message, /by hand once b2 are off/)
  t.equal(machineOf(site, 'chassis1').isOn, true)
})

t.test('a host that lets nobody in any more is still on, until it is silent', async t => {
  const site = await newSite()
  machineOf(site, 'b1').takesToEnd = 10 * 60_000
  machineOf(site, 'b2').takesToEnd = Number.POSITIVE_INFINITY
  const down = await interveneIn(site, 'down', rack)
  t.same(tellResults(down), [
    'b1: guests down: done',
    'b1: power off: done',
    'b2: guests down: done',
    'b2: power off: failed',
    'chassis1: switch off: skipped',
  ])
  t.ok(site.clock >= 10 * 60_000, 'b1 was waited for')
  t.match(down.find(({ step }) => step.id === 'b2: power off')?.message, /^still on after 20 min$/)
})

t.test('what its controller says of a host counts, also where it lets nobody in', async t => {
  const site = await newSite()
  machineOf(site, 'b1').takesToEnd = Number.POSITIVE_INFINITY
  const controller = { isOn: async () => site.clock < 60_000, on: async () => undefined, off: async () => undefined }
  const down = await interveneIn(site, 'down', host('b1'), { power: new Set(['b1']), controller })
  t.equal(tellResults(down).at(-1), 'b1: power off: done')
})

t.test('a controller that does not answer while a host ends is asked again, until the time is over', async t => {
  const refusal = new CommandFailed(['ipmitool', 'power', 'status'], { reason: 'exit code 1', stderr: 'no session' })
  const downUntil = async (time: number): Promise<readonly StepResult[]> => {
    const site = await newSite()
    machineOf(site, 'b1').takesToEnd = Number.POSITIVE_INFINITY
    let asked = 0
    const isOn = async (): Promise<boolean> => {
      asked += 1
      if (asked > 2 && site.clock < time) throw refusal
      return site.clock < time
    }
    const controller = { isOn, on: async () => undefined, off: async () => undefined }
    return interveneIn(site, 'down', host('b1'), { power: new Set(['b1']), controller })
  }
  t.equal(tellResults(await downUntil(60_000)).at(-1), 'b1: power off: done')
  const never = (await downUntil(Number.POSITIVE_INFINITY)).at(-1)
  t.match(never, { outcome: 'failed', message: /^ipmitool power status: exit code 1: no session$/ })
})

t.test('a host that answers and does not let us in is not to be switched on by hand', async t => {
  const site = await newSite()
  machineOf(site, 'b1').isDenied = true
  const up = await interveneIn(site, 'up', host('b1'))
  t.match(up[0], { outcome: 'failed', message: 'b1: it is going down' })
})

t.test('a chassis without a controller keeps nothing in it from coming up', async t => {
  const site = await newSite()
  await interveneIn(site, 'down', rack)
  const up = await interveneIn(site, 'up', rack, { power: new Set(['b1', 'b2']) })
  t.ok(up.every(({ outcome }) => outcome === 'done' || outcome === 'already'))
  t.same([guestsOn(site, 'b1'), guestsOn(site, 'b2')], [['a', 'b', 'c'], ['d']])
})

t.test('guests come back also when the window ends while their host reboots', async t => {
  const site = await newSite()
  const isOver = (): boolean => machineOf(site, 'b1').boots > 0
  const reboot = await interveneIn(site, 'reboot', host('b1'), { isOver })
  t.ok(reboot.every(({ outcome }) => outcome === 'done'))
  t.same(guestsOn(site, 'b1'), ['a', 'b', 'c'])
})

t.test('a host that somebody has called up again is not powered off', async t => {
  const site = await newSite()
  const down = await interveneIn(site, 'down', host('b1'), {
    ended: async ({ step }) => {
      if (step.work === 'guests down')
        await machineOf(site, 'b1').system.remove('/var/lib/xenclosure/xen/intervention.json')
    },
  })
  t.match(down.at(-1), { outcome: 'failed', message: /call this again/ })
  t.equal(machineOf(site, 'b1').isOn, true)
})

t.test('a step has its time, however long each look takes', async t => {
  const site = await newSite()
  let looks = 0
  const isOn = async (): Promise<boolean> => {
    looks += 1
    site.clock += 60_000
    return false
  }
  const up = await interveneIn(
    site,
    'up',
    { ...rack, children: [] },
    {
      power: new Set(['chassis1']),
      controller: { isOn, on: async () => undefined, off: async () => undefined },
    },
  )
  t.match(up, [{ outcome: 'failed', message: 'still off after 20 min' }])
  t.ok(looks < 25, `${looks} looks`)
})

const inner: Enclosed = { name: 'b2', type: 'hypervisor', children: [host('d')] }
const newNestedSite = async (): Promise<Site> => {
  const site = await startSite(directory, { b2: { d: guest(4) }, d: { e: guest(5) } })
  machineOf(site, 'd').guestOf = 'b2'
  return site
}

t.test('a host that is a guest is not asked again once it is down, and is waited for on the way up', async t => {
  const site = await newNestedSite()
  await interveneIn(site, 'down', inner, { isOver: () => guestsOn(site, 'b2').length === 0, power })
  t.same([machineOf(site, 'b2').isOn, guestsOn(site, 'b2'), guestsOn(site, 'd')], [true, [], []])
  t.same(tellResults(await interveneIn(site, 'down', inner, { power })), [
    'd: guests down: already',
    'b2: guests down: done',
    'b2: power off: done',
  ])
  t.same(tellResults(await interveneIn(site, 'up', inner, { power })), [
    'b2: power on: done',
    'b2: guests up: done',
    'd: guests up: done',
  ])
  t.same([guestsOn(site, 'b2'), guestsOn(site, 'd')], [['d'], ['e']])
})

t.test('the guests of a guest come back, too, where the window has no room for the reboot', async t => {
  const site = await newNestedSite()
  const reboot = await interveneIn(site, 'reboot', inner, { isOver: () => guestsOn(site, 'd').length === 0 })
  t.equal(tellResults(reboot).at(-1), 'd: guests up: done')
  t.same([guestsOn(site, 'b2'), guestsOn(site, 'd'), machineOf(site, 'b2').boots], [['d'], ['e'], 0])
})

const isOver = (results: readonly StepResult[]): boolean =>
  results.every(({ outcome }) => outcome === 'done' || outcome === 'already')

const wasKilled = (results: Promise<unknown>): Promise<boolean> =>
  results.then(
    () => false,
    () => true,
  )

t.test('down, killed at any point and called again, comes to the same end', async t => {
  let kills = 0
  for (let isKilled = true; isKilled; kills += 1) {
    const site = await newSite()
    site.killAfter = kills
    isKilled = await wasKilled(interveneIn(site, 'down', host('b1'), { power }))
    site.killAfter = Number.POSITIVE_INFINITY
    if (isKilled) t.ok(isOver(await interveneIn(site, 'down', host('b1'), { power })), `killed after ${kills}`)
    t.same([machineOf(site, 'b1').isOn, guestsOn(site, 'b1')], [false, []])
  }
  t.ok(kills > 10, `${kills} kills`)
})

t.test('reboot, killed at any point and called again, has rebooted each host once', async t => {
  let kills = 0
  for (let isKilled = true; isKilled; kills += 1) {
    const site = await newSite()
    site.killAfter = kills
    isKilled = await wasKilled(interveneIn(site, 'reboot', rack, { jobs: 1 }))
    site.killAfter = Number.POSITIVE_INFINITY
    if (isKilled) t.ok(isOver(await interveneIn(site, 'reboot', rack)), `killed after ${kills}`)
    t.same([machineOf(site, 'b1').boots, machineOf(site, 'b2').boots], [1, 1], `killed after ${kills}`)
    t.same([guestsOn(site, 'b1'), guestsOn(site, 'b2')], [['a', 'b', 'c'], ['d']])
  }
  t.ok(kills > 20, `${kills} kills`)
})

t.test('a reboot that goes on leaves an intervention alone that somebody began after it', async t => {
  const site = await newSite()
  const b1 = host('b1')
  const dies = interveneIn(site, 'reboot', b1, {
    ended: ({ step }) => {
      if (step.work === 'reboot') site.killAfter = 0
    },
  })
  t.ok(await wasKilled(dies))
  site.killAfter = Number.POSITIVE_INFINITY
  await interveneIn(site, 'up', b1)
  await interveneIn(site, 'down', b1)
  await boot(machineOf(site, 'b1'))
  const reboot = await interveneIn(site, 'reboot', b1)
  t.same(tellResults(reboot), ['b1: reboot: already', 'b1: guests up: left'])
  t.match(reboot.at(-1)?.message, /somebody has its guests down again/)
  t.same(guestsOn(site, 'b1'), [])
  await interveneIn(site, 'up', b1)
  t.ok(isOver(await interveneIn(site, 'reboot', b1)))
  t.same([machineOf(site, 'b1').boots, guestsOn(site, 'b1')], [2, ['a', 'b', 'c']])
})

t.test('a reboot that is over is over, and another one reboots all', async t => {
  const site = await newSite()
  for (const enclosure of [rack, host('b1')]) {
    await interveneIn(site, 'reboot', enclosure)
    site.clock += 60_000
  }
  t.ok(isOver(await interveneIn(site, 'reboot', rack)))
  t.same([machineOf(site, 'b1').boots, machineOf(site, 'b2').boots], [3, 2])
})

t.test('a reboot goes on with the hosts that are left, until a day is over', async t => {
  const site = await newSite()
  machineOf(site, 'b2').isCutOff = true
  t.same(tellResults(await interveneIn(site, 'reboot', rack)), [
    'b1: guests down: done',
    'b1: reboot: done',
    'b1: guests up: done',
    'b2: guests down: failed',
    'b2: reboot: skipped',
    'b2: guests up: skipped',
  ])
  t.equal(tellResults(await interveneIn(site, 'reboot', rack))[0], 'b1: reboot: already')
  site.clock += 25 * 60 * 60_000
  machineOf(site, 'b2').isCutOff = false
  t.ok(isOver(await interveneIn(site, 'reboot', rack)))
  t.same([machineOf(site, 'b1').boots, machineOf(site, 'b2').boots], [2, 1])
})
