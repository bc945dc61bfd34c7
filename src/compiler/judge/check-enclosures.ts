// What must hold of the enclosures of a site, whatever they hold: children exist, have one parent, and do not enclose what
// encloses them. Part of the check after enclose.ts.
import { byCodeUnit } from '../../model/json.js'
import type { Composition } from '../compose/include.js'
import type { Machines } from '../enclose/enclose.js'
import type { Child, Parentage } from '../enclose/parentage.js'
import type { Problems } from '../problems.js'
import type { VariableDeclarations } from '../schema/variables.js'
import { didYouMean, didYouMeanOrOneOf } from '../suggest.js'
import { keyPosition } from './blame.js'

/**
 * Reports every reference to a child that cannot be, and every circle of enclosures once, where it closes; among some machines of
 * a site where `isMachine` says which there are beside them.
 */
export const checkEnclosures = (
  parentage: Parentage,
  names: readonly string[],
  problems: Problems,
  isMachine: (name: string) => boolean = isAmong(names),
): void => {
  const claimed = new Map<string, { parent: string; child: Child }>()
  const closing = closingReferences(parentage, names)
  for (const parent of names) {
    const children = parentage.children(parent)
    checkMaximum(parent, children, parentage, problems)
    for (const [index, child] of children.entries()) {
      const detail = { machine: parent, pointer: `/system/enclosure/children/${index}`, position: child.position }
      const other = claimed.get(child.name)
      if (!isMachine(child.name)) {
        const hint = didYouMeanOrOneOf(child.name, names)
        problems.error('child-unknown', `${parent} encloses ${child.name}, which has no profile`, { ...detail, hint })
      } else if (closing.has(child)) {
        const circle = closing.get(child) ?? []
        const message =
          child.name === parent ? `${parent} encloses itself` : `machines enclose each other: ${circle.join(' -> ')}`
        for (const machine of new Set(circle)) problems.error('cycle', message, { ...detail, machine })
      } else if (other !== undefined && other.parent !== parent) {
        const { file, line } = other.child.position
        problems.error(
          'enclosure',
          `${child.name} has two parents: ${other.parent} (${file}:${line}) and ${parent}`,
          detail,
        )
      } else claimed.set(child.name, { parent, child })
    }
  }
}

const isAmong = (names: readonly string[]): ((name: string) => boolean) => {
  const known = new Set(names)
  return name => known.has(name)
}

/**
 * The references that lead back to a machine above, each with the circle that it closes. The way down begins at the
 * machines that nobody encloses, then at the first by name of those that are left.
 */
const closingReferences = (parentage: Parentage, names: readonly string[]): ReadonlyMap<Child, readonly string[]> => {
  const closing = new Map<Child, readonly string[]>()
  const seen = new Set<string>()
  const descend = (name: string, way: readonly string[]): void => {
    seen.add(name)
    for (const child of parentage.children(name)) {
      const start = way.indexOf(child.name)
      if (start >= 0) closing.set(child, [...way.slice(start), child.name])
      else if (!seen.has(child.name)) descend(child.name, [...way, child.name])
    }
  }
  const sorted = [...names].sort(byCodeUnit)
  for (const name of sorted.filter(name => parentage.parent(name) === undefined)) descend(name, [name])
  for (const name of sorted) if (!seen.has(name)) descend(name, [name])
  return closing
}

const checkMaximum = (parent: string, children: readonly Child[], parentage: Parentage, problems: Problems): void => {
  const maximum = parentage.maxchildren(parent)
  const first = children[typeof maximum === 'number' ? maximum : children.length]
  if (first === undefined) return
  problems.error('enclosure', `${parent} has ${children.length} children and at most ${maximum}`, {
    machine: parent,
    pointer: '/system/enclosure/children',
    position: first.position,
  })
}

/**
 * The keys of a variable that is perChild are names of machines: a misspelt one would go unseen, and so would one of another
 * host's child. What several hosts include may name the children of all; in a host's own profile, that is unwise.
 */
export const checkPerChild = (
  { name: machine, position: own }: Pick<Composition, 'name' | 'position'>,
  { trees, resolver, parentage }: Machines,
  declarations: VariableDeclarations,
  problems: Problems,
): void => {
  for (const [variable, folded] of trees.variables(machine)) {
    if (declarations.get(variable)?.perChild !== true || folded.shape !== 'map') continue
    for (const [child, value] of folded.entries) {
      if (child === 'default') continue
      resolver.noteNamed(machine, child)
      const position = keyPosition(value)
      if (trees.isMachine(child)) {
        const children = parentage.children(machine).map(({ name }) => name)
        if (position.file !== own.file || children.includes(child)) continue
        const message = `variable ${variable}: ${child} is no child of ${machine}`
        problems.warning('advice', message, { machine, position, hint: didYouMeanOrOneOf(child, children) })
        continue
      }
      const hint =
        didYouMean(child, trees.machineNames()) ??
        `${variable} is a value for all children, or a map by child with the key default`
      const message = `variable ${variable}: there is no machine ${child}`
      problems.error('machine-unknown', message, { machine, position, hint })
    }
  }
}
