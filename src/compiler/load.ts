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
  parse,
  parseDocument,
  type YAMLParseError,
  type Scalar as YamlScalar,
} from 'yaml'
import type { Position } from '../model/diagnostic.js'
import type { Scalar } from '../model/json.js'
import { aliasTargets } from './aliases.js'
import type { Problems } from './problems.js'
import { didYouMeanOrOneOf } from './suggest.js'
import { parseTag, type Tag, tagNames, untagged } from './tags.js'

/** A YAML node in the shape that the language needs. */
export type Yaml = YamlText | YamlList | YamlMap
type Common = { readonly position: Position; readonly tag: Tag }
export type YamlText = Common & { readonly shape: 'scalar'; readonly value: Scalar; readonly source: string }
export type YamlList = Common & { readonly shape: 'list'; readonly items: readonly Yaml[] }
export type YamlMap = Common & { readonly shape: 'map'; readonly entries: readonly YamlEntry[] }
export type YamlEntry = { readonly key: string; readonly position: Position; readonly value: Yaml }

/** Deeper than any configuration; shallow enough for every recursion that follows. */
const maxDepth = 100
/** With every use of an alias counted again: where an alias bomb ends. */
const maxNodes = 200_000

/** Parses one file. `undefined` where it holds no map that could be read; why stands in `problems`. */
export const loadYaml = (file: string, text: string, problems: Problems): YamlMap | undefined => {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    version: '1.2',
    resolveKnownTags: false,
    logLevel: 'error',
    prettyErrors: false, // each would show its line, however many errors a long line has
  })
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
  // Of a nesting that ended its recursion, the parser keeps what is above: read below, that says where it is too deep.
  const isTooDeep = document.errors.some(error => error.code === 'RESOURCE_EXHAUSTION')
  for (const error of isTooDeep ? [] : upToSyntaxError(document.errors)) {
    const duplicate = error.code === 'DUPLICATE_KEY'
    const message = unquotedExpression(text, error) ?? ownWords[error.code] ?? firstLine(error.message)
    problems.error(duplicate ? 'duplicate-key' : 'syntax', message, { position: at(error.pos[0]) })
  }
  if (document.errors.length > 0 && !isTooDeep) return undefined
  if (document.contents === null) return { shape: 'map', entries: [], tag: untagged, position: at(0) }
  const reader: Reader = { document, text, at, problems, nodes: 0, targets: undefined, alias: undefined }
  const read = readNode(document.contents, reader, 0)
  if (read === undefined || reader.nodes > maxNodes) return undefined
  if (read.tag !== untagged) {
    problems.error('tag-unknown', 'a whole file takes no tag', { position: read.position })
    return undefined
  }
  if (read.shape === 'map') return read
  problems.error('type', `a file of the site is a map, this is a ${read.shape}`, { position: read.position })
  return undefined
}

/** Behind the first place that is no YAML, the parser guesses: what it finds there follows from that one. */
const upToSyntaxError = (errors: readonly YAMLParseError[]): readonly YAMLParseError[] => {
  const sorted = [...errors].sort((a, b) => a.pos[0] - b.pos[0])
  const first = sorted.findIndex(error => error.code !== 'DUPLICATE_KEY')
  return first < 0 ? sorted : sorted.slice(0, first + 1)
}

/** Where the parser speaks to programmers. */
const ownWords: Readonly<Partial<Record<string, string>>> = {
  DUPLICATE_KEY: 'this key stands twice in one map',
  BLOCK_AS_IMPLICIT_KEY:
    'a key inside a value: a text with ": " lacks its quotes, or the next line is indented too far',
  MULTILINE_IMPLICIT_KEY: 'a key without its colon, or a text over several lines without quotes',
  MULTIPLE_DOCS: 'a file is one YAML document, and here a second one begins',
}

/** `{` ends a text inside `{ }`: YAML does not know what it is doing there. */
const unquotedExpression = (text: string, { pos: [offset] }: YAMLParseError): string | undefined =>
  text.slice(offset - 1, offset + 1) === '${' ? 'inside { } and [ ], a text with ${ is written in quotes' : undefined

const firstLine = (message: string): string =>
  (message.split('\n')[0] ?? '').replace(/^[A-Z](?=[a-z])/, c => c.toLowerCase())

type Reader = {
  readonly document: Document
  readonly text: string
  readonly at: (offset: number) => Position
  readonly problems: Problems
  nodes: number
  /** What aliases stand for, once there is one. */
  targets: ReadonlyMap<Alias, Node> | undefined
  /** The alias that is being read, for saying where an alias bomb was set off. */
  alias: Position | undefined
}

const readNode = (node: unknown, reader: Reader, depth: number): Yaml | undefined => {
  if (isAlias(node)) return readAlias(node, reader, depth)
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) throw new Error('a YAML node of no known kind')
  const position = reader.at(node.range?.[0] ?? 0)
  reader.nodes += 1
  if (reader.nodes > maxNodes || depth > maxDepth) {
    const limit =
      depth > maxDepth ? `nested deeper than ${maxDepth} levels` : `more than ${maxNodes} values, aliases included`
    if (reader.nodes <= maxNodes + 1)
      reader.problems.error('alias-limit', limit, { position: reader.alias ?? position })
    reader.nodes = maxNodes + 1
    return undefined
  }
  const tag = readTag(node.tag, node.range?.[0] ?? 0, reader)
  if (tag === undefined) return undefined
  if (isScalar(node)) return { shape: 'scalar', position, tag, ...readScalar(node, tag) }
  if (isSeq(node)) {
    const items = node.items.map(item => readNode(item, reader, depth + 1))
    return { shape: 'list', position, tag, items: items.filter(item => item !== undefined) }
  }
  const entries = node.items.map(pair => readEntry(pair, reader, depth))
  return { shape: 'map', position, tag, entries: entries.filter(entry => entry !== undefined) }
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

/** A tag stands before its value. */
const readTag = (name: string | undefined, valueOffset: number, reader: Reader): Tag | undefined => {
  const tag = parseTag(name)
  if (tag === undefined) {
    const written = reader.text.lastIndexOf(`${name}`, valueOffset)
    const position = reader.at(written < 0 ? valueOffset : written)
    reader.problems.error('tag-unknown', `unknown tag ${name}`, {
      position,
      hint: didYouMeanOrOneOf(`${name}`, tagNames),
    })
  }
  return tag
}

/** YAML reads a scalar with a tag of ours as text: what it would have been without the tag is read again. */
const readScalar = (node: YamlScalar, tag: Tag): { value: Scalar; source: string } => {
  const source = node.source ?? String(node.value ?? '')
  const plain = node.type === undefined || node.type === 'PLAIN'
  const value = plain && tag !== untagged && typeof node.value === 'string' ? parse(source) : node.value
  return { value: (value ?? null) as Scalar, source }
}

const readEntry = (pair: Pair, reader: Reader, depth: number): YamlEntry | undefined => {
  const position = reader.at(isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0)
  if (!isScalar(pair.key)) {
    reader.problems.error('type', 'a key is a word, not a list, a map or an alias', { position })
    return undefined
  }
  const key = pair.key.source ?? String(pair.key.value)
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
