// What run.ts hands to the scenarios, as JSON in their environment.
import type { Agent } from './agent.js'
import type { Snapshot, SnapshotName } from './snapshots.js'

export type Lab = {
  readonly snapshots: { readonly [name in SnapshotName]: Snapshot }
  readonly agent: Agent
  /** Where the disks of hosts are made. */
  readonly runs: string
}

export const labVariable = 'XENCLOSURE_LAB'
