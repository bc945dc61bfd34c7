// The enclosures of a site as nested data.

/** A machine and what it encloses. `type`: its enclosure's type; `guest` or `machine` where it encloses nothing. */
export type Enclosed = { readonly name: string; readonly type: string; readonly children: readonly Enclosed[] }

/** A machine, and what encloses it at once. */
export type FoundMachine = { readonly machine: Enclosed; readonly parent: Enclosed | undefined }

/** A machine by its name; undefined where there is none. */
export const findEnclosed = (
  machines: readonly Enclosed[],
  name: string,
  parent?: Enclosed,
): FoundMachine | undefined => {
  for (const machine of machines) {
    const found = machine.name === name ? { machine, parent } : findEnclosed(machine.children, name, machine)
    if (found !== undefined) return found
  }
  return undefined
}

/** All that a machine encloses, each with its own behind it. */
export const namesBelow = ({ children }: Enclosed): readonly string[] =>
  children.flatMap(child => [child.name, ...namesBelow(child)])
