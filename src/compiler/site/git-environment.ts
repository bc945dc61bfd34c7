// How git is asked: of the repository that the site lies in, also within a hook of git, and in nobody's way.

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
