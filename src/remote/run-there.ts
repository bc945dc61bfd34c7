// One run of the agent on a host: its document is brought there with the seal, and what the agent says is brought back.
// Whatever is decided is decided there, with that host's own state, keys and lock.
import { digestOf } from '../model/seal.js'
import { CommandFailed } from '../model/system.js'
import { carriedPlace } from './carry.js'
import { hostOptions, hostOptionsFile } from './host-options.js'
import { readIfThere } from './read-there.js'
import type { RemoteExecOptions, RemoteHost } from './remote-host.js'

export type Errand = {
  readonly document: string
  readonly seal: string
  /** For `agent run`: --noaction, --allow CONSENT, --component NAME. */
  readonly args: readonly string[]
  /** The text of a saved plan, which is applied. */
  readonly plan?: string
  /** The plan is saved there, and brought back. */
  readonly savePlan?: boolean
}

export type Outcome = {
  /** The exit code of the agent. */
  readonly code: number
  /** What it printed: the report as JSON, or nothing. */
  readonly stdout: string
  readonly savedPlan?: string
}

/** Fillings and graceful shutdowns of many guests take hours; this is where something hangs. */
const runLimit = 24 * 60 * 60_000

const short = 60_000

/** Throws HostLost and CommandFailed. `place` is where things are carried to. */
export const runThere = async (
  host: RemoteHost,
  errand: Errand,
  options: Pick<RemoteExecOptions, 'signal' | 'onLine'>,
  place = carriedPlace,
): Promise<Outcome> => {
  const { document, seal, args, plan, savePlan } = errand
  // A directory for each document: another administrator's run may be at work with another one.
  const base = `${place}/${digestOf(document)}/${host.name}`
  const planFile = `${base}.plan`
  await host.put(`${base}.json`, document, 0o600)
  await host.put(`${base}.seal`, seal, 0o600)
  if (plan !== undefined) await host.put(planFile, plan, 0o600)
  const planning = [...(savePlan ? ['--plan', planFile] : []), ...(plan === undefined ? [] : ['--apply', planFile])]
  const own = await ownOptions(host)
  options.signal?.throwIfAborted()
  const { code, stdout } = await host.agent(
    ['run', '--document', `${base}.json`, ...own, ...args, ...planning, '--json'],
    { timeout: runLimit, ...options },
  )
  const saved = savePlan === true && stdout !== '' ? { savedPlan: await read(host, planFile) } : {}
  return { code, stdout, ...saved }
}

/** What its own administrators have its agent go by, for every verb of it. */
export const ownOptions = async (host: RemoteHost): Promise<readonly string[]> =>
  hostOptions(await readIfThere(host, hostOptionsFile))

const read = (host: RemoteHost, path: string): Promise<string> => succeeding(host, ['cat', '--', path])

const succeeding = async (host: RemoteHost, argv: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await host.exec(argv, { timeout: short })
  if (code !== 0) throw new CommandFailed(argv, { reason: `exit ${code}`, code, stderr })
  return stdout
}
