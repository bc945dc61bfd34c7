// What decides which row of README.md's table "What runs" a domain is: facts of it, of the host, and of what the domains
// before it leave. run-situation.ts judges by them. Pure.
import { awaitedInstallation } from '../../../src/model/disk-tags.js'
import type { Actual, ActualConfig, ActualDomain, Starts } from '../actual.js'
import { differences } from '../differences.js'
import type { Domain } from '../domain.js'
import { halfFilled } from '../filling.js'
import { type Identity, identityOf, sharedWith } from '../identity.js'
import { hasEnded, type Installation, installationOf, installerOf, isInstalling, orderOf } from '../install.js'
import { type LiveChange, liveChanges } from '../live.js'
import { memoryNeed } from '../memory-need.js'
import { needFaults } from '../needs-faults.js'

/** What those that run, and those that are started before, leave to a domain. */
export type Left = {
  /** MiB. */
  readonly room: number
  /** Who has what only one may have. */
  readonly taken: readonly Identity[]
}

export type Facts = {
  readonly there: ActualDomain | undefined
  /** What only a restart takes up. */
  readonly differences: readonly string[]
  readonly changes: readonly LiveChange[]
  /** What of its other domains have. */
  readonly shared: readonly string[]
  readonly xenRuns: boolean
  /** Those of its needs that are not ready. */
  readonly needed: readonly Domain[]
  /** The disks of its that are not whole yet. */
  readonly halfFilled: readonly string[]
  /** The disks of its that dom0 uses. */
  readonly inUse: readonly string[]
  /** MiB that it takes beside what it has. */
  readonly moreMemory: number
  /** MiB of these that are not left to it; 0 where it fits. */
  readonly lacking: number
  readonly installation: Installation | undefined
  /** Its installer is still to run, or runs. */
  readonly isInstalling: boolean
  /** Its installer is kept, and proves to be done. */
  readonly isInstallerOver: boolean
  /** That by which it is to be installed anew, and for which it has not gone down yet. */
  readonly order: string | undefined
  /** Its boot disk says that it is being installed. */
  readonly isAwaited: boolean
  readonly isHeld: boolean
  readonly isClaimed: boolean
  readonly starts: Starts | undefined
  /** In this boot of the host. */
  readonly wasStarted: boolean
  readonly isSaved: boolean
  readonly isOverdue: boolean
  readonly mayCreate: boolean
}

/** `domains` are all the declared ones, this one too. */
export const factsOf = (
  domain: Domain,
  domains: readonly Domain[],
  actual: Actual,
  left: Left,
  mayCreate: boolean,
): Facts => {
  const { key, name } = domain
  const targets = domain.disks.map(({ target }) => target)
  const there = actual.domains.find(other => other.name === name)
  const config = there?.config ?? null
  const installation = installationOf(domain, actual)
  const starts = actual.starts[key]
  const moreMemory = Math.max(0, memoryToCome(domain, actual) - memoryHad(domain, config))
  return {
    there,
    differences: config === null ? [] : differences(domain, config, actual.links),
    changes: config === null ? [] : liveChanges(domain, config, actual.links),
    shared: left.taken.filter(other => other.name !== name).flatMap(other => sayShared(domain, other, domains, actual)),
    xenRuns: actual.xenRuns,
    needed: neededBy(domain, domains, actual),
    halfFilled: halfFilled(targets, actual),
    inUse: targets.filter(target => actual.inUse.includes(target)),
    moreMemory,
    lacking: moreMemory > 0 ? Math.max(0, moreMemory - left.room) : 0,
    installation,
    isInstalling: isInstalling(domain, actual),
    isInstallerOver: installation !== undefined && hasEnded(installation, there, actual.links),
    order: orderOf(domain, actual),
    isAwaited: awaitedInstallation(actual.tags[targets[0] ?? ''] ?? []) !== undefined,
    isHeld: actual.held.includes(key),
    isClaimed: actual.claimed.includes(key),
    starts,
    wasStarted: (starts?.numbers ?? []).length > 0,
    isSaved: actual.saved.includes(name),
    isOverdue: actual.overdue.includes(key),
    mayCreate,
  }
}

/** A guest that was renamed is there under a name that no document of this host has any more. */
const sayShared = (
  domain: Domain,
  other: Identity,
  domains: readonly Domain[],
  { links }: Actual,
): readonly string[] => {
  const shared = sharedWith(identityOf(domain, links), other)
  if (shared.length === 0 || domains.some(({ name }) => name === other.name)) return shared
  const remedy = `if that was its name, have its volumes renamed (formerly), then xl shutdown ${other.name}`
  return [...shared, `${other.name} is not declared here: ${remedy}`]
}

/** A circle, or one that is not to run, is the config's fault: it is rejected, and with it the start. */
const neededBy = (domain: Domain, domains: readonly Domain[], { ready }: Actual): readonly Domain[] =>
  needFaults(domain, domains).length > 0
    ? []
    : domains.filter(({ key }) => domain.needs.includes(key) && !ready.includes(key))

/** MiB that it has when it is next started, or its installer. */
const memoryToCome = (domain: Domain, actual: Actual): number =>
  memoryNeed((isInstalling(domain, actual) ? installerOf(domain) : domain).options)

/** MiB that it gives back when it ends. */
const memoryHad = ({ options }: Domain, config: ActualConfig | null): number =>
  config === null ? 0 : memoryNeed({ ...options, memory: config.memory / 1024, maxmem: config.maxmem / 1024 })
