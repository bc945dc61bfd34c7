// What an intervention makes of the declared domains: none is to run, and each is asked to shut down after those that
// start behind it. Pure.
import type { Action } from '../../src/model/action.js'
import type { GuestStop } from '../../src/model/component.js'
import type { Intervention, OngoingIntervention } from '../../src/model/intervention.js'
import { reachedFrom } from '../../src/model/reached.js'
import type { DomainState } from '../../src/system/xl-list.js'
import type { Actual } from './actual.js'
import type { XenDomains } from './desired.js'
import { type Domain, domainsOf, stoppedKey } from './domain.js'

/** Those that are given up are ended as their absence says. */
export const underIntervention = (domains: readonly Domain[], intervention: Intervention | null): readonly Domain[] => {
  if (intervention === null || intervention.isEnding) return domains
  const { limit, limits, onTimeout } = intervention
  return domains.map(domain => {
    if (domain.ensure === 'absent') return domain
    const seconds = limits[domain.key] ?? limit
    return {
      ...domain,
      ensure: 'stopped',
      isIntervened: true,
      mayDisrupt: true,
      shutdownTimeout: seconds === null ? domain.shutdownTimeout : seconds * 1000,
      onTimeout: onTimeout ?? domain.onTimeout,
    }
  })
}

/** As far as profiles tell: the guests that are to run, the first to go down first. */
export const stops = (desired: XenDomains): readonly GuestStop[] => {
  const domains = domainsOf(desired).filter(({ ensure }) => ensure === 'running')
  const isBehind = (other: Domain, domain: Domain): boolean =>
    needsIt(other, domain.key, domains) || startOrderOf(other, domains) > startOrderOf(domain, domains)
  const rank = (domain: Domain): number => domains.filter(other => isBehind(other, domain)).length
  return [...domains]
    .sort((a, b) => rank(a) - rank(b))
    .map(domain => ({
      guest: domain.key,
      limit: domain.shutdownTimeout / 1000,
      onTimeout: domain.onTimeout,
      after: domains.filter(other => isBehind(other, domain)).map(({ key }) => key),
    }))
}

/** Down in the reverse of the start order: what keeps one up keeps up those that it needs. */
export const inReverse =
  (domain: Domain, domains: readonly Domain[], actual: Actual) =>
  (action: Action): Action => ({
    ...action,
    provides: [...action.provides, stoppedKey(domain.key)],
    requires: [...action.requires, ...stopRequires(domain, domains, actual)],
  })

/**
 * The keys that the stop of a domain requires: that those that need it are down, and those of a later order, too, unless
 * nobody knows whether they ever will be.
 */
const stopRequires = (domain: Domain, domains: readonly Domain[], actual: Actual): readonly string[] =>
  domains
    .filter(other => other.key !== domain.key && isUp(other, actual))
    .filter(
      other =>
        needsIt(other, domain.key, domains) ||
        (isComingDown(other, domains, actual) && startOrderOf(other, domains) > startOrderOf(domain, domains)),
    )
    .map(({ key }) => stoppedKey(key))

/** What an intervention is told by: of all domains, also those that no document declares, the ones that are not down. */
export const intervention = (
  _desired: unknown,
  { intervention: ordered, domains }: Actual,
): OngoingIntervention | null =>
  ordered === null || ordered.isEnding
    ? null
    : {
        since: ordered.since,
        reason: ordered.reason,
        boot: ordered.boot,
        up: domains.filter(({ state }) => !isOver(state)).map(({ name }) => name),
      }

const isOver = (state: DomainState): boolean => state === 'shut down' || state === 'crashed'

const isUp = ({ name }: Domain, { domains }: Actual): boolean =>
  domains.some(domain => domain.name === name && (domain.state === 'running' || domain.state === 'paused'))

/** Nothing says that it, or one that keeps it up, does not go. */
const isComingDown = (domain: Domain, domains: readonly Domain[], actual: Actual): boolean =>
  [domain, ...domains.filter(other => isUp(other, actual) && needsIt(other, domain.key, domains))].every(one =>
    isAnswering(one, actual),
  )

/** Asked to shut down, it may do so in time. */
const isAnswering = ({ key, name }: Domain, { domains, held, overdue }: Actual): boolean =>
  !held.includes(key) &&
  !overdue.includes(key) &&
  domains.some(domain => domain.name === name && domain.state === 'running')

/** Directly or through others; of a circle, every one needs all of it. */
const neededBy = (domain: Domain, domains: readonly Domain[]): ReadonlySet<string> =>
  reachedFrom(domain.needs, key => domains.find(other => other.key === key)?.needs ?? [])

/** In a circle nobody comes first. */
const needsIt = (domain: Domain, key: string, domains: readonly Domain[]): boolean => {
  const needed = neededBy(domain, domains)
  return needed.has(key) && !needed.has(domain.key)
}

/** One that needs another starts behind it, whatever its own order says. */
const startOrderOf = (domain: Domain, domains: readonly Domain[]): number => {
  const needed = neededBy(domain, domains)
  return Math.max(domain.order, ...domains.filter(({ key }) => needed.has(key)).map(({ order }) => order))
}
