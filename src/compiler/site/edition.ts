// Which edition of the site is being compiled: its place in git's history orders the documents.
import { GitFailed, git } from './git.js'

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
  const ask = async (...args: readonly string[]): Promise<string | undefined> => {
    try {
      return (await git(dir, args)).trim()
    } catch (error) {
      // No git, no repository or no commit yet: an edition without a place in history.
      if (error instanceof GitFailed) return undefined
      throw error
    }
  }
  const changesIn = (path: string) => ask('--literal-pathspecs', 'status', '--porcelain', '--', path)
  const headUnlessChanged = async (): Promise<string | undefined> => {
    const its = edited === undefined ? '' : await changesIn(edited)
    const changes = its === '' ? await changesIn('.') : its
    return changes === '' ? ask('rev-parse', '--is-shallow-repository', 'HEAD') : undefined
  }
  const [tracked, commits, head] = await Promise.all([
    ask('ls-files', '--error-unmatch', 'xenclosure.yaml'),
    serial === undefined ? ask('rev-list', '--count', 'HEAD') : undefined,
    headUnlessChanged(),
  ])
  const isTracked = tracked !== undefined
  const [shallow, commit = null] = isTracked ? (head?.split('\n') ?? []) : []
  const count = isTracked ? Number(commits ?? 0) : 0
  return { serial: serial ?? count, commit, exact: serial !== undefined || (commit !== null && shallow !== 'true') }
}
