// A revision of a site: its files as they are in git, in a directory of their own for as long as they are needed.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GitFailed, gitEnvironment, gitSync } from './git.js'

/** There is no such revision, no git, or no site in it; the message says which. */
export class NoRevision extends Error {
  override readonly name = 'NoRevision'
}

export type Revision = {
  /** As it was asked for. */
  readonly name: string
  /** Its commit, in full. */
  readonly commit: string
}

/** What git calls a commit: `HEAD~1`, `main`, a tag. Throws NoRevision. */
export const findRevision = (site: string, name: string): Revision => {
  const asked = ['rev-parse', '--verify', '--end-of-options', `${name}^{commit}`]
  const commit = git(site, asked, `no revision ${name}`)
  return { name, commit: commit.trim() }
}

/** The files of a site as a revision has them, until they are removed. */
export type CheckedOut = { readonly dir: string; readonly remove: () => void }

/**
 * Writes the files of a site as a revision has them into a directory of their own. The repository is only read: its index
 * and its working tree stay as they are. Throws NoRevision.
 */
export const checkOutRevision = (site: string, { name, commit }: Revision): CheckedOut => {
  const place = git(site, ['rev-parse', '--show-toplevel', '--show-prefix'], 'no repository here')
  const [top = site, prefix = ''] = place.split('\n')
  const scratch = mkdtempSync(join(tmpdir(), 'xenclosure-revision-'))
  const remove = (): void => rmSync(scratch, { recursive: true, force: true })
  try {
    const dir = join(scratch, 'site')
    const otherwise = `${name} has no ${prefix}`
    writeTree({ top, tree: `${commit}:${prefix}`, otherwise, from: join(top, prefix), to: dir })
    if (!existsSync(join(dir, 'xenclosure.yaml'))) throw new NoRevision(`${name} has no xenclosure.yaml`)
    return { dir, remove }
  } catch (error) {
    remove()
    throw error
  }
}

/** Does something with the files of a site as a revision has them; the directory is gone afterwards. Throws NoRevision. */
export const withRevision = <Result>(site: string, revision: Revision, use: (dir: string) => Result): Result => {
  const { dir, remove } = checkOutRevision(site, revision)
  try {
    return use(dir)
  } finally {
    remove()
  }
}

type Tree = {
  /** The top of the working tree of its repository. */
  readonly top: string
  readonly tree: string
  /** What is said where there is no such tree. */
  readonly otherwise: string
  /** The directory of the working tree that it is the revision of. */
  readonly from: string
  /** A directory that is not there yet. */
  readonly to: string
}

/** With the submodules that are checked out in the working tree; of the others the compiler sees nothing there either. */
const writeTree = ({ top, tree, otherwise, from, to }: Tree, env: NodeJS.ProcessEnv = gitEnvironment()): void => {
  const own = { ...env, GIT_INDEX_FILE: `${to}.index` }
  git(top, ['read-tree', tree], otherwise, own)
  git(top, ['checkout-index', '--all', `--prefix=${to}/`], `${tree} cannot be written`, own)
  const entries = git(top, ['ls-files', '--stage', '-z'], `${tree} cannot be read`, own).split('\0')
  rmSync(`${to}.index`)
  for (const entry of entries) {
    const [, commit = '', path = ''] = /^160000 (\S+) 0\t(.*)$/s.exec(entry) ?? []
    const submodule = join(from, path)
    if (path === '' || !existsSync(join(submodule, '.git'))) continue
    rmSync(join(to, path), { recursive: true, force: true })
    const { GIT_DIR: _, GIT_WORK_TREE: __, ...inSubmodule } = env
    const missing = `the submodule ${path} has no ${commit} here, which git submodule update brings`
    writeTree({ top: submodule, tree: commit, otherwise: missing, from: submodule, to: join(to, path) }, inSubmodule)
  }
}

/** Throws NoRevision, with what is not so where git fails. */
const git = (dir: string, args: readonly string[], otherwise: string, env?: NodeJS.ProcessEnv): string => {
  try {
    return gitSync(dir, args, env)
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error
    // All that rev-parse says of a name that git does not know.
    const isUnknown = error.message === 'Needed a single revision'
    const why = isUnknown ? 'git knows no commit of that name' : `git says "${error.message}"`
    throw new NoRevision(`${otherwise}: ${why}`, { cause: error })
  }
}
