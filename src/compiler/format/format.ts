// fmt: a profile or template in the one layout that the site keeps: two spaces, lines of up to 120 columns, `{ a: b }`
// and `[a, b]`. Comments, blank lines, quotes, tags and anchors stay; what the file means never changes.
import {
  type Document,
  isNode,
  isPair,
  isScalar,
  Lexer,
  parseDocument,
  type Scalar,
  type ScalarTag,
  type Tags,
  visit,
  YAMLMap,
  YAMLSeq,
} from 'yaml'
import { type Json, sameJson } from '../../model/json.js'
import { loadYaml, type Yaml } from '../parse/load.js'
import { collectProblems, type Problems } from '../problems.js'

/** The text of a file laid out anew; undefined where it is no sound YAML file of a site: why stands in `problems`. */
export const formatFile = (file: string, text: string, problems: Problems): string | undefined => {
  const before = problems.list().length
  const meant = loadYaml(file, text, problems)
  if (meant === undefined || problems.list().length > before) return undefined
  const formatted = settle(text, maxPasses)
  const means = loadYaml(file, formatted, collectProblems())
  const isSame = means !== undefined && sameJson(meaningOf(means), meaningOf(meant))
  if (isSame && sameJson(commentsOf(formatted), commentsOf(text))) return formatted
  problems.error('syntax', 'this file cannot be laid out anew without changing it', { position: meant.position })
  return undefined
}

/** A comment at the head of lists in lists moves up one level at a time. */
const settle = (text: string, passes: number): string => {
  const formatted = formatYaml(text)
  return formatted === text || passes === 1 ? formatted : settle(formatted, passes - 1)
}
const maxPasses = 10

const formatYaml = (text: string): string => {
  const document = parseDocument(text, { schema: 'failsafe', customTags, version: '1.2', logLevel: 'silent' })
  if (document.contents === null) return text
  visit(document, { Scalar: (_, node) => keepBareTag(node, document), Map: padded, Seq: unpadded })
  return document.toString({ indent: 2, lineWidth: 120 })
}

/** What a file says, wherever it says it. */
const meaningOf = (yaml: Yaml): Json => {
  const tag = Object.values(yaml.tag).map(word => word ?? null)
  switch (yaml.shape) {
    case 'scalar':
      return [tag, yaml.value, yaml.source]
    case 'list':
      return [tag, yaml.items.map(meaningOf)]
    case 'map':
      return [tag, yaml.entries.map(({ key, value }) => [key, meaningOf(value)])]
  }
}

/** A scalar's text follows a mark of its own among the library's tokens, so a `#` in it is no comment. */
const commentsOf = (text: string): readonly string[] => {
  const tokens = [...new Lexer().lex(text)]
  return tokens
    .filter((token, index) => token.startsWith('#') && tokens[index - 1] !== '\x1f')
    .map(token => token.trimEnd())
}

/** A tag with nothing behind it (`!remove`), as the value of its node: the library would end the line with a space. */
class BareTag {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const bareTag: ScalarTag = {
  tag: 'bare-tag',
  default: true,
  identify: value => value instanceof BareTag,
  resolve: text => text,
  stringify: ({ value }) => (value as BareTag).text,
}

/** The failsafe schema takes every scalar as text, so that `0755`, `1.10` and `~` stay what was typed. */
const customTags = (tags: Tags): Tags => [bareTag, ...tags]

const keepBareTag = (node: Scalar, { directives }: Document): void => {
  if (!isScalar(node) || node.tag === undefined || node.source !== '' || node.type !== 'PLAIN') return
  node.value = new BareTag(directives?.tagString(node.tag) ?? node.tag)
  delete node.tag
}

/** A comment between a tag and the block below it goes to the block's first item: the library would put it first. */
const keepTagFirst = (node: YAMLMap | YAMLSeq): void => {
  const [first] = node.items
  const item = isPair(first) ? first.key : first
  if ((node.tag ?? node.anchor) === undefined || node.flow || !node.commentBefore || !isNode(item)) return
  item.commentBefore = [node.commentBefore, item.commentBefore].filter(Boolean).join('\n')
  delete node.commentBefore
}

/** The library pads both kinds of flow collections or neither. */
const padded = (_: unknown, node: YAMLMap): void => {
  keepTagFirst(node)
  node.toString = (context, ...rest) =>
    YAMLMap.prototype.toString.call(node, context && { ...context, flowCollectionPadding: ' ' }, ...rest)
}

const unpadded = (_: unknown, node: YAMLSeq): void => {
  keepTagFirst(node)
  node.toString = (context, ...rest) =>
    YAMLSeq.prototype.toString.call(node, context && { ...context, flowCollectionPadding: '' }, ...rest)
}
