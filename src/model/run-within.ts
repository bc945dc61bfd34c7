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
 * whatever it does, and begun again where it has not had its turn, so it must not leave anything half done.
 */
export const runWithin = <Result>(milliseconds: number, compute: () => Result): Result | typeof unfinished => {
  const outer = room.compute
  room.compute = compute
  try {
    for (let timeout = milliseconds; ; timeout *= 2) {
      const before = process.cpuUsage()
      try {
        return script.runInContext(room, { timeout }) as Result
      } catch (error) {
        if (isTooDeep(error)) return unfinished
        if (!isTimeout(error)) throw error
        if (millisecondsComputed(before) >= milliseconds / 2) return unfinished
      }
    }
  } finally {
    room.compute = outer
  }
}

/** The limit is one of time, which passes on a busy machine while others are computing: a sound value would be refused. */
const millisecondsComputed = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const isTimeout = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'

/** By its words: the error is one of the room's own kind, and no instance of ours. */
const isTooDeep = (error: unknown): boolean => {
  const { name, message } = error as Error
  return name === 'RangeError' && /call stack/.test(message)
}
