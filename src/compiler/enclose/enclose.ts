// enclose: the parent references its children. What a parent takes from a child (its components' `pull`) becomes the
// weakest layer of the parent's tree; nothing ever flows the other way.
import type { AnyComponent, MachineView, PulledValue, PullFault } from '../../model/component.js'
import type { Position } from '../../model/diagnostic.js'
import { parsePointer, printPointer } from '../../model/pointer.js'
import { descend } from '../compose/descend.js'
import { fold } from '../compose/fold.js'
import { merge } from '../compose/merge.js'
import { pulledNode, type Told } from '../compose/pulled-node.js'
import type { Layer } from '../parse/node.js'
import type { Problems } from '../problems.js'
import { remember } from '../remember.js'
import { createResolver, type Resolver } from '../resolve/resolve.js'
import type { SharedValues } from '../resolve/shared-values.js'
import type { Trees } from '../resolve/trees.js'
import type { SchemaView } from '../schema/schema-view.js'
import { forChild, type VariableDeclarations } from '../schema/variables.js'
import type { GuestMove } from './moves.js'
import type { OwnTrees } from './own-trees.js'
import type { Child, Facts, Parentage } from './parentage.js'
import { enclosurePath, survey } from './survey.js'

export type Machines = {
  readonly trees: Trees
  readonly resolver: Resolver
  readonly parentage: Parentage
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

export type Enclosing = {
  readonly site: string
  readonly own: OwnTrees
  readonly parentage: Parentage
  readonly components: readonly AnyComponent[]
  /** The guests that are known to live elsewhere than where they are enclosed. */
  readonly moves: readonly GuestMove[]
  readonly root: SchemaView
  readonly declarations: VariableDeclarations
  /** What is known of values from other machines of the site. */
  readonly shared?: SharedValues
  readonly problems: Problems
}

type Surveying = Pick<Enclosing, 'own' | 'root' | 'declarations' | 'shared' | 'problems'>

/** What the machines of these names enclose, as their profiles have it. Who reads its parent is not known yet. */
export const surveyMachines = (
  names: readonly string[],
  { own, root, declarations, shared, problems }: Surveying,
): readonly Facts[] => {
  const trees = { ...own, enclosed: own.own, mayTake: own.mayEnclose, isAncestor: () => false }
  const resolver = createResolver(trees, root, declarations, problems, shared)
  return names.map(name => survey(name, trees, resolver))
}

/** The trees of all machines, enclosed on demand, and the resolver over them. */
export const enclose = (input: Enclosing): Machines => {
  const { own, parentage, moves, root, declarations, shared, problems } = input
  const { composition } = own

  /** The moves that a hypervisor is told of: of guests that leave it, and of those that it takes in. */
  const movesAt = (name: string): readonly GuestMove[] => {
    if (!parentage.isHypervisor(name)) return []
    const concerning = moves.filter(({ from, to }) => from === name || to === name)
    if (concerning.length === 0) return []
    const taken = childrenToPull(name).map(child => child.name)
    return concerning.filter(({ guest, from }) => from === name || taken.includes(guest))
  }

  const childrenToPull = (name: string): readonly Child[] => {
    if (!parentage.isHypervisor(name)) return []
    return parentage
      .children(name)
      .filter(child => composition(child.name)?.complete && !parentage.isAncestor(child.name, name))
  }

  const trees: Trees = {
    ...own,
    mayTake: parentage.isHypervisor,
    isAncestor: parentage.isAncestor,
    enclosed: remember(name => {
      const its = composition(name)
      if (its === undefined || !(own.mayEnclose(name) || parentage.isHypervisor(name))) return own.own(name)
      // As it was surveyed: a mistake in it is told at that stage, and not again of the enclosed tree.
      resolver.profiles.at(name, enclosurePath)
      const pulled = childrenToPull(name).flatMap(child => pullChild(name, child))
      const moved = movesAt(name).flatMap(move => toldOfMove(name, move))
      return fold(merge([pulledNode([...pulled, ...moved]), its.body]), root, {
        machine: name,
        ranks: its.ranks,
        problems,
      })
    }),
  }
  const resolver = createResolver(trees, root, declarations, problems, shared)

  const toldOfMove = (host: string, { guest, from, to, position }: GuestMove): readonly Told[] => {
    const layer: Layer = { name: `the move of ${guest}`, parameters: new Map(), isOfOne: true }
    const origin = { position, pulled: { from: `the move of ${guest} from ${from} to ${to}`, moving: guest } }
    const values = input.components.flatMap(component => {
      const told = component.move?.(guest, { from, to }, view(host), view(guest))
      return (host === from ? told?.onOldHost : told?.onNewHost) ?? []
    })
    return values.map(value => ({ ...value, ...origin, layer }))
  }

  const faults: PulledFault[] = []
  const asked = new Map<string, Set<string>>()
  const noteAsked = (machine: string, variable: string): void => {
    const variables = asked.get(machine) ?? new Set<string>()
    asked.set(machine, variables.add(variable))
  }
  const pathOf = remember(parsePointer)
  /** Components ask for much of a machine more than once. */
  const view = remember(
    (name: string): MachineView => ({
      name,
      site: input.site,
      get: remember(pointer => resolver.profiles.at(name, pathOf(pointer))),
      variable: (variable, child) => {
        noteAsked(name, variable)
        const value = resolver.profiles.variable(name, variable)
        return child === undefined ? value : forChild(value, declarations.get(variable), child)
      },
    }),
  )

  /** Everything that the components take from one child. */
  const pullChild = (parent: string, child: Child): readonly Told[] => {
    const layer: Layer = { name: `what ${parent} takes from ${child.name}`, parameters: new Map(), isOfOne: true }
    return input.components.flatMap(component => {
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
      return (pulled?.values ?? []).map(told => {
        const { pointer, value } = told
        const { position, pulled } = pulledFrom(told, parent, child)
        return { pointer, value, position, pulled, layer }
      })
    })
  }

  const causesOf = (fault: PullFault, parent: string, child: string): PulledFault['causes'] => {
    const { pointer, from = pointer === undefined ? [] : [{ kind: 'child', pointer }] } = fault
    return from.map(wanted => {
      if (wanted.kind === 'variable') return { machine: parent, pointer: `\${${wanted.name}}` }
      return { machine: wanted.kind === 'parent' ? parent : child, pointer: wanted.pointer }
    })
  }

  const pulledFrom = (
    { from: source }: PulledValue,
    parent: string,
    child: Child,
  ): Pick<Told, 'position' | 'pulled'> => {
    if (source.kind === 'child') {
      const from = `${child.name}:${source.pointer}`
      return { position: positionIn(child.name, source.pointer), pulled: { from, source, child } }
    }
    if (source.kind === 'rule') return { position: child.position, pulled: { from: source.rule, source, child } }
    const variable = trees.variables(parent).get(source.name)
    const isPerChild = declarations.get(source.name)?.perChild === true && variable?.shape === 'map'
    const key = isPerChild ? [variable.entries.has(child.name) ? child.name : 'default'] : []
    const value = descend(variable, [...key, ...parsePointer(source.below ?? '')])?.folded ?? variable
    const from = `variable ${source.name}`
    return { position: value?.winner.position ?? child.position, pulled: { from, source, child } }
  }

  /** The position of a path in a machine, or of the nearest place above it that the machine has. */
  const positionIn = (machine: string, pointer: string): Position => {
    const path = pathOf(pointer)
    for (let length = path.length; length > 0; length -= 1) {
      const found = descend(trees.own(machine), path.slice(0, length))
      if (found !== undefined) return resolver.origin(machine, found.folded, found.rest).position
    }
    return composition(machine)?.position ?? { file: machine, line: 1, column: 1 }
  }

  return { trees, resolver, parentage, asked: name => asked.get(name) ?? new Set(), faults: () => faults }
}
