// What a command costs together with all processes that it starts.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

export type TreeCost = {
  /** Seconds from its start to its end. */
  readonly wall: number
  /** Seconds of CPU, user and system. */
  readonly cpu: number
  /** MiB that its processes had together at their largest, what they share counted once (Pss, proc(5)). */
  readonly memory: number
}

/** Between two looks at the memory; a look itself takes some milliseconds. */
const milliseconds = 100

/** Runs it once; its output goes nowhere. Rejects where it ends with another exit code than 0. */
export const treeCostOf = async (argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<TreeCost> => {
  const start = process.hrtime.bigint()
  const timed = ['-c', 'TIMEFORMAT="%U %S"; time "$@" > /dev/null', 'bash', ...argv]
  const child = spawn('bash', timed, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let told = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    told += text
  })
  let memory = 0
  const look = () => {
    memory = Math.max(memory, memoryBelow(child.pid ?? 0))
  }
  const looking = setInterval(look, milliseconds)
  const status = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  clearInterval(looking)
  if (status !== 0) throw new Error(`${argv.join(' ')}: exit code ${status}: ${told}`)
  const [user = Number.NaN, system = Number.NaN] = (told.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
  return { wall: Number(process.hrtime.bigint() - start) / 1e9, cpu: user + system, memory }
}

/** MiB of all processes below one, without itself. */
const memoryBelow = (root: number): number => {
  const parents = new Map(
    readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .map(pid => [Number(pid), parentOf(pid)]),
  )
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid)
    return parent === root || (parent !== undefined && parent > 1 && isBelow(parent))
  }
  return [...parents.keys()].filter(isBelow).reduce((sum, pid) => sum + memoryOf(pid), 0)
}

const parentOf = (pid: string): number | undefined => {
  const [, parent] = /^.*\) \S (\d+)/s.exec(contentOf(`/proc/${pid}/stat`)) ?? []
  return parent === undefined ? undefined : Number(parent)
}

const memoryOf = (pid: number): number => {
  const [, pss = '0'] = /^Pss:\s+(\d+) kB$/m.exec(contentOf(`/proc/${pid}/smaps_rollup`)) ?? []
  return Number(pss) / 1024
}

/** Nothing of a process that has ended, or is another user's. */
const contentOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
