// Domains that are stopped, restarted and given up, on a simulated host whose guests obey, hang or go by themselves.
import t from 'tap'
import { exitCode } from '../../../src/agent/exit-code.js'
import { offFile } from '../../../src/model/off-file.js'
import type { System } from '../../../src/model/system.js'
import { faulty, Killed } from '../../../src/system/faulty.js'
import type { SimulatedSystem } from '../../../src/system/simulated/simulated-system.js'
import { agentOn, guest, memory, simulatedHost, tellOf } from './host.js'

const agent = agentOn(t.testdir())
const idOf = ({ state }: SimulatedSystem, name: string): number | undefined =>
  state.domains.find(({ config }) => config.name === name)?.domid
const pastHold = '{"until":"2020-01-01T00:00:00Z"}'
const larger = { options: { ...guest(1).options, memory: 512 } }

t.test('a restart waits for leave, then the guest runs with its new values, and nothing is left', async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1), b: guest(2) })
  const before = { a: idOf(host, 'a'), b: idOf(host, 'b') }
  const desired = { a: guest(1, larger), b: guest(2) }
  t.same(tellOf(await agent(host, desired)), ['a/config done', 'a/restart pending'])
  t.equal(idOf(host, 'a'), before.a)
  const report = await agent(host, desired, 'restart:a')
  t.same(tellOf(report), ['a/restart done'])
  t.ok(Number(idOf(host, 'a')) > Number(before.a), 'it is another domain')
  t.equal(idOf(host, 'b'), before.b, 'the other one never stopped')
  t.match(
    host.state.domains.find(({ config }) => config.name === 'a'),
    { config: { memory: 512 } },
  )
  t.equal(exitCode(await agent(host, desired)), 0)
})

t.test('apply: restart waits for nobody', async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1) })
  const report = await agent(host, { a: guest(1, { ...larger, apply: 'restart' }) })
  t.same([tellOf(report), exitCode(report)], [['a/config done', 'a/restart done'], 0])
})

t.test('apply: restart restarts no guest again and again, whatever xl shows of it', async t => {
  const host = simulatedHost()
  /** As of an option that this Xen keeps with another value than the one that it was given. */
  const rounding: System = {
    ...faulty(host, {}),
    exec: async (argv, options) => {
      const result = await host.exec(argv, options)
      if (argv.join(' ') !== 'xl list -l') return result
      const shown = JSON.parse(result.stdout)
      for (const { config } of shown) config.b_info.cmdline = 'another'
      return { ...result, stdout: JSON.stringify(shown) }
    },
  }
  const desired = { a: guest(1, { apply: 'restart' }) }
  await agent(host, desired)
  const ids = new Set<number | undefined>()
  for (let pass = 0; pass < 12; pass += 1) {
    const report = await agent(rounding, desired)
    if (pass === 11) {
      t.same(tellOf(report), ['a/restart pending'])
      t.match(report.actions[0]?.reasons.at(-1), 'it was started 3 times within 10 min, and is restarted later')
    }
    ids.add(idOf(host, 'a'))
    host.elapse(20)
  }
  t.equal(ids.size, 2, 'with its first start it was started three times in four minutes')
  t.same(tellOf(await agent(rounding, desired, 'restart:a')), ['a/restart done'], 'somebody allows it')
})

t.test("the guest's own reboot takes the new values up, too", async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1) })
  await agent(host, { a: guest(1, larger) })
  host.guest('a', 'reboot')
  t.equal(exitCode(await agent(host, { a: guest(1, larger) })), 0)
})

t.test('a guest that hangs ends the run with waiting; later it is reported, or destroyed with consent', async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1) })
  host.elapse(60)
  host.guest('a', 'hang')
  const wait = { a: guest(1, { ...larger, apply: 'restart', shutdown_timeout: 1 }) }
  const report = await agent(host, wait)
  t.same([tellOf(report), report.error, exitCode(report)], [['a/config done', 'a/restart waiting'], undefined, 3])
  host.elapse(2)
  t.same(tellOf(await agent(host, wait)), ['a/restart pending'])

  const destroy = { a: guest(1, { ...larger, apply: 'restart', shutdown_timeout: 1, on_timeout: 'destroy' }) }
  const before = idOf(host, 'a')
  t.same(tellOf(await agent(host, destroy, 'restart:a')), ['a/restart refused'])
  t.equal(idOf(host, 'a'), before, 'and left alone')
  t.same(tellOf(await agent(host, destroy, 'destroy:xen/a')), ['a/restart done'])
  t.not(idOf(host, 'a'), before)
  t.same(await host.list(`${memory}/shutdowns`), [], 'and the question is forgotten')
  t.equal(exitCode(await agent(host, destroy)), 0)
})

t.test('a question that was asked of an earlier domain of that name destroys no later one', async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1) })
  host.guest('a', 'hang')
  const desired = { a: guest(1, { ...larger, shutdown_timeout: 1, on_timeout: 'destroy' }) }
  await agent(host, desired, 'restart:a')
  host.elapse(60)
  await host.exec(['xl', 'destroy', 'a'], { effect: 'change' })
  await host.write('/root/a.cfg', 'name = "a"\ntype = "pvh"\nkernel = "/srv/vmlinux"\nmemory = 256\n', 0o600)
  await host.exec(['xl', 'create', '/root/a.cfg'], { effect: 'change' })
  host.elapse(60)
  const report = await agent(host, desired, 'destroy:xen/a')
  t.match(
    report.actions.map(({ id, waitsFor, consent }) => [id, waitsFor, consent]),
    [['xen/a/restart', 'restart:a', undefined]],
  )
})

t.test('ensure: stopped stops, and keeps stopped', async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1) })
  const desired = { a: guest(1, { ensure: 'stopped' }) }
  t.same(tellOf(await agent(host, desired)), ['a/auto done', 'a/stop pending'])
  t.same(tellOf(await agent(host, desired, 'stop:a')), ['a/stop done'])
  t.equal(exitCode(await agent(host, desired)), 0)
  host.reboot()
  t.equal(idOf(host, 'a'), undefined)
  t.equal(exitCode(await agent(host, desired)), 0)
})

t.test('a guest that was lost is started again; after some losses later, after many not any more', async t => {
  const host = simulatedHost()
  const desired = { a: guest(1), b: guest(2) }
  await agent(host, desired)
  const lose = async (): Promise<readonly string[]> => {
    host.guest('a', 'crash')
    host.elapse(30)
    return tellOf(await agent(host, desired))
  }
  t.same(await lose(), ['a/start done'])
  t.same(await lose(), ['a/start done'])
  t.same(await lose(), ['a/start pending'], 'three starts within ten minutes')
  host.elapse(600)
  t.same(tellOf(await agent(host, desired)), ['a/start done'])
  t.same([await lose(), await lose()], [['a/start done'], ['a/start done']])
  host.guest('a', 'poweroff')
  host.elapse(700)
  t.same(tellOf(await agent(host, desired)), ['a/start pending'], 'six starts within the hour')
  host.elapse(1200)
  t.same(tellOf(await agent(host, desired)), ['a/start pending'])
  t.same(tellOf(await agent(host, desired, 'crash-loop:a')), ['a/start done'])
  t.same(await lose(), ['a/start done'], 'and its history is forgotten')
  t.equal(host.state.domains.length, 2)
})

t.test('after a reboot of the host, nothing of the starts before it counts', async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1, { auto: false }) })
  for (let losses = 0; losses < 2; losses += 1) {
    host.guest('a', 'crash')
    await agent(host, { a: guest(1, { auto: false }) })
  }
  host.reboot()
  t.same(tellOf(await agent(host, { a: guest(1, { auto: false }) })), ['a/start done'])
  t.same(await host.list(`${memory}/starts/a`), ['4'])
})

t.test('restart: no is started once in a boot of the host, also where xendomains did it', async t => {
  const host = simulatedHost()
  const desired = { a: guest(1, { restart: 'no' }) }
  await agent(host, desired)
  host.guest('a', 'poweroff')
  t.equal(exitCode(await agent(host, desired)), 0)
  t.same(host.state.domains, [])
  host.reboot()
  t.equal(host.state.domains.length, 1)
  t.same(tellOf(await agent(host, desired)), ['a/note done'])
  host.guest('a', 'poweroff')
  t.equal(exitCode(await agent(host, desired)), 0)
  t.same(host.state.domains, [])
})

t.test('nothing is done to a guest that is held', async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1) })
  await host.write(`${memory}/holds/a.json`, '{}', 0o600)
  const before = host.state
  const desired = { a: guest(1, { ...larger, apply: 'restart' }) }
  t.same(tellOf(await agent(host, desired, 'hold:a')), ['a/auto done', 'a/hold pending'])
  t.same(host.state.domains, before.domains)
  t.equal(
    await host.read('/etc/xen/a.cfg'),
    before.files['/etc/xen/a.cfg']?.type === 'file' ? before.files['/etc/xen/a.cfg'].content : null,
  )
  host.guest('a', 'poweroff')
  host.reboot()
  t.same(tellOf(await agent(host, desired)), ['a/hold pending'])
  t.same(host.state.domains, [])
  await host.remove(`${memory}/holds/a.json`)
  t.same(tellOf(await agent(host, desired)), ['a/config done', 'a/start done', 'a/auto done'])
})

t.test('a guest that is held while its restart waits for it to go down is not started again', async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1) })
  host.guest('a', 'hang')
  const plain = faulty(host, {})
  const change = { effect: 'change' } as const
  const administered: System = {
    ...plain,
    exec: async (argv, options) => {
      if (argv.join(' ') === 'xl list a' && idOf(host, 'a') !== undefined) {
        await host.write(`${memory}/holds/a.json`, '{}', 0o600)
        await host.exec(['xl', 'destroy', 'a'], change)
      }
      return plain.exec(argv, options)
    },
  }
  const desired = { a: guest(1, { ...larger, apply: 'restart' }) }
  const report = await agent(administered, desired)
  t.same(host.state.domains, [], 'its disk may be open for repairs')
  t.same(tellOf(report), ['a/config done', 'a/restart waiting', 'a/auto due', 'a/hold pending'])
  t.match(report.actions[1], { error: 'waits for the end of the hold /var/lib/xenclosure/xen/holds/a.json' })
  t.same([report.error, exitCode(report)], [undefined, 3], 'that is no failure')
  await host.remove(`${memory}/holds/a.json`)
  await agent(host, desired)
  t.equal(exitCode(await agent(host, desired)), 0)
  t.match(host.state.domains, [{ config: { name: 'a', memory: 512 } }])
})

t.test('a guest that went down when the agent was switched off is not started again before that is over', async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1) })
  const plain = faulty(host, {})
  const administered: System = {
    ...plain,
    exec: async (argv, options) => {
      if (argv.join(' ') === 'xl shutdown -F a') await host.write(offFile, 'disks are swapped\n', 0o644)
      return plain.exec(argv, options)
    },
  }
  const desired = { a: guest(1, { ...larger, apply: 'restart' }) }
  const report = await agent(administered, desired)
  t.same(host.state.domains, [])
  t.match(tellOf(report), ['a/config done', 'a/restart waiting'])
  t.match(report.actions[1], { error: 'waits for the removal of /etc/xenclosure/off' })
  t.equal(exitCode(report), 3)
  await t.rejects(agent(host, desired), { name: 'SwitchedOff' })
  await host.remove(offFile)
  t.equal(exitCode(await agent(host, desired)), 0)
  t.match(host.state.domains, [{ config: { name: 'a', memory: 512 } }])
})

t.test('a guest that is held before its turn comes is not started, nor does it start with the host', async t => {
  const host = simulatedHost()
  await host.write(`${memory}/holds/b.json`, pastHold, 0o600)
  const plain = faulty(host, {})
  const administered: System = {
    ...plain,
    exec: async (argv, options) => {
      if (argv.at(-1) === '/etc/xen/a.cfg') await host.write(`${memory}/holds/b.json`, '{}', 0o600)
      return plain.exec(argv, options)
    },
  }
  const desired = { a: guest(1, { order: 10 }), b: guest(2, { order: 20 }) }
  const report = await agent(administered, desired)
  t.same(
    host.state.domains.map(({ config }) => config.name),
    ['a'],
  )
  t.same(await host.list('/etc/xen/auto'), ['10-a'])
  t.same(tellOf(report).slice(2).sort(), [
    'a/auto done',
    'a/start done',
    'b/auto waiting',
    'b/hold pending',
    'b/start waiting',
  ])
  t.match(
    report.actions.find(({ id }) => id === 'xen/b/start'),
    { status: 'pending', error: 'pending since it was planned: agent hold b: nothing is done to it' },
  )
  t.same([report.error, exitCode(report)], [undefined, 3])
  await host.remove(`${memory}/holds/b.json`)
  t.equal(exitCode(await agent(host, desired)), 0)
})

t.test('a hold that is over stands in the way of nothing', async t => {
  const host = simulatedHost()
  await host.write(`${memory}/holds/a.json`, pastHold, 0o600)
  await agent(host, { a: guest(1) })
  const report = await agent(host, { a: guest(1, { ...larger, apply: 'restart' }) })
  t.same([tellOf(report), exitCode(report)], [['a/config done', 'a/restart done'], 0])
  t.same(await host.list(`${memory}/holds`), ['a.json'])
})

t.test('a guest that is given up and held before it was ended keeps its config', async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1) })
  const plain = faulty(host, {})
  let looks = 0
  const administered: System = {
    ...plain,
    exec: async (argv, options) => {
      if (argv.join(' ') === 'xl list -l') looks += 1
      if (looks === 2) await host.write(`${memory}/holds/a.json`, '{}', 0o600)
      return plain.exec(argv, options)
    },
  }
  const desired = { a: guest(1, { ensure: 'absent' }) }
  const report = await agent(administered, desired, 'destroy:xen/a')
  t.same([report.error, exitCode(report)], [undefined, 3])
  t.equal(typeof idOf(host, 'a'), 'number')
  t.not(await host.read('/etc/xen/a.cfg'), null)
})

t.test('a guest with a shared disk runs only where it was claimed', async t => {
  const host = simulatedHost()
  const desired = { a: guest(1, { disks: { xvda: { type: 'phy', device: '/dev/sdb', shared: true } } }) }
  t.same(tellOf(await agent(host, desired)), ['a/config done', 'a/lease pending'])
  await host.write(`${memory}/claims/a.json`, '{}', 0o600)
  t.same(tellOf(await agent(host, desired)), ['a/start done'])
  t.equal(exitCode(await agent(host, desired)), 0)
  host.reboot()
  t.same(host.state.domains, [], 'nor does xendomains start it')
})

t.test('guests start after those that they need, and wait where one does not answer', async t => {
  const host = simulatedHost()
  const db = guest(1, { ready: { port: 5432, within: 1 }, address: '192.0.2.1' })
  const app = guest(2, { needs: ['db'], order: 1 })
  t.same(
    tellOf(await agent(host, { app, db })).filter(line => !/config/.test(line)),
    ['db/start done', 'db/auto done', 'db/ready done', 'app/start done'],
  )
  t.same(await host.list('/etc/xen/auto'), ['50-db'])
  t.equal(exitCode(await agent(host, { app, db })), 0)

  host.guest('app', 'poweroff')
  host.guest('db', 'hang')
  const report = await agent(host, { app, db })
  t.same([tellOf(report), report.error, exitCode(report)], [['db/ready waiting', 'app/start waiting'], undefined, 3])
})

t.test('a guest that needs one with a delay starts when that has run for so long', async t => {
  const host = simulatedHost()
  const desired = { app: guest(2, { needs: ['db'] }), db: guest(1, { ready: { delay: 30 } }) }
  await agent(host, desired)
  t.equal(host.state.clock, 30)
  host.guest('app', 'poweroff')
  t.same(tellOf(await agent(host, desired)), ['app/start done'], 'it is ready already')
})

t.test('guests for which there is no memory are pending, and start when there is', async t => {
  const host = simulatedHost()
  const small = { ...guest(1).options, memory: 1024 }
  const large = { ...guest(2).options, memory: 3500 }
  const desired = { a: guest(1, { options: small }), b: guest(2, { options: large, order: 60 }) }
  const report = await agent(host, desired)
  t.same(
    tellOf(report).filter(line => /start/.test(line)),
    ['a/start done', 'b/start pending'],
  )
  t.match(report.actions.at(-1), { id: 'xen/b/auto', status: 'pending' })
  t.equal(report.error, undefined)
  const alone = await agent(host, { ...desired, a: { ...desired.a, ensure: 'stopped' } }, 'stop:a')
  t.same([alone.error, exitCode(alone)], [undefined, 3], 'the memory is there now, for the next run')
  t.same(tellOf(await agent(host, { ...desired, a: { ...desired.a, ensure: 'stopped' } })), [
    'b/start done',
    'b/auto done',
  ])
})

t.test('a guest whose disk the host has mounted is not started', async t => {
  const host = simulatedHost()
  const mounted = { size: 1024 ** 3, serial: null, signature: null, mountpoint: '/mnt' }
  const busy = simulatedHost({ ...host.state, devices: { '/dev/sdb': mounted } })
  const report = await agent(busy, { a: guest(1) })
  t.same(tellOf(report), ['a/config done', 'a/unmount pending', 'a/auto pending'])
  t.match(report.actions[1]?.reasons, ['the host itself uses /dev/sdb'])
})

t.test('a domain that runs already is taken over, its disk by whatever name', async t => {
  const host = simulatedHost()
  const byHand = `name = "a"
type = "pvh"
kernel = "/srv/vmlinux"
memory = 256
vcpus = 1
disk = ["format=raw,vdev=xvda,access=rw,target=/dev/sdb"]
vif = ["mac=00:16:3e:00:00:01,bridge=xenbr0"]
`
  await host.write('/root/a.cfg', byHand, 0o600)
  await host.exec(['xl', 'create', '/root/a.cfg'], { effect: 'change' })
  const domid = idOf(host, 'a')
  const named = { disks: { xvda: { type: 'phy', device: '/dev/disk/by-id/sdb' } as const } }
  t.same(tellOf(await agent(host, { a: guest(1, named) })), ['a/config done', 'a/auto done'])
  t.equal(idOf(host, 'a'), domid, 'without a restart')
  t.equal(exitCode(await agent(host, { a: guest(1, named) })), 0)

  const other = guest(2, named)
  const report = await agent(host, { a: guest(1), b: other })
  t.match(
    report.actions.find(({ id }) => id === 'xen/b/start'),
    { rejected: 'a uses its disk /dev/sdb' },
  )
})

t.test('a renamed guest is not started beside itself, and what to do is said once', async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1) })
  const report = await agent(host, { z: guest(1) })
  const start = report.actions.find(({ id }) => id === 'xen/z/start')
  t.match(start, { status: 'rejected', reasons: ['it does not run'] })
  t.equal(
    start?.rejected?.replace(/^.*?; (?=a is)/, ''),
    'a is not declared here: if that was its name, have its volumes renamed (formerly), then xl shutdown a',
  )
  t.equal(host.state.domains.length, 1)

  // Of one that is declared beside it, its own document says who it is.
  const both = await agent(host, { a: guest(1), z: guest(1) })
  const beside = both.actions.find(({ id }) => id === 'xen/z/start')
  t.match(beside, { status: 'rejected' })
  t.notMatch(beside?.rejected, 'not declared')
})

t.test('a domain that is given up goes with consent alone, and takes nothing with it but its config', async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1), b: guest(2) })
  const files = Object.keys(host.state.files).filter(path => !path.includes('/a.'))
  const desired = { a: guest(1, { ensure: 'absent' }), b: guest(2) }
  const refused = await agent(host, desired)
  t.same(tellOf(refused), ['a/auto done', 'a/end refused', 'a/config pending'])
  t.ok(idOf(host, 'a'))
  t.same(tellOf(await agent(host, desired, 'destroy:xen/a')), ['a/end done', 'a/config done'])
  t.equal(idOf(host, 'a'), undefined)
  t.equal(await host.read('/etc/xen/a.cfg'), null)
  t.same(
    files.filter(path => !Object.hasOwn(host.state.files, path)),
    ['/etc/xen/auto/50-a'],
  )
  t.equal(exitCode(await agent(host, desired)), 0)
  t.equal(exitCode(await agent(host, { b: guest(2) })), 0, 'and when it is no longer named')
})

t.test('a restart that is killed at any point is completed by the next run', async t => {
  const desired = { a: guest(1, { ...larger, apply: 'restart' }) }
  const first = simulatedHost()
  await agent(first, { a: guest(1) })
  let kills = 0
  for (let isKilled = true; isKilled; kills += 1) {
    const host = simulatedHost(first.state)
    isKilled = await agent(faulty(host, { killAfter: kills }), desired).then(
      () => false,
      error => error instanceof Killed || Promise.reject(error),
    )
    t.equal((await agent(host, desired)).error, undefined, `killed after ${kills} changes`)
    t.match(host.state.domains, [{ config: { name: 'a', memory: 512 } }])
    t.equal(host.state.domains.length, 1)
    t.same(await host.list(`${memory}/shutdowns`), [])
  }
  t.ok(kills > 8, `${kills} kills`)
})

t.test('of what people write in the place of ours nothing is lost, whenever a run is killed', async t => {
  const written = ['# one\n', '# two\n', '# three\n'] as const
  const desired = { a: guest(1) }
  const byHand = async (host: SimulatedSystem, text: string): Promise<void> => {
    await host.write('/etc/xen/a.cfg', `${text}config\n`, 0o644)
    await host.remove('/etc/xen/auto/50-a')
    await host.write('/etc/xen/auto/50-a', `${text}auto\n`, 0o644)
  }
  for (let survived = 0, isDone = false; !isDone; survived += 1) {
    const host = simulatedHost()
    await agent(host, desired)
    for (const text of written) {
      await byHand(host, text)
      const report = await agent(faulty(host, { killAfter: survived }), desired).catch(error => {
        if (!(error instanceof Killed)) throw error
      })
      isDone = report !== undefined
      t.equal(exitCode(await agent(host, desired)), 0)
    }
    const kept = ['.orig', '.orig.1', '.orig.2']
    for (const [index, text] of written.entries()) {
      t.equal(await host.read(`/etc/xen/a.cfg${kept[index]}`), `${text}config\n`, `killed after ${survived} changes`)
      t.equal(await host.read(`/etc/xen/50-a.auto${kept[index]}`), `${text}auto\n`)
    }
    t.notMatch(await host.list('/etc/xen'), /\.orig\.3/, 'and nothing is kept twice')
  }
})

t.test('a config that others may read is closed to them again', async t => {
  const host = simulatedHost()
  await agent(host, { a: guest(1) })
  const content = (await host.read('/etc/xen/a.cfg')) ?? ''
  await host.write('/etc/xen/a.cfg', content, 0o644)
  t.same(tellOf(await agent(host, { a: guest(1) })), ['a/config done'])
  t.match(await host.stat('/etc/xen/a.cfg'), { mode: 0o600 })
  t.equal(await host.read('/etc/xen/a.cfg'), content)
  t.same(tellOf(await agent(host, { a: guest(1) })), [])
})

t.test('what follows from a hold, its end or a claim is no drift; a change by hand is, also then', async t => {
  const host = simulatedHost()
  const disks = { xvda: { type: 'phy', device: '/dev/sdb', shared: true } } as const
  const desired = { a: guest(2), b: guest(3), c: guest(1, { disks }) }
  const next = async (): Promise<readonly (readonly string[])[]> => {
    const report = await agent(host, desired)
    return [
      tellOf(report)
        .filter(told => told.endsWith(' done'))
        .sort(),
      report.drift,
    ]
  }
  await agent(host, desired)
  await host.write(`${memory}/holds/a.json`, '{}', 0o600)
  t.same(await next(), [['a/auto done'], []])
  host.reboot()
  await host.remove(`${memory}/holds/a.json`)
  await host.write(`${memory}/claims/c.json`, '{}', 0o600)
  await host.write('/etc/xen/b.cfg', '# by hand\n', 0o600)
  t.same(await next(), [['a/auto done', 'a/start done', 'b/config done', 'c/start done'], ['xen/b/config']])
  await host.remove('/etc/xen/auto/50-a')
  t.same(await next(), [['a/auto done'], ['xen/a/auto']])
})
