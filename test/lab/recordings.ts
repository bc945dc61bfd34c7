// The recordings of xl, LVM and GRUB that the simulated host is held to (test/system/replay.test.ts), made anew on the
// lab's host: `npm run lab -- record`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { capture } from './command.js'
import { ask, copyTo, type Host, sshCommand } from './host.js'

const directory = join(import.meta.dirname, '../system/recordings')
const minute = 60_000

/** Runs test/system/record.ts on the host, which takes 6 minutes there, and brings what it wrote, formatted, into the tree. */
export const makeRecordings = async (host: Host, signal: AbortSignal): Promise<void> => {
  const scratch = mkdtempSync(join(tmpdir(), 'recordings-'))
  try {
    const outfile = join(scratch, 'record.mjs')
    const entry = join(import.meta.dirname, '../system/record.ts')
    await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm' })
    await copyTo(host, '/root/record.mjs', readFileSync(outfile))
    await ask(host, 'cd /root && node record.mjs recordings', 30 * 60)
    const [ssh = '', ...args] = sshCommand(host)
    const packed = join(scratch, 'recordings.tar')
    await must(['sh', '-c', `"$@" > ${packed}`, 'sh', ssh, ...args, 'tar -C /root/recordings -c .'], signal)
    await must(['tar', '-C', directory, '-xf', packed], signal)
    await must([join(import.meta.dirname, '../../node_modules/.bin/biome'), 'format', '--write', directory], signal)
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

const must = async (argv: readonly string[], signal: AbortSignal): Promise<void> => {
  const { code, stderr } = await capture(argv, { timeout: 2 * minute, signal })
  if (code !== 0) throw new Error(`${argv.join(' ')}: exit ${code}: ${stderr}`)
}
