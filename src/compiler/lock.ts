// xenclosure.lock.yaml, committed beside xenclosure.yaml: the host on which each guest is known to live. Only
// `compile` (new guests) and `release` write it. Pure: site.ts reads the file, publish.ts puts it in place.
import { stringify } from 'yaml'
import type { Position } from '../model/diagnostic.js'
import type { YamlMap } from './load.js'
import type { Problems } from './problems.js'
import { didYouMeanOrOneOf } from './suggest.js'
import { isUntagged } from './tags.js'

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
