// Runs the lab's scenarios, so many beside each other, each in a process of its own: the one test that run.ts gives to tap.
import { join } from 'node:path'
import t from 'tap'
import { type Turns, turnsVariable } from './lab.js'

const { names, jobs, end }: Turns = JSON.parse(process.env[turnsVariable] ?? 'null')
const directory = join(import.meta.dirname, 'scenarios')
const longest = 30 * 60_000
const waiting = [...names]

const say = (text: string): void => console.error(`lab: ${text}`)

const run = async (name: string): Promise<void> => {
  const start = performance.now()
  say(`${name} begins`)
  const file = join(directory, `${name}.lab.ts`)
  const options = { buffered: true, timeout: longest } as const
  const { ok } = (await t.spawn(process.execPath, ['--import=tsx', file], options, name)) ?? { ok: false }
  say(`${name} ${ok ? 'passed' : 'failed'} after ${Math.round((performance.now() - start) / 1000)} s`)
}

/** One is begun in any case, so that a limit that is over does not make a lab that shows nothing. */
const runInTurn = async (): Promise<void> => {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    await run(name)
    if (end !== null && Date.now() > end) return
  }
}

t.jobs = jobs
await Promise.all(Array.from({ length: jobs }, runInTurn))
if (waiting.length > 0) say(`left out, for the time is over: ${waiting.join(', ')}`)
