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

/** Names the environment variable that holds the scenarios that are to run, as JSON. */
export const turnsVariable = 'XENCLOSURE_LAB_TURNS'

export type Turns = {
  readonly names: readonly string[]
  /** How many run beside each other. */
  readonly jobs: number
  /** After it none begins, but the first ones do: milliseconds since 1970; null: all run. */
  readonly end: number | null
}
