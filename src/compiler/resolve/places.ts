// A set of places in the trees of machines, which can say whether another place stands in, above or below one of them
// without looking at each. Places are JSON pointers, or those below a variable: `${XEN_VG}/ce`.

export type Places = {
  readonly add: (machine: string, pointer: string) => void
  /** Whether a place is one of these, or below one. */
  readonly holds: (machine: string, pointer: string) => boolean
  /** Whether a place is one of these, or above or below one. */
  readonly touches: (machine: string, pointer: string) => boolean
}

export const createPlaces = (): Places => {
  const places = new Set<string>()
  const aboveThem = new Set<string>()
  const key = (machine: string, pointer: string): string => `${machine} ${pointer}`
  const holds = (machine: string, pointer: string): boolean =>
    [pointer, ...above(pointer)].some(one => places.has(key(machine, one)))
  return {
    add: (machine, pointer) => {
      places.add(key(machine, pointer))
      for (const one of above(pointer)) aboveThem.add(key(machine, one))
    },
    holds,
    touches: (machine, pointer) => aboveThem.has(key(machine, pointer)) || holds(machine, pointer),
  }
}

/** `/a/b` -> ``, `/a` */
const above = (pointer: string): readonly string[] =>
  [...pointer.matchAll(/\//g)].map(({ index }) => pointer.slice(0, index))
