// The memory of a trial: a file under the agent's state, written before GRUB is told to boot the trial's entry. So a
// trial that was prepared in an earlier boot and did not become the last good one has failed. Pure.
import { posix } from 'node:path'
import type { Op } from '../../src/model/action.js'
import { canonicalJson, isMap, parseJson } from '../../src/model/json.js'
import type { Actual, Trial } from './actual.js'
import { trialId } from './last-good.js'
import type { Way } from './way.js'

export const trialPath = (memory: string): string => posix.join(memory, 'trial.json')

/** Null where it is none, or damaged: then the same is tried once more. */
export const parseTrial = (text: string | null): Trial | null => {
  const value = parseJson(text ?? '')
  if (!isMap(value) || typeof value.digest !== 'string' || typeof value.boot !== 'string') return null
  return { digest: value.digest, boot: value.boot }
}

export type TrialState = 'to prepare' | 'prepared' | 'failed'

/** Of a trial that is wanted. */
export const trialStateOf = (digest: string, { trial, boot, environment }: Actual): TrialState => {
  if (trial?.digest !== digest) return 'to prepare'
  if (trial.boot !== boot) return 'failed'
  return environment.next === null ? 'to prepare' : 'prepared'
}

/** The record first: a trial is never begun unrecorded, and so never repeated. */
export const prepareTrial = (digest: string, way: Way, { memory, boot }: Actual): readonly Op[] => [
  recordTrial({ digest, boot }, memory),
  edit(way, 'set', `next_entry=${trialId}`),
]

export const recordTrial = (trial: Trial, memory: string): Op => ({
  op: 'write',
  path: trialPath(memory),
  content: canonicalJson(trial),
  mode: 0o600,
})

/** What a trial that is no longer wanted has left: GRUB would boot it all the same. */
export const cancelTrial = (way: Way, { environment }: Actual): readonly Op[] =>
  environment.next === trialId ? [edit(way, 'unset', 'next_entry')] : []

const edit = (way: Way, verb: 'set' | 'unset', variable: string): Op => ({
  op: 'exec',
  argv: [way.editEnvironment, way.environment, verb, variable],
  timeout: 60_000,
})
