// `npm run lab`: a real Xen host in QEMU, brought by the agent to what the example site declares for `labhost`.
// tools -> documents -> image -> booted -> converged -> scenarios, each on a host of its own. Progress goes to stderr, the
// scenarios' test report to stdout. docs/lab.md is the manual.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { builtCommand } from '../fixtures/built-command.js'
import { type Agent, documentsOf } from './agent.js'
import { capture, show } from './command.js'
import { type Host, resumeHost, sshCommand } from './host.js'
import { provideImage } from './image.js'
import { type Lab, labVariable, type Turns, turnsVariable } from './lab.js'
import { measureNoOp } from './no-op.js'
import { accelerator, stopMachine } from './qemu.js'
import { makeRecordings } from './recordings.js'
import { provideBooted, provideConverged, type SnapshotName } from './snapshots.js'
import { checkTools } from './tools.js'

const directory = import.meta.dirname
const root = join(directory, '../..')
const cache = resolve(process.env.XENCLOSURE_LAB_CACHE ?? join(root, '.lab'))
const minute = 60_000

/** The longest first: then the last ones, which nothing runs beside, are short. */
const byLength: readonly string[] = [
  ...['intervene', 'own-disk', 'reboot', 'guests', 'documents', 'netboot-guest', 'move', 'remote', 'killed-agent'],
  ...['reinstall', 'install-cut', 'storage', 'volumes', 'power-cut', 'first-host', 'live', 'network', 'service'],
  ...['fill', 'given-up', 'install'],
]

/** One that is not known to be long or short comes before those that are. */
const scenarios: readonly string[] = readdirSync(join(directory, 'scenarios'))
  .map(file => file.replace(/\.lab\.ts$/, ''))
  .sort((a, b) => byLength.indexOf(a) - byLength.indexOf(b))

/** Those with two hosts and a cable between them; the others have one. */
const withTwoHosts: readonly string[] = ['move']

const usage = `usage: npm run lab [-- OPTION... [SCENARIO...]]
       npm run lab -- shell [booted|converged]
       npm run lab -- record
       npm run lab -- no-op

Without SCENARIO all of them: ${scenarios.join(', ')}.
shell gives a host of its own, before or after the agent's first run, and a shell of root on it.
record makes the recordings anew that the simulated host is held to.
no-op measures what a run with nothing to do costs.

  --install    install missing tools with apt-get
  --jobs N     so many scenarios at once (default: one a core, two at most)
  --hosts N    the scenarios with so many hosts: 1, or 2 with a cable between them
  --minutes N  begin no scenario later than that, and name those that are left out
  --help       this text
Images and snapshots are kept in .lab/ or, if that is set, in $XENCLOSURE_LAB_CACHE.`

type Options = {
  readonly install: boolean
  readonly jobs: number
  /** From the start of the lab, until which scenarios may begin. */
  readonly minutes: number | undefined
  readonly words: readonly string[]
  readonly signal: AbortSignal
}

const runLab = async ({ install, jobs, minutes, words, signal }: Options): Promise<void> => {
  await checkTools(install, signal)
  mkdirSync(cache, { recursive: true })
  const runs = mkdtempSync(join(cache, 'run-'))
  try {
    const lab = await prepare(runs, signal)
    if (words[0] === 'shell') await openShell(lab, words[1] === 'booted' ? 'booted' : 'converged', signal)
    else if (words[0] === 'record') await record(lab, signal)
    else if (words[0] === 'no-op') await measureNoOp(await hostOf(lab, 'converged', signal))
    else await runScenarios(lab, words.length === 0 ? scenarios : words, { jobs, minutes, signal })
  } finally {
    for (const host of readdirSync(runs)) await stopMachine(join(runs, host))
    rmSync(runs, { recursive: true })
    say('end')
  }
}

const prepare = async (runs: string, signal: AbortSignal): Promise<Lab> => {
  const documents = join(runs, 'documents')
  await compileSite(documents, signal)
  const agent: Agent = { deb: await packAgent(signal), documents: documentsOf(documents) }
  say('find or build the image (2 minutes)')
  const image = await provideImage(cache, signal)
  say(`find or boot the host: Xen in QEMU, ${accelerator} (1 minute)`)
  const booted = await provideBooted(cache, image, signal)
  say('find or make the converged host: the first run of the agent (2 minutes)')
  const converged = await provideConverged(cache, booted, agent, signal)
  return { snapshots: { booted, converged }, agent, runs }
}

/** Always from the tree as it is: an old build would test an old program. */
const compileSite = async (documents: string, signal: AbortSignal): Promise<void> => {
  say('build and compile the example site')
  await show(['npm', 'run', '--silent', 'build'], { timeout: 5 * minute, signal })
  const compiler = [process.execPath, builtCommand]
  await show([...compiler, 'compile', '--site', root, '--out', documents], { timeout: minute, signal })
}

/** The same bytes for the same agent: no commit's date is in them. */
const packAgent = async (signal: AbortSignal): Promise<string> => {
  say('package the agent')
  const argv = ['npm', 'run', '--silent', 'package']
  const env = { SOURCE_DATE_EPOCH: '0' }
  const { code, stdout, stderr } = await capture(argv, { timeout: 2 * minute, signal, env })
  if (code !== 0) throw new Error(`${argv.join(' ')}: exit ${code}: ${stderr}`)
  return join(root, stdout.split('\n')[0] ?? '')
}

/** The longest first; where there may be no time for all, the shortest, for then the most of them are seen. */
const runScenarios = async (
  lab: Lab,
  names: readonly string[],
  { jobs, minutes, signal }: Pick<Options, 'jobs' | 'minutes' | 'signal'>,
): Promise<void> => {
  const turns: Turns =
    minutes === undefined
      ? { names, jobs, end: null }
      : {
          names: scenarios.filter(name => names.includes(name)).toReversed(),
          jobs,
          end: Math.round(performance.timeOrigin + minutes * minute),
        }
  say(`run ${turns.names.join(', ')}`)
  await show([join(root, 'node_modules/.bin/tap'), 'run', '--timeout=10800', join(directory, 'in-turn.ts')], {
    timeout: 180 * minute,
    signal,
    group: true,
    env: { [labVariable]: JSON.stringify(lab), [turnsVariable]: JSON.stringify(turns) },
  })
}

const hostOf = (lab: Lab, name: SnapshotName, signal: AbortSignal): Promise<Host> =>
  resumeHost(lab.snapshots[name], name, mkdtempSync(join(lab.runs, 'host-')), signal)

const record = async (lab: Lab, signal: AbortSignal): Promise<void> => {
  say('record (6 minutes)')
  await makeRecordings(await hostOf(lab, 'booted', signal), signal)
}

const openShell = async (lab: Lab, name: SnapshotName, signal: AbortSignal): Promise<void> => {
  const host = await hostOf(lab, name, signal)
  say('the host is gone when you leave this shell')
  const [ssh = '', ...args] = sshCommand(host)
  await show([ssh, '-t', ...args], { timeout: 24 * 60 * minute, signal, interactive: true })
}

const scenariosWith = (hosts: string): readonly string[] =>
  scenarios.filter(name => withTwoHosts.includes(name) === (hosts === '2'))

const say = (text: string): void => console.error(`lab: [${Math.round(performance.now() / 1000)} s] ${text}`)

/** What is wrong with the words of the command line. */
const faultIn = (words: readonly string[], hosts: string | undefined): string | undefined => {
  if (hosts !== undefined && (words.length > 0 || !['1', '2'].includes(hosts))) return usage
  if (words[0] === 'shell') {
    const [, snapshot = 'converged', ...more] = words
    return more.length === 0 && ['booted', 'converged'].includes(snapshot) ? undefined : usage
  }
  if (words[0] === 'record' || words[0] === 'no-op') return words.length === 1 ? undefined : usage
  const unknown = words.find(word => !scenarios.includes(word))
  return unknown === undefined ? undefined : `there is no scenario ${unknown}: ${scenarios.join(', ')}`
}

// A second signal (the terminal sends one, and so do npm and tsx) must not cut off the ending of the hosts.
const interrupt = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt.abort())

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      install: { type: 'boolean' },
      jobs: { type: 'string' },
      hosts: { type: 'string' },
      minutes: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  process.chdir(root)
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes)
  const fault = Number.isNaN(minutes) ? usage : faultIn(positionals, values.hosts)
  const words = values.hosts === undefined ? positionals : scenariosWith(values.hosts)
  const jobs = Number(values.jobs ?? Math.min(2, availableParallelism()))
  if (values.help) console.log(usage)
  else if (fault !== undefined) throw new Error(fault)
  else await runLab({ install: values.install ?? false, jobs, minutes, words, signal: interrupt.signal })
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error)
  console.error(`lab: ${interrupt.signal.aborted ? 'interrupted' : reason}`)
  process.exitCode = 1
}
