// A share in a thread of its own: what is said between the thread that compiles a site and one that helps it. It is asked
// twice, for its facts and, told the facts of all, for its documents. A thread that fails fails the one that asked.
import { parentPort, Worker, workerData } from 'node:worker_threads'
import type { AnyComponent } from '../../model/component.js'
import { readRules } from '../rules.js'
import { openSite } from '../site/site.js'
import { openShare, type Share } from './share.js'
import { collectWarnings } from './warnings.js'

/** A share, wherever it is compiled. */
export type AsyncShare = {
  /** Of the machines of its task. */
  readonly survey: () => Promise<ReturnType<Share['survey']>>
  readonly compile: (...told: Parameters<Share['compile']>) => Promise<ReturnType<Share['compile']>>
  readonly close: () => Promise<unknown>
}

/** The machines of a site that a share surveys, and where the documents of those wait that it compiles. */
export type Task = { readonly dir: string; readonly machines: readonly string[]; readonly staging?: string | undefined }

/** A thread is gone, by no fault of the site's: out of memory, or ended from outside. */
export class ShareLost extends Error {
  override readonly name = 'ShareLost'
}

/** `entry` is a module that calls `serveShare`. */
export const shareInThread = (entry: URL, task: Task): AsyncShare => {
  const thread = new Worker(entry, { workerData: task })
  const failed = new Promise<never>((_, reject) => {
    thread.once('error', error => reject(isLost(error) ? new ShareLost(`a worker was lost: ${error.message}`) : error))
    thread.once('messageerror', reject)
    thread.once('exit', code => reject(new ShareLost(`a worker ended (${code}) before its share was done`)))
  })
  // Whoever waits for an answer is told; that a thread ends when nobody waits is no failure.
  failed.catch(() => undefined)
  const answer = <Answer>(): Promise<Answer> =>
    Promise.race([failed, new Promise<Answer>(resolve => thread.once('message', resolve))])
  // It surveys unasked: its answer must not come before somebody listens.
  const surveyed = answer<ReturnType<Share['survey']>>()
  surveyed.catch(() => undefined)
  return {
    survey: () => surveyed,
    compile: (...told) => {
      thread.postMessage(told)
      return answer()
    },
    close: () => thread.terminate(),
  }
}

const isLost = (error: Error): boolean =>
  'code' in error && ['ERR_WORKER_OUT_OF_MEMORY', 'ERR_WORKER_INIT_FAILED'].includes(String(error.code))

/** A share that the thread itself compiles which asks for it. */
export const shareHere = (share: Share, machines: readonly string[]): AsyncShare => ({
  survey: async () => share.survey(machines),
  compile: async (...told) => share.compile(...told),
  close: async () => undefined,
})

/** Opens a site anew for one of its shares; undefined where that cannot be. */
export const openTask = (
  { dir, staging }: Omit<Task, 'machines'>,
  components: readonly AnyComponent[],
): Share | undefined => {
  const problems = collectWarnings()
  const site = openSite(dir, problems)
  if (site === undefined) return undefined
  const rules = readRules(site, components, problems)
  return openShare({ site, rules, components, problems, staging, policies: rules.policies })
}

/** The other end: what a thread does, given the same components as the one that started it. */
export const serveShare = (components: readonly AnyComponent[]): void => {
  if (parentPort === null) throw new Error('this is no thread of a compilation')
  const port = parentPort
  const task = workerData as Task
  const share = openTask(task, components)
  port.once('message', (told: Parameters<Share['compile']>) => port.postMessage(share?.compile(...told)))
  port.postMessage(share?.survey(task.machines))
}
