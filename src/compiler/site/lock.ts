// xenclosure.lock.yaml, committed beside xenclosure.yaml: the host on which each guest is known to live. Only
// `compile` (new guests) and `release` write it. Pure: site.ts reads the file, publish.ts puts it in place.
import { stringify } from 'yaml'
import type { YamlMap } from '../parse/load.js'
import { isUntagged } from '../parse/tags.js'
import type { Problems } from '../problems.js'
import { didYouMeanOrOneOf } from '../suggest.js'
import { lockFile } from './lock-file.js'
import { heading, type Residence, type Residences, readPlainLock } from './plain-lock.js'
import type { Site } from './site.js'

/** Where the guests of a site live. A file as it is printed is read without YAML, which takes ten times as long. */
export const residencesOf = (site: Pick<Site, 'text' | 'lock'>, problems: Problems): Residences =>
  readPlainLock(site.text(lockFile)) ?? readLock(site.lock()?.root, problems)

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

/** The text of the file; the same hosts give the same bytes. */
export const printLock = (hosts: ReadonlyMap<string, string>): string =>
  heading + stringify({ guests: Object.fromEntries(hosts) }, { sortMapEntries: true, version: '1.2' })
