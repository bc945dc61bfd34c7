// Hosts in a known state, for scenarios to start from in seconds: `booted`, with nothing on it yet, and `converged`,
// brought by the agent to what its document declares. Each is kept by the digest of all that goes into it.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Agent, installAgent, runAgent } from './agent.js'
import { type Captured, capture } from './command.js'
import { waitForGuest } from './facts.js'
import { guests } from './guests.js'
import { bootHost, type Host, resumeHost } from './host.js'
import { machine, saveSnapshot, stopMachine } from './qemu.js'

export type SnapshotName = 'booted' | 'converged'

/** A host that is switched off, with a snapshot of that name in its disks. */
export type Snapshot = Pick<Host, 'directory' | 'key'> & { readonly name: SnapshotName }

/** The host after its first boot (1 minute), from `cache` or made there. */
export const provideBooted = async (cache: string, image: string, signal: AbortSignal): Promise<Snapshot> => {
  const { stdout: version } = await capture(['qemu-system-x86_64', '--version'], { timeout: 30_000, signal })
  const directory = join(cache, `booted-${digest(basename(image), version, ...machine)}`)
  const snapshot = { directory, key: join(image, 'id'), name: 'booted' } as const
  await provide(snapshot, cache, partial => bootHost(image, partial, signal))
  return snapshot
}

/** The host after the agent's first run (1 to 2 minutes), from `cache` or made there. */
export const provideConverged = async (
  cache: string,
  booted: Snapshot,
  agent: Agent,
  signal: AbortSignal,
): Promise<Snapshot> => {
  // Not of the seal: it tells of the commit, too.
  const documents = agent.documents.filter(file => !file.endsWith('.seal'))
  const contents = [agent.deb, ...documents].map(file => readFileSync(file, 'latin1'))
  const directory = join(cache, `converged-${digest(basename(booted.directory), ...contents)}`)
  const snapshot = { ...booted, directory, name: 'converged' } as const
  await provide(snapshot, cache, async partial => {
    const host = await resumeHost(booted, booted.name, partial, signal)
    await installAgent(host, agent)
    await converge(host)
    // A guest runs when the agent is done, and is up some time later: no scenario is to find one that boots.
    for (const { name, address } of guests) await waitForGuest(host, name, address)
    return host
  })
  return snapshot
}

/** As a timer would, a second run makes good what failed in the first, and that is told; that none fails is first-host's to show. */
const converge = async (host: Host): Promise<void> => {
  const first = await runAgent(host)
  if (first.code === 0) return
  console.error(`lab: the first run of the agent ended with ${first.code}, so it runs again:\n${textOf(first)}`)
  const second = await runAgent(host)
  if (second.code !== 0) throw new Error(`the second run of the agent ended with ${second.code}:\n${textOf(second)}`)
}

const textOf = ({ stdout, stderr }: Captured): string => stdout + stderr

/** Makes a snapshot where it is not there yet; one that was not finished leaves nothing. */
const provide = async (
  { directory, name }: Snapshot,
  cache: string,
  make: (partial: string) => Promise<Host>,
): Promise<void> => {
  if (existsSync(directory)) return
  mkdirSync(cache, { recursive: true })
  const partial = mkdtempSync(join(cache, 'partial-'))
  try {
    await make(partial)
    await saveSnapshot(partial, name)
    await stopMachine(partial)
    renameSync(partial, directory)
  } finally {
    await stopMachine(partial)
    rmSync(partial, { recursive: true, force: true })
  }
}

const digest = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16)
