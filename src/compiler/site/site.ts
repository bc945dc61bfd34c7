// A site on disk: xenclosure.yaml, its profiles and the templates on its load path. The only stage that reads files
// (file-reader.ts).
import { existsSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { byCodeUnit, type Json } from '../../model/json.js'
import { isOfPackage, packageRoot } from '../package-root.js'
import { asWritten, buildVariables } from '../parse/layer.js'
import type { Yaml, YamlMap } from '../parse/load.js'
import type { Layer, Node } from '../parse/node.js'
import { isUntagged } from '../parse/tags.js'
import type { Problems } from '../problems.js'
import { didYouMeanOrOneOf, nearest } from '../suggest.js'
import {
  type FileReader,
  fileReader,
  isThere,
  type JsonFile,
  type KnownFiles,
  type SiteFile,
  type TextFile,
} from './file-reader.js'
import {
  allFilesBelow,
  type FoundTemplate,
  findProfiles,
  findTemplate,
  findTextTemplate,
  type Profiles,
  policyFolder,
  profilesOneByOne,
  tellMisplacedPolicies,
  templatesBelow,
  yamlFilesBelow,
} from './find-files.js'
import { findSite } from './find-site.js'
import { lockFile } from './lock-file.js'

export type Site = {
  readonly name: string
  readonly dir: string
  readonly loadpath: readonly string[]
  /** False where a directory that xenclosure.yaml names is missing, which has been reported: with it, any template may be. */
  readonly isLoadpathWhole: boolean
  readonly config: SiteFile
  /** The layer of xenclosure.yaml, weaker than every template, and its variables. */
  readonly layer: Layer
  readonly variables: Node
  readonly profiles: Profiles
  /** The profile of one of these machines, read when it is asked for. */
  readonly profile: (machine: string) => SiteFile | undefined
  /** Forgets the profile of a machine, which is read again when it is asked for. */
  readonly forget: (machine: string) => void
  /** A template by name; with `after`, the next one of that name behind that file on the load path. */
  readonly template: (name: string, after?: string) => FoundTemplate
  readonly templateNames: () => readonly string[]
  /** The text template (.hbs) of a name, the first on the load path; undefined where there is none that can be read. */
  readonly textTemplate: (name: string) => TextFile | undefined
  /** The YAML files of the site itself: xenclosure.yaml, profiles, and what stands on its load path. */
  readonly ownFiles: () => readonly string[]
  /** Whether a file is one of the package's standard templates. */
  readonly isStandard: (file: string) => boolean
  /** The rules of the site's own: what stands in policies/ of the directories on its load path. */
  readonly policies: () => readonly SiteFile[]
  /** What the site expects of itself: test/site/**\/*.yaml. */
  readonly expectations: () => readonly SiteFile[]
  /** JSON files that stand on the load path under this name, nearest first (variables.schema.json). */
  readonly jsonFiles: (name: string) => readonly (JsonFile & { readonly value: Json })[]
  /** The schemas of the site's own components; a value is undefined where it could not be read, which was reported. */
  readonly componentSchemas: () => readonly (JsonFile & { readonly component: string })[]
  /** xenclosure.lock.yaml, where there is one. */
  readonly lock: () => SiteFile | undefined
  /** A file of the site that stands beside xenclosure.yaml, as it is; undefined where there is none. */
  readonly text: (name: string) => string | undefined
  /** A line of a file that was read, for showing it under a diagnostic. */
  readonly sourceLine: (file: string, line: number) => string | undefined
  /** The digest of every file that was read so far. */
  readonly digests: ReadonlyMap<string, string>
}

/** What is known of a site already. Profiles that are known are not looked for; of which few are asked for, one by one. */
export type KnownSite = KnownFiles & { readonly profiles?: Profiles | 'one by one' }

const siteKeys = ['site', 'loadpath', 'variables']

/** Opens the site in a directory or above it. Undefined where there is none; why stands in `problems`. */
export const openNearestSite = (dir: string, problems: Problems, known: KnownSite = {}): Site | undefined => {
  if (!existsSync(dir)) {
    problems.error('usage', `there is no directory ${dir}`)
    return undefined
  }
  const root = findSite(dir)
  if (root !== undefined) return openSite(root, problems, known)
  const hint = 'run inside a site, name one with --site, or make one: xenclosure init DIR'
  problems.error('usage', `there is no xenclosure.yaml in ${dir} or above`, { hint })
  return undefined
}

/** Opens the site in a directory. Undefined where xenclosure.yaml itself is wrong; why stands in `problems`. */
export const openSite = (dir: string, problems: Problems, known: KnownSite = {}): Site | undefined => {
  const files = fileReader(dir, problems, known)
  const config = files.yaml(join(dir, 'xenclosure.yaml'))
  if (config.root === undefined) return undefined
  const settings = readSettings(dir, config.root, problems)
  if (settings === undefined) return undefined
  const standard = join(packageRoot(), 'templates')
  const directories = [...new Set([...settings.loadpath.map(path => resolve(dir, path)), standard])]
  const isExample = resolve(dir) === packageRoot()
  const hidden = isExample ? undefined : join(standard, 'site') + sep
  const profiles = profilesOf(dir, files, problems, known)
  const foundTemplates = new Map<string, FoundTemplate>()
  let templateNames: readonly string[] | undefined
  let policies: readonly SiteFile[] | undefined
  return {
    name: settings.name,
    dir,
    config,
    loadpath: directories.map(path => files.shown(path)),
    isLoadpathWhole: settings.isDefaultLoadpath || directories.every(path => existsSync(path)),
    layer: settings.layer,
    variables: settings.variables,
    profiles,
    profile: name => {
      const file = profiles.get(name)
      return file === undefined ? undefined : files.yaml(join(dir, file))
    },
    forget: name => {
      const file = profiles.get(name)
      if (file !== undefined) files.forget(join(dir, file))
    },
    template: (name, after) => {
      const key = `${name}\n${after}`
      const found = foundTemplates.get(key) ?? findTemplate(name, after, directories, hidden, files)
      foundTemplates.set(key, found)
      return found
    },
    templateNames: () => {
      templateNames ??= directories.flatMap(path => templatesBelow(path, hidden, files)).sort(byCodeUnit)
      return templateNames
    },
    textTemplate: name => findTextTemplate(name, directories, hidden, files),
    ownFiles: () => {
      const below = ['profiles', ...settings.loadpath].flatMap(path => yamlFilesBelow(resolve(dir, path), files))
      return [...new Set([config.file, ...below.map(files.shown)])]
    },
    isStandard: file => {
      const path = resolve(dir, file)
      const inPackage = path.startsWith(standard + sep) && !path.startsWith(join(standard, 'site') + sep)
      return isOfPackage(file) || inPackage
    },
    policies: () => {
      if (policies === undefined) tellMisplacedPolicies(dir, settings.loadpath, files, problems)
      policies ??= settings.loadpath
        .flatMap(path => allFilesBelow(resolve(dir, path, policyFolder), files, problems))
        .map(files.yaml)
      return policies
    },
    expectations: () => allFilesBelow(join(dir, 'test/site'), files, problems).map(files.yaml),
    jsonFiles: name =>
      [dir, ...directories].flatMap(path => {
        const file = files.json(join(path, name))
        return file?.value === undefined ? [] : [{ ...file, value: file.value }]
      }),
    componentSchemas: () =>
      files.list(join(dir, 'components')).flatMap(({ name }) => {
        const schema = files.json(join(dir, 'components', name, 'schema.json'))
        return schema === undefined ? [] : [{ component: name, ...schema }]
      }),
    lock: () => (isThere(join(dir, lockFile)) ? files.yaml(join(dir, lockFile)) : undefined),
    text: name => (isThere(join(dir, name)) ? files.text(join(dir, name))?.text : undefined),
    sourceLine: files.line,
    digests: files.digests,
  }
}

const profilesOf = (dir: string, files: FileReader, problems: Problems, { profiles }: KnownSite): Profiles => {
  if (profiles === 'one by one') return profilesOneByOne(dir, files, problems)
  return profiles ?? findProfiles(dir, files, problems)
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
  const loadpath = entry('loadpath')
  const isDefaultLoadpath = loadpath === undefined
  return { name, loadpath: readLoadpath(dir, loadpath, problems), isDefaultLoadpath, layer, variables: node }
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
