// What templates are parsed into, kept as lines: most of what an edit of one machine reads is templates that have not changed, and
// to parse them anew takes longer than to compile the machine.
import type { Json, Scalar } from '../../model/json.js'
import { digestOf } from '../../model/seal.js'
import { decode } from '../parse/decode.js'
import { loadYaml, type Yaml, type YamlMap } from '../parse/load.js'
import { type Tag, untagged } from '../parse/tags.js'
import { collectProblems } from '../problems.js'
import type { Trace } from '../shares/trace.js'
import type { Parses } from '../site/file-reader.js'
import type { Kept } from './kept.js'
import { type Journal, type Lines, linesOf, printLine } from './lines.js'
import { contentOfFile } from './look.js'
import { ifWhole } from './segment.js'

/** Those that are kept behind those of this process; where what is kept is not whole, a file is parsed anew. */
export const keptParses = (lines: Lines, own: Parses = new Map()): Parses => ({
  get: file => own.get(file) ?? ifWhole(() => parseIn(lines, file)),
  set: (file, parse) => own.set(file, parse),
})

const parseIn = (lines: Lines, file: string): ReturnType<Parses['get']> => {
  const [[digest, packed] = []] = linesOf(lines, 'parse', file)
  if (digest === undefined || packed === undefined) return undefined
  return { digest: String(digest), file: { file, root: unpack(packed as Packed, file) as YamlMap } }
}

/** Of the templates of all machines. */
export const linesOfParses = (site: string, trace: Trace): readonly string[] =>
  templatesIn(trace).flatMap(file => lineOfParse(site, file, trace.digests.get(file)))

/** Of the templates that machines had which were compiled, where these are not as kept. */
export const parsesToChange = (
  site: string,
  trace: Trace,
  { kept, goneFiles }: { readonly kept: Kept; readonly goneFiles: readonly string[] },
): Journal => {
  const changed = templatesIn(trace).filter(file => trace.digests.get(file) !== kept.digest(file))
  const before = (file: string) => linesOf(kept.lines, 'parse', file).map(rest => printLine('parse', file, ...rest))
  return {
    gone: [...changed, ...goneFiles].flatMap(before),
    come: changed.flatMap(file => lineOfParse(site, file, trace.digests.get(file))),
  }
}

const templatesIn = ({ files }: Trace): readonly string[] => [
  ...new Set([...files.values()].flatMap(its => its.slice(1))),
]

/** None of a file that was saved since it was read, that has anything to tell, or that JSON cannot hold. */
const lineOfParse = (site: string, file: string, digest: string | undefined): readonly string[] => {
  const content = contentOfFile(site, file)
  if (content === undefined || digest !== digestOf(content)) return []
  const decoded = decode(content)
  const problems = collectProblems()
  const root = decoded.ok ? loadYaml(file, decoded.text, problems) : undefined
  if (root === undefined || problems.list().length > 0) return []
  const packed = pack(root)
  return packed === undefined ? [] : [printLine('parse', file, digest, packed as Json)]
}

type PackedTag = Tag | 0
/** Line, column, tag and value; the text where it is another one than that of the value. */
type PackedScalar = readonly ['scalar', number, number, PackedTag, Scalar, string?]
type PackedList = readonly ['list', number, number, PackedTag, readonly Packed[]]
type PackedMap = readonly ['map', number, number, PackedTag, readonly PackedEntry[]]
type PackedEntry = readonly [key: string, line: number, column: number, value: Packed]
/** A YAML node as JSON, without the name of its file. */
export type Packed = PackedScalar | PackedList | PackedMap

/** Undefined of what JSON cannot hold: `.inf`, `.nan`, `-0`. */
export const pack = (yaml: Yaml): Packed | undefined => {
  const { position, shape } = yaml
  const tag = yaml.tag === untagged ? 0 : yaml.tag
  const common = [position.line, position.column, tag] as const
  switch (shape) {
    case 'scalar': {
      const { value, source } = yaml
      if (typeof value === 'number' && !Object.is(JSON.parse(JSON.stringify(value)), value)) return undefined
      return String(value) === source ? [shape, ...common, value] : [shape, ...common, value, source]
    }
    case 'list': {
      const items = yaml.items.map(pack)
      return items.every(item => item !== undefined) ? [shape, ...common, items] : undefined
    }
    case 'map': {
      const entries = yaml.entries.map(({ key, position, value }) => {
        const packed = pack(value)
        return packed && ([key, position.line, position.column, packed] as const)
      })
      return entries.every(entry => entry !== undefined) ? [shape, ...common, entries] : undefined
    }
  }
}

export const unpack = (packed: Packed, file: string): Yaml => {
  const [shape, line, column, packedTag] = packed
  // JSON leaves out what is undefined.
  const tag = packedTag === 0 ? untagged : { ...packedTag, strength: packedTag.strength }
  const position = { file, line, column }
  switch (shape) {
    case 'scalar': {
      const [, , , , value, source = String(value)] = packed
      return { shape, position, tag, value, source }
    }
    case 'list':
      return { shape, position, tag, items: packed[4].map(item => unpack(item, file)) }
    case 'map': {
      const entries = packed[4].map(([key, line, column, value]) => ({
        key,
        position: { file, line, column },
        value: unpack(value, file),
      }))
      return { shape, position, tag, entries }
    }
  }
}
