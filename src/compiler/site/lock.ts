// xenclosure.lock.yaml, committed beside xenclosure.yaml: the host on which each guest is known to live. Only
// `compile` (new guests) and `release` write it. Pure: site.ts reads the file, publish.ts puts it in place.
import { stringify } from 'yaml'
import type { Position } from '../../model/diagnostic.js'
import type { YamlMap } from '../parse/load.js'
import { isUntagged } from '../parse/tags.js'
import type { Problems } from '../problems.js'
import { didYouMeanOrOneOf } from '../suggest.js'

/** The host of a guest, and where the file says so. */
export type Residence = { readonly host: string; readonly position: Position }
/** By guest. */
export type Residences = ReadonlyMap<string, Residence>

/** What the file records; a site without one records nothing yet. */
export const readLock = (root: YamlMap | undefined, problems: Problems): Residences => {
  const residences = new Map<string, Residence>()
  for (const { key, position, value } of root?.entries ?? []) {
    if (key !== 'guests') {
      problems.error('key-unknown', `unknown key ${key}`, { position, hint: didYouMeanOrOneOf(key, ['guests']) })
    } else if (value.shape !== 'map') {
      problems.error('type', 'guests is a map of each guest to its host', { position: value.position })
    } else if (isUntagged(value, problems)) {
      for (const { key: guest, value: host } of value.entries) {
        if (!isUntagged(host, problems)) continue
        if (host.shape === 'scalar' && host.value !== null && host.source !== '')
          residences.set(guest, { host: host.source, position: host.position })
        else problems.error('type', `the host of ${guest} is a name`, { position: host.position })
      }
    }
  }
  return residences
}

const heading = `# The host that each guest lives on. "xenclosure compile" adds guests, "xenclosure release" changes an entry.
# Commit it: while it differs from the profiles, a guest is started on neither host.
`

/** The text of the file; the same hosts give the same bytes. */
export const printLock = (hosts: ReadonlyMap<string, string>): string =>
  heading + stringify({ guests: Object.fromEntries(hosts) }, { sortMapEntries: true, version: '1.2' })

/** The hosts of a file as it is printed, where nothing in it needs quotes; undefined where it says more. */
export const readPlainLock = (text: string | undefined): ReadonlyMap<string, string> | undefined => {
  if (text === undefined) return new Map()
  if (!text.startsWith(`${heading}guests:\n`)) return undefined
  const hosts = new Map<string, string>()
  for (const line of text.slice(heading.length).trimEnd().split('\n').slice(1)) {
    const [, guest, host] = /^ {2}([\w.-]+): ([\w.-]+)$/.exec(line) ?? []
    if (guest === undefined || host === undefined || hosts.has(guest)) return undefined
    hosts.set(guest, host)
  }
  return hosts
}

/** What a file as it is printed says of a few guests. */
export type PlainLock = {
  /** More than one where the file is wrong. */
  readonly hostsOf: (guest: string) => readonly string[]
  readonly guestsOf: (host: string) => readonly string[]
}

/** The same as readPlainLock, for who asks for a few of many guests: to take 25,000 lines apart takes ten times as long. */
export const openPlainLock = (text: string | undefined): PlainLock | undefined => {
  if (text !== undefined && !(text.startsWith(`${heading}guests:\n`) && plainLines.test(text.slice(heading.length))))
    return undefined
  const linesWith = (part: string): readonly string[] => partsWith(text ?? '', part)
  return {
    hostsOf: guest => linesWith(`\n  ${guest}: `).map(line => line.slice(line.indexOf(': ') + 2)),
    guestsOf: host => linesWith(`: ${host}\n`).map(line => line.slice(2, line.indexOf(': '))),
  }
}

const plainLines = /^guests:\n(?: {2}[\w.-]+: [\w.-]+\n)*$/

/** The lines in which a part begins or, where it begins with the end of one, those behind that. */
const partsWith = (text: string, part: string): readonly string[] => {
  const lines: string[] = []
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    const start = text.lastIndexOf('\n', at) + 1
    lines.push(text.slice(start, text.indexOf('\n', start)))
  }
  return lines
}
