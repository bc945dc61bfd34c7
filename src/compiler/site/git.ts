// How git is asked: of the repository that the site lies in, also within a hook of git, and in nobody's way.
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

/** There is no git, or it has failed; the message is the first that it says. */
export class GitFailed extends Error {
  override readonly name = 'GitFailed'
}

/**
 * The environment of this process for git. A hook may have GIT_DIR alone, relative or not, and stand at the top of its
 * working tree (githooks(5)); with it, git would take the directory of the site for the top (git(1), GIT_WORK_TREE).
 * `git status` would lock the index to renew it, and whoever commits at that moment fails (git(1), GIT_OPTIONAL_LOCKS).
 */
export const gitEnvironment = (): NodeJS.ProcessEnv => {
  const { GIT_DIR: dir, ...others } = process.env
  const isGiven = dir !== undefined && others.GIT_WORK_TREE !== undefined
  return { ...others, ...(isGiven ? { GIT_DIR: dir } : {}), GIT_OPTIONAL_LOCKS: '0' }
}

/** What git prints when it is asked in a directory. Rejects with GitFailed. */
export const git = async (
  dir: string,
  args: readonly string[],
  { env = gitEnvironment(), input }: { readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
): Promise<string> => {
  try {
    const running = run('git', ['-C', dir, ...args], { env, maxBuffer: mostPrinted })
    running.child.stdin?.end(input)
    return (await running).stdout
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string }
    throw new GitFailed(firstSaid(stderr || message), { cause: error })
  }
}

/** The same while nothing else is done. Throws GitFailed. */
export const gitSync = (dir: string, args: readonly string[], env: NodeJS.ProcessEnv = gitEnvironment()): string => {
  const options = { env, maxBuffer: mostPrinted, encoding: 'utf8' } as const
  const { status, stdout, stderr, error } = spawnSync('git', ['-C', dir, ...args], options)
  if (status === 0) return stdout
  throw new GitFailed(firstSaid(error?.message ?? stderr), { cause: error })
}

const run = promisify(execFile)

/** Bytes: of a large site, more than Node takes by itself. */
const mostPrinted = 1 << 28

const firstSaid = (text: string): string => text.replace(/^fatal: /, '').split('\n')[0] ?? ''
