// enclose: the parent references its children. What a parent takes from a child (its components' `pull`) becomes the
// weakest layer of the parent's tree; nothing ever flows the other way.
import type { AnyComponent, MachineView, PulledValue, PullFault } from '../model/component.js'
import type { Position } from '../model/diagnostic.js'
import { isList } from '../model/json.js'
import { parsePointer, printPointer } from '../model/pointer.js'
import { descend } from './descend.js'
import { type Folded, fold } from './fold.js'
import type { Composition } from './include.js'
import type { Residences } from './lock.js'
import { merge } from './merge.js'
import { type GuestMove, type Hosts, movesOf } from './moves.js'
import { emptyNode, type Layer, type Node, type Pulled } from './node.js'
import type { Problems } from './problems.js'
import { pulledNode } from './pulled-node.js'
import { createResolver, type Resolver, type Trees } from './resolve.js'
import { type SchemaView, viewSchema } from './schema-view.js'
import { forChild, type VariableDeclarations } from './variables.js'

export type Machines = {
  readonly trees: Trees
  readonly resolver: Resolver
  readonly children: (machine: string) => readonly Child[]
  readonly parent: (machine: string) => string | undefined
  /** The hypervisor that encloses each guest; the first, where several claim it. */
  readonly hosts: () => Hosts
  /** The variables of a machine that components have asked for. */
  readonly asked: (machine: string) => ReadonlySet<string>
  /** What parents missed in their children, of those that have been enclosed; the parent itself does not say it. */
  readonly faults: () => readonly PulledFault[]
}

export type PulledFault = {
  readonly parent: string
  readonly child: string
  readonly fault: PullFault
  /** The places where it may have been said wrong, which is told there. */
  readonly causes: readonly { readonly machine: string; readonly pointer: string }[]
  /** In the parent. */
  readonly pointer: string
  readonly position: Position
}

export type Child = { readonly name: string; readonly position: Position }

export type Enclosing = {
  readonly site: string
  readonly compositions: ReadonlyMap<string, Composition>
  readonly components: readonly AnyComponent[]
  /** Where the guests are known to live: one that another host encloses is moving. */
  readonly residences: Residences
  readonly root: SchemaView
  readonly declarations: VariableDeclarations
  readonly problems: Problems
}

export const enclosurePath = ['system', 'enclosure']

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
      return composition && foldOf(composition, composition.body, root, mayEnclose(composition) ? silent : problems)
    }, undefined),
    enclosed: remember(name => {
      const composition = compositions.get(name)
      const moves = movesAt(name)
      if (composition === undefined || !(mayEnclose(composition) || moves.length > 0)) return trees.own(name)
      const pulled = childrenToPull(name).map(child => pullChild(name, child))
      const moved = moves.map(move => moveNode(name, move))
      return foldOf(composition, merge([...pulled, ...moved, composition.body]), root, problems)
    }, undefined),
    variables: remember<ReadonlyMap<string, Folded>>(name => {
      const composition = compositions.get(name)
      const schema = viewSchema({
        properties: Object.fromEntries([...declarations].map(([key, it]) => [key, it.schema])),
      })
      const folded = composition && foldOf(composition, composition.variables, schema, problems)
      return folded?.shape === 'map' ? folded.entries : new Map<string, Folded>()
    }, new Map<string, Folded>()),
    isAncestor: (ancestor, machine) => isAbove(ancestor, machine, new Set()),
    machineNames: () => [...compositions.keys()],
  }
  const resolver = createResolver(trees, root, declarations, problems)

  /** What is no name is the schema's to complain of. */
  const children = remember<readonly Child[]>(name => {
    const found = descend(trees.own(name), [...enclosurePath, 'children'])?.folded
    if (found === undefined) return []
    const names = resolver.at(name, [...enclosurePath, 'children'])
    if (!isList(names)) return []
    return names.flatMap((child, index) => {
      const item = found.shape === 'list' ? found.items[index] : undefined
      return typeof child === 'string' ? [{ name: child, position: (item ?? found).winner.position }] : []
    })
  }, [])
  const parent = remember(
    name => [...compositions.keys()].find(other => children(other).some(child => child.name === name)),
    undefined,
  )

  const isAbove = (ancestor: string, machine: string, seen: Set<string>): boolean => {
    if (seen.has(ancestor)) return false
    seen.add(ancestor)
    return children(ancestor).some(({ name }) => name === machine || isAbove(name, machine, seen))
  }

  const isHypervisor = (name: string): boolean => resolver.at(name, [...enclosurePath, 'type']) === 'hypervisor'

  const hosts = remember<Hosts>(() => {
    const hypervisors = [...compositions.keys()].filter(isHypervisor)
    return new Map(hypervisors.flatMap(host => children(host).map(({ name }) => [name, host] as const)).reverse())
  }, new Map())

  /** The moves that a hypervisor is told of: of guests that leave it, and of those that it takes in. */
  const movesAt = (name: string): readonly GuestMove[] => {
    const moves = movesOf(input.residences, hosts('')).filter(({ from, to }) => from === name || to === name)
    if (moves.length === 0 || !isHypervisor(name)) return []
    const taken = childrenToPull(name).map(child => child.name)
    return moves.filter(({ guest, from }) => from === name || taken.includes(guest))
  }

  const moveNode = (host: string, { guest, from, to, position }: GuestMove): Node => {
    const layer: Layer = { name: `the move of ${guest}`, parameters: new Map() }
    const origin = { position, pulled: { from: `the move of ${guest} from ${from} to ${to}` } }
    const nodes = input.components.flatMap(component => {
      const told = component.move?.(guest, { from, to }, view(host), view(guest))
      const values = (host === from ? told?.onOldHost : told?.onNewHost) ?? []
      return values.map(value => pulledNode(value, origin, layer))
    })
    return nodes.length === 0 ? emptyNode : merge(nodes)
  }

  const childrenToPull = (name: string): readonly Child[] => {
    if (!isHypervisor(name)) return []
    return children(name).filter(
      child => compositions.get(child.name)?.complete && !isAbove(child.name, name, new Set()),
    )
  }

  const faults: PulledFault[] = []
  const asked = new Map<string, ReadonlySet<string>>()
  const view = (name: string): MachineView => ({
    name,
    site: input.site,
    get: pointer => resolver.at(name, parsePointer(pointer)),
    variable: (variable, child) => {
      asked.set(name, new Set([...(asked.get(name) ?? []), variable]))
      const value = resolver.variable(name, variable)
      return child === undefined ? value : forChild(value, declarations.get(variable), child)
    },
  })

  /** Everything that the components take from one child, as a tree of the weakest operations there are. */
  const pullChild = (parent: string, child: Child): Node => {
    const layer: Layer = { name: `what ${parent} takes from ${child.name}`, parameters: new Map() }
    const nodes = input.components.flatMap(component => {
      const pulled = component.pull?.(view(parent), view(child.name))
      for (const fault of pulled?.faults ?? []) {
        const { unless = [] } = fault
        const saidByParent = unless.some(place => descend(trees.own(parent), parsePointer(place)) !== undefined)
        if (saidByParent) continue
        for (const place of unless) resolver.markFailed(parent, place)
        const causes = causesOf(fault, parent, child.name)
        if (causes.some(({ machine, pointer }) => resolver.hasFailed(machine, pointer))) continue
        const pointer = unless[0] ?? printPointer([...enclosurePath, 'children'])
        const position = fault.pointer === undefined ? child.position : positionIn(child.name, fault.pointer)
        faults.push({ parent, child: child.name, fault, causes, pointer, position })
      }
      return (pulled?.values ?? []).map(value => pulledNode(value, pulledFrom(value, parent, child), layer))
    })
    return merge(nodes.length === 0 ? [{ operations: [], keys: {} }] : nodes)
  }

  const causesOf = (fault: PullFault, parent: string, child: string): PulledFault['causes'] => {
    const { pointer, from = pointer === undefined ? [] : [{ kind: 'child', pointer }] } = fault
    return from.map(wanted => {
      if (wanted.kind === 'variable') return { machine: parent, pointer: `\${${wanted.name}}` }
      return { machine: wanted.kind === 'parent' ? parent : child, pointer: wanted.pointer }
    })
  }

  const pulledFrom = ({ from: source }: PulledValue, parent: string, child: Child) => {
    const pulled = (from: string): Pulled => ({ from, source, child })
    if (source.kind === 'child')
      return { position: positionIn(child.name, source.pointer), pulled: pulled(`${child.name}:${source.pointer}`) }
    if (source.kind === 'rule') return { position: child.position, pulled: pulled(source.rule) }
    const variable = trees.variables(parent).get(source.name)
    const isPerChild = declarations.get(source.name)?.perChild === true && variable?.shape === 'map'
    const key = isPerChild ? [variable.entries.has(child.name) ? child.name : 'default'] : []
    const value = descend(variable, [...key, ...parsePointer(source.below ?? '')])?.folded ?? variable
    return { position: value?.winner.position ?? child.position, pulled: pulled(`variable ${source.name}`) }
  }

  /** The position of a path in a machine, or of the nearest place above it that the machine has. */
  const positionIn = (machine: string, pointer: string): Position => {
    const path = parsePointer(pointer)
    for (let length = path.length; length > 0; length -= 1) {
      const found = descend(trees.own(machine), path.slice(0, length))
      if (found !== undefined) return resolver.origin(machine, found.folded, found.rest).position
    }
    return compositions.get(machine)?.position ?? { file: machine, line: 1, column: 1 }
  }

  return {
    trees,
    resolver,
    children,
    parent,
    hosts: () => hosts(''),
    asked: name => asked.get(name) ?? new Set(),
    faults: () => faults,
  }
}

/**
 * Whether children are written, or an expression that may stand for them. Then the machine's own tree is a step on the
 * way, and what is wrong with it is said of the enclosed one.
 */
const mayEnclose = ({ body }: Composition): boolean => {
  let node: Node | undefined = body
  for (const key of [...enclosurePath, 'children']) {
    if (node?.operations.some(({ value }) => value.shape === 'scalar')) return true
    node = node?.keys[key]
  }
  return node !== undefined
}

/** Computes a function of a name once; `meanwhile` is what it is to those who ask while it is being computed. */
const remember = <Result>(compute: (name: string) => Result, meanwhile: Result) => {
  const known = new Map<string, Result>()
  return (name: string): Result => {
    const result = known.get(name)
    if (result !== undefined || known.has(name)) return result as Result
    known.set(name, meanwhile)
    const computed = compute(name)
    known.set(name, computed)
    return computed
  }
}
