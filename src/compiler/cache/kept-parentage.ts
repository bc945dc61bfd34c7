// Who encloses whom, by what is kept: looked up for the machines that it is asked of.
import { reachedFrom } from '../../model/reached.js'
import { enclosuresBy, type Facts, hostsAmong, type Parentage } from '../enclose/parentage.js'
import { factsOf, type Kept } from './kept.js'

/** `surveyed` have been surveyed anew: what they enclose may be another thing than is kept of them. */
export const keptParentage = (kept: Kept, surveyed: readonly Facts[]): Parentage => {
  const anew = new Map(surveyed.map(facts => [facts.name, facts]))
  const parents = new Map(surveyed.flatMap(({ name, children }) => children.map(child => [child.name, name])))
  const facts = (name: string): Facts | undefined => {
    const machine = kept.machine(name)
    return anew.get(name) ?? (machine && factsOf(name, machine))
  }
  const enclosures = enclosuresBy(facts)
  const parent = (name: string): string | undefined => {
    const found = parents.get(name) ?? kept.parent(name)
    return found !== undefined && (parents.has(name) || !anew.has(found)) ? found : undefined
  }
  const above = (name: string): readonly string[] => [parent(name)].filter(one => one !== undefined)
  return {
    ...enclosures,
    parent,
    isAncestor: (ancestor, machine) => reachedFrom(above(machine), above).has(ancestor),
    hosts: hostsAmong(anew.keys(), { parent, ...enclosures }),
  }
}
