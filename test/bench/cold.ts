// A cold `compile` of sites of several sizes, every document written into an empty directory, and beside it, in turns,
// `nix-instantiate` on the same machines in Nix, which writes one stream. Needs `npm run build`.
// npx tsx test/bench/cold.ts [HOSTS,HOSTS...] [GENERATOR] [ROUNDS]: hosts have five guests; GENERATOR is a Python program
// that writes all.nix of the same site (GENERATOR DIR HOSTS GUESTS PACKAGES). Without it, or without Nix (apt-get install
// nix-bin), Nix is left out.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtCommand } from '../fixtures/built-command.js'
import { generateSite } from './generate-site.js'
import { type TreeCost, treeCostOf } from './tree-cost.js'

const [sizes = '100,1000', generator = '', rounds = '3'] = process.argv.slice(2)
const hasNix = existsSync(generator) && spawnSync('nix-instantiate', ['--version']).status === 0

const guests = 5
const packages = 100

/** Nothing is known of an earlier compilation. */
const compile = async (site: string, dir: string): Promise<TreeCost> => {
  const [out, cache] = [join(dir, 'documents'), join(dir, 'cache')]
  for (const path of [out, cache]) rmSync(path, { recursive: true, force: true })
  const argv = [process.execPath, builtCommand, 'compile', '--site', site, '--out', out, '--serial', '1']
  return treeCostOf(argv, { ...process.env, XDG_CACHE_HOME: cache })
}

const evaluate = (nix: string): Promise<TreeCost> =>
  treeCostOf(['nix-instantiate', '--eval', '--strict', '--json', join(nix, 'all.nix')])

const medianOf = (costs: readonly TreeCost[]): TreeCost => {
  const median = (figure: (cost: TreeCost) => number) =>
    costs.map(figure).toSorted((a, b) => a - b)[costs.length >> 1] ?? Number.NaN
  return { wall: median(cost => cost.wall), cpu: median(cost => cost.cpu), memory: median(cost => cost.memory) }
}

const print = (name: string, machines: number, { wall, cpu, memory }: TreeCost, of: TreeCost): void => {
  const each = ((cpu / machines) * 1000).toFixed(2)
  const ratios = `${(wall / of.wall).toFixed(2)} and ${(cpu / of.cpu).toFixed(2)} of the last line`
  console.log(
    `${name.padEnd(8)}${machines} machines: ${wall.toFixed(1)} s, ${cpu.toFixed(1)} s of CPU (${each} ms a machine), ${memory.toFixed(0)} MiB; ${ratios}`,
  )
}

const measure = async (hosts: number, dir: string): Promise<void> => {
  const [site, nix] = [join(dir, 'site'), join(dir, 'nix')]
  generateSite(site, hosts, guests, packages)
  if (hasNix) spawnSync('python3', [generator, nix, `${hosts}`, `${guests}`, `${packages}`], { stdio: 'inherit' })
  const ours: TreeCost[] = []
  const theirs: TreeCost[] = []
  for (let round = 0; round < Number(rounds); round += 1) {
    ours.push(await compile(site, dir))
    if (hasNix) theirs.push(await evaluate(nix))
  }
  const machines = hosts * (guests + 1)
  const of = medianOf(hasNix ? theirs : ours)
  print('compile', machines, medianOf(ours), of)
  if (hasNix) print('nix', machines, of, of)
}

for (const hosts of sizes.split(',').map(Number)) {
  const dir = mkdtempSync(join(tmpdir(), 'xenclosure-cold-'))
  try {
    await measure(hosts, dir)
  } finally {
    rmSync(dir, { recursive: true })
  }
}
