// What must hold of merging, whatever the files are.
import fc from 'fast-check'
import t from 'tap'
import { merge } from '../../../src/compiler/compose/merge.js'
import { asWritten, buildNode } from '../../../src/compiler/parse/layer.js'
import { loadYaml } from '../../../src/compiler/parse/load.js'
import { type Layer, type Node, type Operation, type Strength, strengths } from '../../../src/compiler/parse/node.js'
import { collectProblems } from '../../../src/compiler/problems.js'
import { canonicalJson } from '../../../src/model/json.js'
import { valueAt } from '../../../src/model/pointer.js'
import { workbench } from '../../fixtures/composed.js'
import { runs } from '../../property-runs.js'
import { printFile, printWritten } from '../print-site.js'
import { plainMap, randomBody, schemaOf } from '../random-site.js'
import type { Written, WrittenFile, WrittenInclude } from '../reference-model.js'

const schema = schemaOf()
/** A file by itself, as operations. */
const nodeOf = (name: string, written: Written): Node => {
  const layer: Layer = { name, parameters: new Map() }
  const problems = collectProblems()
  const yaml = loadYaml(name, printWritten(written), problems)
  if (yaml === undefined) throw new Error(`${name}: ${JSON.stringify(problems.list())}`)
  return buildNode(yaml, { layer, fillIn: asWritten, problems })
}

/** Every operation with the path that it stands under, in order. */
const operationsIn = (node: Node, pointer = ''): ReadonlyMap<string, readonly Operation[]> =>
  new Map([
    [pointer, node.operations],
    ...Object.entries(node.keys).flatMap(([key, child]) => [...operationsIn(child, `${pointer}/${key}`)]),
  ])

/** The same trees in the same order, grouped as the numbers say. */
const mergeGrouped = (trees: readonly Node[], numbers: readonly number[]): Node => {
  const [first, ...more] = numbers
  if (first === undefined || trees.length < 2) return merge(trees)
  const begin = first % (trees.length - 1)
  const pair = merge(trees.slice(begin, begin + 2))
  return mergeGrouped([...trees.slice(0, begin), pair, ...trees.slice(begin + 2)], more)
}

t.test('merging is associative, and keeps every operation with its origin in its order', async () => {
  const files = fc.array(randomBody([]), { minLength: 2, maxLength: 5 })
  fc.assert(
    fc.property(files, fc.array(fc.nat(), { maxLength: 4 }), (bodies, numbers) => {
      const trees = bodies.map((body, index) => nodeOf(`file${index}`, body))
      const merged = operationsIn(mergeGrouped(trees, numbers))
      const each = trees.map(tree => operationsIn(tree))
      for (const pointer of new Set(each.flatMap(one => [...one.keys()]))) {
        const expected = each.flatMap(one => one.get(pointer) ?? [])
        const is = merged.get(pointer) ?? []
        if (is.length !== expected.length || is.some((operation, index) => operation !== expected[index]))
          throw new Error(`${pointer}: ${is.length} operations of ${expected.length}, or others, or in another order`)
      }
      const all = new Set(each.flatMap(one => [...one.values()].flat()))
      for (const operation of [...merged.values()].flat())
        if (!all.has(operation)) throw new Error('an operation that no file wrote')
    }),
    runs(1000),
  )
})

/** A template somewhere below the profile, and how strongly it sets the one value that all of them set. */
type Placed = { readonly below: number; readonly strength: Strength; readonly tagsMap: boolean }

t.test('the strongest counts, and of those the last, at whatever depth of includes it stands', async t => {
  const compose = workbench(t.testdir())
  const placed: fc.Arbitrary<Placed> = fc.record({
    below: fc.nat(),
    strength: fc.constantFrom(...strengths),
    tagsMap: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(placed, { minLength: 1, maxLength: 8 }), all => {
      // The profile is 0; every other file is included by one before it.
      const parents = all.map(({ below }, index) => (index === 0 ? -1 : below % index))
      const childrenOf = (index: number) => [...all.keys()].filter(child => parents[child] === index)
      const inOrder = (index: number): readonly number[] => [...childrenOf(index).flatMap(inOrder), index]
      const files = all.map(({ strength, tagsMap }, index) => {
        const tag = strength === 'plain' ? {} : { strength }
        const set = (value: number): Written => ({ kind: 'set', shape: 'scalar', value, ...(tagsMap ? {} : tag) })
        const map = (value: number): Written => ({ ...plainMap([['x', set(value)]]), ...(tagsMap ? tag : {}) })
        const include = childrenOf(index).map(child => `t${child}`)
        return `include: [${include}]\nvariables: {V: ${printWritten(map(100 + index))}}\na: ${printWritten(map(index))}\nv: "\${V}"\n`
      })
      const { values, diagnostics } = compose(
        {
          'xenclosure.yaml': 'site: test\nvariables: {V: {x: !default 99}}\n',
          ...Object.fromEntries(
            files.map((text, index) => [index === 0 ? 'profiles/m.yaml' : `templates/t${index}.yaml`, text]),
          ),
          'templates/unused.yaml': '',
        },
        schema,
      )
      const order = inOrder(0)
      const strongest = Math.max(...all.map(({ strength }) => strengths.indexOf(strength)))
      const last = order.findLast(index => strengths.indexOf(all[index]?.strength ?? 'default') === strongest) ?? -1
      const value = values.get('m')
      const found = [valueAt(value, ['a', 'x']), valueAt(value, ['v', 'x']), diagnostics.length]
      if (JSON.stringify(found) !== JSON.stringify([last, 100 + last, 0]))
        throw new Error(`is ${found}; expected ${last}\n${files.join('---\n')}`)
    }),
    runs(1000),
  )
})

t.test('the order of includes that set no path and no variable in common changes nothing', async t => {
  const compose = workbench(t.testdir())
  const names = [0, 1, 2, 3].map(index => `W${index}`)
  const texts = names.flatMap(name => [`\${${name}}`, `of ${name}: \${${name}}`])
  const template = fc.record({ body: randomBody(texts), variable: fc.nat({ max: 99 }), shared: randomBody([]) })
  const templates = fc.tuple(template, template, template, template)
  const orders = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 })
  fc.assert(
    fc.property(templates, orders, (drafts, order) => {
      const files = drafts.map(({ body, variable, shared }, index): WrittenFile => {
        const at = (name: string, map: Written): readonly [string, Written] => [`${name}${index}`, map]
        return {
          parameters: {},
          include: [],
          variables: plainMap([at('W', { kind: 'set', shape: 'scalar', value: variable })]),
          body: plainMap([at('own', body), ['common', plainMap([at('part', shared)])]]),
        }
      })
      const of = (includes: readonly number[]) => {
        const include = includes.map((index): WrittenInclude => ({ template: `t${index}` }))
        const profile: WrittenFile = { parameters: {}, include, variables: plainMap([]), body: plainMap([]) }
        const entries = files.map((file, index) => [`templates/t${index}.yaml`, printFile(file)])
        const all = {
          'xenclosure.yaml': 'site: test\n',
          'profiles/m.yaml': printFile(profile),
          ...Object.fromEntries(entries),
        }
        const { values, diagnostics } = compose(all, schema)
        const where = diagnostics.map(({ code, pointer, position }) => [
          code,
          pointer,
          position?.file ?? '',
          position?.line ?? 0,
        ])
        return canonicalJson([values.get('m') ?? null, where])
      }
      const [one, other] = [of([0, 1, 2, 3]), of(order)]
      if (one !== other) throw new Error(`${one}\n${other}\n${files.map(printFile).join('---\n')}`)
    }),
    runs(1000),
  )
})
