// The same change at many places of the documents, told once: a template's line that changes the memory of five hundred
// guests changes as many domains of their hosts. Folded are changes of one line that are equal up to one key of their
// paths, as `/software/components/xen/domains/*/options/memory`. Pure.
import type { SharedChange } from '../compiler/inspect/site-diff.js'
import { parsePointer, printPointer } from '../model/pointer.js'
import { distinct } from '../model/sorted.js'

/** A change, or many in one: `keys` are what `*` stands for in its pointer. */
export type FoldedChange = SharedChange & { readonly keys: readonly string[] }

/** Fewer places are read as fast one by one. */
const fewest = 4

type Fold = { readonly pointer: string; readonly members: { readonly key: string; readonly change: SharedChange }[] }

/** Of the changes of one line; what is folded stands where the first of it stood. */
export const foldChanges = (changes: readonly SharedChange[]): readonly FoldedChange[] => {
  const heads = new Map<SharedChange, FoldedChange>()
  const folded = new Set<SharedChange>()
  // The largest first: a change may be part of several, one for each key of its path.
  for (const { pointer, members } of foldsOf(changes).sort((a, b) => b.members.length - a.members.length)) {
    const free = members.filter(({ change }) => !folded.has(change))
    const [first] = free
    if (free.length < fewest || first === undefined) continue
    for (const { change } of free) folded.add(change)
    const machines = distinct(free.flatMap(({ change }) => change.machines))
    heads.set(first.change, { ...first.change, pointer, machines, keys: distinct(free.map(({ key }) => key)) })
  }
  return changes.flatMap(change => heads.get(change) ?? (folded.has(change) ? [] : { ...change, keys: [] }))
}

/** All that could be one, by each key of each path. */
const foldsOf = (changes: readonly SharedChange[]): Fold[] => {
  const folds = new Map<string, Fold>()
  for (const change of changes) {
    const { before, after, unit } = change
    const path = parsePointer(change.pointer)
    for (const [index, key] of path.entries()) {
      const pointer = printPointer(path.with(index, '*'))
      const same = JSON.stringify([index, pointer, before, after, unit])
      const fold = folds.get(same) ?? { pointer, members: [] }
      fold.members.push({ key, change })
      folds.set(same, fold)
    }
  }
  return [...folds.values()]
}
