// A connection that is cut after any number of bytes.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { digestOf } from '../../src/model/seal.js'
import { openLine } from '../fixtures/cutting-proxy.js'
import { skipWithoutSshd } from '../fixtures/sshd.js'
import { type Bench, document, openBench, runThrough, seal } from './bench.js'

t.test('cut after any number of bytes: an error in time, and no file in place that is not whole', async t => {
  if (skipWithoutSshd(t)) return
  const bench = await openBench(t)
  const measure = await openLine(t, bench.sshd.port)
  t.match(await runThrough(bench, measure.port), { code: 0 })
  const total = measure.carried()
  const steps = 8
  for (let step = 0; step < steps; step += 1) {
    rmSync(bench.place, { recursive: true, force: true })
    const limit = Math.floor(((step + 0.5) * total) / steps)
    const outcome = await runThrough(bench, (await openLine(t, bench.sshd.port, limit)).port)
    t.ok(outcome instanceof Error, `cut after ${limit} of ${total} bytes`)
    t.same(partial(bench), [], 'every file that has its name is whole')
  }
  t.match(await runThrough(bench, bench.sshd.port), { code: 0 })
})

const partial = ({ place, agent }: Bench): readonly string[] => {
  if (!existsSync(place)) return []
  const names = readdirSync(place, { recursive: true, encoding: 'utf8' })
  const whole: Readonly<Record<string, string | Buffer>> = { '.cjs': agent, '.json': document, '.seal': seal }
  return names.filter(name => {
    const expected = whole[/\.[a-z]+$/.exec(name)?.[0] ?? '']
    return expected !== undefined && digestOf(readFileSync(join(place, name))) !== digestOf(expected)
  })
}
