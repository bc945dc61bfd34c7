// watch: one pass after the other, until it is aborted. Holds nothing from pass to pass: what a pass needs to know of
// the past is in the state.
import { pause } from './pause.js'

export type WatchOptions = {
  /** Milliseconds from the end of a pass to the begin of the next one. */
  readonly interval: number
  /** Milliseconds: up to so many more, so that many hosts do not ask for their documents at once. */
  readonly jitter: number
  /** Ends the watch when the pass under way has ended. */
  readonly signal: AbortSignal
  /** 0 to 1; Math.random where absent. */
  readonly random?: () => number
}

/** Milliseconds: what Node is asked to wait beyond that, 24 days, it does not wait at all. */
const longestTimer = 2 ** 31 - 1

export type Watch = {
  /** Resolves when the signal is aborted and the pass under way has ended; rejects with what a pass throws. */
  readonly ended: Promise<void>
  /** Begins the next pass at once; during one, right after it. */
  readonly wake: () => void
}

export const watch = (pass: () => Promise<void>, options: WatchOptions): Watch => {
  let waiting: AbortController | undefined
  let isAwake = false
  const wake = (): void => {
    isAwake = true
    waiting?.abort()
  }
  const sleep = async (): Promise<void> => {
    if (isAwake || options.signal.aborted) return
    waiting = new AbortController()
    const { interval, jitter, random = Math.random } = options
    const woken = waiting.signal
    await pause(Math.min(interval + random() * jitter, longestTimer), woken).catch(error => {
      if (!woken.aborted) throw error
    })
    waiting = undefined
  }
  const work = async (): Promise<void> => {
    options.signal.addEventListener('abort', () => waiting?.abort(), { once: true })
    while (!options.signal.aborted) {
      isAwake = false
      await pass()
      await sleep()
    }
  }
  return { ended: work(), wake }
}
