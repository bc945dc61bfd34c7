// How long `compile` takes with so many workers, beside one: npx tsx test/bench/compile.ts [HOSTS] [WORKERS] [ROUNDS].
// Rounds take turns, so that whatever else the machine does hits both alike. Needs `npm run build`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtCommand } from '../fixtures/built-command.js'
import { generateSite } from './generate-site.js'

const [hosts = 200, workers = 2, rounds = 5] = process.argv.slice(2).map(Number)
const dir = mkdtempSync(join(tmpdir(), 'xenclosure-bench-'))
const site = join(dir, 'site')

/** Seconds from the start of the command to its end; the documents are there already and do not change. */
const time = (workers: number): number => {
  const start = process.hrtime.bigint()
  const args = [
    builtCommand,
    'compile',
    '--site',
    site,
    '--out',
    join(dir, 'out'),
    '--serial',
    '1',
    '--workers',
    `${workers}`,
  ]
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return Number(process.hrtime.bigint() - start) / 1e9
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0

try {
  generateSite(site, hosts)
  time(1)
  const turns = Array.from({ length: rounds }, () => [time(1), time(workers)] as const)
  const one = median(turns.map(([alone]) => alone))
  const several = median(turns.map(([, together]) => together))
  const ratio = median(turns.map(([alone, together]) => alone / together))
  const seconds = `1 worker ${one.toFixed(1)} s, ${workers} workers ${several.toFixed(1)} s`
  console.log(`${hosts * 6} machines: ${seconds} (medians of ${rounds}); ${ratio.toFixed(2)} times as fast`)
} finally {
  rmSync(dir, { recursive: true })
}
