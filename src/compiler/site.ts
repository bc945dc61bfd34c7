// A site on disk: xenclosure.yaml, its profiles and the templates on its load path. The only stage that reads files;
// each is read and parsed once.
import { type Dirent, existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { Position } from '../model/diagnostic.js'
import { isMachineName } from '../model/document.js'
import { byCodeUnit, type Json, parseJson } from '../model/json.js'
import { decode } from './decode.js'
import { asWritten, buildVariables } from './layer.js'
import { loadYaml, type Yaml, type YamlMap } from './load.js'
import { lockFile } from './lock.js'
import type { Layer, Node } from './node.js'
import { packageRoot } from './package-root.js'
import type { Problems } from './problems.js'
import { didYouMeanOrOneOf, nearest } from './suggest.js'
import { isUntagged } from './tags.js'

export type SiteFile = {
  /** As diagnostics show it: relative to the site, or `xenclosure:` and the path of a standard template. */
  readonly file: string
  /** Undefined where it could not be read or parsed; why has been reported. */
  readonly root: YamlMap | undefined
}

export type FoundTemplate =
  | { readonly kind: 'file'; readonly file: SiteFile }
  | { readonly kind: 'missing' }
  | { readonly kind: 'outside' }

export type Site = {
  readonly name: string
  readonly dir: string
  readonly loadpath: readonly string[]
  readonly config: SiteFile
  /** The layer of xenclosure.yaml, weaker than every template, and its variables. */
  readonly layer: Layer
  readonly variables: Node
  readonly profiles: ReadonlyMap<string, SiteFile>
  /** A template by name; with `after`, the next one of that name behind that file on the load path. */
  readonly template: (name: string, after?: string) => FoundTemplate
  readonly templateNames: () => readonly string[]
  /** The YAML files of the site itself: xenclosure.yaml, profiles, and what stands on its load path. */
  readonly ownFiles: () => readonly string[]
  /** Whether a file is one of the package's standard templates. */
  readonly isStandard: (file: string) => boolean
  /** JSON files that stand on the load path under this name, nearest first (variables.schema.json). */
  readonly jsonFiles: (name: string) => readonly { readonly file: string; readonly value: Json }[]
  /** The schemas of the site's own components; a value is undefined where it could not be read, which was reported. */
  readonly componentSchemas: () => readonly {
    readonly component: string
    readonly file: string
    readonly value: Json | undefined
  }[]
  /** xenclosure.lock.yaml, where there is one. */
  readonly lock: SiteFile | undefined
  /** A line of a file that was read, for showing it under a diagnostic. */
  readonly sourceLine: (file: string, line: number) => string | undefined
}

/** Far more than a profile or template needs. */
const maxFileBytes = 4 * 1024 * 1024
const siteKeys = ['site', 'loadpath', 'variables']

/** The directory that holds xenclosure.yaml: this one or the nearest above it. */
export const findSite = (start: string): string | undefined => {
  const dir = resolve(start)
  if (existsSync(join(dir, 'xenclosure.yaml'))) return dir
  return dirname(dir) === dir ? undefined : findSite(dirname(dir))
}

/** Opens the site in a directory or above it. Undefined where there is none; why stands in `problems`. */
export const openNearestSite = (dir: string, problems: Problems): Site | undefined => {
  if (!existsSync(dir)) {
    problems.error('usage', `there is no directory ${dir}`)
    return undefined
  }
  const root = findSite(dir)
  if (root !== undefined) return openSite(root, problems)
  const hint = 'run inside a site, name one with --site, or make one: xenclosure init DIR'
  problems.error('usage', `there is no xenclosure.yaml in ${dir} or above`, { hint })
  return undefined
}

/** Opens the site in a directory. Undefined where xenclosure.yaml itself is wrong; why stands in `problems`. */
export const openSite = (dir: string, problems: Problems): Site | undefined => {
  const files = fileReader(dir, problems)
  const config = files.yaml(join(dir, 'xenclosure.yaml'))
  if (config.root === undefined) return undefined
  const settings = readSettings(dir, config.root, problems)
  if (settings === undefined) return undefined
  const standard = join(packageRoot(), 'templates')
  const directories = [...new Set([...settings.loadpath.map(path => resolve(dir, path)), standard])]
  const isExample = resolve(dir) === packageRoot()
  const hidden = isExample ? undefined : join(standard, 'site') + sep
  let templateNames: readonly string[] | undefined
  return {
    name: settings.name,
    dir,
    config,
    loadpath: directories.map(path => files.shown(path)),
    layer: settings.layer,
    variables: settings.variables,
    profiles: findProfiles(join(dir, 'profiles'), files, problems),
    template: (name, after) => findTemplate(name, after, directories, hidden, files),
    templateNames: () => {
      templateNames ??= directories.flatMap(path => templatesBelow(path, hidden, files)).sort(byCodeUnit)
      return templateNames
    },
    ownFiles: () => {
      const below = ['profiles', ...settings.loadpath].flatMap(path => yamlFilesBelow(resolve(dir, path), files))
      return [...new Set([config.file, ...below.map(files.shown)])]
    },
    isStandard: file => {
      const path = resolve(dir, file)
      const inPackage = path.startsWith(standard + sep) && !path.startsWith(join(standard, 'site') + sep)
      return file.startsWith('xenclosure:') || inPackage
    },
    jsonFiles: name =>
      [dir, ...directories].flatMap(path => {
        const file = files.json(join(path, name))
        return file?.value === undefined ? [] : [{ file: file.file, value: file.value }]
      }),
    componentSchemas: () =>
      files.list(join(dir, 'components')).flatMap(({ name }) => {
        const schema = files.json(join(dir, 'components', name, 'schema.json'))
        return schema === undefined ? [] : [{ component: name, ...schema }]
      }),
    lock: isThere(join(dir, lockFile)) ? files.yaml(join(dir, lockFile)) : undefined,
    sourceLine: files.line,
  }
}

const readSettings = (dir: string, root: YamlMap, problems: Problems) => {
  const entry = (key: string) => root.entries.find(candidate => candidate.key === key)?.value
  for (const { key, position } of root.entries.filter(candidate => !siteKeys.includes(candidate.key))) {
    problems.error('key-unknown', `unknown key ${key}`, { position, hint: didYouMeanOrOneOf(key, siteKeys) })
  }
  const name = readName(entry('site'), root, problems)
  if (name === undefined) return undefined
  const layer: Layer = { name: 'xenclosure.yaml', parameters: new Map() }
  const variables = entry('variables')
  const node = buildVariables(variables, { layer, fillIn: asWritten, problems })
  return { name, loadpath: readLoadpath(dir, entry('loadpath'), problems), layer, variables: node }
}

/** That the key is missing is not told of one that is misspelt. */
const readName = (yaml: Yaml | undefined, root: YamlMap, problems: Problems): string | undefined => {
  if (yaml?.shape === 'scalar' && typeof yaml.value === 'string' && yaml.value !== '')
    return isUntagged(yaml, problems) ? yaml.value : undefined
  const isMisspelt = root.entries.some(({ key }) => nearest(key, siteKeys) === 'site')
  if (yaml !== undefined || !isMisspelt)
    problems.error('schema', 'xenclosure.yaml names the site', {
      position: (yaml ?? root).position,
      hint: 'site: my-site',
    })
  return undefined
}

const readLoadpath = (dir: string, yaml: Yaml | undefined, problems: Problems): readonly string[] => {
  if (yaml === undefined) return ['templates']
  const items = yaml.shape === 'list' ? yaml.items : []
  const names = items.flatMap(item => (item.shape === 'scalar' && typeof item.value === 'string' ? [item] : []))
  if (yaml.shape !== 'list' || names.length < items.length) {
    const hint = 'loadpath: [templates]'
    problems.error('type', 'loadpath is a list of directories', { position: yaml.position, hint })
  }
  for (const tagged of [yaml, ...names]) isUntagged(tagged, problems)
  for (const { source, position } of names) {
    const path = resolve(dir, source)
    if (path !== dir && !path.startsWith(dir + sep))
      problems.error('include-outside', `${source} is not in the site`, { position })
    else if (!(existsSync(path) && statSync(path).isDirectory()))
      problems.error('file', `there is no directory ${source}`, { position })
  }
  return names.map(({ source }) => source)
}

/** Every profiles/**\/NAME.yaml by its name; the name of a machine is the name of its file. */
const findProfiles = (dir: string, files: FileReader, problems: Problems): ReadonlyMap<string, SiteFile> => {
  const profiles = new Map<string, SiteFile>()
  for (const path of yamlFilesBelow(dir, files)) {
    const name = (path.split(sep).at(-1) ?? '').replace(/\.yaml$/, '')
    const position = { file: files.shown(path), line: 1, column: 1 }
    const other = profiles.get(name)
    if (!isMachineName(name)) {
      const hint = 'letters, digits, dots, hyphens and underscores, and not "index"'
      problems.error('machine-name', `${name} cannot be the name of a machine`, { position, hint })
    } else if (other !== undefined) {
      problems.error('machine-name', `two profiles for the machine ${name}: ${other.file} and ${position.file}`, {
        position,
      })
    } else profiles.set(name, files.yaml(path))
  }
  return profiles
}

const findTemplate = (
  name: string,
  after: string | undefined,
  directories: readonly string[],
  hidden: string | undefined,
  files: FileReader,
): FoundTemplate => {
  const inside = directories.map(dir => ({ dir, path: resolve(dir, `${name}.yaml`) }))
  if (inside.some(({ dir, path }) => !path.startsWith(dir + sep))) return { kind: 'outside' }
  const there = inside.filter(({ path }) => existsSync(path) && !(hidden !== undefined && path.startsWith(hidden)))
  const own = there.findIndex(({ path }) => files.shown(path) === after)
  const found = there[own + 1]
  if (found === undefined) return { kind: 'missing' }
  if (!realpathSync(found.path).startsWith(realpathSync(found.dir) + sep)) return { kind: 'outside' }
  return { kind: 'file', file: files.yaml(found.path) }
}

/** Links to directories are not followed: a tree of files has no circles. */
const yamlFilesBelow = (dir: string, files: FileReader): readonly string[] =>
  files.list(dir).flatMap(entry => {
    const path = join(dir, entry.name)
    if (entry.isDirectory() && !entry.name.endsWith('.yaml')) return yamlFilesBelow(path, files)
    return entry.name.endsWith('.yaml') ? [path] : []
  })

const templatesBelow = (dir: string, hidden: string | undefined, files: FileReader): readonly string[] =>
  yamlFilesBelow(dir, files)
    .filter(path => !(hidden !== undefined && path.startsWith(hidden)))
    .map(path => relative(dir, path).replace(/\.yaml$/, ''))

type FileReader = {
  readonly yaml: (path: string) => SiteFile
  /** Undefined where there is none; a value of undefined where it could not be read, which was reported. */
  readonly json: (path: string) => { readonly file: string; readonly value: Json | undefined } | undefined
  /** What stands in a directory, sorted; nothing where there is none. */
  readonly list: (path: string) => readonly Dirent[]
  readonly shown: (path: string) => string
  readonly line: (file: string, line: number) => string | undefined
}

const fileReader = (dir: string, problems: Problems): FileReader => {
  const texts = new Map<string, string>()
  const parsed = new Map<string, SiteFile>()
  const shown = (path: string) => {
    const inSite = relative(dir, path)
    return inSite.startsWith('..') ? `xenclosure:${relative(packageRoot(), path)}` : inSite
  }
  const start = (path: string): Position => ({ file: shown(path), line: 1, column: 1 })
  const roots = [realpathSync(dir), realpathSync(packageRoot())]
  const text = (path: string): string | undefined => {
    const read = readText(path, roots)
    if (read.ok) texts.set(shown(path), read.text)
    else {
      const { reason, line = 1, column = 1 } = read
      problems.error('file', `cannot be read: ${reason}`, { position: { file: shown(path), line, column } })
    }
    return read.ok ? read.text : undefined
  }
  const yaml = (path: string): SiteFile => {
    const known = parsed.get(path)
    if (known !== undefined) return known
    const content = text(path)
    const file = {
      file: shown(path),
      root: content === undefined ? undefined : loadYaml(shown(path), content, problems),
    }
    parsed.set(path, file)
    return file
  }
  const json = (path: string) => {
    if (!isThere(path)) return undefined
    const content = text(path)
    const value = content === undefined ? undefined : parseJson(content)
    if (content !== undefined && value === undefined) problems.error('syntax', 'not JSON', { position: start(path) })
    return { file: shown(path), value }
  }
  const list = (path: string): readonly Dirent[] => {
    try {
      if (!existsSync(path)) return []
      if (isOutside(realpathSync(path), roots)) {
        problems.error('file', 'cannot be read: it is a link that leaves the site', { position: start(path) })
        return []
      }
      return readdirSync(path, { withFileTypes: true }).sort((a, b) => byCodeUnit(a.name, b.name))
    } catch (error) {
      problems.error('file', `cannot be read: ${reasonOf(error)}`, { position: start(path) })
      return []
    }
  }
  return { yaml, json, list, shown, line: (file, line) => texts.get(file)?.split(/\r?\n/)[line - 1] }
}

/** Where a link leads, it stays within the site or this package. */
const readText = (
  path: string,
  roots: readonly string[],
): { ok: true; text: string } | { ok: false; reason: string; line?: number; column?: number } => {
  try {
    const real = realpathSync(path)
    if (isOutside(real, roots)) return { ok: false, reason: 'it is a link that leaves the site' }
    const entry = statSync(path)
    if (!entry.isFile()) return { ok: false, reason: 'it is not a file' }
    const { size } = entry
    if (size > maxFileBytes) return { ok: false, reason: `${size} bytes, and at most ${maxFileBytes} are read` }
    return decode(readFileSync(path))
  } catch (error) {
    return { ok: false, reason: reasonOf(error) }
  }
}

const isOutside = (real: string, roots: readonly string[]): boolean =>
  !roots.some(root => real === root || real.startsWith(root + sep))

/** Also a link that leads nowhere: it was put there to be read. */
const isThere = (path: string): boolean =>
  existsSync(`${dirname(path)}/.`) && lstatSync(path, { throwIfNoEntry: false }) !== undefined

/** `EACCES: permission denied`, without the call and its path. */
const reasonOf = (error: unknown): string => (error as Error).message.replace(/, .*$/, '')
