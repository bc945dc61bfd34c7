// Waiting that an abort ends at once, with the reason that was given for it.
import { setTimeout as delay } from 'node:timers/promises'

/** Returns after so many milliseconds; throws the signal's reason where it is aborted. */
export const pause = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
  try {
    await delay(milliseconds, undefined, { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
