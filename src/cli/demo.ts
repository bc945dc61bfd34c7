// `npm start`: the example site, from its profiles to a host that is as declared, by the very commands that an
// administrator types. The host is simulated; `npm run lab` does the same with a real Xen.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageRoot } from '../compiler/package-root.js'
import { openSimulated } from '../system/simulated/open-simulated.js'

const directory = '.demo'
const host = `${directory}/gridhost.sim`
const run = [
  ...['agent', 'run', '--document', `${directory}/documents/gridhost.json`],
  ...['--system', `sim:${host}?ram=64GiB&pv=/dev/sdb:500GiB&hostname=gridhost`],
]

const say = (text: string): void => {
  process.stdout.write(`\n# ${text}\n`)
}

/** Runs one command of xenclosure as it is shown; any other exit code than expected ends the demonstration. */
const xenclosure = (expected: number, ...args: readonly string[]): void => {
  process.stdout.write(`$ xenclosure ${args.map(arg => (/[?&]/.test(arg) ? `'${arg}'` : arg)).join(' ')}\n`)
  const main = fileURLToPath(new URL('./main.js', import.meta.url))
  const { status } = spawnSync(process.execPath, [main, ...args], { stdio: 'inherit', cwd: packageRoot() })
  if (status !== expected) throw new Error(`xenclosure ${args.join(' ')}: exit code ${status}, expected ${expected}`)
}

process.chdir(packageRoot())
rmSync(join(packageRoot(), directory), { recursive: true, force: true })
mkdirSync(join(packageRoot(), directory))

say('the example site: a gateway host and its guests; the parent references its children')
xenclosure(0, 'tree')
say('compiled into one validated, sealed document per machine')
xenclosure(0, 'compile', '--out', `${directory}/documents`)
say('where a value comes from: the guest asks for 4 GiB, its host has a word on it')
xenclosure(0, 'explain', 'gridhost', '/software/components/xen/domains/se/options/memory')
say('a SIMULATED Xen host, blank, kept in one file: what would be done (exit code 3: there is something to do)')
xenclosure(3, ...run, '--noaction')
say('the run itself (exit code 3: a reboot is pending, nobody but you starts it)')
xenclosure(3, ...run)
say('the simulated host reboots')
;(await openSimulated(host)).reboot()
say('it came up as declared: the run after the reboot makes that the boot entry to come back to')
xenclosure(0, ...run)
say('the next run has nothing to do')
xenclosure(0, ...run)
say('and nothing is left (with --noaction, exit code 0 says so)')
xenclosure(0, ...run, '--noaction')
say('the same with a real Xen, booted in QEMU (Linux, as root): npm run lab')
