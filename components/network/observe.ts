// observe: the links of the declared trunks with their addresses, the routes, who manages them, our files, and what is
// being tried or was. Where no bridge is declared, nothing is looked at; where all is as declared, only what shows that.
import type { System } from '../../src/model/system.js'
import { ask } from '../../src/system/ask.js'
import type { Actual, ActualLink, ActualRoute } from './actual.js'
import type { Network } from './desired.js'
import { keptDirectory, nameOfFile, trialDirectory } from './files.js'
import { parseLinks, parseRoutes } from './ip-json.js'
import { observeManagers } from './managers.js'
import { triedDirectory } from './memory.js'
import { plan } from './plan.js'
import { parseTimer } from './rollback.js'
import { type Trunk, trunksOf } from './trunk.js'

export const observe = async (system: System, desired: Network, memory: string): Promise<Actual> => {
  const trunks = trunksOf(desired)
  if (trunks.length === 0) return { ...nothing, memory }
  const links = parseLinks(await ask(system, ['ip', '-json', '-details', 'address', 'show']))
  const names = trunks.flatMap(namesOf)
  const files = { ...(await filesIn(system, keptDirectory)), ...(await filesIn(system, trialDirectory)) }
  const isTrying = Object.keys(files).some(path => path.startsWith(trialDirectory))
  const actual: Actual = {
    memory,
    links: Object.fromEntries(names.flatMap(name => entryOf(links, name))),
    managers: {},
    used: usedBridges(trunks, links),
    elsewhere: Object.fromEntries(trunks.flatMap(trunk => elsewhere(trunk, links))),
    routes: await observeRoutes(system, declaredFamilies(trunks)),
    files,
    armed: isTrying ? await armedTrunks(system) : [],
    tried: await observeTried(system, memory),
  }
  // Who manages an interface, and where the way out is, counts only where something is to be done.
  if (plan(desired, actual).length === 0) return actual
  const managerOf = await observeManagers(system)
  const managers = Object.fromEntries(names.map(name => [name, managerOf(name)]))
  return { ...actual, managers, routes: await observeRoutes(system, ['-4', '-6']) }
}

const nothing = {
  links: {},
  managers: {},
  used: [],
  elsewhere: {},
  routes: [],
  files: {},
  armed: [],
  tried: {},
} as const

type Links = ReadonlyMap<string, ActualLink>

const namesOf = ({ links, absent }: Trunk): readonly string[] => [...links.map(({ name }) => name), ...absent]

/** As ip(8) calls them. */
type Family = '-4' | '-6'

/** Those of the gateways that are declared. */
const declaredFamilies = (trunks: readonly Trunk[]): readonly Family[] => {
  const addressings = trunks.flatMap(({ links }) => links.map(({ addressing }) => addressing))
  const gateways = addressings.flatMap(({ gateways, routes }) => [...gateways, ...routes.map(({ via }) => via)])
  return (['-4', '-6'] as const).filter(family => gateways.some(via => via.includes(':') === (family === '-6')))
}

const entryOf = (links: Links, name: string): readonly (readonly [string, ActualLink])[] => {
  const link = links.get(name)
  return link === undefined ? [] : [[name, link]]
}

/** Guests come and go: only that there are any is told, so that a plan stays the same. */
const usedBridges = (trunks: readonly Trunk[], links: Links): readonly string[] => {
  const declared = new Set(trunks.flatMap(namesOf))
  const strangers = [...links].filter(([name, { bridge }]) => bridge !== null && !declared.has(name))
  const bridges = new Set(strangers.map(([, { bridge }]) => bridge))
  return [...declared].filter(name => bridges.has(name))
}

const elsewhere = (trunk: Trunk, links: Links): readonly (readonly [string, string])[] => {
  const own = new Set(namesOf(trunk))
  const others = [...links].filter(([name]) => !own.has(name))
  return trunk.links
    .flatMap(({ addressing }) => addressing.addresses)
    .flatMap(address => {
      const holder = others.find(([, { addresses }]) => addresses.map(withoutPrefix).includes(withoutPrefix(address)))
      return holder === undefined ? [] : [[address, holder[0]] as const]
    })
}

const withoutPrefix = (address: string): string => address.replace(/\/.*$/, '')

const observeRoutes = async (system: System, families: readonly Family[]): Promise<Actual['routes']> => {
  const routes: ActualRoute[] = []
  for (const family of families)
    routes.push(
      ...parseRoutes(await ask(system, ['ip', '-json', ...(family === '-6' ? [family] : []), 'route', 'show'])),
    )
  return routes
}

const filesIn = async (system: System, directory: string): Promise<Actual['files']> => {
  const names = (await system.list(directory)) ?? []
  const files: Record<string, string> = {}
  for (const name of names.filter(file => nameOfFile(file) !== undefined)) {
    const path = `${directory}/${name}`
    files[path] = (await system.read(path)) ?? ''
  }
  return files
}

const armedTrunks = async (system: System): Promise<Actual['armed']> => {
  const argv = ['systemctl', 'list-units', '--type=timer', '--state=active', '--plain', '--no-legend', '--full']
  const lines = (await ask(system, argv)).split('\n')
  return lines.flatMap(line => parseTimer(line.trim().split(/\s+/)[0] ?? '') ?? [])
}

const observeTried = async (system: System, memory: string): Promise<Actual['tried']> => {
  const directory = triedDirectory(memory)
  const tried: Record<string, string> = {}
  for (const trunk of (await system.list(directory)) ?? [])
    tried[trunk] = ((await system.read(`${directory}/${trunk}`)) ?? '').trim()
  return tried
}
