// include: a profile -> the layers that make the machine, weakest first: includes in the order written, depth first,
// then the file's own body. What is included may depend on parameters and on the profile's own variables alone.
import type { Position } from '../../model/diagnostic.js'
import { isSpelt } from '../parse/language-keys.js'
import { asWritten, type BuiltLayer, buildLayer, buildNode, type Include } from '../parse/layer.js'
import type { YamlMap } from '../parse/load.js'
import { emptyNode, type Layer, type Node } from '../parse/node.js'
import { countTold, forMachine, type Problems } from '../problems.js'
import { type VariableDeclarations, variablesSchema } from '../schema/variables.js'
import type { SiteFile } from '../site/file-reader.js'
import type { Site } from '../site/site.js'
import { didYouMean } from '../suggest.js'
import { type Beginning, firstBeginning, prolong, type Ranks, ranksAfter } from './beginnings.js'
import { type EarlyVariables, fillInsOf } from './early.js'
import { type Folded, fold } from './fold.js'
import { createMerge, merge } from './merge.js'
import { createTemplates, type Step, type Templates } from './templates.js'

/** A machine as its files say it, before anything is folded. */
export type Composition = {
  readonly name: string
  /** Of every layer: what decides who is later. */
  readonly ranks: Ranks
  readonly variables: Node
  readonly body: Node
  /** Of the profile: where a mistake is shown that has no line of its own. */
  readonly position: Position
  /** Every file that takes part, once for each place that includes it; the profile itself comes first. */
  readonly inclusions: readonly Inclusion[]
  /** False where a file of it could not be read or an include is missing: what follows would be noise. */
  readonly complete: boolean
}

export type Inclusion = {
  readonly name: string
  readonly file: SiteFile
  /** Of the include; the profile has none. */
  readonly position: Position | undefined
}

/**
 * Composes the machines of a site. Layers that are the same for many machines are built once, and what they come to
 * together, in the order of includes, is merged once.
 */
export const createComposer = (site: Site, declarations: VariableDeclarations, problems: Problems) => {
  const common: Common = { templates: createTemplates(), mergeCommon: createMerge() }
  const first = firstBeginning({ layer: site.layer, variables: site.variables, body: emptyNode })
  const schema = variablesSchema(declarations)
  return (name: string): Composition | undefined => {
    const profile = site.profile(name)
    if (profile === undefined) return undefined
    const walk: Walk = {
      ...{ site, common },
      problems: countTold(forMachine(problems, name)),
      beginning: first,
      built: [],
      inclusions: [{ name, file: profile, position: undefined }],
      seen: new Set(),
      early: { folded: () => undefined, schema },
      complete: true,
    }
    if (isReadable(walk, profile)) visitProfile(walk, name, profile)
    return {
      name,
      ranks: ranksAfter(walk.beginning, walk.built),
      variables: mergeLayers(walk, ({ variables }) => variables),
      body: mergeLayers(walk, ({ body }) => body),
      position: { file: profile.file, line: 1, column: 1 },
      inclusions: walk.inclusions,
      complete: walk.complete,
    }
  }
}

/** What all machines of a site share. */
type Common = {
  readonly templates: Templates
  readonly mergeCommon: (first: Node, second: Node) => Node
}

/** Those at the head come to one tree that all machines share that have them. */
const mergeLayers = ({ beginning, built, common }: Walk, tree: (layer: Trees) => Node): Node => {
  const own = built.findIndex(({ isCommon }) => !isCommon)
  const trees = built.map(({ layer }) => tree(layer))
  const ofAll = own < 0 ? trees : trees.slice(0, own)
  return merge([ofAll.reduce(common.mergeCommon, tree(beginning)), ...trees.slice(ofAll.length)])
}

type Trees = Pick<BuiltLayer, 'variables' | 'body'>

/** Deeper than any site; shallow enough for the recursion. */
const maxDepth = 100

type Walk = {
  readonly site: Site
  readonly common: Common
  readonly problems: Problems & { readonly count: () => number }
  /** The layers at the head, as far as they are the same for every machine with these includes. */
  beginning: Beginning
  /** Those behind it, and what tells them apart. */
  built: Step[]
  seen: Set<string>
  readonly inclusions: Inclusion[]
  /** The variables that includes may use: the site's and the profile's own. */
  early: EarlyVariables
  complete: boolean
}

/** A file that is being included, and the way to it, for cycles and for shadowing. */
type Includer = { readonly name: string; readonly file: string }

type ReadFile = SiteFile & { readonly root: YamlMap }

/** Whether what a file says can be known; why not has been reported. */
const isReadable = (walk: Walk, file: SiteFile): file is ReadFile => {
  const { root } = file
  if (root !== undefined && isSpelt(root, walk.problems)) return true
  walk.complete = false
  return false
}

const visitProfile = (walk: Walk, name: string, file: ReadFile) => {
  const { problems } = walk
  const layer: Layer = { name, parameters: new Map(), isOfOne: true }
  const declaration = file.root.entries.find(entry => entry.key === 'parameters')
  if (declaration !== undefined) {
    const hint = 'a profile is included by nobody: set variables'
    problems.error('include-parameters', 'only templates take parameters', { position: declaration.position, hint })
  }
  let early: Folded | undefined
  walk.early = { ...walk.early, folded: () => (early ??= foldEarly(walk, layer, file.root)) }
  const built = buildLayer(file.root, { layer, fillIn: fillInsOf(layer, walk.early, problems), problems })
  followIncludes(walk, { layer: built, isCommon: false }, [{ name, file: file.file }], followFirst)
}

/** What a layer includes comes before it. */
const followIncludes = (walk: Walk, step: Step, way: readonly Includer[], followOne = follow): void => {
  for (const include of step.layer.includes) {
    if (include === undefined) walk.complete = false
    else followOne(walk, include, step, way)
  }
  walk.built.push(step)
}

/**
 * An include of the profile itself: where all is shared that the machine has so far, what it brings is found once for all of them.
 * (A template that includes the profile is a circle in every machine that includes it.)
 */
const followFirst = (walk: Walk, include: Include, step: Step, way: readonly Includer[]): void => {
  const { template, position } = include
  const isShared = walk.built.length === 0 && include.parameters === undefined && template !== way[0]?.name
  const known = isShared ? walk.beginning.next.get(template) : undefined
  if (known !== undefined) {
    const [first, ...others] = known.inclusions
    if (first !== undefined) walk.inclusions.push({ ...first, position }, ...others)
    walk.beginning = known.beginning
    return
  }
  const [toldBefore, includedBefore] = [walk.problems.count(), walk.inclusions.length]
  follow(walk, include, step, way)
  if (isShared && walk.complete && walk.problems.count() === toldBefore && walk.built.every(({ isCommon }) => isCommon))
    begin(walk, template, walk.inclusions.slice(includedBefore))
}

/** What was built so far is how machines begin that include the same. */
const begin = (walk: Walk, template: string, inclusions: readonly Inclusion[]): void => {
  const beginning = prolong(walk.beginning, walk.built, walk.seen, walk.common.mergeCommon)
  walk.beginning.next.set(template, { beginning, inclusions })
  walk.beginning = beginning
  walk.built = []
  walk.seen = new Set()
}

/** The profile's own variables are read before its includes, which may use them; what is wrong with them is said later. */
const foldEarly = ({ site, early, problems }: Walk, layer: Layer, root: YamlMap): Folded | undefined => {
  const silent: Problems = { ...problems, error: () => undefined, warning: () => undefined }
  const variables = root.entries.find(entry => entry.key === 'variables')?.value
  const isMap = variables?.shape === 'map'
  const own = isMap ? buildNode(variables, { layer, fillIn: asWritten, problems: silent }) : emptyNode
  const ranks = new Map([site.layer, layer].map((one, rank) => [one, rank]))
  return fold(merge([site.variables, own]), early.schema, { machine: layer.name, ranks, problems: silent })
}

/** A template is named without its directory on the load path, and without the end of its file's name. */
const asNamed = (template: string, loadpath: readonly string[]): string => {
  const above = loadpath.find(path => template.startsWith(`${path}/`))
  return (above === undefined ? template : template.slice(above.length + 1)).replace(/\.yaml$/, '')
}

const follow = (walk: Walk, include: Include, step: Step, way: readonly Includer[]): void => {
  const { site, problems } = walk
  const { template, position } = include
  const includer = way.at(-1)
  const found = site.template(template, includer?.name === template ? includer.file : undefined)
  if (found.kind !== 'file') {
    walk.complete = false
    if (found.kind === 'outside') {
      const hint = 'a template is named by its path below a directory of the load path'
      problems.error('include-outside', `include ${template} leaves the site`, { position, hint })
    } else if (site.isLoadpathWhole) {
      const hint =
        didYouMean(asNamed(template, site.loadpath), site.templateNames()) ??
        `looked for ${template}.yaml in ${site.loadpath.join(', ')}`
      problems.error('include-missing', `there is no template ${template}`, { position, hint })
    }
    return
  }
  if (way.some(step => step.file === found.file.file)) {
    walk.complete = false
    const cycle = [...way.slice(way.findIndex(step => step.file === found.file.file)).map(step => step.name), template]
    problems.error('cycle', `templates include each other: ${cycle.join(' -> ')}`, { position })
    return
  }
  if (way.length > maxDepth) {
    walk.complete = false
    problems.error('cycle', `templates include each other more than ${maxDepth} deep`, { position })
    return
  }
  walk.inclusions.push({ name: template, file: found.file, position })
  if (!isReadable(walk, found.file)) return
  const { templates } = walk.common
  const taken = templates.taken(found.file, include, step, problems)
  if (taken === undefined) {
    walk.complete = false
    return
  }
  if (walk.beginning.keys.has(taken.key) || walk.seen.has(taken.key)) return
  walk.seen.add(taken.key)
  const layer = templates.layer(taken, found.file, walk.early, problems)
  followIncludes(walk, layer, [...way, { name: template, file: found.file.file }])
}
