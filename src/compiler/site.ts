// A site on disk: xenclosure.yaml, its profiles and the templates on its load path. The only stage that reads files;
// each is read and parsed once.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { byCodeUnit, type JsonMap } from '../model/json.js'
import { buildNode } from './layer.js'
import { loadYaml, type YamlMap } from './load.js'
import { emptyNode, type Layer, type Node } from './node.js'
import { packageRoot } from './package-root.js'
import type { Problems } from './problems.js'
import { didYouMeanOrOneOf } from './suggest.js'

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
  /** The layer of xenclosure.yaml, weaker than every template, and its variables. */
  readonly layer: Layer
  readonly variables: Node
  readonly profiles: ReadonlyMap<string, SiteFile>
  /** A template by name; with `after`, the next one of that name behind that file on the load path. */
  readonly template: (name: string, after?: string) => FoundTemplate
  readonly templateNames: () => readonly string[]
  /** JSON files that stand on the load path under this name, nearest first (variables.schema.json). */
  readonly jsonFiles: (name: string) => readonly { readonly file: string; readonly value: JsonMap }[]
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

/** Opens the site in a directory. Undefined where xenclosure.yaml itself is wrong; why stands in `problems`. */
export const openSite = (dir: string, problems: Problems): Site | undefined => {
  const files = fileReader(dir, problems)
  const config = files.yaml(join(dir, 'xenclosure.yaml'))
  if (config.root === undefined) return undefined
  const settings = readSettings(config.root, problems)
  if (settings === undefined) return undefined
  const standard = join(packageRoot(), 'templates')
  const directories = [...new Set([...settings.loadpath.map(path => resolve(dir, path)), standard])]
  const isExample = resolve(dir) === packageRoot()
  const hidden = isExample ? undefined : join(standard, 'site') + sep
  return {
    name: settings.name,
    dir,
    loadpath: directories.map(path => files.shown(path)),
    layer: settings.layer,
    variables: settings.variables,
    profiles: findProfiles(join(dir, 'profiles'), files, problems),
    template: (name, after) => findTemplate(name, after, directories, hidden, files),
    templateNames: () => directories.flatMap(path => templatesBelow(path, hidden)).sort(byCodeUnit),
    jsonFiles: name =>
      [dir, ...directories].map(path => files.json(join(path, name))).filter(file => file !== undefined),
    sourceLine: files.line,
  }
}

const readSettings = (root: YamlMap, problems: Problems) => {
  const entry = (key: string) => root.entries.find(candidate => candidate.key === key)?.value
  for (const { key, position } of root.entries.filter(candidate => !siteKeys.includes(candidate.key))) {
    problems.error('key-unknown', `unknown key ${key}`, { position, hint: didYouMeanOrOneOf(key, siteKeys) })
  }
  const name = entry('site')
  if (name?.shape !== 'scalar' || typeof name.value !== 'string') {
    problems.error('schema', 'xenclosure.yaml names the site', {
      position: (name ?? root).position,
      hint: 'site: my-site',
    })
    return undefined
  }
  const path = entry('loadpath')
  const loadpath =
    path?.shape === 'list' ? path.items.map(item => (item.shape === 'scalar' ? item.source : '')) : ['templates']
  if (path !== undefined && (path.shape !== 'list' || loadpath.includes(''))) {
    problems.error('type', 'loadpath is a list of directories', {
      position: path.position,
      hint: 'loadpath: [templates]',
    })
  }
  const layer: Layer = { name: 'xenclosure.yaml', parameters: new Map() }
  const asWritten = { key: (text: string) => text, include: (text: string) => text }
  const variables = entry('variables')
  const node = variables === undefined ? emptyNode : buildNode(variables, { layer, fillIn: asWritten, problems })
  return { name: name.value, loadpath, layer, variables: node }
}

/** Every profiles/**\/NAME.yaml by its name; the name of a machine is the name of its file. */
const findProfiles = (dir: string, files: FileReader, problems: Problems): ReadonlyMap<string, SiteFile> => {
  const profiles = new Map<string, SiteFile>()
  for (const path of yamlFilesBelow(dir)) {
    const name = (path.split(sep).at(-1) ?? '').replace(/\.yaml$/, '')
    const position = { file: files.shown(path), line: 1, column: 1 }
    const other = profiles.get(name)
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) || name === 'index') {
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

const yamlFilesBelow = (dir: string): readonly string[] =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .filter(path => path.endsWith('.yaml'))
        .sort(byCodeUnit)
        .map(path => join(dir, path))
    : []

const templatesBelow = (dir: string, hidden: string | undefined): readonly string[] =>
  yamlFilesBelow(dir)
    .filter(path => !(hidden !== undefined && path.startsWith(hidden)))
    .map(path => relative(dir, path).replace(/\.yaml$/, ''))

type FileReader = {
  readonly yaml: (path: string) => SiteFile
  readonly json: (path: string) => { file: string; value: JsonMap } | undefined
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
  const text = (path: string): string | undefined => {
    const read = readText(path)
    if (read.ok) texts.set(shown(path), read.text)
    else
      problems.error('file', `cannot be read: ${read.reason}`, { position: { file: shown(path), line: 1, column: 1 } })
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
    const content = existsSync(path) ? text(path) : undefined
    if (content === undefined) return undefined
    try {
      return { file: shown(path), value: JSON.parse(content) as JsonMap }
    } catch (error) {
      problems.error('syntax', `not JSON: ${(error as Error).message}`, {
        position: { file: shown(path), line: 1, column: 1 },
      })
      return undefined
    }
  }
  return { yaml, json, shown, line: (file, line) => texts.get(file)?.split(/\r?\n/)[line - 1] }
}

const readText = (path: string): { ok: true; text: string } | { ok: false; reason: string } => {
  try {
    const size = statSync(path).size
    if (size > maxFileBytes) return { ok: false, reason: `${size} bytes, and at most ${maxFileBytes} are read` }
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)) }
  } catch (error) {
    const reason = error instanceof TypeError ? 'it is not UTF-8 text' : (error as Error).message.replace(/, .*$/, '')
    return { ok: false, reason }
  }
}
