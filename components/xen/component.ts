// The domains of a Xen host. The tables of what it does when are in README.md.
import type { Component } from '../../src/model/component.js'
import type { Actual } from './actual.js'
import { capacities } from './capacities.js'
import { unique } from './check/identities.js'
import { check } from './check.js'
import { checkSite } from './check-site.js'
import type { XenDomains } from './desired.js'
import { domainsOf } from './domain.js'
import { installations } from './install.js'
import { intervention, stops } from './intervened.js'
import { migration } from './migration.js'
import { misplaced, move } from './move.js'
import { observe } from './observe.js'
import { orphans } from './orphans.js'
import { plan } from './plan.js'
import { pull } from './pull.js'

export const xen: Component<XenDomains, Actual> = {
  name: 'xen',
  observe,
  plan,
  guests: desired => domainsOf(desired).map(({ key, isShared }) => ({ name: key, isShared })),
  orphans,
  pull,
  move,
  misplaced,
  migration,
  installations,
  intervention,
  stops,
  check,
  unique,
  checkSite,
  capacities,
}
