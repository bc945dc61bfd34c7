// What the host has: domains and their states, the declared domains' configs, auto links, saved domains. Reads only.
import type { System } from '../../src/model/system.js'
import { ask } from '../../src/system/ask.js'
import { isXenRunning } from '../../src/system/hypervisor.js'
import type { Actual, AutoLink } from './actual.js'
import type { XenDomains } from './desired.js'
import { autoDirectory, configDirectory, configFile, configPath, saveDirectory } from './domain.js'
import { parseDomains } from './xl-list.js'

export const observe = async (system: System, desired: XenDomains): Promise<Actual> => {
  const keys = Object.keys({ ...desired.domains, ...desired.movedTo })
  const ours = new Set(keys.map(configFile))
  const files = (await system.list(configDirectory)) ?? []
  const xenRuns = await isXenRunning(system)
  return {
    xenRuns,
    domains: xenRuns ? await observeDomains(system) : [],
    configs: await readConfigs(system, keys),
    otherConfigs: files.filter(file => file.endsWith('.cfg') && !ours.has(file)),
    autoLinks: await readAutoLinks(system),
    saved: (await system.list(saveDirectory)) ?? [],
  }
}

const observeDomains = async (system: System): Promise<Actual['domains']> =>
  parseDomains(await ask(system, ['xl', 'list']), await ask(system, ['xl', 'list', '-l']))

const readConfigs = async (system: System, keys: readonly string[]): Promise<Actual['configs']> => {
  const configs: Record<string, string | null> = {}
  for (const key of keys) configs[configFile(key)] = await system.read(configPath(key))
  return configs
}

const readAutoLinks = async (system: System): Promise<readonly AutoLink[] | null> => {
  const files = await system.list(autoDirectory)
  if (files === null) return null
  const links: AutoLink[] = []
  for (const file of files) {
    const stat = await system.stat(`${autoDirectory}/${file}`)
    if (stat !== null) links.push({ file, target: stat.target ?? null })
  }
  return links
}
