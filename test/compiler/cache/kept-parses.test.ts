// What is kept of a file is what it is parsed into, or nothing.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { stringify } from 'yaml'
import { pack, unpack } from '../../../src/compiler/cache/kept-parses.js'
import { packageRoot } from '../../../src/compiler/package-root.js'
import { loadYaml, type YamlMap } from '../../../src/compiler/parse/load.js'
import { collectProblems } from '../../../src/compiler/problems.js'
import { runs } from '../../property-runs.js'

const parsed = (text: string): YamlMap | undefined => loadYaml('a.yaml', text, collectProblems())

/** By way of the text that stands in the cache. */
const keptAndRead = (root: YamlMap) => {
  const packed = pack(root)
  return packed && unpack(JSON.parse(JSON.stringify(packed)), 'a.yaml')
}

t.test('the files of the example site and the standard templates', async t => {
  const below = (name: string): readonly string[] =>
    readdirSync(join(packageRoot(), name), { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.yaml'))
      .map(file => join(packageRoot(), name, file))
  const files = [...below('profiles'), ...below('templates')]
  t.ok(files.length > 50)
  for (const file of files) {
    const root = parsed(readFileSync(file, 'utf8'))
    if (root === undefined) t.fail(`${file} is not read`)
    else t.strictSame(keptAndRead(root), root, file)
  }
})

t.test('any values, as the YAML library prints them', async t => {
  const value = fc.letrec(tie => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
      fc.array(tie('value')),
      fc.dictionary(fc.string(), tie('value')),
    ),
  })).value
  let whole = 0
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), map => {
      const root = parsed(stringify(map))
      const read = root && keptAndRead(root)
      if (root === undefined || read === undefined) return
      whole += 1
      t.strictSame(read, root)
    }),
    runs(300),
  )
  t.ok(whole > 100, 'most can be kept', { whole })
})

t.test('tags, and texts that are not those of their values', async t => {
  const text = 'a: !force:append [0x1F, 1.10, "1", ~, yes]\nb: !remove\nc: !literal { d: "${X}" }\ne: !!str 12\n'
  const root = parsed(text)
  t.ok(root)
  if (root !== undefined) t.strictSame(keptAndRead(root), root)
})

t.test('what JSON cannot hold is not kept', async t => {
  for (const number of ['.inf', '-.inf', '.nan', '-0.0']) {
    const root = parsed(`a: { b: [1, ${number}] }\n`)
    t.ok(root, number)
    if (root !== undefined) t.equal(pack(root), undefined, number)
  }
})
