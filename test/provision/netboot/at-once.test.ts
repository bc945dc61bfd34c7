// A machine says that it is installed in the moments in which its entries are written anew by another process: whichever
// comes first, what was answered holds, and the entries of its cards agree.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { Test } from 'tap'
import { packageRoot } from '../../../src/compiler/package-root.js'
import { recordedEntry } from '../../../src/provision/netboot/record.js'
import { installedReply } from '../../../src/provision/serve/installations.js'
import { builtCommand } from '../../fixtures/built-command.js'
import { until } from '../../fixtures/killed-command.js'
import { lockingTest } from '../../fixtures/locking-test.js'
import { plainNode } from '../../fixtures/plain-node.js'
import { boot, entryFiles, order, ui } from '../../fixtures/ui-to-install.js'

const built = (path: string): string => pathToFileURL(join(packageRoot(), 'dist/src', path)).href

/** Stops its process (SIGSTOP) before the so-manieth look at the entries of PXELINUX, or change of them. */
const stopBefore = (step: number): string => `
  import fs from 'node:fs'
  import { syncBuiltinESMExports } from 'node:module'
  let left = ${step}
  for (const name of ['existsSync', 'readFileSync', 'readdirSync', 'writeFileSync', 'renameSync', 'rmSync']) {
    const original = fs[name]
    fs[name] = (...args) => {
      if (String(args[0]).includes('pxelinux.cfg')) {
        if (left === 0) process.kill(process.pid, 'SIGSTOP')
        left -= 1
      }
      return original(...args)
    }
  }
  syncBuiltinESMExports()`

const asModule = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`

/** `T` while it is stopped (proc(5)). */
const stateOf = (pid: number | undefined): string => {
  const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return line.slice(line.lastIndexOf(')') + 2)[0] ?? ''
}

/** Of /proc/locks that cannot be told in a container: it leaves out what a process took that has ended (proc_locks(5)). */
const isLocked = (folder: string): boolean => spawnSync('flock', ['--nonblock', folder, 'true']).status === 1

/** Milliseconds in which flock(1) has asked for a lock, but on a busy machine. */
const untilAsked = 50

type Prepared = { readonly root: string; readonly words: readonly string[] }

/** Of a machine whose installer is at work; its profile has another kernel since. Returns how many steps there were. */
const callAtEveryStep = async (
  t: Test,
  prepare: (dir: string) => Prepared,
  expected: { readonly answers: readonly number[]; readonly state: string },
): Promise<number> => {
  const dir = t.testdir({ documents: { 'ui.json': JSON.stringify(ui()) }, tftp: {} })
  const { root, words } = prepare(dir)
  const call = { documents: join(dir, 'documents'), machine: 'ui', token: order.token, address: '127.0.0.1' }
  const installations = { netboot: root, templates: () => () => undefined }
  let step = 0
  for (let isStopped = true; isStopped; step += 1) {
    boot(ui(), root, 'install', 'o1')
    const child = spawn(...plainNode(['--import', asModule(stopBefore(step)), ...words]), {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const said: Buffer[] = []
    child.stderr.on('data', chunk => said.push(chunk))
    const ended = once(child, 'close')
    await until(() => child.exitCode !== null || stateOf(child.pid) === 'T')
    isStopped = child.exitCode === null
    const mustWait = isLocked(root)
    const told: { status?: number } = {}
    const telling = installedReply(installations, { ...call, now: new Date() }).then(({ status }) => {
      told.status = status
    })
    if (mustWait) await delay(untilAsked)
    else await until(() => told.status !== undefined)
    t.equal(told.status === undefined, mustWait, `step ${step}: it waits for who has the lock`)
    child.kill('SIGCONT')
    await telling
    const [code] = await ended
    t.equal(code, 0, `step ${step}: ${Buffer.concat(said)}`)
    t.ok(expected.answers.includes(told.status ?? 0), `step ${step}: ${told.status}`)
    t.equal(recordedEntry(ui(), root)?.state, expected.state, `step ${step}`)
    const states = entryFiles(root).map(file => readFileSync(file, 'utf8').split('\n')[0])
    t.equal(new Set(states).size, 1, `step ${step}: both cards boot the same`)
  }
  return step
}

const changed = {
  ...ui(),
  system: {
    ...ui().system,
    netboot: { server: '127.0.0.1', install: { kernel: 'new' }, rescue: { kernel: 'rescue' } },
  },
}

const netboot =
  (...more: readonly string[]) =>
  (dir: string): Prepared => {
    const { name: _, ...profile } = changed
    mkdirSync(join(dir, 'site/profiles'), { recursive: true })
    writeFileSync(join(dir, 'site/xenclosure.yaml'), 'site: test')
    writeFileSync(join(dir, 'site/profiles/ui.yaml'), JSON.stringify(profile))
    const root = join(dir, 'tftp')
    return { root, words: [builtCommand, 'netboot', ...more, '--site', join(dir, 'site'), '--out', root] }
  }

lockingTest('netboot, while the site has changed what the machine boots', async t => {
  const steps = await callAtEveryStep(t, netboot(), { answers: [200], state: 'local' })
  t.ok(steps > 8, `${steps} steps`)
})

lockingTest('netboot that takes the order back', async t => {
  const steps = await callAtEveryStep(t, netboot('ui', '--state', 'rescue'), { answers: [200, 410], state: 'rescue' })
  t.ok(steps > 8, `${steps} steps`)
})

lockingTest('an order to reinstall that is gone on with for a longer time', async t => {
  const steps = await callAtEveryStep(
    t,
    dir => {
      const root = join(dir, 'tftp')
      const script = `
      const { entriesBelow } = await import('${built('reinstall/entries.js')}')
      const entries = entriesBelow(${JSON.stringify(root)}, () => new Date())
      await entries.prolong(${JSON.stringify(changed)}, 'o1', '2027-11-30T12:00:00.000Z')`
      return { root, words: ['--input-type=module', '--eval', script] }
    },
    { answers: [200], state: 'local' },
  )
  t.ok(steps > 8, `${steps} steps`)
})
