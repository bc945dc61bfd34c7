// What a command costs: its CPU time with that of all its children, and its own largest memory.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '../../src/system/has-code.js'

export type Cost = {
  /** Seconds of CPU, user and system, of the command and its children. */
  readonly cpu: number
  /** MiB at its largest, of the command alone; known for Node programs. */
  readonly memory: number | undefined
}

/** Runs it once. Throws where it ends with another exit code than 0. */
export const costOf = (argv: readonly string[], directory: string, env: NodeJS.ProcessEnv = process.env): Cost => {
  const hook = join(directory, 'peak.cjs')
  const peak = join(directory, 'peak')
  const write = `require('node:fs').writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS))`
  writeFileSync(hook, `process.on('exit', () => ${write})\n`)
  rmSync(peak, { force: true })
  const timed = ['-c', 'TIMEFORMAT="%U %S"; time "$@" > /dev/null', 'bash', ...argv]
  const { status, stderr } = spawnSync('bash', timed, {
    encoding: 'utf8',
    env: { ...env, NODE_OPTIONS: `--require ${hook}` },
  })
  if (status !== 0) throw new Error(`${argv.join(' ')}: exit code ${status}: ${stderr}`)
  const [user = Number.NaN, system = Number.NaN] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
  return { cpu: user + system, memory: memoryIn(peak) }
}

const memoryIn = (peak: string): number | undefined => {
  try {
    return Number(readFileSync(peak, 'utf8')) / 1024
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Runs each in turn, so that what else the machine does falls on all of them alike, and gives the medians. */
export const medians = (runs: number, subjects: ReadonlyMap<string, () => Cost>): ReadonlyMap<string, Cost> => {
  const rounds = Array.from({ length: runs }, () => [...subjects].map(([name, run]) => ({ name, cost: run() }))).flat()
  return new Map(
    [...subjects.keys()].map(name => [name, medianOf(rounds.filter(one => one.name === name).map(({ cost }) => cost))]),
  )
}

const medianOf = (costs: readonly Cost[]): Cost => ({
  cpu: middle(costs.map(({ cpu }) => cpu)) ?? Number.NaN,
  memory: middle(costs.flatMap(({ memory }) => memory ?? [])),
})

const middle = (values: readonly number[]): number | undefined =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

/** The CPU of a process and of its children that have ended, in seconds; its memory in MiB (proc(5)). */
export const usageOf = (pid: number | undefined): { readonly cpu: number; readonly memory: number } => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
    .map(Number)
  const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0)
  const [, memory = ''] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return { cpu: ticks / 100, memory: Number(memory) / 1024 }
}
