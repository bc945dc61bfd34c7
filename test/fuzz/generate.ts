// A seed -> a case: the example site with some of its files changed, a random site of the properties, one file, or the
// text of a scalar.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import fc from 'fast-check'
import { packageRoot } from '../../src/compiler/package-root.js'
import { filesOf } from '../compiler/print-site.js'
import { randomSite } from '../compiler/random-site.js'
import type { FuzzCase, FuzzFile } from './fuzz-case.js'
import { mutate } from './mutate.js'
import * as nasty from './nasty.js'
import { type Random, randomOf } from './random.js'

const example: readonly FuzzFile[] = ['xenclosure.yaml', 'xenclosure.lock.yaml', 'profiles', 'templates/site'].flatMap(
  part => filesBelow(join(packageRoot(), part)),
)

function filesBelow(path: string): readonly FuzzFile[] {
  if (statSync(path).isDirectory())
    return readdirSync(path)
      .sort()
      .flatMap(name => filesBelow(join(path, name)))
  return [utf8(relative(packageRoot(), path), readFileSync(path, 'utf8'))]
}

function utf8(path: string, content: string): FuzzFile {
  return { path, form: 'utf8', content }
}

/** Cheap cases make up for the seconds that a whole site takes. */
export const caseOf = (seed: number): FuzzCase => {
  const random = randomOf(seed)
  const draw = random.below(100)
  if (draw < 6) return { kind: 'site', files: changedSite(random, example) }
  if (draw < 30) return { kind: 'merge', files: changedSite(random, seededSite(seed)) }
  if (draw < 70) return { kind: 'yaml', text: changedText(random) }
  return { kind: 'text', text: words(random) }
}

const seededSite = (seed: number): readonly FuzzFile[] => {
  const [site] = fc.sample(randomSite, { seed, numRuns: 1 })
  return site === undefined ? [] : Object.entries(filesOf(site)).map(([path, content]) => utf8(path, content))
}

const texts = example.map(({ content }) => content)

const changedText = (random: Random): string => {
  if (random.chance(0.1)) return rawBytes(random, 1 + random.below(300))
  const text = random.pickOf(texts) ?? ''
  return mutate(random, text, texts)
}

const rawBytes = (random: Random, length: number): string =>
  Array.from({ length }, () => String.fromCharCode(random.below(256))).join('')

const words = (random: Random): string => {
  const parts = [
    ...nasty.expressions,
    ...nasty.values,
    ...nasty.keys,
    ...nasty.characters,
    ...nasty.tags,
    ...nasty.templates,
  ]
  const text = Array.from({ length: 1 + random.below(4) }, () => random.pickOf(parts) ?? '').join('')
  return random.chance(0.3) ? mutate(random, text, texts) : text
}

const changedSite = (random: Random, files: readonly FuzzFile[]): readonly FuzzFile[] => {
  let changed = files
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    changed = random.chance(0.75) ? changeOneText(random, changed) : random.pick(siteChanges)(random, changed)
  }
  return changed
}

const changeOneText = (random: Random, files: readonly FuzzFile[]): readonly FuzzFile[] => {
  const index = random.below(files.length)
  return files.map((file, at) =>
    at === index && file.form === 'utf8' ? { ...file, content: mutate(random, file.content, texts) } : file,
  )
}

type SiteChange = (random: Random, files: readonly FuzzFile[]) => readonly FuzzFile[]

/** One file taken out and put back changed. */
const withOne =
  (change: (random: Random, file: FuzzFile) => readonly FuzzFile[]): SiteChange =>
  (random, files) => {
    const index = random.below(files.length)
    return files.flatMap((file, at) => (at === index ? change(random, file) : [file]))
  }

const strange: readonly [string, ...string[]] = [
  'profiles/index.yaml',
  'profiles/-x.yaml',
  'profiles/a b.yaml',
  'profiles/.yaml',
  'profiles/__proto__.yaml',
  'profiles/toString.yaml',
  'profiles/ü.yaml',
  'profiles/deep/gridhost.yaml',
  'profiles/x.yaml/y.yaml',
  'templates/site/xen/host.yaml',
  'templates/xen/host.yaml',
  'near/t1.yaml',
  'templates/loop.yaml',
  'components/any/schema.json',
  'components/xen/schema.json',
  'components/__proto__/schema.json',
  'variables.schema.json',
]

const schemas: readonly [string, ...string[]] = [
  '',
  '{',
  'null',
  '[]',
  '{}',
  '{"type": "object", "properties": {"__proto__": {}}}',
  '{"type": "strin"}',
  '{"$ref": "#"}',
  '{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}',
  '{"$ref": "file:///etc/passwd"}',
  '{"patternProperties": {"(": {}}}',
  '{"type": "object", "patternProperties": {"^(a|a)*$": {"type": "integer"}}}',
  '{"type": "array", "x-merge": {"key": "constructor"}}',
  '{"allOf": [{"anyOf": []}]}',
  '{"X": {"doc": "x"}, "XEN_VG": {"doc": 1}, "__proto__": {"doc": "p"}}',
  '{"XEN_VG": {"doc": "x", "type": "integer", "perChild": true, "default": {"a": 1}}}',
  '{"$schema": "http://json-schema.org/draft-04/schema#", "id": "x"}',
  '{"$id": "https://example.org/x", "$dynamicRef": "#meta"}',
]

const siteChanges: readonly [SiteChange, ...SiteChange[]] = [
  withOne(() => []),
  withOne((_, file) => [{ ...file, content: '' }]),
  withOne((random, file) => [{ ...file, form: 'latin1', content: rawBytes(random, 1 + random.below(400)) }]),
  withOne((random, file) => [{ ...file, content: file.content.repeat(random.pick([2, 3, 50])) }]),
  withOne((random, file) => [file, { ...file, path: random.pick(strange) }]),
  withOne((_, file) => [{ ...file, form: 'link', content: '/etc/hostname' }]),
  withOne((random, file) => [
    file,
    {
      path: random.pick(['profiles/link.yaml', 'profiles/more', 'templates/more', 'components', 'near/more.yaml']),
      form: 'link',
      content: random.pick([
        '/etc',
        '/etc/hostname',
        '..',
        '.',
        '../xenclosure.yaml',
        'nowhere',
        '../../outside/t.yaml',
      ]),
    },
  ]),
  (random, files) => [
    ...files,
    utf8(
      random.pick([
        'components/any/schema.json',
        'components/xen/schema.json',
        'variables.schema.json',
        'templates/site/variables.schema.json',
      ]),
      random.pick(schemas),
    ),
  ],
  // Two files of one site in each other's place.
  (random, files) => {
    const [one, other] = [random.pickOf(files), random.pickOf(files)]
    return files.map(file => {
      if (file === one && other !== undefined) return { ...other, path: file.path }
      return file === other && one !== undefined ? { ...one, path: file.path } : file
    })
  },
]
