// index.json of a directory of documents: which machines the site has, each with the digest of its document.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Index, isMachineName } from '../../model/document.js'
import { isMap, parseJson } from '../../model/json.js'

export const indexPath = (dir: string): string => join(dir, 'index.json')

/** What the last publication said; only names that we could have written, and nothing where the file is not ours. */
export const readIndex = (dir: string): { readonly site: string | undefined; readonly machines: Index['machines'] } => {
  const index = parseJson(indexText(dir))
  if (!isMap(index) || !isMap(index.machines)) return { site: undefined, machines: {} }
  const machines = Object.entries(index.machines).flatMap(([name, machine]) =>
    isMachineName(name) && isMap(machine) ? [[name, { sha256: String(machine.sha256) }]] : [],
  )
  return { site: typeof index.site === 'string' ? index.site : undefined, machines: Object.fromEntries(machines) }
}

/** Nothing where there is none. */
const indexText = (dir: string): string => (existsSync(indexPath(dir)) ? readFileSync(indexPath(dir), 'utf8') : '')

/** The text of a directory's index; undefined where it is not there as canonicalJson prints it for the site. */
export const indexOf = (dir: string, site: string): string | undefined => {
  const text = indexText(dir)
  const isPrinted = text.startsWith('{"machines":{') && text.endsWith(`},"site":${JSON.stringify(site)}}\n`)
  return isPrinted ? text : undefined
}

/**
 * The text of an index with other digests for some of its machines, put in where they stand: the index of a large site takes
 * longer to read and print than they to compile. Undefined where it lacks one of them.
 */
export const indexWith = (
  index: string,
  machines: readonly { readonly name: string; readonly sha256: string }[],
): string | undefined => {
  let text = index
  for (const { name, sha256 } of machines) {
    const start = `${JSON.stringify(name)}:{"sha256":"`
    const at = text.indexOf(start) + start.length
    const end = at + sha256.length
    if (at < start.length || !text.startsWith('"}', end)) return undefined
    text = text.slice(0, at) + sha256 + text.slice(end)
  }
  return text
}
