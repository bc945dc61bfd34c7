// `npm run lab`: a real Xen host in QEMU, brought by the agent to what the example site declares for `labhost`.
// tools -> documents -> image -> boot -> install the agent -> scenario -> stop. Progress goes to stderr, the scenario's
// test report to stdout. docs/lab.md is the manual.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { installAgent } from './agent.js'
import { show } from './command.js'
import { accelerator, bootHost, sshCommand, stopHost } from './host.js'
import { provideImage } from './image.js'
import { checkTools } from './tools.js'

const usage = `usage: npm run lab [-- OPTION...]
  --install  install missing tools with apt-get
  --keep     leave the host running at the end, and say how to reach it and how to end it
  --help     this text
The image is kept in .lab/ or, if that is set, in $XENCLOSURE_LAB_CACHE.`

const root = join(import.meta.dirname, '../..')
const cache = resolve(process.env.XENCLOSURE_LAB_CACHE ?? join(root, '.lab'))
const minute = 60_000

type Options = { readonly install: boolean; readonly keep: boolean; readonly signal: AbortSignal }

const runLab = async ({ install, keep, signal }: Options): Promise<void> => {
  await checkTools(install, signal)
  mkdirSync(cache, { recursive: true })
  const directory = mkdtempSync(join(cache, 'run-'))
  try {
    const documents = join(directory, 'documents')
    await compileSite(documents, signal)
    say('find or build the image')
    const image = await provideImage(cache, signal)
    say(`boot Xen in QEMU (${accelerator}, 1 minute)`)
    const host = await bootHost(image, directory, signal)
    if (keep) say(`kept until: kill $(cat ${directory}/pid)\n  ${sshCommand(host).join(' ')}`)
    say('install the agent')
    await installAgent(host, join(root, 'dist/xenclosure-agent.mjs'), documents)
    say('run the scenario (4 minutes)')
    const scenario = join(import.meta.dirname, 'first-host.lab.ts')
    const tap = join(root, 'node_modules/.bin/tap')
    await show([tap, 'run', '--disable-coverage', '--timeout=1800', scenario], {
      timeout: 30 * minute,
      signal,
      env: { XENCLOSURE_LAB_HOST: JSON.stringify(host) },
    })
  } finally {
    if (!keep) {
      await stopHost(directory)
      rmSync(directory, { recursive: true })
    }
    say('end')
  }
}

/** Always from the tree as it is: an old build would test an old program. */
const compileSite = async (documents: string, signal: AbortSignal): Promise<void> => {
  say('build and compile the example site')
  await show(['npm', 'run', '--silent', 'build'], { timeout: 5 * minute, signal })
  const compiler = [process.execPath, join(root, 'dist/src/cli/main.js')]
  await show([...compiler, 'compile', '--site', root, '--out', documents], { timeout: minute, signal })
}

const say = (text: string): void => console.error(`lab: [${Math.round(performance.now() / 1000)} s] ${text}`)

// A second signal (the terminal sends one, and so do npm and tsx) must not cut off the ending of the host.
const interrupt = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt.abort())

try {
  const { values } = parseArgs({
    options: { install: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean' } },
  })
  process.chdir(root)
  if (values.help) console.log(usage)
  else await runLab({ install: values.install ?? false, keep: values.keep ?? false, signal: interrupt.signal })
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error)
  console.error(`lab: ${interrupt.signal.aborted ? 'interrupted' : reason}`)
  process.exitCode = 1
}
