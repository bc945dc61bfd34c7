// Which repository git takes for the site's: the one that the site lies in, also within a hook of git.

/**
 * The environment of this process for git. A hook may have GIT_DIR alone, relative or not, and stand at the top of its
 * working tree (githooks(5)); with it, git would take the directory of the site for the top (git(1), GIT_WORK_TREE).
 */
export const gitEnvironment = (): NodeJS.ProcessEnv => {
  const { GIT_DIR: _, ...others } = process.env
  return others.GIT_WORK_TREE === undefined ? others : process.env
}
