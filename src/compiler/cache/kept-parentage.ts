// Who encloses whom, by what is kept: looked up for the machines that it is asked of.
import { enclosuresBy, type Facts, type Parentage } from '../parentage.js'
import { factsOf, type Kept } from './kept.js'

/** `surveyed` have been surveyed anew, and come to what is kept. */
export const keptParentage = (kept: Kept, surveyed: readonly Facts[]): Parentage => {
  const anew = new Map(surveyed.map(facts => [facts.name, facts]))
  const facts = (name: string): Facts | undefined => {
    const machine = kept.machine(name)
    return anew.get(name) ?? (machine && factsOf(name, machine))
  }
  const enclosures = enclosuresBy(facts)
  const isAncestor = (ancestor: string, machine: string): boolean => {
    const parent = kept.parent(machine)
    return parent !== undefined && (parent === ancestor || isAncestor(ancestor, parent))
  }
  const hosts = surveyed.flatMap(({ name }): readonly (readonly [string, string])[] => {
    const parent = kept.parent(name)
    return parent !== undefined && enclosures.isHypervisor(parent) ? [[name, parent]] : []
  })
  return { ...enclosures, parent: kept.parent, isAncestor, hosts: new Map(hosts) }
}
