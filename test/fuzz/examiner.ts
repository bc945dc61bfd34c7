// Runs cases in a child process with a limit of time and of memory, one after the other.
import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageRoot } from '../../src/compiler/package-root.js'
import type { SeededCase } from './fuzz-case.js'

export type Limits = {
  /** For one case; a case that takes longer hangs. */
  readonly seconds: number
  /** Of JavaScript's heap, over all cases. */
  readonly megabytes: number
}

export type Examined = {
  readonly findings: readonly string[]
  readonly milliseconds: number
  readonly megabytes: number
}

export type Examiner = {
  readonly examine: (given: SeededCase) => Promise<Examined>
  readonly close: () => void
}

type Answer = Pick<Examined, 'findings' | 'megabytes'>

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** `dir` is where the child writes the sites. */
export const createExaminer = (dir: string, { seconds, megabytes }: Limits): Examiner => {
  let child: ChildProcess | undefined

  const started = (): ChildProcess => {
    if (child !== undefined) return child
    child = fork(join(packageRoot(), 'test/fuzz/child.ts'), [dir], {
      execArgv: [`--max-old-space-size=${megabytes}`, '--import', loader],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    return child
  }

  /** What the child answers, or how it ended. */
  const answerOf = (given: SeededCase): Promise<Answer> =>
    new Promise(resolve => {
      const asked = started()
      let said = ''
      const listen = (chunk: Buffer) => {
        said = (said + chunk.toString('utf8')).slice(-2000)
      }
      const finish = (answer: Answer) => {
        clearTimeout(timer)
        asked.removeAllListeners()
        asked.stderr?.off('data', listen)
        resolve(answer)
      }
      const end = (finding: string) => {
        child = undefined
        finish({ findings: [finding], megabytes: 0 })
        asked.kill('SIGKILL')
      }
      const timer = setTimeout(() => end(`hangs: more than ${seconds} s`), seconds * 1000)
      asked.stderr?.on('data', listen)
      asked.once('message', answer => finish(answer as Answer))
      asked.once('exit', (code, signal) => end(`died: ${signal ?? code}\n${said}`))
      asked.send(given)
    })

  return {
    examine: async given => {
      const begin = performance.now()
      const answer = await answerOf(given)
      return { ...answer, milliseconds: performance.now() - begin }
    },
    close: () => {
      child?.removeAllListeners()
      child?.kill()
      child = undefined
    },
  }
}
