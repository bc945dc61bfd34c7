// What stands in /etc/xen: the configs of the domains declared or moved away, what starts domains with the host, and what is
// kept of what somebody else wrote in the place of ours (write-config.ts). Part of observe.ts.
import type { System } from '../../../src/model/system.js'
import type { Actual, AutoLink } from '../actual.js'
import { autoDirectory, configDirectory, configFile, configPath, startFile, startPath } from '../domain.js'
import { configOf, keptBeside } from '../plan/auto-link.js'
import { isKeptFrom, isOther } from '../write-config.js'

/** `keys`: of the domains declared or moved away. */
export const observeFiles = async (
  system: System,
  keys: readonly string[],
): Promise<Pick<Actual, 'configs' | 'open' | 'otherConfigs' | 'autoLinks' | 'kept'>> => {
  const present = (await system.list(configDirectory)) ?? []
  const ours = new Set(keys.map(configFile))
  const configs = await readConfigs(system, keys, present)
  const autoLinks = await readAutoLinks(system, ours)
  return {
    configs,
    open: await openOf(system, configs),
    otherConfigs: present.filter(file => file.endsWith('.cfg') && !ours.has(file)),
    autoLinks,
    kept: await readKept(system, present, { configs, autoLinks }),
  }
}

/** `present`: what there is in the directory. */
const readConfigs = async (
  system: System,
  keys: readonly string[],
  present: readonly string[],
): Promise<Actual['configs']> => {
  const configs: Record<string, string | null> = {}
  for (const key of keys) {
    configs[configFile(key)] = await readAnybodys(system, configPath(key))
    if (present.includes(startFile(key))) configs[startFile(key)] = await readAnybodys(system, startPath(key))
  }
  return configs
}

/** What somebody else wrote is read as it is kept (write-config.ts): byte for byte. */
const readAnybodys = async (system: System, path: string): Promise<string | null> => {
  const text = await system.read(path)
  return isOther(text) ? system.read(path, 'latin1') : text
}

/** A link says nothing of what it leads to. */
const openOf = async (system: System, configs: Actual['configs']): Promise<Actual['open']> => {
  const open: string[] = []
  for (const [file, content] of Object.entries(configs)) {
    if (content === null) continue
    const stat = await system.stat(`${configDirectory}/${file}`)
    if (stat?.type === 'file' && ((stat.mode & 0o077) !== 0 || stat.isForeign)) open.push(file)
  }
  return open
}

/** What is no link is read where it stands in the place of one of ours. */
const readAutoLinks = async (system: System, ours: ReadonlySet<string>): Promise<readonly AutoLink[] | null> => {
  const files = await system.list(autoDirectory)
  if (files === null) return null
  const links: AutoLink[] = []
  for (const file of files) {
    const path = `${autoDirectory}/${file}`
    const stat = await system.stat(path)
    if (stat === null) continue
    const link = { file, target: stat.target ?? null }
    const startsOurs = stat.type === 'file' && ours.has(configOf(link))
    links.push(startsOurs ? { ...link, content: await readAnybodys(system, path) } : link)
  }
  return links
}

/** `present`: what there is in the directory of the configs, beside which they are kept. */
const readKept = async (
  system: System,
  present: readonly string[],
  { configs, autoLinks }: Pick<Actual, 'configs' | 'autoLinks'>,
): Promise<Actual['kept']> => {
  const places = [
    ...Object.entries(configs).map(([file, content]) => ({ path: `${configDirectory}/${file}`, content })),
    ...(autoLinks ?? []).map(({ file, content = null }) => ({ path: keptBeside(file), content })),
  ]
  const others = places.filter(({ content }) => isOther(content))
  const kept: Record<string, string | null> = {}
  for (const place of present.map(file => `${configDirectory}/${file}`)) {
    if (!others.some(({ path }) => isKeptFrom(path, place))) continue
    const stat = await system.stat(place)
    kept[place] = stat?.type === 'file' ? await system.read(place, 'latin1') : null
  }
  return kept
}
