// The provisioner is killed at every step of taking the call that a machine is installed: what is left is an installation
// that is ordered, and the call can be made again, or one that is over.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageRoot } from '../../../src/compiler/package-root.js'
import { recordedEntry } from '../../../src/provision/netboot/record.js'
import { lockingTest } from '../../fixtures/locking-test.js'
import { plainNode } from '../../fixtures/plain-node.js'
import { boot, entryFiles, order, ui } from '../../fixtures/ui-to-install.js'

type Called = {
  readonly signal: string | null
  readonly status: string
  /** What was done to which file, in order. */
  readonly done: string
}

/** As it was built (`npm test` builds first). Prints the status of the answer; ends by SIGKILL before the so-manieth thing that is done to a file. */
const call = (dir: string, steps: number): Called => {
  const installations = pathToFileURL(join(packageRoot(), 'dist/src/provision/serve/installations.js'))
  const parts = { netboot: join(dir, 'tftp') }
  const asked = { documents: join(dir, 'documents'), machine: 'ui', token: order.token, address: '127.0.0.1' }
  const script = `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const { installedReply } = await import('${installations}')
    let left = ${steps}
    const opened = new Map()
    for (const name of ['openSync', 'writeFileSync', 'fsyncSync', 'closeSync', 'renameSync', 'mkdirSync']) {
      const original = fs[name]
      fs[name] = (...args) => {
        if (left === 0) process.kill(process.pid, 'SIGKILL')
        left -= 1
        const result = original(...args)
        if (name === 'openSync') opened.set(result, args[0])
        fs.writeSync(2, name + ' ' + (opened.get(args[0]) ?? args[0]) + '\\n')
        return result
      }
    }
    syncBuiltinESMExports()
    const now = new Date('2026-11-28T12:00:00Z')
    const { status } = await installedReply(${JSON.stringify(parts)}, { ...${JSON.stringify(asked)}, now })
    fs.writeSync(1, String(status))`
  const command = plainNode(['--input-type=module', '--eval', script])
  const { signal, stdout, stderr } = spawnSync(...command, { encoding: 'utf8', env: { PATH: process.env.PATH } })
  return { signal, status: stdout, done: stderr }
}

lockingTest('killed at any step, the installation is ordered or over, and another call ends it', async t => {
  const machine = ui()
  const dir = t.testdir({ documents: { 'ui.json': JSON.stringify(machine) }, tftp: {} })
  const root = join(dir, 'tftp')
  const states = (): readonly string[] =>
    entryFiles(root).map(file => /^# xenclosure: ui boots (\w+)\n/.exec(readFileSync(file, 'utf8'))?.[1] ?? 'torn')
  const seen = new Set<string>()
  let steps = 0
  for (let isKilled = true; isKilled; steps += 1) {
    boot(machine, root, 'install')
    const killed = call(dir, steps)
    isKilled = killed.signal === 'SIGKILL'
    const left = recordedEntry(machine, root)
    seen.add(states().join(' '))
    if (left?.state === 'install') {
      t.strictSame(left.installation, order, `step ${steps}: the token is good`)
      t.equal(call(dir, 1000).status, '200', 'and is taken')
    } else t.equal(killed.status, isKilled ? '' : '200', `step ${steps}: it is over`)
    t.strictSame(states(), ['local', 'local'])
    t.equal(call(dir, 1000).status, '410', 'the token is used')
  }
  t.strictSame([...seen], ['install install', 'local install', 'local local'])
  t.ok(steps > 10, `${steps} steps`)
})

lockingTest(
  'what was answered outlives a power failure: the folder is on the disk, too, after the last rename',
  async t => {
    const machine = ui()
    const dir = t.testdir({ documents: { 'ui.json': JSON.stringify(machine) }, tftp: {} })
    boot(machine, join(dir, 'tftp'), 'install')
    const { status, done } = call(dir, 1000)
    t.equal(status, '200')
    const lines = done.trim().split('\n')
    const renamed = lines.findLastIndex(line => line.startsWith('renameSync '))
    const flushed = lines.lastIndexOf(`fsyncSync ${join(dir, 'tftp/pxelinux.cfg')}`)
    t.ok(renamed >= 0 && flushed > renamed, done)
  },
)
