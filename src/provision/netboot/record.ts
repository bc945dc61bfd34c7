// What a machine boots until now, by its entries on the TFTP server. Of several cards' entries the last one is the record:
// it is written last, so a change that was broken off is either done or to be done again.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonMap } from '../../model/json.js'
import { type Entry, entryPaths, parseEntry } from './entry.js'

/** Undefined where there is none, or another machine had that card. */
export const recordedEntry = (document: JsonMap & { readonly name: string }, root: string): Entry | undefined => {
  const path = entryPaths(document)
    .map(path => join(root, path))
    .findLast(existsSync)
  const entry = path === undefined ? undefined : parseEntry(readFileSync(path, 'utf8'))
  return entry?.machine === document.name ? entry : undefined
}
