// The worked fold: a table after `<!-- fold: MACHINE /PATH -->` lists the operations under that path, in the order in which
// the fold applies them, with what stands there after each. Compared with what the compiler's own fold makes of ever more
// of them.
import type { Test } from 'tap'
import { parse } from 'yaml'
import { compileSite } from '../../src/compiler/compile.js'
import { descend } from '../../src/compiler/compose/descend.js'
import { type Folded, fold } from '../../src/compiler/compose/fold.js'
import { emptyNode, type Node, type Operation, strengths } from '../../src/compiler/parse/node.js'
import { collectProblems } from '../../src/compiler/problems.js'
import { viewSchema } from '../../src/compiler/schema/schema-view.js'
import type { Json } from '../../src/model/json.js'
import { parsePointer } from '../../src/model/pointer.js'
import { codeIn, type Table } from './markdown.js'

/** `target` is the machine and the path, `dir` the site. */
export const playFold = (t: Test, page: string, { rows, line }: Table, target: string, dir: string): void => {
  const [machine = '', pointer = ''] = target.split(' ')
  const path = parsePointer(pointer)
  const composition = compileSite(dir, []).compiled?.compositions.get(machine)
  if (composition === undefined) throw new Error(`${page}:${line}: no machine ${machine}`)
  const { body, ranks } = composition
  const weight = ({ strength, layer }: Operation): readonly [number, number] => [
    strengths.indexOf(strength),
    ranks.get(layer) ?? -1,
  ]
  const operations = [...nodeAt(body, path).operations].sort((a, b) => {
    const [[strengthA, placeA], [strengthB, placeB]] = [weight(a), weight(b)]
    return strengthA - strengthB || placeA - placeB
  })
  t.same(
    rows.map(({ cells }) => cells.slice(0, 3)),
    operations.map(({ kind, value, layer, strength }) => [`${kind} ${written(value)}`.trim(), layer.name, strength]),
    `${page}:${line}: the operations under ${pointer}, by weight`,
  )
  for (const [index, { cells, line: at }] of rows.entries()) {
    const part = withOperations(body, path, operations.slice(0, index + 1))
    const folded = fold(part, viewSchema(undefined), { machine, ranks, problems: collectProblems() })
    const cell = cells[3] ?? ''
    const expected = cell.startsWith('nothing') ? undefined : (parse(codeIn(cell)[0] ?? '') as Json)
    t.same(plain(descend(folded, path)?.folded), expected, `${page}:${at}: after ${cells[0]}`)
  }
}

const nodeAt = (root: Node, path: readonly string[]): Node =>
  path.reduce((node, key) => node.keys[key] ?? emptyNode, root)

/** The tree with these operations alone at a path, all others as they are. */
const withOperations = (node: Node, [key, ...rest]: readonly string[], operations: readonly Operation[]): Node => {
  if (key === undefined) return { ...node, operations }
  return { ...node, keys: { ...node.keys, [key]: withOperations(node.keys[key] ?? emptyNode, rest, operations) } }
}

const written = (value: Operation['value']): string => {
  if (value.shape === 'scalar') return value.source
  if (value.shape === 'map') return 'a map'
  return `[${value.items.map(item => item.operations.map(one => written(one.value))).join(', ')}]`
}

const plain = (folded: Folded | undefined): Json | undefined => {
  if (folded?.shape === 'list') return folded.items.map(item => plain(item) ?? null)
  if (folded?.shape === 'map')
    return Object.fromEntries([...folded.entries].map(([key, entry]) => [key, plain(entry) ?? null]))
  const value = folded?.winner.value
  return value?.shape === 'scalar' ? value.value : undefined
}
