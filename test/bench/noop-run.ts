// What a run with nothing to do costs, and a pass of watch: `npx tsx test/bench/noop-run.ts [RUNS]`. Beside them, in
// turns on the same machine: a plain Node script that reads the same files and starts the same commands, bare Node, and
// where it is installed (apt-get install cfengine3) CFEngine with the same items. The commands are stand-ins.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { packageRoot } from '../../src/compiler/package-root.js'
import { type ConvergedHost, layConvergedHost } from './converged-host.js'
import { costOf, medians, usageOf } from './measure.js'
import { printPolicy } from './policy.js'

const passes = 500

const plainScript = ({ root, calls }: ConvergedHost): string => {
  const lines = calls.flatMap(call => {
    if (call.call === 'exec') return [`execFileSync(...${JSON.stringify([call.argv[0], call.argv.slice(1)])}, quiet)`]
    if (call.call === 'read') return [`quietly(() => readFileSync(${JSON.stringify(join(root, call.path))}, 'utf8'))`]
    if (call.call === 'list') return [`quietly(() => readdirSync(${JSON.stringify(join(root, call.path))}))`]
    if (call.call === 'stat') return [`quietly(() => lstatSync(${JSON.stringify(join(root, call.path))}))`]
    return []
  })
  return [
    `import { execFileSync } from 'node:child_process'`,
    `import { lstatSync, readdirSync, readFileSync } from 'node:fs'`,
    `const quiet = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }`,
    `const quietly = read => { try { read() } catch (error) { if (error.code !== 'ENOENT') throw error } }`,
    ...lines,
  ].join('\n')
}

/** One process, `passes` passes; the first hundred warm it up. */
const watchCost = async (argv: readonly string[], host: ConvergedHost, env: NodeJS.ProcessEnv) => {
  const [command = '', ...args] = argv
  rmSync(host.looks, { force: true })
  const child = spawn(command, args, { env, stdio: 'ignore' })
  const looked = (): number => statSync(host.looks, { throwIfNoEntry: false })?.size ?? 0
  const until = async (count: number) => {
    while (looked() < count && child.exitCode === null) await setTimeout(20)
    if (child.exitCode !== null) throw new Error(`watch ended with ${child.exitCode}`)
    return usageOf(child.pid)
  }
  const warm = await until(100)
  const end = await until(passes)
  child.kill('SIGTERM')
  await once(child, 'exit')
  return { pass: (end.cpu - warm.cpu) / (passes - 100), warm: warm.memory, end: end.memory }
}

const main = async (runs: number, directory: string): Promise<void> => {
  const host = await layConvergedHost(directory)
  const env = { ...process.env, PATH: `${host.bin}:${process.env.PATH}`, CACHE_DIRECTORY: directory }
  const agent = [process.execPath, join(packageRoot(), 'dist/xenclosure-launcher.cjs')]
  const options = ['--document', host.document, '--root', host.root]
  const plain = join(directory, 'plain.mjs')
  writeFileSync(plain, plainScript(host))
  const policy = join(directory, 'policy.cf')
  writeFileSync(policy, printPolicy(host, directory), { mode: 0o600 })
  const hasCfengine = spawnSync('cf-agent', ['--version']).error === undefined
  const cost = (...argv: readonly string[]) => costOf(argv, directory, env)
  const subjects = new Map([
    ['bare', () => cost(process.execPath, '-e', '0')],
    ['plain', () => cost(process.execPath, plain)],
    ['run', () => cost(...agent, 'run', ...options)],
  ])
  if (hasCfengine) subjects.set('cfengine', () => cost('cf-agent', '--no-lock', '--file', policy))
  const found = medians(runs, subjects)
  const { cpu: least = Number.NaN } = found.get('plain') ?? {}
  const watch = await watchCost([...agent, 'watch', ...options, '--interval', '0s'], host, env)
  const reads = new Set(host.calls.flatMap(call => (call.call === 'read' ? [call.path] : [])))
  const commands = host.calls.filter(call => call.call === 'exec')
  console.log(
    `${reads.size} files, ${commands.length} commands (stand-ins), ${runs} runs each, median CPU with children:`,
  )
  for (const [name, { cpu, memory }] of found) {
    const size = memory === undefined ? '' : `, ${memory.toFixed(0)} MiB`
    console.log(`${name.padEnd(9)} ${cpu.toFixed(3)} s, ${(cpu / least).toFixed(2)} of plain${size}`)
  }
  console.log(
    `watch     ${watch.pass.toFixed(3)} s a pass; ${watch.warm.toFixed(0)} MiB after 100, ${watch.end.toFixed(0)} after ${passes}`,
  )
}

const directory = mkdtempSync(join(tmpdir(), 'xenclosure-bench-'))
try {
  await main(Number(process.argv[2] ?? 15), directory)
} finally {
  rmSync(directory, { recursive: true })
}
