// xenclosure.lock.yaml as lock.ts prints it, read without YAML: it has a line for each guest of a site, and who compiles an edit
// asks for them each time. Pure.
import type { Position } from '../../model/diagnostic.js'
import { lockFile } from './lock-file.js'

/** The host of a guest, and where the file says so. */
export type Residence = { readonly host: string; readonly position: Position }
/** By guest. */
export type Residences = ReadonlyMap<string, Residence>

export const heading = `# The host that each guest lives on. "xenclosure compile" adds guests, "xenclosure release" changes an entry.
# Commit it: while it differs from the profiles, a guest is started on neither host.
`

const begin = `${heading}guests:\n`
const withoutGuests = `${heading}guests: {}\n`

/** What YAML takes for a text and for nothing else. */
const plainName = String.raw`(?!(?:null|Null|NULL)(?![\w.-]))[A-Za-z0-9][\w.-]{0,254}`
const plainEntry = new RegExp(`^ {2}(${plainName}): (${plainName})$`)
const plainEntries = new RegExp(`^(?: {2}${plainName}: ${plainName}\n)+$`)

/** What a file as it is printed records, where nothing in it needs quotes; undefined where it says more. */
export const readPlainLock = (text: string | undefined): Residences | undefined => {
  if (text === undefined || text === withoutGuests) return new Map()
  if (!text.startsWith(begin) || !text.endsWith('\n')) return undefined
  const residences = new Map<string, Residence>()
  let line = begin.split('\n').length
  for (const entry of text.slice(begin.length, -1).split('\n')) {
    const [, guest, host] = plainEntry.exec(entry) ?? []
    if (guest === undefined || host === undefined) return undefined
    // Which YAML's reader here takes for no keys.
    if (residences.has(guest) || guest in Object.prototype) return undefined
    residences.set(guest, { host, position: { file: lockFile, line, column: `  ${guest}: `.length + 1 } })
    line += 1
  }
  return residences
}

/** What a file as it is printed says of a few guests. */
export type PlainLock = {
  /** More than one where the file is wrong. */
  readonly hostsOf: (guest: string) => readonly string[]
  readonly guestsOf: (host: string) => readonly string[]
}

/** The same as readPlainLock, for who asks for a few of many guests: to take 25,000 lines apart takes ten times as long. */
export const openPlainLock = (text: string | undefined): PlainLock | undefined => {
  const isEmpty = text === undefined || text === withoutGuests
  if (!isEmpty && !(text.startsWith(begin) && plainEntries.test(text.slice(begin.length)))) return undefined
  const linesWith = (part: string): readonly string[] => partsWith(text ?? '', part)
  return {
    hostsOf: guest => linesWith(`\n  ${guest}: `).map(line => line.slice(line.indexOf(': ') + 2)),
    guestsOf: host => linesWith(`: ${host}\n`).map(line => line.slice(2, line.indexOf(': '))),
  }
}

/** The lines in which a part begins or, where it begins with the end of one, those behind that. */
const partsWith = (text: string, part: string): readonly string[] => {
  const lines: string[] = []
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    const from = text.lastIndexOf('\n', at) + 1
    lines.push(text.slice(from, text.indexOf('\n', from)))
  }
  return lines
}
