// What of Xen is on the host and in no document: domains, and what would start one with the host. Never touched.
import { byCodeUnit } from '../../src/model/json.js'
import type { Actual } from './actual.js'
import type { XenDomains } from './desired.js'
import { autoDirectory, configDirectory, configFile, domainsOf } from './domain.js'
import { departedName } from './move.js'
import { configOf } from './plan/auto-link.js'

/** `domain old`, `file /etc/xen/auto/50-old`; a config alone starts nothing and counts only beside one of these. */
export const orphans = (desired: XenDomains, actual: Actual): readonly string[] => {
  const declared = domainsOf(desired)
  const departed = Object.keys(desired.movedTo ?? {})
  const names = [...declared.map(({ name }) => name), ...departed.map(key => departedName(key, actual))]
  const configs = [...declared.map(({ key }) => key), ...departed].map(configFile)
  const domains = actual.domains.filter(({ name }) => !names.includes(name))
  const links = (actual.autoLinks ?? []).filter(link => !configs.includes(configOf(link)))
  const theirs = [...domains.map(({ name }) => configFile(name)), ...links.map(configOf)]
  return [
    ...domains.map(({ name }) => `domain ${name}`),
    ...links.map(({ file }) => `file ${autoDirectory}/${file}`),
    ...actual.otherConfigs.filter(file => theirs.includes(file)).map(file => `file ${configDirectory}/${file}`),
  ].sort(byCodeUnit)
}
