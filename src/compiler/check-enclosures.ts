// What must hold of the enclosures of a site, whatever they hold. Part of the check after enclose.ts.

import { keyPosition } from './blame.js'
import { type Child, enclosurePath, type Machines } from './enclose.js'
import type { Composition } from './include.js'
import type { Problems } from './problems.js'
import { didYouMean, didYouMeanOrOneOf } from './suggest.js'
import type { VariableDeclarations } from './variables.js'

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
      } else if (other !== undefined && other.parent !== parent) {
        const { file, line } = other.child.position
        problems.error(
          'enclosure',
          `${child.name} has two parents: ${other.parent} (${file}:${line}) and ${parent}`,
          detail,
        )
      } else if (child.name === parent || machines.trees.isAncestor(child.name, parent)) {
        problems.error('cycle', `${child.name} cannot be a child of ${parent}: it is or encloses it itself`, detail)
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

/** The keys of a variable that is perChild are names of machines: a misspelt one would go unseen. */
export const checkPerChild = (
  machine: string,
  { trees }: Machines,
  declarations: VariableDeclarations,
  problems: Problems,
): void => {
  const names = trees.machineNames()
  for (const [variable, folded] of trees.variables(machine)) {
    if (declarations.get(variable)?.perChild !== true || folded.shape !== 'map') continue
    for (const [child, value] of folded.entries) {
      if (child === 'default' || names.includes(child)) continue
      const hint =
        didYouMean(child, names) ?? `${variable} is a value for all children, or a map by child with the key default`
      const message = `variable ${variable}: there is no machine ${child}`
      problems.error('machine-unknown', message, { machine, position: keyPosition(value), hint })
    }
  }
}
