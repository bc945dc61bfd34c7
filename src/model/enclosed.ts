// The enclosures of a site as nested data.

/** A machine and what it encloses. `type`: its enclosure's type; `guest` or `machine` where it encloses nothing. */
export type Enclosed = { readonly name: string; readonly type: string; readonly children: readonly Enclosed[] }
