// The trees of machines as their own files make them, folded on demand; what is taken from children is not in them. They
// depend on no other machine.
import { type Folded, fold } from '../compose/fold.js'
import type { Composition } from '../compose/include.js'
import type { Node } from '../parse/node.js'
import type { Problems } from '../problems.js'
import { remember } from '../remember.js'
import type { SchemaView } from '../schema/schema-view.js'
import { type VariableDeclarations, variablesSchema } from '../schema/variables.js'
import { enclosurePath } from './survey.js'

export type OwnTrees = {
  readonly composition: (machine: string) => Composition | undefined
  readonly own: (machine: string) => Folded | undefined
  readonly variables: (machine: string) => ReadonlyMap<string, Folded>
  /** Whether children are written, or an expression that may stand for them. */
  readonly mayEnclose: (machine: string) => boolean
  /** The same of anything about an enclosure. */
  readonly mayHaveEnclosure: (machine: string) => boolean
  readonly isMachine: (name: string) => boolean
  readonly machineNames: () => readonly string[]
}

export type OwnTreesInput = {
  readonly composition: (machine: string) => Composition | undefined
  readonly isMachine: (name: string) => boolean
  readonly machineNames: () => readonly string[]
  readonly root: SchemaView
  readonly declarations: VariableDeclarations
  readonly problems: Problems
}

/** The same of machines that have all been composed. */
export const ownTreesOf = (
  compositions: ReadonlyMap<string, Composition>,
  reading: Pick<OwnTreesInput, 'root' | 'declarations' | 'problems'>,
): OwnTrees => {
  const names = [...compositions.keys()]
  return ownTrees({
    composition: name => compositions.get(name),
    isMachine: name => compositions.has(name),
    machineNames: () => names,
    ...reading,
  })
}

export const ownTrees = (input: OwnTreesInput): OwnTrees => {
  const { composition, isMachine, machineNames, root, declarations, problems } = input
  const silent: Problems = { ...problems, error: () => undefined, warning: () => undefined }
  const variableSchemas = variablesSchema(declarations)
  const mayHave = (path: readonly string[]) => (name: string) => {
    const body = composition(name)?.body
    return body !== undefined && mayHold(body, path)
  }
  const mayEnclose = mayHave([...enclosurePath, 'children'])
  return {
    composition,
    mayEnclose,
    mayHaveEnclosure: mayHave(enclosurePath),
    ...{ isMachine, machineNames },
    own: remember(name => {
      const its = composition(name)
      // Then it is a step on the way, and what is wrong with it is said of the enclosed one.
      const into = mayEnclose(name) ? silent : problems
      return its && fold(its.body, root, { machine: name, ranks: its.ranks, problems: into })
    }),
    variables: remember(name => {
      const its = composition(name)
      const folded = its && fold(its.variables, variableSchemas, { machine: name, ranks: its.ranks, problems })
      return folded?.shape === 'map' ? folded.entries : new Map<string, Folded>()
    }),
  }
}

/** Whether anything is written at a path, or an expression above it that may stand for it. */
const mayHold = (body: Node, path: readonly string[]): boolean => {
  let node: Node | undefined = body
  for (const key of path) {
    if (node?.operations.some(({ value }) => value.shape === 'scalar')) return true
    node = node?.keys[key]
  }
  return node !== undefined
}
