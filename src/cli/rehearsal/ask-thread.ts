// What a thread comes to that is asked once, by its data.
import { Worker } from 'node:worker_threads'

export type Asked<Answer> = {
  /** Rejects with the thread's error. */
  readonly answer: Promise<Answer>
  readonly end: () => Promise<unknown>
}

/** `entry` is a module that posts one message, made of `data`. */
export const askThread = <Answer>(entry: URL, data: unknown): Asked<Answer> => {
  const thread = new Worker(entry, { workerData: data })
  const answer = new Promise<Answer>((resolve, reject) => {
    thread.once('message', resolve)
    thread.once('error', reject)
    thread.once('messageerror', reject)
  })
  // Whoever waits for it is told; it may fail before anybody does.
  answer.catch(() => undefined)
  return { answer, end: () => thread.terminate() }
}
