// Which edition of the site is being compiled: its place in git's history orders the documents.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { gitEnvironment } from './git-environment.js'

export type Edition = {
  readonly serial: number
  readonly commit: string | null
  /** Whether the serial says truly which edition this is: not for a dirty tree, a shallow clone or no git at all. */
  readonly exact: boolean
}

/**
 * The edition of the site in a directory: the number of commits, unless the administrator gives a serial. A site that
 * only lies inside a repository, untracked, has no place in its history. Git is asked all at once, beside whatever is done
 * until it has answered.
 */
export const editionOf = async (dir: string, serial: number | undefined): Promise<Edition> => {
  const git = async (...args: readonly string[]): Promise<string | undefined> => {
    try {
      const { stdout } = await run('git', ['-C', dir, ...args], { env: gitEnvironment(), maxBuffer: 1 << 28 })
      return stdout.trim()
    } catch {
      return undefined // no git, no repository or no commit yet: an edition without a place in history
    }
  }
  const [tracked, commits, changes, head] = await Promise.all([
    git('ls-files', '--error-unmatch', 'xenclosure.yaml'),
    git('rev-list', '--count', 'HEAD'),
    git('status', '--porcelain', '--', '.'),
    git('rev-parse', '--is-shallow-repository', 'HEAD'),
  ])
  const isTracked = tracked !== undefined
  const [shallow, commit = null] = isTracked && changes === '' ? (head?.split('\n') ?? []) : []
  const count = isTracked ? Number(commits ?? 0) : 0
  return { serial: serial ?? count, commit, exact: serial !== undefined || (commit !== null && shallow !== 'true') }
}

const run = promisify(execFile)
