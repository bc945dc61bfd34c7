import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import t from 'tap'
import { parse } from 'yaml'
import { editorSchema } from '../../../src/compiler/inspect/editor-schema.js'
import { packageRoot } from '../../../src/compiler/package-root.js'
import { loadYaml, type Yaml } from '../../../src/compiler/parse/load.js'
import { parseTag, tagNames } from '../../../src/compiler/parse/tags.js'
import { collectProblems } from '../../../src/compiler/problems.js'
import { openNearestSite } from '../../../src/compiler/site/site.js'
import type { Json } from '../../../src/model/json.js'

const problems = collectProblems()
const site = openNearestSite(packageRoot(), problems)
if (site === undefined) throw new Error('the example is no site')
const schema = editorSchema(site, problems)
const validate = new Ajv({ strict: false, allErrors: true }).compile(schema)

/** A file as an editor hands it to its schema: a scalar with a tag is text. */
const seen = (yaml: Yaml, tagged: boolean): Json => {
  if (yaml.shape === 'list') return yaml.items.map(item => seen(item, tagged))
  if (yaml.shape === 'map') return Object.fromEntries(yaml.entries.map(({ key, value }) => [key, seen(value, tagged)]))
  return tagged && yaml.tag.strength !== undefined ? yaml.source : yaml.value
}

const faults = (text: string): readonly string[] => {
  const yaml = loadYaml('a.yaml', text, collectProblems())
  if (yaml === undefined) throw new Error(`no YAML: ${text}`)
  const values = [seen(yaml, false), seen(yaml, true)]
  return values.flatMap(value =>
    validate(value) ? [] : (validate.errors ?? []).map(error => `${error.instancePath} ${error.keyword}`),
  )
}

t.test('every profile and template of the example passes', async t => {
  const policies = site.policies().map(({ file }) => file)
  const files = site.ownFiles().filter(file => file !== 'xenclosure.yaml' && !policies.includes(file))
  t.ok(files.length > 20)
  for (const file of files) t.same(faults(readFileSync(join(packageRoot(), file), 'utf8')), [], file)
  t.same(problems.list(), [])
})

const options = (text: string) => `software: { components: { xen: { domains: { a: { options: { ${text} } } } } } }`

t.test('what the language allows passes, what it does not is marked', async t => {
  const right = [
    'include: [a, { template: b, with: { X: 1 }, when: X }]',
    'parameters: { X: { type: string }, Y: { default: 1 } }',
    'hardware: !replace { ram: !append [{ size: 2 GiB }] }',
    'hardware: { ram: "${RAM}", cpu: [{ cores: !default 2 }] }',
    'system: { enclosure: { type: "${TYPE}", maxchildren: "${= N + 1 }" } }',
    'system: { os: { release: 12 }, enclosure: { maxchildren: !force 4 } }',
    'software: { components: { lvm: { groups: { "${NAME}": { devices: "${D}" } } } } }',
    options('memory: 4 GiB, vcpus: 2'),
    options('memory: "${RAM}", cpu_weight: !default 256'),
    'variables: { XEN_RAM: { default: 1 GiB, ce: 2 GiB }, XEN_VG: vg }',
  ]
  for (const text of right) t.same(faults(text), [], text)
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['sytem: {}', /^ additionalProperties/],
    ['include: [{ templat: a }]', /^\/include\/0 /],
    ['variables: { XEN_RAMM: 1 }', /^\/variables additionalProperties/],
    ['hardware: { ram: [{ siez: 1 }] }', /^\/hardware\/ram\/0 additionalProperties/],
    ['hardware: { cpu: [{ cores: two }] }', /^\/hardware\/cpu\/0\/cores pattern/],
    ['hardware: { ram: [{ size: 2 G }] }', /^\/hardware\/ram\/0\/size pattern/],
    ['hardware: { cpu: {} }', /^\/hardware\/cpu type/],
    ['system: { enclosure: { type: hypervizor } }', /^\/system\/enclosure\/type enum/],
    ['software: { components: { xne: {} } }', /^\/software\/components additionalProperties/],
    [options('memroy: 3'), /options additionalProperties/],
  ]
  for (const [text, fault] of wrong) t.match(faults(text)[0], fault, text)
})

t.test('it says what keys are for', async t => {
  t.match(schema, { properties: { hardware: { properties: { model: { description: /maker/ } } } } })
  t.match(schema, { properties: { variables: { properties: { XEN_VG: { description: /volume group/ } } } } })
})

t.test("the editor's settings in the documentation name the tags of the language", async t => {
  const [, settings = ''] =
    /```json \.vscode\/settings\.json\n([^`]*)```/.exec(readFileSync(join(packageRoot(), 'docs/editors.md'), 'utf8')) ??
    []
  const tags = parse(settings)['yaml.customTags'] as readonly string[]
  const names = tags.map(tag => tag.split(' ')[0] ?? '')
  for (const name of names) t.ok(parseTag(name), name)
  for (const name of tagNames) t.ok(names.includes(name), name)
})
