// Which files of a site there are: profiles by the names of their machines, templates by those that an include gives them, and
// what lies beside them and would be passed over. Part of site.ts.
import { existsSync, realpathSync } from 'node:fs'
import { join, parse as parsePath, relative, resolve, sep } from 'node:path'
import { isMachineName } from '../../model/document.js'
import { byCodeUnit } from '../../model/json.js'
import type { Problems } from '../problems.js'
import { remember } from '../remember.js'
import { type FileReader, isDirectory, isHidden, isThere, type SiteFile, type TextFile } from './file-reader.js'

export type FoundTemplate =
  | { readonly kind: 'file'; readonly file: SiteFile }
  | { readonly kind: 'missing' }
  | { readonly kind: 'outside' }

/** Below a directory of the load path. */
export const policyFolder = 'policies'

/** By machine, the file of its profile as diagnostics show it. */
export type Profiles = Pick<ReadonlyMap<string, string>, 'get' | 'keys' | 'values'>

/** Every profiles/**\/NAME.yaml by its name; the name of a machine is the name of its file. */
export const findProfiles = (site: string, files: FileReader, problems: Problems): Profiles => {
  const profiles = new Map<string, string>()
  const above = join(site, sep).length
  for (const path of allFilesBelow(join(site, 'profiles'), files, problems)) {
    const file = path.slice(above)
    const name = path.slice(path.lastIndexOf(sep) + 1, -'.yaml'.length)
    const position = { file, line: 1, column: 1 }
    const other = profiles.get(name)
    if (!isMachineName(name)) {
      const hint = 'letters, digits, dots, hyphens and underscores, and not "index" or "constructor"'
      problems.error('machine-name', `${name} cannot be the name of a machine`, { position, hint })
    } else if (other !== undefined) tellTwo(name, other, file, problems)
    else profiles.set(name, file)
  }
  return profiles
}

const tellTwo = (name: string, first: string, second: string, problems: Problems): void => {
  const position = { file: second, line: 1, column: 1 }
  problems.error('machine-name', `two profiles for the machine ${name}: ${first} and ${second}`, { position })
}

/**
 * The same for who asks for few machines: a profile is looked for when it is asked for, and nothing is told of the others. To make
 * a map of 30,000 takes as long as to compile a host with its guests.
 */
export const profilesOneByOne = (site: string, files: FileReader, problems: Problems): Profiles => {
  let directories: readonly Directory[] | undefined
  const filesCalled = (name: string): readonly string[] => {
    directories ??= directoriesBelow(join(site, 'profiles'), files)
    return directories.flatMap(({ path, names }) => (names.includes(name) ? [files.shown(join(path, name))] : []))
  }
  let all: Profiles | undefined
  const ofAll = (): Profiles => {
    all ??= findProfiles(site, files, problems)
    return all
  }
  return {
    get: remember(name => {
      if (!isMachineName(name)) return undefined
      const [first, second] = filesCalled(`${name}.yaml`).toSorted(byCodeUnit)
      if (first !== undefined && second !== undefined) tellTwo(name, first, second, problems)
      return first
    }),
    keys: () => ofAll().keys(),
    values: () => ofAll().values(),
  }
}

type Directory = { readonly path: string; readonly names: readonly string[] }

const directoriesBelow = (path: string, files: FileReader): readonly Directory[] => {
  const names = files.names(path)
  const below = names.filter(name => !name.endsWith('.yaml') && isDirectory(join(path, name)))
  return [{ path, names }, ...below.flatMap(name => directoriesBelow(join(path, name), files))]
}

export const findTemplate = (
  name: string,
  after: string | undefined,
  directories: readonly string[],
  hidden: string | undefined,
  files: FileReader,
): FoundTemplate => {
  const inside = directories.map(dir => ({ dir, path: resolve(dir, `${name}.yaml`) }))
  if (inside.some(({ dir, path }) => !path.startsWith(dir + sep))) return { kind: 'outside' }
  if (inside.some(({ dir, path }) => relative(dir, path).split(sep).some(isHidden))) return { kind: 'missing' }
  const there = inside.filter(({ path }) => existsSync(path) && !(hidden !== undefined && path.startsWith(hidden)))
  const own = there.findIndex(({ path }) => files.shown(path) === after)
  const found = there[own + 1]
  if (found === undefined) return { kind: 'missing' }
  if (!realpathSync(found.path).startsWith(realpathSync(found.dir) + sep)) return { kind: 'outside' }
  return { kind: 'file', file: files.yaml(found.path) }
}

export const findTextTemplate = (
  name: string,
  directories: readonly string[],
  hidden: string | undefined,
  files: FileReader,
): TextFile | undefined => {
  const path = directories
    .map(dir => ({ dir, path: resolve(dir, `${name}.hbs`) }))
    .filter(({ dir, path }) => path.startsWith(dir + sep) && !(hidden !== undefined && path.startsWith(hidden)))
    .find(({ path }) => isThere(path))?.path
  return path === undefined ? undefined : files.text(path)
}

/** Where every file counts for itself, nobody would miss one that is passed over for its name. */
export const allFilesBelow = (dir: string, files: FileReader, problems: Problems): readonly string[] =>
  yamlFilesBelow(dir, files, path => {
    const { name, ext } = parsePath(path)
    if (!nearlyYaml.test(ext)) return
    const position = { file: files.shown(path), line: 1, column: 1 }
    const hint = `rename it: ${name}.yaml`
    problems.error('file', `the files of a site are called NAME.yaml, and this one NAME${ext}`, { position, hint })
  })

/** YAML reads JSON, too. */
const nearlyYaml = /^\.(ya?ml|json)$/i

/** Links to directories are not followed: a tree of files has no circles. */
export const yamlFilesBelow = (dir: string, files: FileReader, onOther?: (path: string) => void): readonly string[] =>
  files.list(dir).flatMap(entry => {
    const path = `${dir}${sep}${entry.name}`
    if (entry.name.endsWith('.yaml')) return [path]
    if (entry.isDirectory()) return yamlFilesBelow(path, files, onOther)
    onOther?.(path)
    return []
  })

/** Policies beside the templates, not among them, which nothing would read. */
export const tellMisplacedPolicies = (
  dir: string,
  loadpath: readonly string[],
  files: FileReader,
  problems: Problems,
): void => {
  const place = join(dir, policyFolder)
  const [first] = loadpath
  if (first === undefined || loadpath.some(path => [dir, place].includes(resolve(dir, path)))) return
  for (const path of yamlFilesBelow(place, files)) {
    const position = { file: files.shown(path), line: 1, column: 1 }
    const hint = `move it: ${join(first, files.shown(path))}`
    problems.error('file', 'policies stand on the load path, and this one does not', { position, hint })
  }
}

export const templatesBelow = (dir: string, hidden: string | undefined, files: FileReader): readonly string[] =>
  yamlFilesBelow(dir, files)
    .filter(path => !(hidden !== undefined && path.startsWith(hidden)))
    .map(path => relative(dir, path).replace(/\.yaml$/, ''))
