// The difference between the declared domains and the host's, as actions: configs, installers' configs, auto links, then what runs. The
// rows of the tables in README.md stand here in the same order. Pure.
import type { Action } from '../../src/model/action.js'
import type { Actual } from './actual.js'
import type { XenDomains } from './desired.js'
import { domainsOf } from './domain.js'
import { underIntervention } from './intervened.js'
import { planDeparted } from './move.js'
import { planAutoLink } from './plan/auto-link.js'
import { planConfig } from './plan/config.js'
import { planInstaller } from './plan/installer.js'
import { planReady } from './plan/ready.js'
import { planRuns } from './plan/run.js'

export const plan = (desired: XenDomains, actual: Actual): readonly Action[] => {
  const declared = domainsOf(desired)
  const domains = underIntervention(declared, actual.intervention)
  const mayCreate = desired.create_domains ?? true
  return [
    ...declared.flatMap(domain => planConfig(domain, declared, actual)),
    ...planDeparted(desired, actual),
    ...[
      ...declared.flatMap(domain => planInstaller(domain, declared, actual)),
      ...domains.flatMap(domain => planAutoLink(domain, actual)),
      ...planReady(domains, actual, mayCreate),
      ...planRuns(domains, actual, mayCreate),
    ].map(action => (isOrdered(action, actual) ? { ...action, routine: true as const } : action)),
  ]
}

/** Whether it follows from what an administrator told the agent itself: that it is to be done says nothing about the host. */
const isOrdered = ({ resource }: Action, { intervention, held }: Actual): boolean =>
  intervention !== null || held.includes(resource)
