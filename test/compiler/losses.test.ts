// What the fold tells of every operation, for `explain`: that it counts, or what it lost to.
import fc from 'fast-check'
import t from 'tap'
import { type Folded, fold, type Gone } from '../../src/compiler/compose/fold.js'
import { merge } from '../../src/compiler/compose/merge.js'
import type { Layer, Node, Operation } from '../../src/compiler/parse/node.js'
import { strengths } from '../../src/compiler/parse/node.js'
import { collectProblems } from '../../src/compiler/problems.js'
import { viewSchema } from '../../src/compiler/schema/schema-view.js'
import { runs } from '../property-runs.js'

const layers: readonly Layer[] = [0, 1, 2].map(rank => ({ name: `layer ${rank}`, parameters: new Map() }))
const ranks = new Map(layers.map((layer, rank) => [layer, rank]))

const operation = (layer: Layer): fc.Arbitrary<Operation> =>
  fc
    .record({
      value: fc.integer({ min: 0, max: 9 }),
      strength: fc.constantFrom(...strengths),
      kind: fc.constantFrom('set' as const, 'remove' as const, 'replace' as const),
    })
    .map(({ value, strength, kind }) => {
      const position = { file: layer.name, line: value + 1, column: 1 }
      return { kind, strength, layer, position, value: { shape: 'scalar', value, source: `${value}`, literal: false } }
    })

const tree = (layer: Layer): fc.Arbitrary<Node> => {
  const map: Operation = {
    kind: 'set',
    strength: 'plain',
    layer,
    position: { file: layer.name, line: 1, column: 1 },
    value: { shape: 'map' },
  }
  const leaf = operation(layer).map((one): Node => ({ operations: [one], keys: {} }))
  const keys = (child: fc.Arbitrary<Node>) => fc.dictionary(fc.constantFrom('a', 'b', 'c'), child, { maxKeys: 3 })
  const inner = keys(leaf).map((children): Node => ({ operations: [map], keys: children }))
  return fc
    .record({ m: inner, n: inner, s: leaf }, { requiredKeys: [] })
    .map((children): Node => ({ operations: [map], keys: { ...children } }))
}

const folded = (node: Node) => fold(node, viewSchema(undefined), { machine: 'm', ranks, problems: collectProblems() })
const three = fc.tuple(...(layers.map(tree) as [fc.Arbitrary<Node>, fc.Arbitrary<Node>, fc.Arbitrary<Node>]))

/** A folded tree and everything below it, also what is gone. */
const places = (folded: Folded | Gone): readonly (Folded | Gone)[] =>
  folded.shape === 'map' ? [folded, ...[...folded.entries.values(), ...folded.gone.values()].flatMap(places)] : [folded]

t.test('every operation counts, or lost once to one that is not weaker nor earlier, or is a !remove', async () => {
  const weight = ({ strength, layer }: Operation) => strengths.indexOf(strength) * 10 + (ranks.get(layer) ?? 0)
  fc.assert(
    fc.property(three, trees => {
      const result = folded(merge(trees))
      for (const place of result === undefined ? [] : places(result)) {
        const sources = place.shape === 'nothing' ? [] : place.sources
        const lost = place.losses.map(({ operation: one }) => one)
        const removes = place.story.filter(one => one.kind === 'remove' && !lost.includes(one))
        const fates = [...sources, ...lost, ...removes]
        if (new Set(fates).size !== fates.length || fates.length !== place.story.length) throw new Error('no one fate')
        if (!place.story.every(one => fates.includes(one))) throw new Error('a fate of nobody')
        for (const { operation: loser, to } of place.losses)
          if (weight(loser) > weight(to)) throw new Error('lost to a weaker or earlier one')
      }
    }),
    runs(1000),
  )
})
