// How long `compile --watch` takes from a save to the new documents, and what that costs:
// `npx tsx test/bench/watch.ts [HOSTS] [SAVES] [DIR]`. One guest's line is saved again and again. In DIR the site, its documents and
// what is kept of them stay for the next time: to compile 30,000 machines takes minutes. Needs `npm run build`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { builtCommand } from '../fixtures/built-command.js'
import { generateSite } from './generate-site.js'
import { usageOf } from './measure.js'

const [hosts = 5000, saves = 20] = process.argv.slice(2, 4).map(Number)
const given = process.argv[4]

/** The first saves, in which V8 gets to know the compiler, are not counted. */
const warmUp = 5

const main = async (dir: string): Promise<void> => {
  const [site, documents] = [join(dir, 'site'), join(dir, 'documents')]
  if (!existsSync(site)) generateSite(site, hosts)
  const args = [builtCommand, 'compile', '--site', site, '--out', documents, '--watch']
  const env = { ...process.env, XDG_CACHE_HOME: join(dir, 'cache') }
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const told = async (): Promise<void> => {
    await once(child.stdout, 'data')
  }
  await told()
  const guests = join(site, 'profiles/guests')
  const guest = readdirSync(guests)[37] ?? ''
  const profile = readFileSync(join(guests, guest), 'utf8')
  const times: number[] = []
  let before = usageOf(child.pid).cpu
  for (let save = 0; save < warmUp + saves; save += 1) {
    await setTimeout(500)
    if (save === warmUp) before = usageOf(child.pid).cpu
    const published = watch(documents)
    const isPublished = new Promise<number>(resolve =>
      published.on('change', (_, name) => name === 'index.json' && resolve(performance.now())),
    )
    const over = told()
    const start = performance.now()
    writeFileSync(join(guests, guest), profile.replace(/IP: 10\.\d+/, `IP: 10.${100 + save}`))
    times.push((await isPublished) - start)
    published.close()
    await over
  }
  const cpu = (usageOf(child.pid).cpu - before) / saves
  child.kill('SIGTERM')
  await once(child, 'exit')
  writeFileSync(join(guests, guest), profile)
  const counted = times.slice(warmUp).toSorted((a, b) => a - b)
  const [least = 0, median = 0, most = 0] = [counted[0], counted[saves >> 1], counted.at(-1)]
  const ms = (time: number): string => `${time.toFixed(0)} ms`
  console.log(`${hosts * 6} machines, ${saves} saves of a guest's line, until its documents are in place:`)
  console.log(`least ${ms(least)}, median ${ms(median)}, most ${ms(most)}; ${(cpu * 1000).toFixed(0)} ms of CPU a save`)
}

const directory = given ?? mkdtempSync(join(tmpdir(), 'xenclosure-bench-'))
try {
  await main(directory)
} finally {
  if (given === undefined) rmSync(directory, { recursive: true })
}
