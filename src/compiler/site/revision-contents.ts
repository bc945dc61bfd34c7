// Which files of a site a revision has otherwise than the working tree, and what they hold there: git knows that without
// writing all of the revision.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { git, gitEnvironment } from './git.js'
import type { Revision } from './revision.js'

/** Paths are below the site. */
export type OtherFiles = {
  /** Those that are there on both sides: what they hold in the revision. */
  readonly contents: ReadonlyMap<string, Buffer>
  /** Those that are in the working tree only. */
  readonly added: readonly string[]
  /** Those that are in the revision only: what they hold there. */
  readonly removed: ReadonlyMap<string, Buffer>
}

/**
 * Of the files that git tracks; undefined where it has more to say of one than that it is another: a link, a submodule, a merge
 * that is not finished. Rejects with GitFailed.
 */
export const otherFiles = async (site: string, { commit }: Revision): Promise<OtherFiles | undefined> => {
  const options = [
    '--raw',
    '-z',
    '--no-abbrev',
    '--no-renames',
    '--no-ext-diff',
    '--ignore-submodules=none',
    '--relative',
  ]
  const entries = parseRaw(await git(site, [...readOnly, 'diff', ...options, commit, '--', '.']))
  if (!entries.every(isPlain)) return undefined
  const there = await contentsOf(
    site,
    entries.filter(({ mode }) => mode !== noFile),
  )
  const have = (isHere: boolean): ReadonlyMap<string, Buffer> =>
    new Map(
      entries
        .filter(({ hereMode }) => (hereMode !== noFile) === isHere)
        .flatMap(({ path }) => {
          const content = there.get(path)
          return content === undefined ? [] : [[path, content]]
        }),
    )
  const added = entries.filter(({ mode }) => mode === noFile).map(({ path }) => path)
  return { contents: have(true), added, removed: have(false) }
}

/**
 * The files of a site that git tracks, and looks at when it is asked what has changed: it was told not to (`git update-index
 * --assume-unchanged`, sparse checkouts) of those that are left out. Rejects with GitFailed.
 */
export const trackedFiles = async (site: string): Promise<ReadonlySet<string>> => {
  const listed = await git(site, ['ls-files', '-v', '-z'])
  return new Set(listed.split('\0').flatMap(entry => (entry.startsWith('H ') ? [entry.slice(2)] : [])))
}

/**
 * Where files were saved as they had been, `git diff` writes the index, and whoever commits at that moment fails. Without that
 * it names those files, too.
 */
const readOnly = ['-c', 'diff.autoRefreshIndex=false']

/** A file as `git diff --raw` has it: of the revision its mode and object, of the working tree its mode. */
type Entry = {
  readonly mode: string
  readonly hereMode: string
  readonly object: string
  readonly status: string
  readonly path: string
}

const noFile = '000000'

const parseRaw = (raw: string): readonly Entry[] =>
  [...raw.matchAll(/:(\d+) (\d+) (\w+) \w+ (\w+)\0([^\0]+)\0/g)].map(
    ([, mode = '', hereMode = '', object = '', status = '', path = '']) => ({ mode, hereMode, object, status, path }),
  )

const isPlain = ({ mode, hereMode, status }: Entry): boolean =>
  ['A', 'D', 'M'].includes(status) && [mode, hereMode].every(one => [noFile, '100644', '100755'].includes(one))

/** As git would write them into a working tree, by path. */
const contentsOf = async (site: string, entries: readonly Entry[]): Promise<ReadonlyMap<string, Buffer>> => {
  if (entries.length === 0) return new Map()
  const scratch = mkdtempSync(join(tmpdir(), 'xenclosure-revision-'))
  try {
    const env = { ...gitEnvironment(), GIT_INDEX_FILE: join(scratch, 'index') }
    const prefix = (await git(site, ['rev-parse', '--show-prefix'])).trimEnd()
    const lines = entries.map(({ mode, object, path }) => `${mode} ${object} 0\t${prefix}${path}\0`)
    await git(site, ['update-index', '-z', '--index-info'], { env, input: lines.join('') })
    await git(site, ['checkout-index', '--all', `--prefix=${scratch}/files/`], { env })
    return new Map(entries.map(({ path }) => [path, readFileSync(join(scratch, 'files', prefix, path))]))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
