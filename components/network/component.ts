// network: the host's bridges and VLANs for its guests' interfaces. What it does when, as a table: README.md.
import type { Component } from '../../src/model/component.js'
import type { Actual } from './actual.js'
import { checkSite } from './check-site.js'
import type { Network } from './desired.js'
import { observe } from './observe.js'
import { orphans } from './orphans.js'
import { plan } from './plan.js'

export const network: Component<Network, Actual> = { name: 'network', observe, plan, orphans, checkSite }
