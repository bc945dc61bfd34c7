// The enclosures of a site as nested data.
import type { Enclosed } from '../../model/enclosed.js'
import { byCodeUnit, type Json } from '../../model/json.js'
import { valueAt } from '../../model/pointer.js'
import type { CompiledSite } from '../compile.js'
import { type Facts, type Parentage, parentageOf } from './parentage.js'

/** Every machine that no other encloses, each with its children in the order in which it references them. */
export const enclosures = ({ documents, machines }: CompiledSite): readonly Enclosed[] => {
  const typeOf = (name: string) => valueAt(documents.get(name), ['system', 'enclosure', 'type'])
  return enclosuresOf([...documents.keys()], machines.parentage, typeOf)
}

/** The same of a sound site whose machines have been surveyed. */
export const enclosuresBySurvey = (all: readonly Facts[]): readonly Enclosed[] => {
  const types = new Map(all.map(({ name, type }) => [name, type]))
  return enclosuresOf([...types.keys()], parentageOf(all), name => types.get(name))
}

const enclosuresOf = (
  names: readonly string[],
  parentage: Pick<Parentage, 'parent' | 'children'>,
  valueOfType: (name: string) => Json | undefined,
): readonly Enclosed[] => {
  const typeOf = (name: string): string | undefined => {
    const type = valueOfType(name)
    return typeof type === 'string' ? type : undefined
  }
  const enclosed = (name: string): Enclosed => {
    const parent = parentage.parent(name)
    const isGuest = parent !== undefined && typeOf(parent) === 'hypervisor'
    const children = parentage.children(name).map(child => enclosed(child.name))
    return { name, type: typeOf(name) ?? (isGuest ? 'guest' : 'machine'), children }
  }
  const roots = names.filter(name => parentage.parent(name) === undefined)
  return roots.sort(byCodeUnit).map(enclosed)
}

/** What a machine encloses, in the order in which it references them. */
export const childrenOf = ({ machines }: Pick<CompiledSite, 'machines'>, name: string): readonly string[] =>
  machines.parentage.children(name).map(child => child.name)
