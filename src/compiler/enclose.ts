// enclose: the parent references its children. What a parent takes from a child (its components' `pull`) becomes the
// weakest layer of the parent's tree; nothing ever flows the other way.
import type { AnyComponent, MachineView, PulledValue } from '../model/component.js'
import type { Position } from '../model/diagnostic.js'
import { isList, isMap, type Json } from '../model/json.js'
import { parsePointer } from '../model/pointer.js'
import { type Folded, fold } from './fold.js'
import type { Composition } from './include.js'
import { merge } from './merge.js'
import type { Layer, Node, Operation } from './node.js'
import type { Problems } from './problems.js'
import { createResolver, descend, type Resolver, type Trees } from './resolve.js'
import { type SchemaView, viewSchema } from './schema-view.js'
import { didYouMeanOrOneOf } from './suggest.js'
import { forChild, fullSchema, type VariableDeclarations } from './variables.js'

export type Machines = {
  readonly trees: Trees
  readonly resolver: Resolver
  readonly children: (machine: string) => readonly Child[]
  readonly parent: (machine: string) => string | undefined
}

export type Child = { readonly name: string; readonly position: Position }

export type Enclosing = {
  readonly site: string
  readonly compositions: ReadonlyMap<string, Composition>
  readonly components: readonly AnyComponent[]
  readonly root: SchemaView
  readonly declarations: VariableDeclarations
  readonly problems: Problems
}

const enclosurePath = ['system', 'enclosure']

/** The trees of all machines, enclosed on demand, and the resolver over them. */
export const enclose = (input: Enclosing): Machines => {
  const { compositions, root, declarations, problems } = input
  const silent: Problems = { ...problems, error: () => undefined, warning: () => undefined }
  const foldOf = (composition: Composition, body: Node, schema: SchemaView, into: Problems) =>
    fold(body, schema, { machine: composition.name, ranks: composition.ranks, problems: into })

  const trees: Trees = {
    composition: name => compositions.get(name),
    own: remember(name => {
      const composition = compositions.get(name)
      return composition && foldOf(composition, composition.body, root, hasChildren(composition) ? silent : problems)
    }),
    enclosed: remember(name => {
      const composition = compositions.get(name)
      if (composition === undefined || !hasChildren(composition)) return trees.own(name)
      const pulled = childrenToPull(name).map(child => pullChild(name, child))
      return foldOf(composition, merge([...pulled, composition.body]), root, problems)
    }),
    variables: remember(name => {
      const composition = compositions.get(name)
      const schema = viewSchema({
        properties: Object.fromEntries([...declarations].map(([key, it]) => [key, fullSchema(it)])),
      })
      const folded = composition && foldOf(composition, composition.variables, schema, problems)
      return folded?.shape === 'map' ? folded.entries : new Map<string, Folded>()
    }),
    isAncestor: (ancestor, machine) => isAbove(ancestor, machine, new Set()),
    machineNames: () => [...compositions.keys()],
  }
  const resolver = createResolver(trees, root, declarations, problems)

  const children = remember((name: string): readonly Child[] => {
    const found = descend(trees.own(name), [...enclosurePath, 'children'])?.folded
    const names = resolver.at(name, [...enclosurePath, 'children'])
    if (found === undefined || !isList(names ?? null)) return []
    return (names as readonly Json[]).map((child, index) => {
      const item = found.shape === 'list' ? found.items[index] : undefined
      return { name: String(child), position: (item ?? found).winner.position }
    })
  })
  const parents = remember((): ReadonlyMap<string, string> => {
    const pairs = [...compositions.keys()].flatMap(name => children(name).map(child => [child.name, name] as const))
    return new Map(pairs.reverse())
  })

  const isAbove = (ancestor: string, machine: string, seen: Set<string>): boolean => {
    if (seen.has(ancestor)) return false
    seen.add(ancestor)
    return children(ancestor).some(({ name }) => name === machine || isAbove(name, machine, seen))
  }

  const childrenToPull = (name: string): readonly Child[] => {
    if (resolver.at(name, [...enclosurePath, 'type']) !== 'hypervisor') return []
    return children(name).filter(
      child => compositions.get(child.name)?.complete && !isAbove(child.name, name, new Set()),
    )
  }

  const view = (name: string): MachineView => ({
    name,
    site: input.site,
    get: pointer => resolver.at(name, parsePointer(pointer)),
    variable: (variable, child) => {
      const value = resolver.variable(name, variable)
      return child === undefined ? value : forChild(value, declarations.get(variable), child)
    },
  })

  /** Everything that the components take from one child, as a tree of the weakest operations there are. */
  const pullChild = (parent: string, child: Child): Node => {
    const layer: Layer = { name: `what ${parent} takes from ${child.name}`, parameters: new Map() }
    const nodes = input.components.flatMap(component => {
      const pulled = component.pull?.(view(parent), view(child.name))
      for (const { message, hint, pointer, unless = [] } of pulled?.faults ?? []) {
        const saidByParent = unless.some(place => descend(trees.own(parent), parsePointer(place)) !== undefined)
        if (saidByParent || resolver.hasFailed(child.name, pointer)) continue
        const position = positionIn(child.name, pointer)
        problems.error('enclosure', `${child.name} on ${parent}: ${message}`, {
          machine: parent,
          pointer,
          position,
          hint,
        })
      }
      return (pulled?.values ?? []).map(value => pulledNode(value, pulledFrom(value, parent, child), layer))
    })
    return merge(nodes.length === 0 ? [{ operations: [], keys: {} }] : nodes)
  }

  const pulledFrom = ({ from }: PulledValue, parent: string, child: Child): { position: Position; pulled: string } => {
    if (from.kind === 'child')
      return { position: positionIn(child.name, from.pointer), pulled: `${child.name}:${from.pointer}` }
    if (from.kind === 'rule') return { position: child.position, pulled: from.rule }
    const variable = trees.variables(parent).get(from.name)
    return { position: variable?.winner.position ?? child.position, pulled: `variable ${from.name}` }
  }

  /** The position of a path in a machine, or of the nearest place above it that the machine has. */
  const positionIn = (machine: string, pointer: string): Position => {
    const path = parsePointer(pointer)
    for (let length = path.length; length > 0; length -= 1) {
      const found = descend(trees.own(machine), path.slice(0, length))
      if (found !== undefined) return resolver.origin(machine, found.folded).position
    }
    return compositions.get(machine)?.position ?? { file: machine, line: 1, column: 1 }
  }

  return { trees, resolver, children, parent: machine => parents().get(machine) }
}

/** Where it has, its own tree is a step on the way, and what is wrong with it is said of the enclosed one. */
const hasChildren = ({ body }: Composition): boolean => body.keys.system?.keys.enclosure?.keys.children !== undefined

/** Computes a function of a name once. A value that is asked for while it is being computed is not there yet. */
const remember = <Result>(compute: (name: string) => Result) => {
  const known = new Map<string, Result | undefined>()
  return (name = ''): Result => {
    if (!known.has(name)) {
      known.set(name, undefined)
      known.set(name, compute(name))
    }
    return known.get(name) as Result
  }
}

const pulledNode = (
  { pointer, value }: PulledValue,
  from: { position: Position; pulled: string },
  layer: Layer,
): Node => {
  const operation = { kind: 'set', strength: 'default', layer, ...from } as const
  const leaf = valueNode(value, operation)
  const map: Operation = { ...operation, value: { shape: 'map' } }
  return parsePointer(pointer).reduceRight<Node>((node, key) => ({ operations: [map], keys: { [key]: node } }), leaf)
}

const valueNode = (value: Json, operation: Omit<Operation, 'value'>): Node => {
  if (isMap(value)) {
    const keys = Object.fromEntries(Object.entries(value).map(([key, child]) => [key, valueNode(child, operation)]))
    return { operations: [{ ...operation, value: { shape: 'map' } }], keys }
  }
  if (isList(value)) {
    const items = value.map(item => valueNode(item, operation))
    return { operations: [{ ...operation, value: { shape: 'list', items } }], keys: {} }
  }
  const scalar = { shape: 'scalar', value, source: String(value), literal: true } as const
  return { operations: [{ ...operation, value: scalar }], keys: {} }
}

/** What must hold of enclosures across machines: children exist, have one parent, and are not their own ancestors. */
export const checkEnclosures = (
  machines: Machines,
  compositions: ReadonlyMap<string, Composition>,
  problems: Problems,
): void => {
  const claimed = new Map<string, { parent: string; child: Child }>()
  for (const parent of compositions.keys()) {
    const children = machines.children(parent)
    checkMaximum(parent, children, machines, problems)
    for (const [index, child] of children.entries()) {
      const detail = { machine: parent, pointer: `/system/enclosure/children/${index}`, position: child.position }
      const other = claimed.get(child.name)
      if (!compositions.has(child.name)) {
        const hint = didYouMeanOrOneOf(child.name, [...compositions.keys()])
        problems.error('child-unknown', `${parent} encloses ${child.name}, which has no profile`, { ...detail, hint })
      } else if (other !== undefined) {
        const { file, line } = other.child.position
        problems.error(
          'enclosure',
          `${child.name} has two parents: ${other.parent} (${file}:${line}) and ${parent}`,
          detail,
        )
      } else if (child.name === parent || machines.trees.isAncestor(child.name, parent)) {
        problems.error('cycle', `${parent} and ${child.name} enclose each other`, detail)
      } else claimed.set(child.name, { parent, child })
    }
  }
}

const checkMaximum = (parent: string, children: readonly Child[], machines: Machines, problems: Problems): void => {
  const maximum = machines.resolver.at(parent, [...enclosurePath, 'maxchildren'])
  const first = children[typeof maximum === 'number' ? maximum : children.length]
  if (first === undefined) return
  problems.error('enclosure', `${parent} has ${children.length} children and at most ${maximum}`, {
    machine: parent,
    pointer: '/system/enclosure/children',
    position: first.position,
  })
}
