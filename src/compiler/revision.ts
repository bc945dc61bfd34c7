// A revision of a site: its files as they are in git, in a directory of their own for as long as they are needed.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gitEnvironment } from './git-environment.js'

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
  const commit = git(site, ['rev-parse', '--verify', '--end-of-options', `${name}^{commit}`], `no revision ${name}`)
  return { name, commit: commit.trim() }
}

/**
 * Does something with the files of a site as a revision has them; the directory is gone afterwards. The repository is
 * only read: its index and its working tree stay as they are. Throws NoRevision.
 */
export const withRevision = <Result>(
  site: string,
  { name, commit }: Revision,
  use: (dir: string) => Result,
): Result => {
  const place = git(site, ['rev-parse', '--show-toplevel', '--show-prefix'], 'no repository here')
  const [top = site, prefix = ''] = place.split('\n')
  const scratch = mkdtempSync(join(tmpdir(), 'xenclosure-revision-'))
  try {
    const env = { GIT_INDEX_FILE: join(scratch, 'index') }
    const dir = join(scratch, 'site')
    git(top, ['read-tree', `${commit}:${prefix}`], `${name} has no ${prefix}`, env)
    git(top, ['checkout-index', '--all', `--prefix=${dir}/`], `what ${name} holds cannot be written`, env)
    if (!existsSync(join(dir, 'xenclosure.yaml'))) throw new NoRevision(`${name} has no xenclosure.yaml`)
    return use(dir)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

const git = (dir: string, args: readonly string[], otherwise: string, env: NodeJS.ProcessEnv = {}): string => {
  const options = { encoding: 'utf8', env: { ...gitEnvironment(), ...env }, maxBuffer: 1 << 28 } as const
  const { status, stdout, stderr, error } = spawnSync('git', ['-C', dir, ...args], options)
  if (status === 0) return stdout
  const [said = ''] = (error?.message ?? stderr).replace(/^fatal: /, '').split('\n')
  throw new NoRevision(`${otherwise}: git says "${said}"`)
}
