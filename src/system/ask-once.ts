// A System for one look at a host: components that ask the same command get the same answer, and the host is asked once.
import type { ExecResult, System } from '../model/system.js'

/** `system` is one whose calls are its own properties, and that changes nothing, as readOnly makes them. */
export const askOnce = (system: System): System => {
  const answers = new Map<string, Promise<ExecResult>>()
  return {
    ...system,
    exec: (argv, options) => {
      const question = JSON.stringify([argv, options])
      const answer = answers.get(question) ?? system.exec(argv, options)
      answers.set(question, answer)
      return answer
    },
  }
}
