// The simulated host's xl where it stops domains, holds them and tells how long they have run.
import { type Command, fail, notModelled, succeed } from '../answer.js'
import { happen } from '../guest.js'
import { clockOf, type Domain, type SimulatedState } from '../state.js'
import { findDomain, unknownDomain } from './list.js'

/** Only asks, and says so. A guest that is paused, hung or already down does nothing. */
export const xlShutdown: Command = (state, argv) => {
  const [name = '', ...more] = argv.slice(2).filter(word => word !== '-F')
  if (more.length > 0 || name.startsWith('-')) throw notModelled(argv)
  const domain = findDomain(state, name)
  if (domain === undefined) return unknownDomain(state, name)
  const asked = `Shutting down domain ${domain.domid}`
  const obeys = domain.phase === undefined && domain.isDeaf === undefined
  return { ...succeed(obeys ? happen(state, domain.config.name, 'poweroff') : state), stderr: `${asked}\n` }
}

const become =
  (phase: 'paused' | undefined): Command =>
  (state, argv) => {
    const domain = findDomain(state, argv[2] ?? '')
    if (domain === undefined) return unknownDomain(state, argv[2] ?? '')
    const { phase: before, ...rest } = domain
    if (before !== undefined && before !== 'paused')
      return fail(state, 1, 'libxl: error: cannot do this to a dead domain')
    return succeed(withDomain(state, phase === undefined ? rest : { ...rest, phase }))
  }

const withDomain = (state: SimulatedState, domain: Domain): SimulatedState => ({
  ...state,
  domains: state.domains.map(other => (other.domid === domain.domid ? domain : other)),
})

export const xlPause: Command = become('paused')
export const xlUnpause: Command = become(undefined)

/** `xl uptime NAME` */
export const xlUptime: Command = (state, argv) => {
  const [, , name = '', ...more] = argv
  if (more.length > 0 || name === '' || name.startsWith('-')) throw notModelled(argv)
  const domain = findDomain(state, name)
  if (domain === undefined) return unknownDomain(state, name)
  const row = `${domain.config.name.padEnd(33)}${String(domain.domid).padStart(4)} `
  return succeed(
    state,
    'Name                                ID Uptime',
    `${row}${print(Math.floor(clockOf(state) - (domain.since ?? 0)))}`,
  )
}

/** xl's print_uptime: `1 day, 02:03:04`. */
const print = (seconds: number): string => {
  const days = Math.floor(seconds / 86_400)
  const time = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
  const clock = time.map(part => String(part).padStart(2, '0')).join(':')
  if (days === 0) return clock
  return `${days} day${days === 1 ? '' : 's'}, ${clock}`
}
