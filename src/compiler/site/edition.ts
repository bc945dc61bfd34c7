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
 * only lies inside a repository, untracked, has no place in its history. Git is asked beside whatever is done
 * until it has answered. `edited` is a file of it that may differ from the commit: if it does, no other is looked at.
 */
export const editionOf = async (dir: string, serial: number | undefined, edited?: string): Promise<Edition> => {
  const env = gitEnvironment()
  const git = async (...args: readonly string[]): Promise<string | undefined> => {
    try {
      const { stdout } = await run('git', ['-C', dir, ...args], { env, maxBuffer: 1 << 28 })
      return stdout.trim()
    } catch {
      return undefined // no git, no repository or no commit yet: an edition without a place in history
    }
  }
  const changesIn = (path: string) => git('--literal-pathspecs', 'status', '--porcelain', '--', path)
  const headUnlessChanged = async (): Promise<string | undefined> => {
    const its = edited === undefined ? '' : await changesIn(edited)
    const changes = its === '' ? await changesIn('.') : its
    return changes === '' ? git('rev-parse', '--is-shallow-repository', 'HEAD') : undefined
  }
  const [tracked, commits, head] = await Promise.all([
    git('ls-files', '--error-unmatch', 'xenclosure.yaml'),
    serial === undefined ? git('rev-list', '--count', 'HEAD') : undefined,
    headUnlessChanged(),
  ])
  const isTracked = tracked !== undefined
  const [shallow, commit = null] = isTracked ? (head?.split('\n') ?? []) : []
  const count = isTracked ? Number(commits ?? 0) : 0
  return { serial: serial ?? count, commit, exact: serial !== undefined || (commit !== null && shallow !== 'true') }
}

const run = promisify(execFile)
