// survey: what all machines must know of one, found before anything is taken from a child: what it encloses.
import { isList } from '../../model/json.js'
import { descend } from '../compose/descend.js'
import type { Resolver } from '../resolve/resolve.js'
import type { Trees } from '../resolve/trees.js'
import type { OwnTrees } from './own-trees.js'
import type { Child, Facts } from './parentage.js'

export const enclosurePath = ['system', 'enclosure']

/** The facts of one machine, read as its profile has it. Most need no tree for that: they say nothing of an enclosure. */
export const survey = (
  name: string,
  trees: Trees & Pick<OwnTrees, 'mayHaveEnclosure'>,
  { profiles }: Pick<Resolver, 'profiles'>,
): Facts => {
  const complete = trees.composition(name)?.complete ?? false
  if (complete && !trees.mayHaveEnclosure(name)) return { name, complete, children: [] }
  const tree = trees.own(name)
  if (descend(tree, enclosurePath) === undefined) return { name, complete, children: [] }
  const children = profiles.at(name, [...enclosurePath, 'children'])
  const found = descend(tree, [...enclosurePath, 'children'])?.folded
  return {
    name,
    complete,
    type: profiles.at(name, [...enclosurePath, 'type']),
    maxchildren: profiles.at(name, [...enclosurePath, 'maxchildren']),
    // What is no name is the schema's to complain of.
    children: (isList(children) ? children : []).flatMap((child, index): readonly Child[] => {
      const item = found?.shape === 'list' ? found.items[index] : undefined
      const position = (item ?? found)?.winner.position
      return typeof child === 'string' && position !== undefined ? [{ name: child, position }] : []
    }),
  }
}
