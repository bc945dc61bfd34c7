// A thread that compiles the hosts of a site in a directory, while the one that started it compiles another edition.
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { components } from '../../../components/index.js'
import { compileHosts } from '../../compiler/compile-hosts.js'
import { askThread } from './ask-thread.js'

/** By host, its document's bytes. */
export type HostDocuments = ReadonlyMap<string, string>

export type HostsThread = {
  /** Undefined where anything is wrong with the site: what, another compilation tells. Rejects with the thread's error. */
  readonly documents: Promise<HostDocuments | undefined>
  readonly end: () => Promise<unknown>
}

export const hostsInThread = (dir: string): HostsThread => {
  const { answer, end } = askThread<HostDocuments | undefined>(new URL(import.meta.url), dir)
  return { documents: answer, end }
}

if (!isMainThread && typeof workerData === 'string') parentPort?.postMessage(compileHosts(workerData, components))
