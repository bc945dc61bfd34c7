// What the host has: what runs, what administrators have told the agent, and what of the declared domains is to be known
// then. Each part is a file of observe/. Reads only.
import type { System } from '../../src/model/system.js'
import { ask } from '../../src/system/ask.js'
import { readBootId } from '../../src/system/boot-id.js'
import { isXenRunning } from '../../src/system/hypervisor.js'
import type { Actual } from './actual.js'
import type { XenDomains } from './desired.js'
import { type Domain, domainsOf } from './domain.js'
import { isInstalling } from './install.js'
import { underIntervention } from './intervened.js'
import { observeAsked } from './observe/asked.js'
import { observeDisks } from './observe/disks.js'
import { observeFiles } from './observe/files.js'
import { observeLinks } from './observe/links.js'
import { observeMarks } from './observe/marks.js'
import { observeInUse, observeReady } from './observe/missing.js'
import { observeRoom } from './observe/room.js'
import { observeSaved } from './observe/saved.js'
import { observeStarts } from './observe/starts.js'
import { parseDomains } from './xl-list.js'

export const observe = async (system: System, desired: XenDomains, memory: string): Promise<Actual> => {
  const xenRuns = await isXenRunning(system)
  const boot = await readBootId(system)
  const domains = xenRuns ? await observeDomains(system) : []
  const marks = await observeMarks(system, memory)
  const declared = underIntervention(domainsOf(desired), marks.intervention)
  // Without Xen none is started, and nobody is asked what a start would take.
  const underXen = xenRuns ? declared : []
  const toStart = underXen.filter(domain => isToStart(domain, domains))
  const disks = await observeDisks(system, underXen, { ...marks, domains, memory })
  const links = await observeLinks(system, declared, domains)
  const installed = declared.filter(domain => !isInstalling(domain, { ...disks, ...marks, domains, links }))
  return {
    boot,
    memory,
    xenRuns,
    pagesInShadow: await observeShadow(system, underXen),
    domains,
    ...marks,
    ...(await observeFiles(system, Object.keys({ ...desired.domains, ...desired.movedTo }))),
    ...(await observeSaved(system)),
    ...disks,
    links,
    room: underXen.some(domain => needsRoom(domain, domains)) ? await observeRoom(system) : null,
    inUse: await observeInUse(system, toStart),
    ready: await observeReady(system, installed, toStart, domains),
    starts: await observeStarts(system, declared, { domains, boot, memory }),
    ...(await observeAsked(system, declared, { domains, boot, memory })),
  }
}

const observeDomains = async (system: System): Promise<Actual['domains']> =>
  parseDomains(await ask(system, ['xl', 'list']), await ask(system, ['xl', 'list', '-l']))

const isToStart = ({ ensure, name }: Domain, domains: Actual['domains']): boolean =>
  ensure === 'running' && !domains.some(domain => domain.name === name)

/** xl info names what the machine can do for guests (virt_caps). */
const observeShadow = async (system: System, declared: readonly Domain[]): Promise<boolean | null> =>
  declared.some(({ options }) => options.type === 'pv')
    ? /^virt_caps *:.*\bshadow\b/m.test(await ask(system, ['xl', 'info']))
    : null

const needsRoom = (domain: Domain, domains: Actual['domains']): boolean => {
  const there = domains.find(({ name }) => name === domain.name)
  const has = (there?.config?.memory ?? 0) / 1024
  return isToStart(domain, domains) || (there !== undefined && domain.options.memory > has)
}
