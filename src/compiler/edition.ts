// Which edition of the site is being compiled: its place in git's history orders the documents.
import { execFileSync } from 'node:child_process'
import { gitEnvironment } from './git-environment.js'

export type Edition = {
  readonly serial: number
  readonly commit: string | null
  /** Whether the serial says truly which edition this is: not for a dirty tree, a shallow clone or no git at all. */
  readonly exact: boolean
}

/**
 * The edition of the site in a directory: the number of commits, unless the administrator gives a serial. A site that
 * only lies inside a repository, untracked, has no place in its history.
 */
export const editionOf = (dir: string, serial: number | undefined): Edition => {
  const git = (...args: readonly string[]): string | undefined => {
    try {
      const quiet = ['ignore', 'pipe', 'ignore'] as const
      const options = { encoding: 'utf8', env: gitEnvironment() } as const
      return execFileSync('git', ['-C', dir, ...args], { ...options, stdio: [...quiet] }).trim()
    } catch {
      return undefined // no git, no repository or no commit yet: an edition without a place in history
    }
  }
  const isTracked = git('ls-files', '--error-unmatch', 'xenclosure.yaml') !== undefined
  const count = isTracked ? Number(git('rev-list', '--count', 'HEAD') ?? 0) : 0
  const clean = isTracked && git('status', '--porcelain', '--', '.') === ''
  const shallow = git('rev-parse', '--is-shallow-repository') === 'true'
  const commit = clean ? (git('rev-parse', 'HEAD') ?? null) : null
  return { serial: serial ?? count, commit, exact: serial !== undefined || (commit !== null && !shallow) }
}
