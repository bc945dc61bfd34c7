// What differs between two editions of a site: which machines came and went, and what changed in the documents of the
// others, the same change of many machines told once, with the line that makes it so.
import type { Position } from '../../model/diagnostic.js'
import type { Document } from '../../model/document.js'
import { byCodeUnit } from '../../model/json.js'
import { parsePointer } from '../../model/pointer.js'
import type { CompiledSite } from '../compile.js'
import { placeInFile } from '../judge/check-site.js'
import { viewAt } from '../schema/schema-view.js'
import { type Change, changesOf } from './document-changes.js'

/** A change that machines have in common. */
export type SharedChange = Change & {
  readonly machines: readonly string[]
  /** Of the quantity that it is. */
  readonly unit: string | undefined
  /** Where the value comes from that is there now; of what is gone, where it was. */
  readonly position: Position
}

export type SiteDiff = {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Those of one line stand together. */
  readonly changes: readonly SharedChange[]
}

/** Both sites have compiled without an error. */
export const diffSites = (before: CompiledSite, after: CompiledSite): SiteDiff => {
  const missingIn = (other: CompiledSite) => (name: string) => !other.documents.has(name)
  const shared = new Map<string, { readonly change: SharedChange; readonly machines: string[] }>()
  for (const [machine, document] of after.documents) {
    for (const change of changesOf(before.documents.get(machine) ?? document, document)) {
      const found = causeOf(machine, change, before, after)
      const key = JSON.stringify([found.pointer, found.before, found.after, found.position])
      const known = shared.get(key)
      if (known === undefined) shared.set(key, { change: found, machines: [machine] })
      else known.machines.push(machine)
    }
  }
  return {
    added: [...after.documents.keys()].filter(missingIn(before)).sort(byCodeUnit),
    removed: [...before.documents.keys()].filter(missingIn(after)).sort(byCodeUnit),
    changes: [...shared.values()]
      .map(({ change, machines }) => ({ ...change, machines: machines.sort(byCodeUnit) }))
      .sort(byPlace),
  }
}

const causeOf = (machine: string, change: Change, before: CompiledSite, after: CompiledSite): SharedChange => {
  const { pointer } = change
  const side = change.after === undefined ? before : after
  const document: Document | undefined = side.documents.get(machine)
  const unit = viewAt(side.machines.resolver.root, document, parsePointer(pointer)).quantity()?.unit
  return { ...change, machines: [machine], unit, position: placeInFile(side, { machine, pointer }) }
}

const byPlace = (a: SharedChange, b: SharedChange): number =>
  byCodeUnit(a.position.file, b.position.file) ||
  a.position.line - b.position.line ||
  a.position.column - b.position.column ||
  byCodeUnit(a.pointer, b.pointer)
