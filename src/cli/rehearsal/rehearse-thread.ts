// A thread that rehearses a share of the hosts, while the one that started it rehearses the others.
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { components } from '../../../components/index.js'
import { createValidate } from '../../compiler/judge/validate.js'
import type { Agents } from '../../rehearse/actor.js'
import type { Editions, HostRehearsal } from '../../rehearse/rehearse-host.js'
import { type Elsewhere, rehearseAlone } from '../../rehearse/rehearse-site.js'
import { type TimeOverride, timesWith } from '../../rehearse/times.js'
import { version } from '../version.js'
import { askThread } from './ask-thread.js'

/** What agents go by that is asked for, as plain data. */
export type Asked = Pick<Agents, 'allow' | 'now'> & { readonly times: readonly TimeOverride[] }

type Task = { readonly rehearse: readonly Editions[]; readonly scratch: string; readonly asked: Asked }

export const agentsWith = ({ allow, now, times }: Asked): Omit<Agents, 'scratch'> => ({
  ...{ components, validate: createValidate(), version, allow, now },
  times: timesWith(times),
})

/** Rejects with the thread's error. */
export const rehearseInThread =
  (asked: Asked): Elsewhere =>
  (hosts, scratch) => {
    const task: Task = { rehearse: hosts, scratch, asked }
    return askThread<readonly HostRehearsal[]>(new URL(import.meta.url), task).answer
  }

if (!isMainThread && workerData?.rehearse !== undefined) {
  const { rehearse, scratch, asked }: Task = workerData
  // What it rejects with becomes the thread's error.
  void rehearseAlone(rehearse, { ...agentsWith(asked), scratch }).then(answer => parentPort?.postMessage(answer))
}
