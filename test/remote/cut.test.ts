// A connection that is cut at every change that the agent makes: it leaves what a killed run leaves.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { HostLost } from '../../src/remote/remote-host.js'
import { openLine } from '../fixtures/cutting-proxy.js'
import { skipWithoutSshd } from '../fixtures/sshd.js'
import { type Bench, openBench, runThrough } from './bench.js'

const pidOf = ({ gate }: Bench): string => readFileSync(join(gate, 'pid'), 'utf8')

const isGone = async (pid: string): Promise<void> => {
  while (existsSync(`/proc/${pid}`)) await delay(10)
}

t.test('cut at every change, the run ends there, and the next one goes on to the same host', async t => {
  if (skipWithoutSshd(t)) return
  const bench = await openBench(t)
  let all = 0
  const whole = await runThrough(bench, bench.sshd.port, change => {
    all = change
  })
  t.match(whole, { code: 0 })
  t.ok(all > 5, `${all} changes`)
  const goal = readHost(bench)
  for (let cutAt = 1; cutAt <= all; cutAt += 1) {
    rmSync(bench.file)
    writeFileSync(join(bench.gate, `${cutAt}`), '')
    const line = await openLine(t, bench.sshd.port)
    const outcome = await runThrough(bench, line.port, change => {
      if (change === cutAt) line.cut()
    })
    t.ok(
      outcome instanceof HostLost,
      `cut at change ${cutAt}: ${outcome instanceof Error ? outcome.message : 'not cut'}`,
    )
    rmSync(join(bench.gate, `${cutAt}`))
    await isGone(pidOf(bench))
    if (cutAt % 6 === 1) {
      t.match(await runThrough(bench, bench.sshd.port), { code: 0 })
      t.same(readHost(bench), goal, 'the next run leads to the same host')
    }
  }
})

/** Its guests and volumes, without what differs from one making to the next. */
const readHost = ({ file }: Bench): unknown => {
  const { domains, groups, files } = JSON.parse(readFileSync(file, 'utf8'))
  return {
    domains: Object.keys(domains ?? {}),
    groups: Object.keys(groups?.vg?.volumes ?? {}),
    files: Object.keys(files),
  }
}

t.test('while the run of a cut connection ends, the host takes no second one', async t => {
  if (skipWithoutSshd(t)) return
  const bench = await openBench(t)
  const line = await openLine(t, bench.sshd.port)
  const closed = join(bench.gate, '3')
  writeFileSync(closed, '')
  const first = await runThrough(bench, line.port, change => {
    if (change === 3) line.cut()
  })
  t.ok(first instanceof HostLost)
  const pid = pidOf(bench)
  const before = readFileSync(bench.file)
  t.match(await runThrough(bench, bench.sshd.port), { code: 75, stdout: '' })
  t.same(readFileSync(bench.file), before, 'it changed nothing')
  rmSync(closed)
  await isGone(pid)
  t.match(await runThrough(bench, bench.sshd.port), { code: 0 }, 'when it has ended, the host takes one')
})
