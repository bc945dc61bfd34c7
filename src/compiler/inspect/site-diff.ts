// What differs between two editions of a site: which machines came and went, and what changed in the documents of the
// others, the same change of many machines told once, with the line that makes it so.
import type { Position } from '../../model/diagnostic.js'
import type { Document } from '../../model/document.js'
import { byCodeUnit } from '../../model/json.js'
import { parsePointer } from '../../model/pointer.js'
import type { CompiledSite } from '../compile.js'
import { descend } from '../compose/descend.js'
import { placeInFile } from '../judge/check-site.js'
import { viewAt } from '../schema/schema-view.js'
import { type Change, changesOf } from './document-changes.js'

/** A change that machines have in common. */
export type SharedChange = Change & {
  readonly machines: readonly string[]
  /** Of the quantity that it is. */
  readonly unit: string | undefined
  /**
   * Where the value comes from that is there now; of what is gone, where it was. Of what a host has of a guest that the
   * other edition encloses elsewhere, the line that encloses it: the guest's own are the same in both.
   */
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
  const [side, other] = change.after === undefined ? [before, after] : [after, before]
  const document: Document | undefined = side.documents.get(machine)
  const unit = viewAt(side.machines.resolver.root, document, parsePointer(pointer)).quantity()?.unit
  const position = enclosingLine(machine, pointer, side, other) ?? placeInFile(side, { machine, pointer })
  return { ...change, machines: [machine], unit, position }
}

/** Of a guest of whom there is something at a place, and which the other edition encloses elsewhere or not at all. */
const enclosingLine = (
  machine: string,
  pointer: string,
  { machines: { trees, parentage } }: CompiledSite,
  other: CompiledSite,
): Position | undefined => {
  const folded = descend(trees.enclosed(machine), parsePointer(pointer))?.folded
  // The host's own word has its own line, which counts.
  if (folded?.winner.pulled === undefined) return undefined
  const guests = folded.story.flatMap(({ pulled }) => pulled?.child?.name ?? pulled?.moving ?? [])
  const guest = guests.find(name => parentage.parent(name) !== other.machines.parentage.parent(name))
  const parent = guest === undefined ? undefined : parentage.parent(guest)
  if (parent === undefined) return undefined
  return parentage.children(parent).find(({ name }) => name === guest)?.position
}

const byPlace = (a: SharedChange, b: SharedChange): number =>
  byCodeUnit(a.position.file, b.position.file) ||
  a.position.line - b.position.line ||
  a.position.column - b.position.column ||
  byCodeUnit(a.pointer, b.pointer)
