// The fuzzer: random cases for so many minutes, nothing but diagnostics may come out. See README.md.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../../src/compiler/package-root.js'
import { createExaminer, type Examiner } from './examiner.js'
import type { FuzzCase, SeededCase } from './fuzz-case.js'
import { caseOf } from './generate.js'
import { minimise } from './minimise.js'

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    workers: { type: 'string', default: '1' },
    'case-seconds': { type: 'string', default: '20' },
    replay: { type: 'string' },
  },
})

const limits = { seconds: Number(options['case-seconds']), megabytes: 1024 }
const work = mkdtempSync(join(tmpdir(), 'xenclosure-fuzz-'))
const found = join(packageRoot(), '.cache/fuzz')
const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** What a finding has in common with others of the same cause. */
const sortOf = (finding: string): string =>
  (finding.split('\n    at ').slice(0, 3).join(' | ').split('\n')[0] ?? '').replace(/\d+/g, '#').slice(0, 300)

const replay = async (file: string): Promise<void> => {
  const given = JSON.parse(readFileSync(file, 'utf8')) as SeededCase
  const examiner = createExaminer(join(work, 'replay'), limits)
  const { findings, milliseconds } = await examiner.examine(given)
  examiner.close()
  for (const finding of findings) say(finding)
  say(`${findings.length} findings in ${Math.round(milliseconds)} ms`)
  process.exitCode = findings.length > 0 ? 1 : 0
}

/** Made smaller and kept, the first of each sort. */
const keep = async (seed: number, of: FuzzCase, finding: string, examiner: Examiner): Promise<string> => {
  const fails = async (smaller: FuzzCase): Promise<boolean> => {
    const { findings } = await examiner.examine({ seed, of: smaller })
    return findings.some(one => sortOf(one) === sortOf(finding))
  }
  const smallest = await minimise(of, fails, finding.startsWith('hangs') ? 8 : 200)
  const file = join(found, `${seed}.json`)
  mkdirSync(found, { recursive: true })
  writeFileSync(file, `${JSON.stringify({ seed, of: smallest, finding }, null, 2)}\n`)
  return file
}

const fuzz = async (): Promise<void> => {
  const begin = Date.now()
  const end = begin + Number(options.minutes) * 60_000
  const first = options.seed === undefined ? begin % 2 ** 31 : Number(options.seed)
  const workers = Number(options.workers)
  const sorts = new Map<string, { count: number; file: string }>()
  const kinds = new Map<string, number>()
  let [next, megabytes, slowest, told] = [first, 0, { seed: 0, milliseconds: 0 }, begin]

  const summary = (): string => {
    const [cases, seconds] = [next - first, (Date.now() - begin) / 1000]
    const each = [...kinds].sort().map(([kind, count]) => `${count} ${kind}`)
    return `${Math.round(seconds)} s, ${cases} cases (${each.join(', ')}), ${Math.round(cases / seconds)} a second, at most ${megabytes} MiB, slowest ${Math.round(slowest.milliseconds)} ms (${slowest.seed}), ${sorts.size} sorts of findings`
  }

  const work1 = async (index: number): Promise<void> => {
    const examiner = createExaminer(join(work, `${index}`), limits)
    while (Date.now() < end) {
      const seed = next
      next += 1
      const of = caseOf(seed)
      kinds.set(of.kind, (kinds.get(of.kind) ?? 0) + 1)
      const { findings, milliseconds, megabytes: used } = await examiner.examine({ seed, of })
      megabytes = Math.max(megabytes, used)
      if (milliseconds > slowest.milliseconds) slowest = { seed, milliseconds }
      for (const finding of findings) {
        const sort = sortOf(finding)
        const known = sorts.get(sort)
        sorts.set(sort, { count: (known?.count ?? 0) + 1, file: known?.file ?? '' })
        if (known !== undefined) continue
        const file = await keep(seed, of, finding, examiner)
        sorts.set(sort, { count: sorts.get(sort)?.count ?? 1, file })
        say(`FOUND ${file}\n  ${finding.split('\n').slice(0, 6).join('\n  ')}`)
      }
      if (Date.now() - told > 15_000) {
        told = Date.now()
        say(summary())
      }
    }
    examiner.close()
  }

  say(`seed ${first}`)
  await Promise.all(Array.from({ length: workers }, (_, index) => work1(index)))
  say(summary())
  for (const [sort, { count, file }] of sorts) say(`  ${count} times: ${sort} (${file})`)
  process.exitCode = sorts.size > 0 ? 1 : 0
}

await (options.replay === undefined ? fuzz() : replay(options.replay))
rmSync(work, { recursive: true, force: true })
