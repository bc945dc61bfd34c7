// load: a file's text -> its YAML nodes with positions. YAML's own mistakes, and what a site may not hold at all
// (aliases without end, keys of JavaScript's object prototype), are reported here; meaning comes in layer.ts.
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
  type Scalar as YamlScalar,
} from 'yaml'
import type { Position } from '../../model/diagnostic.js'
import type { Scalar } from '../../model/json.js'
import type { Problems } from '../problems.js'
import { didYouMeanOrOneOf } from '../suggest.js'
import { aliasTargets } from './aliases.js'
import { maxDepth, parseYaml, tooDeep } from './parse-yaml.js'
import { readPlain } from './plain-scalar.js'
import { coreTag, coreTypes, parseTag, type Tag, tagNames, untagged } from './tags.js'

/** A YAML node in the shape that the language needs. */
export type Yaml = YamlText | YamlList | YamlMap
type Common = { readonly position: Position; readonly tag: Tag }
export type YamlText = Common & { readonly shape: 'scalar'; readonly value: Scalar; readonly source: string }
export type YamlList = Common & { readonly shape: 'list'; readonly items: readonly Yaml[] }
export type YamlMap = Common & { readonly shape: 'map'; readonly entries: readonly YamlEntry[] }
export type YamlEntry = { readonly key: string; readonly position: Position; readonly value: Yaml }

/** With every use of an alias counted again. */
const maxNodes = 200_000
/** Of these, by aliases: where an alias bomb ends, before it costs what a file of that size would. */
const maxByAliases = 20_000

/** Parses one file. `undefined` where it holds no map that could be read; why stands in `problems`. */
export const loadYaml = (file: string, text: string, problems: Problems): YamlMap | undefined => {
  const lines = linesOf(text)
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
  const parsed = parseYaml(text)
  if (!parsed.ok) {
    problems.error(parsed.code, parsed.message, { position: at(parsed.offset) })
    return undefined
  }
  const { document } = parsed
  if (isNothing(document.contents)) return { shape: 'map', entries: [], tag: untagged, position: at(0) }
  const reader: Reader = {
    ...{ document, text, at, problems },
    ...{ nodes: 0, byAliases: 0, isEnded: false, targets: undefined, alias: undefined },
  }
  const read = readNode(document.contents, reader, 0)
  if (read === undefined || reader.isEnded) return undefined
  if (read.tag !== untagged) {
    problems.error('tag-unknown', 'a whole file takes no tag', { position: read.position })
    return undefined
  }
  if (read.shape === 'map') return read
  problems.error('type', `a file of the site is a map, this is a ${read.shape}`, { position: read.position })
  return undefined
}

/** Not as the parser counts them: where it gives up, it has not come to the ends of all lines before. */
const linesOf = (text: string): LineCounter => {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1)
  return lines
}

/** A file of comments, or of `---` alone. */
const isNothing = (contents: unknown): boolean =>
  contents === null || (isScalar(contents) && contents.source === '' && contents.tag === undefined)

type YamlNode = YamlScalar | YAMLMap | YAMLSeq

type Reader = {
  readonly document: Document
  readonly text: string
  readonly at: (offset: number) => Position
  readonly problems: Problems
  nodes: number
  /** Of the nodes, those that an alias stands for. */
  byAliases: number
  /** A limit was passed, which has been reported: nothing more is read. */
  isEnded: boolean
  /** What aliases stand for, once there is one. */
  targets: ReadonlyMap<Alias, Node> | undefined
  /** The alias that is being read, for saying where an alias bomb was set off. */
  alias: Position | undefined
}

const readNode = (node: unknown, reader: Reader, depth: number): Yaml | undefined => {
  if (reader.isEnded) return undefined
  if (isAlias(node)) return readAlias(node, reader, depth)
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) throw new Error('a YAML node of no known kind')
  const position = reader.at(node.range?.[0] ?? 0)
  reader.nodes += 1
  if (reader.alias !== undefined) reader.byAliases += 1
  const limit = passedLimit(reader, depth)
  if (limit !== undefined) {
    reader.problems.error('alias-limit', limit, { position: reader.alias ?? position })
    reader.isEnded = true
    return undefined
  }
  const tag = readTag(node, reader)
  if (tag === undefined) return undefined
  if (isScalar(node)) {
    const scalar = readScalar(node, tag)
    if (!unwritable.test(scalar.source)) return { shape: 'scalar', position, tag, ...scalar }
    reader.problems.error('type', 'a text holds no \\0 and no half of a character (\\uD800)', { position })
    return undefined
  }
  if (isSeq(node)) {
    const items = node.items.map(item => readNode(item, reader, depth + 1))
    return { shape: 'list', position, tag, items: items.filter(item => item !== undefined) }
  }
  if (isPlaceholder(node)) {
    const hint = 'an expression is written ${NAME}; a text with braces stands in quotes'
    reader.problems.error('type', '{{ }} is a map that is the key of a map', { position, hint, isAll: true })
    return { shape: 'scalar', position, tag, ...unreadable }
  }
  return { shape: 'map', position, tag, entries: readEntries(node.items, reader, depth) }
}

const passedLimit = ({ nodes, byAliases }: Reader, depth: number): string | undefined => {
  if (depth > maxDepth) return tooDeep
  if (nodes > maxNodes) return `more than ${maxNodes} values, aliases included`
  return byAliases > maxByAliases ? `more than ${maxByAliases} values by aliases` : undefined
}

/** An expression without end: what waits for its value is told that there is none, and the user nothing more. */
const unreadable = { value: '${', source: '${' }

/** `{{ name }}`, which other languages have for what is to be filled in. */
const isPlaceholder = ({ items }: YAMLMap): boolean =>
  items.length === 1 && items.every(({ key, value }) => isMap(key) && key.flow === true && value === null)

/** Of a key that stands twice, the first one counts. */
const readEntries = (pairs: readonly Pair[], reader: Reader, depth: number): readonly YamlEntry[] => {
  const entries = new Map<string, YamlEntry>()
  for (const pair of pairs) {
    const entry = readEntry(pair, reader, depth)
    if (entry === undefined) continue
    const { key, position } = entry
    if (entries.has(key)) reader.problems.error('duplicate-key', 'this key stands twice in one map', { position })
    else entries.set(key, entry)
  }
  return [...entries.values()]
}

const readAlias = (alias: Alias, reader: Reader, depth: number): Yaml | undefined => {
  const outer = reader.alias
  reader.alias ??= reader.at(alias.range?.[0] ?? 0)
  reader.targets ??= aliasTargets(reader.document)
  const node = reader.targets.get(alias)
  if (node === undefined)
    reader.problems.error('syntax', `nothing is called &${alias.source} before`, { position: reader.alias })
  const read = node === undefined ? undefined : readNode(node, reader, depth)
  reader.alias = outer
  return read
}

/** Undefined where it is none of ours, or a type that the value has not: which has been reported. */
const readTag = (node: YamlNode, reader: Reader): Tag | undefined => {
  const { tag: name } = node
  const tag = parseTag(name)
  if (name === undefined || (tag !== undefined && fitsTag(node, name))) return tag
  const { written, offset } = writtenTag(name, node.range?.[0] ?? 0, reader.text)
  const hint = tag === undefined ? didYouMeanOrOneOf(written, tagNames) : undefined
  const message = tag === undefined ? `unknown tag ${written}` : `what stands here is no ${written}`
  reader.problems.error(tag === undefined ? 'tag-unknown' : 'type', message, { position: reader.at(offset), hint })
  return undefined
}

/** Whether a value is of the type that a tag of YAML's own core names. */
const fitsTag = (node: YamlNode, name: string): boolean => {
  const value = isScalar(node) ? node.value : undefined
  const type = [...coreTypes].find(known => name === coreTag(known))
  if (type === undefined) return true
  if (type === 'seq' || type === 'map') return type === 'seq' ? isSeq(node) : isMap(node)
  return { str: 'string', int: 'number', float: 'number', bool: 'boolean', null: 'object' }[type] === typeof value
}

/** A tag stands before its value: `!force`, YAML's own as `!!str`, or any as `!<...>`. */
const writtenTag = (name: string, valueOffset: number, text: string) => {
  const start = Math.max(0, valueOffset - name.length - longestGap)
  const before = text.slice(start, valueOffset)
  const forms = [`!<${name}>`, name.replace(coreTag(''), '!!'), name]
  const written = forms.find(form => before.includes(form))
  return written === undefined
    ? { written: name, offset: valueOffset }
    : { written, offset: start + before.lastIndexOf(written) }
}

/** Between a tag and its value: an anchor, a comment, a line end. */
const longestGap = 1000

/** What YAML can escape, and no file, command or JSON document of ours could hold. */
const unwritable = /[\0\p{Surrogate}]/u

/** YAML reads a scalar with a tag of ours as text: what it would have been without the tag is read again. */
const readScalar = (node: YamlScalar, tag: Tag): { value: Scalar; source: string } => {
  const source = node.source ?? String(node.value ?? '')
  const plain = node.type === undefined || node.type === 'PLAIN'
  const value = plain && tag !== untagged && typeof node.value === 'string' ? readPlain(source) : node.value
  return { value: (value ?? null) as Scalar, source }
}

const readEntry = (pair: Pair, reader: Reader, depth: number): YamlEntry | undefined => {
  const position = reader.at(isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0)
  if (!isScalar(pair.key)) {
    reader.problems.error('type', 'a key is a word, not a list, a map or an alias', { position })
    return undefined
  }
  const key = pair.key.source ?? String(pair.key.value)
  if (key === '' || pair.key.value === null || /[\p{Cc}\p{Surrogate}]/u.test(key)) {
    reader.problems.error('type', 'a key is a word: not nothing, and without control characters', { position })
    return undefined
  }
  if (pair.key.tag !== undefined) {
    reader.problems.error('tag-unknown', 'a key takes no tag', { position, hint: 'tags stand before the value' })
    return undefined
  }
  if (key in Object.prototype) {
    reader.problems.error('forbidden-key', `${key} cannot be a key`, { position, hint: 'choose another name' })
    return undefined
  }
  if (key === '<<') {
    reader.problems.error('forbidden-key', '<< (YAML merge) is not part of the language', {
      position,
      hint: 'put what is shared into a template and include it',
    })
    return undefined
  }
  const value =
    pair.value === null
      ? ({ shape: 'scalar', value: null, source: '', position, tag: untagged } as const)
      : readNode(pair.value, reader, depth + 1)
  return value === undefined ? undefined : { key, position, value }
}
