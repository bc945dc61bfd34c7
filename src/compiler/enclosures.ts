// The enclosures of a compiled site as nested data.
import type { Enclosed } from '../model/enclosed.js'
import { byCodeUnit } from '../model/json.js'
import { valueAt } from '../model/pointer.js'
import type { CompiledSite } from './compile.js'

/** Every machine that no other encloses, each with its children in the order in which it references them. */
export const enclosures = ({ documents, machines }: CompiledSite): readonly Enclosed[] => {
  const typeOf = (name: string): string | undefined => {
    const type = valueAt(documents.get(name), ['system', 'enclosure', 'type'])
    return typeof type === 'string' ? type : undefined
  }
  const enclosed = (name: string): Enclosed => {
    const parent = machines.parentage.parent(name)
    const isGuest = parent !== undefined && typeOf(parent) === 'hypervisor'
    const children = machines.parentage.children(name).map(child => enclosed(child.name))
    return { name, type: typeOf(name) ?? (isGuest ? 'guest' : 'machine'), children }
  }
  const roots = [...documents.keys()].filter(name => machines.parentage.parent(name) === undefined)
  return roots.sort(byCodeUnit).map(enclosed)
}

/** What a machine encloses, in the order in which it references them; with `recursive`, each with its own behind it. */
export const childrenOf = (
  { machines }: Pick<CompiledSite, 'machines'>,
  name: string,
  recursive = false,
): readonly string[] =>
  machines.parentage
    .children(name)
    .flatMap(child => [child.name, ...(recursive ? childrenOf({ machines }, child.name, true) : [])])
