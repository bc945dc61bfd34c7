// A simulated host with one component, xen, and runs of the agent on it.

import type { Actual } from '../../../components/xen/actual.js'
import { xen } from '../../../components/xen/component.js'
import type { Domain, XenDomains } from '../../../components/xen/desired.js'
import type { Report } from '../../../src/agent/report.js'
import type { Intervention } from '../../../src/model/intervention.js'
import type { System } from '../../../src/model/system.js'
import { blankHost } from '../../../src/system/simulated/blank.js'
import { SimulatedSystem } from '../../../src/system/simulated/simulated-system.js'
import type { SimulatedState } from '../../../src/system/simulated/state.js'
import { runComponent } from '../../fixtures/run-component.js'

export const memory = '/var/lib/xenclosure/xen'

/** What a host has that runs Xen and nothing else, as observe tells it. */
export const bareHost: Actual = {
  boot: 'boot-1',
  memory: '/state/xen',
  xenRuns: true,
  pagesInShadow: null,
  domains: [],
  configs: {},
  open: [],
  kept: {},
  otherConfigs: [],
  autoLinks: [],
  saveDirectory: '/var/lib/xen/save',
  saved: [],
  room: 4096,
  links: {},
  inUse: [],
  missing: [],
  tags: {},
  blank: [],
  ready: [],
  held: [],
  claimed: [],
  reinstallations: {},
  intervention: null,
  starts: {},
  asked: [],
  overdue: [],
}

/** As `agent down` begins one that leaves everything to the profiles. */
export const anIntervention: Intervention = {
  since: null,
  reason: null,
  boot: null,
  isEnding: false,
  limit: null,
  limits: {},
  onTimeout: null,
}

let hosts = 0

/** Every disk that is asked for exists. */
export const simulatedHost = (state: SimulatedState = blankHost({ hostname: 'h', memory: 4096, devices: [] })) => {
  hosts += 1
  return new SimulatedSystem(state, { label: `simulated by ${process.pid}: ${hosts}` })
}

/** A guest of its own: `n` gives it its uuid, MAC and disk. */
export const guest = (n: number, part: Partial<Domain> = {}): Domain => ({
  options: {
    uuid: `2c6a3a5e-6b7c-5a43-9c33-00000000000${n}`,
    type: 'pvh',
    memory: 256,
    kernel: '/srv/vmlinux',
    ...part.options,
  },
  disks: { xvda: { type: 'phy', device: `/dev/sd${'abcdefghij'[n]}` }, ...part.disks },
  vifs: { eth0: { mac: `00:16:3e:00:00:0${n}`, bridge: 'xenbr0' }, ...part.vifs },
  ...Object.fromEntries(Object.entries(part).filter(([key]) => !['options', 'disks', 'vifs'].includes(key))),
})

/** Runs of the agent with a document that declares these domains; `directory` is where the document is written. */
export const agentOn =
  (directory: string) =>
  (system: System, domains: NonNullable<XenDomains['domains']>, ...allow: readonly string[]): Promise<Report> =>
    runComponent(xen, directory)(system, { domains }, allow)

/** What became of each action: `start done`, `restart pending`. */
export const tellOf = ({ actions }: Report): readonly string[] =>
  actions.map(
    ({ id, outcome, status }) => `${id.replace(/^xen\//, '')} ${outcome === 'not applied' ? status : outcome}`,
  )
