// What a simulated guest does by itself, and what becomes of its domain then: on_poweroff, on_reboot and on_crash of
// xl.cfg(5), carried out by the xl that started it.
import { readFile } from './files.js'
import type { Domain, SimulatedState } from './state.js'
import { createDomain, endDomain, userdata } from './xl/change.js'
import { parseConfig } from './xl/config.js'

/** `hang`: from now on it does nothing that it is asked. */
export type GuestEvent = 'poweroff' | 'reboot' | 'crash' | 'hang'

/** Throws where no such guest runs: a mistake of the test. */
export const happen = (state: SimulatedState, name: string, event: GuestEvent): SimulatedState => {
  const domain = state.domains.find(({ config }) => config.name === name)
  if (domain === undefined || domain.phase !== undefined) throw new Error(`bug: no guest ${name} runs`)
  if (event === 'hang') return replace(state, { ...domain, isDeaf: true })
  const { onPoweroff, onReboot, onCrash } = domain.config
  const reaction = { poweroff: onPoweroff, reboot: onReboot, crash: onCrash }[event]
  switch (reaction) {
    case 'destroy':
    case 'coredump-destroy':
      return endDomain(state, domain)
    case 'restart':
    case 'coredump-restart':
      return again(state, domain)
    case 'preserve':
      if (event === 'crash') return replace(state, { ...domain, phase: 'crashed' })
      return replace(state, { ...domain, phase: 'shut down', ...(event === 'reboot' ? { reason: event } : {}) })
    default:
      throw new Error(`${reaction} is not modelled by the simulated host`)
  }
}

const replace = (state: SimulatedState, domain: Domain): SimulatedState => ({
  ...state,
  domains: state.domains.map(other => (other.domid === domain.domid ? domain : other)),
})

/** From what `xl config-update` was given last, if it was; a domain that cannot be made is gone. */
const again = (state: SimulatedState, domain: Domain): SimulatedState => {
  const text = readFile(state, userdata(domain))
  const parsed = text === null ? undefined : parseConfig(userdata(domain), text)
  const config = parsed?.ok === true ? parsed.config : domain.config
  return createDomain(endDomain(state, domain), config).state
}
