// Runs one case through the compiler and says everything about it that must not be. No finding is the only good answer.
import { lstatSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { components } from '../../components/index.js'
import { type CompiledSite, compileSite, isSound } from '../../src/compiler/compile.js'
import { childrenOf, enclosures } from '../../src/compiler/enclose/enclosures.js'
import { formatFile } from '../../src/compiler/format/format.js'
import { explain } from '../../src/compiler/inspect/explain.js'
import { findUnused } from '../../src/compiler/inspect/unused.js'
import { usableNames, usesOf } from '../../src/compiler/inspect/usage.js'
import { packageRoot } from '../../src/compiler/package-root.js'
import { evaluateCel, namesInCel } from '../../src/compiler/parse/cel.js'
import { decode } from '../../src/compiler/parse/decode.js'
import { parsePath, parseText } from '../../src/compiler/parse/expression.js'
import { asWritten, buildLayer } from '../../src/compiler/parse/layer.js'
import { loadYaml } from '../../src/compiler/parse/load.js'
import { mentionsIn } from '../../src/compiler/parse/mentions.js'
import { parseTag } from '../../src/compiler/parse/tags.js'
import { collectProblems } from '../../src/compiler/problems.js'
import { readLock } from '../../src/compiler/site/lock.js'
import { isError } from '../../src/model/diagnostic.js'
import { namesBelow } from '../../src/model/enclosed.js'
import { canonicalJson, type Json, sameJson } from '../../src/model/json.js'
import { unescapeKey } from '../../src/model/pan/escape.js'
import { parsePointer, printPointer, valueAt } from '../../src/model/pointer.js'
import { parseQuantity } from '../../src/model/quantity.js'
import { schemaOf } from '../compiler/random-site.js'
import { composedIn } from '../fixtures/composed.js'
import { watchFiles } from './file-guard.js'
import type { FuzzCase, FuzzFile, SeededCase } from './fuzz-case.js'
import { randomOf } from './random.js'
import { misclassified, misplaced, misplacedIn, unpublishable } from './verdicts.js'

/** What is wrong; `dir` is where sites may be written. */
export const examine = ({ seed, of }: SeededCase, dir: string): readonly string[] => {
  try {
    return [...examineCase(of, seed, dir), ...pollution()]
  } catch (error) {
    return [`threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, ...pollution()]
  }
}

const examineCase = (of: FuzzCase, seed: number, dir: string): readonly string[] => {
  switch (of.kind) {
    case 'site':
      return examineSite(writeSite(dir, of.files), seed)
    case 'merge':
      return examineMerge(writeSite(dir, of.files))
    case 'yaml':
      return examineYaml(of.text)
    case 'text':
      return examineText(of.text)
  }
}

const prototypes = [Object.prototype, Array.prototype, String.prototype, Map.prototype, Function.prototype]
const propertiesOf = (): readonly string[] => prototypes.flatMap(prototype => Reflect.ownKeys(prototype).map(String))
const atFirst = propertiesOf()
const pollution = (): readonly string[] =>
  isDeepStrictEqual(propertiesOf(), atFirst) ? [] : ['a prototype has changed']

/** The site beside a directory that is none of its own, to which links and includes may try to get. */
const writeSite = (dir: string, files: readonly FuzzFile[]): string => {
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(join(dir, 'outside'), { recursive: true })
  writeFileSync(join(dir, 'outside/t.yaml'), 'hardware: { model: secret }\n')
  const site = join(dir, 'site')
  mkdirSync(site)
  for (const { path, form, content } of files) {
    const to = join(site, path)
    // There are no links to an empty path.
    if (isBlocked(site, path) || (form === 'link' && content === '')) continue
    mkdirSync(dirname(to), { recursive: true })
    if (form === 'link') symlinkSync(content, to)
    else writeFileSync(to, Buffer.from(content, form))
  }
  return site
}

/** Whether something that was written before stands in the way. */
const isBlocked = (site: string, path: string): boolean => {
  const above = path.split('/').map((_, index, parts) => join(site, ...parts.slice(0, index + 1)))
  return above.some((place, index) => {
    const isLast = index === above.length - 1
    if (lstatSync(place, { throwIfNoEntry: false }) === undefined) return false
    // Below a link to nowhere nothing can be written.
    const entry = statSync(place, { throwIfNoEntry: false })
    return isLast || !entry?.isDirectory()
  })
}

const examineSite = (site: string, seed: number): readonly string[] => {
  const roots = [site, packageRoot()]
  const { result, strayed } = watchFiles(roots, () => compileSite(site, components))
  const found = [...strayed, ...misplaced(result.diagnostics, site), ...misclassified(result)]
  const { compiled } = result
  if (compiled === undefined) return found
  for (const [name, document] of compiled.documents) found.push(...unpublishable(name, document))
  const asked = watchFiles(roots, () => askAround(compiled, isSound(result), seed))
  found.push(...asked.strayed, ...asked.result)
  if (seed % 8 === 0) {
    const again = compileSite(site, components)
    if (!isDeepStrictEqual(again.diagnostics, result.diagnostics)) found.push('other diagnostics the second time')
    const documents = ({ documents }: CompiledSite) => [...documents].map(([name, it]) => [name, canonicalJson(it)])
    if (again.compiled === undefined || !isDeepStrictEqual(documents(again.compiled), documents(compiled)))
      found.push('other documents the second time')
  }
  return found
}

const examineMerge = (site: string): readonly string[] => {
  const { result, strayed } = watchFiles([site, packageRoot()], () => composedIn(site, schemaOf()))
  if (result === undefined) return strayed
  const values = [...result.values].flatMap(([name, value]) => (value === undefined ? [] : unpublishable(name, value)))
  return [...strayed, ...misplaced(result.diagnostics, site), ...values]
}

/** Of a file, what the parser is given: nothing that decode refuses. */
const examineYaml = (written: string): readonly string[] => {
  const decoded = decode(new TextEncoder().encode(written))
  if (!decoded.ok) return []
  const { text } = decoded
  const problems = collectProblems()
  const root = loadYaml('a.yaml', text, problems)
  if (root !== undefined) {
    mentionsIn(root)
    readLock(root, problems)
    buildLayer(root, { layer: { name: 'a', parameters: new Map() }, fillIn: asWritten, problems })
  }
  const found = problems.list().flatMap(diagnostic => misplacedIn(diagnostic, text))
  if (root === undefined && !problems.list().some(isError)) found.push('not read, and nobody said why')
  const layout = collectProblems()
  const formatted = formatFile('a.yaml', text, layout)
  if (formatted === undefined && !layout.list().some(isError)) found.push('not laid out, and nobody said why')
  if (formatted !== undefined && formatFile('a.yaml', formatted, layout) !== formatted) found.push('fmt goes on')
  return found
}

const examineText = (text: string): readonly string[] => {
  const found: string[] = []
  const parsed = parseText(text)
  if (parsed.ok && parsed.parts.length === 0) found.push('a text of nothing')
  for (const part of parsed.ok ? parsed.parts : [])
    if (typeof part !== 'string' && part.kind === 'computed') found.push(...examineCel(part.expression))
  found.push(...examineCel(text))
  parsePath(text)
  parseTag(text)
  unescapeKey(text)
  for (const kind of ['size', 'duration'] as const) {
    const quantity = parseQuantity(text, { kind, unit: kind === 'size' ? 'MiB' : 's' })
    if (quantity.ok && !(Number.isSafeInteger(quantity.value) && quantity.value >= 0))
      found.push(`quantity ${quantity.value}`)
  }
  const path = parsePointer(text)
  if (!isDeepStrictEqual(parsePointer(printPointer(path)), path)) found.push('a pointer that is not what it was')
  return found
}

const examineCel = (expression: string): readonly string[] => {
  namesInCel(expression)
  const known: Readonly<Record<string, Json>> = { X: { y: 1 }, XEN_VG: 'vg', XEN_GUESTS: ['a', 'b'], NAME: '}' }
  const result = evaluateCel(expression, {
    named: name => (Object.hasOwn(known, name) ? known[name] : undefined),
    valueAt: reference => (reference.endsWith('x') ? undefined : { reference }),
  })
  if (result.ok) return unpublishable('cel', { value: result.value })
  return result.message === '' || result.message.includes('\n') ? ['a message of no line, or of many'] : []
}

const askAround = (compiled: CompiledSite, isSound: boolean, seed: number): readonly string[] => {
  const random = randomOf(seed)
  const found: string[] = []
  for (const [name, document] of compiled.documents) {
    for (let left = 5; left > 0; left -= 1) {
      const path = wander(random.below, document)
      const explanation = explain(compiled, name, printPointer(path))
      const told = explanation?.value
      if (told !== undefined && !sameJson(told, valueAt(document, path) ?? null))
        found.push(`explain ${name} ${printPointer(path)} tells of another value`)
    }
  }
  if (!isSound) return found
  enclosures(compiled).map(namesBelow)
  findUnused(compiled)
  for (const name of compiled.documents.keys()) childrenOf(compiled, name)
  const name = random.pickOf(usableNames(compiled))
  if (name !== undefined) usesOf(compiled, name)
  return found
}

/** A way down a document, perhaps one step too far. */
const wander = (below: (limit: number) => number, value: Json): readonly string[] => {
  if (typeof value !== 'object' || value === null) return below(4) === 0 ? ['none'] : []
  const entries: readonly (readonly [string, Json])[] = Object.entries(value)
  const entry = entries[below(entries.length + 1)]
  return entry === undefined ? [] : [entry[0], ...wander(below, entry[1])]
}
