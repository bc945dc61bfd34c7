// What a run with nothing to do costs in dom0, against the commands that any tool would have to ask:
// `npm run lab -- no-op`. docs/performance.md has the figures.
import { documentPath } from './agent.js'
import { ask, type Host } from './host.js'

const subjects = {
  commands: '{ xl list -l; lvs; vgs; node -e 0; }',
  run: `xenclosure-agent run --document ${documentPath}`,
}

const rounds = 5

/** The two in turns, so that what else the machine does falls on both alike; user and system time with all children. */
export const measureNoOp = async (host: Host): Promise<void> => {
  // The first run of this boot keeps what V8 compiles of it.
  await ask(host, subjects.run)
  const times = { commands: [] as number[], run: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    times.commands.push(await cpuOf(host, subjects.commands))
    times.run.push(await cpuOf(host, subjects.run))
  }
  const [commands, run] = [middle(times.commands), middle(times.run)]
  console.log(`xl list -l; lvs; vgs; node -e 0    ${commands.toFixed(2)} s`)
  console.log(`xenclosure-agent run               ${run.toFixed(2)} s, ${(run / commands).toFixed(1)} of them`)
}

const cpuOf = async (host: Host, command: string): Promise<number> => {
  const printed = await ask(host, `bash -c 'TIMEFORMAT="%U %S"; time ${command} > /dev/null 2> /dev/null' 2>&1`)
  const [user = Number.NaN, system = Number.NaN] = printed.split(' ').map(Number)
  return user + system
}

const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
