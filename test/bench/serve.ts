// What `xenclosure serve` takes to answer, as its agents ask: `npx tsx test/bench/serve.ts [SECONDS] [AGENTS]`. A thousand
// documents; every agent fetches one and its seal once a minute by its own code, a new connection for each, first with
// what it has, which is unchanged, then without. Then fifty clients at once, each as fast as it is answered, one of them slow.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { components } from '../../components/index.js'
import { fetchDocument } from '../../src/agent/fetch.js'
import type { Kept } from '../../src/agent/source.js'
import { compileSite } from '../../src/compiler/compile.js'
import { packageRoot } from '../../src/compiler/package-root.js'
import { canonicalJson } from '../../src/model/json.js'
import { printSeal, sealOf } from '../../src/model/seal.js'
import { builtCommand } from '../fixtures/built-command.js'
import { usageOf } from './measure.js'

const machines = 1000
const clients = 50

/** The example site's gridhost under a thousand names; the bytes of one. */
const publish = (directory: string): number => {
  mkdirSync(directory)
  const gridhost = compileSite(packageRoot(), components).compiled?.documents.get('gridhost')
  for (let number = 0; number < machines; number += 1) {
    const name = `host${number}`
    const text = canonicalJson({ ...gridhost, name })
    writeFileSync(join(directory, `${name}.json`), text)
    writeFileSync(
      join(directory, `${name}.seal`),
      printSeal(sealOf(text, { name, serial: 1, commit: null, compiler: '0' })),
    )
  }
  return canonicalJson({ ...gridhost, name: 'host000' }).length
}

const startServer = async (documents: string) => {
  const command = [builtCommand, 'serve']
  const child = spawn(process.execPath, [...command, '--documents', documents, '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const lines = createInterface({ input: child.stderr }).on('line', () => undefined)
  const [first] = await once(lines, 'line')
  return { child, url: String(first).replace(/: ready$/, '') }
}

/** Of milliseconds. */
const printTimes = (what: string, times: readonly number[], seconds: number): void => {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1)
  const rate = (times.length / seconds).toFixed(0)
  console.log(`${what.padEnd(24)} ${rate.padStart(5)}/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${at(1)} ms`)
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const looks = 10

/** Polls begin when they are due, whether those before have ended or not. `look` is called after every tenth of them. */
const pollsOf = async (
  { seconds, perSecond, look }: { seconds: number; perSecond: number; look: () => void },
  poll: (number: number) => Promise<unknown>,
) => {
  const start = performance.now()
  const polls: Promise<number | Error>[] = []
  const all = Math.ceil(seconds * perSecond)
  while (polls.length < all) {
    const number = polls.length
    await setTimeout(Math.max(0, start + (number * 1000) / perSecond - performance.now()))
    polls.push(timed(() => poll(number)).catch(error => error))
    if (Math.floor((polls.length * looks) / all) > Math.floor((number * looks) / all)) look()
  }
  const ended = await Promise.all(polls)
  for (const one of ended) if (one instanceof Error) console.log(`a poll failed: ${one.message}`)
  return ended.filter(one => typeof one === 'number')
}

const hurry = async (url: string, seconds: number): Promise<readonly number[]> => {
  const end = performance.now() + seconds * 1000
  const times: number[] = []
  const client = async (first: number): Promise<void> => {
    for (let number = first; performance.now() < end; number += clients) {
      const read = async () => (await fetch(`${url}/documents/host${number % machines}.json`)).arrayBuffer()
      times.push(await timed(read))
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, first) => client(first)))
  return times
}

const main = async (seconds: number, agents: number, directory: string): Promise<void> => {
  const documents = join(directory, 'documents')
  const size = publish(documents)
  const { child, url } = await startServer(documents)
  const sourceOf = (number: number): string => `${url}/documents/host${number % machines}.json`
  const kept: Kept[] = []
  for (let number = 0; number < machines; number += 1) {
    const { validators, ...fetched } = await fetchDocument([sourceOf(number)])
    if (validators === undefined) throw new Error('no validators')
    kept.push({ ...fetched, validators })
  }
  const keptOf = (number: number): { kept?: Kept } => {
    const one = kept[number % machines]
    return one === undefined ? {} : { kept: one }
  }
  console.log(`${machines} documents of ${size} bytes, ${agents} agents that poll every 60 s, ${seconds} s each:`)
  const before = usageOf(child.pid)
  const memories: number[] = []
  const pace = { seconds, perSecond: agents / 60, look: () => void memories.push(usageOf(child.pid).memory) }
  const unchanged = await pollsOf(pace, number => fetchDocument([sourceOf(number)], keptOf(number)))
  printTimes('a poll, unchanged', unchanged, seconds)
  printTimes('a poll, changed', await pollsOf(pace, number => fetchDocument([sourceOf(number)])), seconds)
  const paced = usageOf(child.pid)
  // Says a part of its request, and no more.
  const slow = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined)
  slow.write('GET /documents/host0.json HTTP/1.1\r\n')
  printTimes(`${clients} clients in a hurry`, await hurry(url, 10), 10)
  slow.destroy()
  const { memory } = usageOf(child.pid)
  console.log(`memory in MiB, each tenth of both: ${memories.map(one => one.toFixed(0)).join(' ')}`)
  const share = ((paced.cpu - before.cpu) / (2 * seconds)) * 100
  console.log(
    `the server: ${share.toFixed(1)} % of a core for the agents; ${before.memory.toFixed(0)} MiB before, ${paced.memory.toFixed(0)} after them, ${memory.toFixed(0)} after the hurry`,
  )
  child.kill('SIGTERM')
  await once(child, 'exit')
}

const directory = mkdtempSync(join(tmpdir(), 'xenclosure-bench-'))
try {
  await main(Number(process.argv[2] ?? 30), Number(process.argv[3] ?? 2000), directory)
} finally {
  rmSync(directory, { recursive: true })
}
