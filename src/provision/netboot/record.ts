// What a machine boots until now, by its entries on the TFTP server. Of several cards' entries the last one is the record:
// it is written last, so a change that was broken off is either done or to be done again.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { byCodeUnit, type JsonMap } from '../../model/json.js'
import { type Entry, entryPaths, entryPlaces, parseEntry, pathsOfCard } from './entry.js'

/** Undefined where there is none, or another machine had that card. */
export const recordedEntry = (document: JsonMap & { readonly name: string }, root: string): Entry | undefined => {
  const path = entryPaths(document)
    .map(path => join(root, path))
    .findLast(existsSync)
  const entry = path === undefined ? undefined : parseEntry(readFileSync(path, 'utf8'))
  return entry?.machine === document.name ? entry : undefined
}

/** The machines that boot by a card, as its entries say: two where it went from one to the other, with another loader. */
export const machinesOfCard = (mac: string, root: string): readonly string[] =>
  pathsOfCard(mac)
    .map(path => join(root, path))
    .filter(existsSync)
    .flatMap(path => parseEntry(readFileSync(path, 'utf8'))?.machine ?? [])

/** Of every machine, one for each card. */
export const recordedEntries = async (root: string): Promise<readonly Entry[]> => {
  const entries: Entry[] = []
  for (const path of entryFilesIn(root)) {
    const entry = parseEntry(await readFile(join(root, path), 'utf8'))
    if (entry !== undefined) entries.push(entry)
  }
  return entries
}

/** The entries that machines have at cards by which they no longer boot, below the root: nobody sets them any more. */
export const abandonedEntries = (
  root: string,
  documentOf: (machine: string) => (JsonMap & { readonly name: string }) | undefined,
): readonly { readonly machine: string; readonly path: string }[] =>
  entryFilesIn(root).flatMap(path => {
    const { machine } = parseEntry(readFileSync(join(root, path), 'utf8')) ?? {}
    const document = machine === undefined ? undefined : documentOf(machine)
    return machine === undefined || (document && entryPaths(document).includes(path)) ? [] : [{ machine, path }]
  })

/** Below the root. */
const entryFilesIn = (root: string): readonly string[] =>
  Object.values(entryPlaces).flatMap(({ folder, name }) => {
    const directory = join(root, folder)
    const files = existsSync(directory) ? readdirSync(directory).sort(byCodeUnit) : []
    return files.filter(file => file.startsWith(name) && !file.endsWith('.tmp')).map(file => `${folder}/${file}`)
  })
