// What every scenario begins with: a host of its own, from a snapshot, that is gone when the scenario ends.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { installAgent } from './agent.js'
import { type Host, resumeHost } from './host.js'
import { type Lab, labVariable } from './lab.js'
import { stopMachine } from './qemu.js'
import type { SnapshotName } from './snapshots.js'

/** A host as the snapshot has it, with the agent installed. */
export const hostFrom = async (name: SnapshotName): Promise<Host> => {
  const lab: Lab = JSON.parse(process.env[labVariable] ?? 'null')
  const { signal } = interruption
  const directory = mkdtempSync(join(lab.runs, 'host-'))
  t.teardown(async () => {
    await stopMachine(directory)
    rmSync(directory, { recursive: true })
  })
  const host = await resumeHost(lab.snapshots[name], name, directory, signal)
  if (name === 'booted') await installAgent(host, lab.agent)
  return host
}

const interruption = new AbortController()
process.once('SIGTERM', () => interruption.abort())
