// What every scenario begins with: a host of its own, from a snapshot, that is gone when the scenario ends.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { installAgent } from './agent.js'
import { ask, type Host, resumeHost } from './host.js'
import { type Lab, labVariable } from './lab.js'
import { type Cable, stopMachine } from './qemu.js'
import type { SnapshotName } from './snapshots.js'

const lab: Lab = JSON.parse(process.env[labVariable] ?? 'null')
const interruption = new AbortController()
process.once('SIGTERM', () => interruption.abort())

/** A host as the snapshot has it, with the agent installed. */
export const hostFrom = async (name: SnapshotName): Promise<Host> => {
  const host = await resumed(name)
  if (name === 'booted') await installAgent(host, lab.agent)
  return host
}

/**
 * Two hosts with a cable between their second cards: labhost, converged, and one that is to be the machine of this
 * document, booted. Both come out of one snapshot, so the second gets addresses of its own.
 */
export const twoHosts = async (machine: string, address: string, document: string): Promise<[Host, Host]> => {
  const ends = scratchDirectory('cable-')
  const [left, right] = [join(ends, 'left'), join(ends, 'right')]
  const first = await resumed('converged', { here: left, there: right })
  const second = await resumed('booted', { here: right, there: left })
  await ask(second, 'ip link set eth1 address 52:54:00:00:01:02; ip link set xenbr0 address 52:54:00:00:01:03')
  await ask(second, `ip address flush dev xenbr0; ip address add ${address} dev xenbr0`)
  for (const host of [first, second]) await ask(host, 'ip link set eth1 master xenbr0 up')
  await installAgent(second, { ...lab.agent, documents: [document] }, machine)
  return [first, second]
}

/** A directory that is gone when the scenario ends. */
export const scratchDirectory = (name: string): string => {
  const directory = mkdtempSync(join(lab.runs, name))
  t.teardown(() => rmSync(directory, { recursive: true }))
  return directory
}

const resumed = (name: SnapshotName, cable?: Cable): Promise<Host> => {
  const directory = mkdtempSync(join(lab.runs, 'host-'))
  t.teardown(async () => {
    await stopMachine(directory)
    rmSync(directory, { recursive: true })
  })
  return resumeHost(lab.snapshots[name], name, directory, interruption.signal, cable)
}
