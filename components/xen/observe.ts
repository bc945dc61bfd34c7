// What the host has: domains and their states, the declared domains' configs, auto links, saved domains. Reads only.
import { parseIntervention } from '../../src/model/intervention.js'
import { parseReinstallation } from '../../src/model/reinstallation.js'
import type { System } from '../../src/model/system.js'
import { ask } from '../../src/system/ask.js'
import { readBootId } from '../../src/system/boot-id.js'
import { isXenRunning } from '../../src/system/hypervisor.js'
import type { Actual, AutoLink } from './actual.js'
import type { XenDomains } from './desired.js'
import {
  autoDirectory,
  configDirectory,
  configFile,
  configPath,
  type Domain,
  domainsOf,
  startFile,
  startPath,
} from './domain.js'
import { isInstalling } from './install.js'
import { underIntervention } from './intervened.js'
import {
  claimsDirectory,
  holdsDirectory,
  interventionPath,
  reinstallationPath,
  reinstallationsDirectory,
} from './marks.js'
import { observeDisks } from './observe/disks.js'
import { observeLinks } from './observe/links.js'
import { observeInUse, observeReady } from './observe/missing.js'
import { observeOverdue } from './observe/overdue.js'
import { observeRoom } from './observe/room.js'
import { observeSaved } from './observe/saved.js'
import { observeStarts } from './observe/starts.js'
import { configOf, keptBeside } from './plan/auto-link.js'
import { askedDirectory } from './stop.js'
import { isKeptFrom, isOther } from './write-config.js'
import { parseDomains } from './xl-list.js'

const noDisks = { tags: {}, missing: [], blank: [] }

export const observe = async (system: System, desired: XenDomains, memory: string): Promise<Actual> => {
  const keys = Object.keys({ ...desired.domains, ...desired.movedTo })
  const ours = new Set(keys.map(configFile))
  const files = (await system.list(configDirectory)) ?? []
  const xenRuns = await isXenRunning(system)
  const boot = await readBootId(system)
  const domains = xenRuns ? await observeDomains(system) : []
  const intervention = parseIntervention(await system.read(interventionPath(memory)))
  const declared = underIntervention(domainsOf(desired), intervention)
  const missing = xenRuns ? declared.filter(domain => isMissing(domain, domains)) : []
  const isTight = xenRuns && declared.some(domain => needsRoom(domain, domains))
  const reinstallations = await readReinstallations(system, memory)
  const disks = xenRuns ? await observeDisks(system, declared, { domains, memory, reinstallations }) : noDisks
  // Who is asked whether it is ready runs: what the disks of one that has ended are called says nothing of it.
  const told = { ...disks, domains, reinstallations, links: {} }
  const installed = declared.filter(domain => !isInstalling(domain, told))
  const asked = (await system.list(askedDirectory(memory))) ?? []
  const configs = await readConfigs(system, keys, files)
  const autoLinks = await readAutoLinks(system, ours)
  return {
    boot,
    memory,
    xenRuns,
    pagesInShadow:
      xenRuns && declared.some(({ options }) => options.type === 'pv') ? await pagesInShadow(system) : null,
    domains,
    configs,
    open: await readOpen(system, configs),
    kept: await readKept(system, files, { configs, autoLinks }),
    otherConfigs: files.filter(file => file.endsWith('.cfg') && !ours.has(file)),
    autoLinks,
    ...(await observeSaved(system)),
    room: isTight ? await observeRoom(system) : null,
    links: await observeLinks(system, declared, domains),
    inUse: await observeInUse(system, missing),
    ...disks,
    ready: await observeReady(system, installed, missing, domains),
    held: await listMarks(system, holdsDirectory(memory)),
    claimed: await listMarks(system, claimsDirectory(memory)),
    reinstallations,
    intervention,
    starts: await observeStarts(system, declared, { domains, boot, memory }),
    asked,
    overdue: await observeOverdue(system, declared, { domains, boot, memory, asked }),
  }
}

/** xl info names what the machine can do for guests (virt_caps). */
const pagesInShadow = async (system: System): Promise<boolean> =>
  /^virt_caps *:.*\bshadow\b/m.test(await ask(system, ['xl', 'info']))

const isMissing = ({ ensure, name }: Domain, domains: Actual['domains']): boolean =>
  ensure === 'running' && !domains.some(domain => domain.name === name)

const needsRoom = (domain: Domain, domains: Actual['domains']): boolean => {
  const there = domains.find(({ name }) => name === domain.name)
  const has = (there?.config?.memory ?? 0) / 1024
  return isMissing(domain, domains) || (there !== undefined && domain.options.memory > has)
}

/** `ce.json` is there: what it says is for people. */
const listMarks = async (system: System, directory: string): Promise<readonly string[]> =>
  ((await system.list(directory)) ?? [])
    .filter(file => file.endsWith('.json'))
    .map(file => file.slice(0, -'.json'.length))

const readReinstallations = async (system: System, memory: string): Promise<Actual['reinstallations']> => {
  const orders: Record<string, string> = {}
  for (const key of await listMarks(system, reinstallationsDirectory(memory))) {
    const known = parseReinstallation(await system.read(reinstallationPath(memory, key)))
    if (known?.isBegun === false) orders[key] = known.order
  }
  return orders
}

const observeDomains = async (system: System): Promise<Actual['domains']> =>
  parseDomains(await ask(system, ['xl', 'list']), await ask(system, ['xl', 'list', '-l']))

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
const readOpen = async (system: System, configs: Actual['configs']): Promise<Actual['open']> => {
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
