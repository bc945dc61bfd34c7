// A simulated host with one component, network, and runs of the agent on it.
import { network } from '../../../components/network/component.js'
import type { Network } from '../../../components/network/desired.js'
import type { Report } from '../../../src/agent/report.js'
import type { System } from '../../../src/model/system.js'
import { blankHost } from '../../../src/system/simulated/blank.js'
import { SimulatedSystem } from '../../../src/system/simulated/simulated-system.js'
import type { SimulatedState } from '../../../src/system/simulated/state.js'
import { runComponent } from '../../fixtures/run-component.js'

const blank = blankHost({ hostname: 'h', memory: 4096, devices: [] })

let hosts = 0

export const hostWith = (state: SimulatedState): SimulatedSystem => {
  hosts += 1
  return new SimulatedSystem(state, { label: `simulated network by ${process.pid}: ${hosts}` })
}

/** eth0 has 192.0.2.10 by a file of the administrator's, and all else is blank. */
export const connectedHost = async (): Promise<SimulatedSystem> => {
  const host = hostWith(blank)
  const file = '[Match]\nName=eth0\n\n[Network]\nAddress=192.0.2.10/24\nGateway=192.0.2.1\n'
  await host.write('/etc/systemd/network/20-wired.network', file, 0o644)
  await host.exec(['networkctl', 'reload'], { effect: 'change' })
  return host
}

export const agentOn =
  (directory: string) =>
  (system: System, desired: Network, ...allow: readonly string[]): Promise<Report> =>
    runComponent(network, directory)(system, desired, allow)

/** What became of each action: `network/eth0 done`. */
export const tellOf = ({ actions }: Report): readonly string[] =>
  actions.map(({ id, outcome, status }) => `${id} ${outcome === 'not applied' ? status : outcome}`)

/** Files of systemd-networkd, links with their addresses, what is remembered. */
export const shapeOf = ({
  state,
}: SimulatedSystem): Readonly<Record<'files' | 'links' | 'timers', readonly string[]>> => ({
  files: Object.keys(state.files).filter(path => /\/systemd\/network\/|\/tried\//.test(path)),
  links: Object.entries(state.network?.links ?? {}).map(([name, { master, addresses, hasFailed }]) =>
    [name, master ?? '-', ...addresses, ...(hasFailed ? ['failed'] : [])].join(' '),
  ),
  timers: Object.keys(state.timers ?? {}),
})
