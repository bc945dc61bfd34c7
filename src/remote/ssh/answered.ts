// What ssh2 answers by a callback, as a promise that does not wait for ever: a host may keep its connection alive and say
// nothing to what it is asked.

type Done<Result> = (error: Error | null | undefined, result: Result) => void

export const answered = <Result>(ask: (done: Done<Result>) => void): Promise<Result> =>
  new Promise((resolve, reject) => ask((error, result) => (error ? reject(error) : resolve(result))))

export const answeredWithin = async <Result>(
  milliseconds: number,
  ask: (done: Done<Result>) => void,
): Promise<Result> => {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${milliseconds / 1000} s`)), milliseconds)
  try {
    return await Promise.race([answered(ask), aborted(late.signal)])
  } finally {
    clearTimeout(timer)
  }
}

/** Rejects with the reason, when there is one. */
export const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
