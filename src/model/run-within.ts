// A computation with an end. What a site's own patterns and expressions make of a text may take longer than anybody waits
// (a backtracking pattern), or need itself without end (a schema that refers to itself).
import { createContext, Script } from 'node:vm'

/** Told apart from every result. */
export const unfinished = Symbol('unfinished')

const room: { compute: () => unknown } = { compute: () => undefined }
createContext(room)
const script = new Script('compute()')

/**
 * The result of a computation, or `unfinished` where it would take longer or nest deeper than it may. It is stopped at
 * whatever it does, so it must not leave anything half done.
 */
export const runWithin = <Result>(milliseconds: number, compute: () => Result): Result | typeof unfinished => {
  const outer = room.compute
  room.compute = compute
  try {
    return script.runInContext(room, { timeout: milliseconds }) as Result
  } catch (error) {
    if (isEnd(error)) return unfinished
    throw error
  } finally {
    room.compute = outer
  }
}

/** By its words: the error is one of the room's own kind, and no instance of ours. */
const isEnd = (error: unknown): boolean => {
  const { code, name, message } = error as NodeJS.ErrnoException
  return code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' || (name === 'RangeError' && /call stack/.test(message))
}
