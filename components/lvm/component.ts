// lvm: volume groups and the volumes in them. What it does when, as tables: README.md.
import type { Component } from '../../src/model/component.js'
import type { Actual } from './actual.js'
import { capacities } from './capacities.js'
import { check } from './check.js'
import { checkSite } from './check-site.js'
import type { LVMVolumes } from './desired.js'
import { observe } from './observe.js'
import { orphans } from './orphans.js'
import { plan } from './plan.js'
import { move, pull } from './pull.js'

export const lvm: Component<LVMVolumes, Actual> = {
  name: 'lvm',
  observe,
  plan,
  orphans,
  pull,
  move,
  check,
  checkSite,
  capacities,
}
