// How long guests are away: which domains a simulated host has is watched from state to state, and what it did at once is
// given the time that it is assumed to take.
import { clockOf, type Domain, type SimulatedState } from '../system/simulated/state.js'
import type { Duration, Times } from './times.js'

export type Absence = {
  readonly guest: string
  /** Null: it does not come back. */
  readonly seconds: number | null
  /** What they are made of, in order. */
  readonly parts: readonly AbsencePart[]
}

/** `waiting`: for another run of the agent, or what that waits for. */
export type AbsencePart = { readonly what: Duration | 'waiting'; readonly seconds: number }

export const secondsOf = (parts: readonly AbsencePart[]): number => parts.reduce((sum, { seconds }) => sum + seconds, 0)

export type GuestWatch = {
  /** Given each state of the host, in order. */
  readonly see: (state: SimulatedState) => void
  /** From here on: who is up now, and goes, is away. */
  readonly begin: () => void
  /** Since `begin`. */
  readonly absences: () => readonly Absence[]
  readonly isUp: (guest: string) => boolean
}

/** `boot`: of the host, while the guest was up. */
type Departure = { readonly at: number; readonly boot: string }

/** Of one host, by the names of its domains. */
export const watchGuests = (host: string, times: Times): GuestWatch => {
  let known: readonly Domain[] = []
  /** By name, the domain's id: who restarts has another one. */
  let up: ReadonlyMap<string, number> = new Map()
  let boot = ''
  /** Guests that have come up since the host's last start. */
  let started = 0
  let departures = new Map<string, Departure>()
  let away: Absence[] = []
  let tracked: ReadonlySet<string> = new Set()

  const comes = (guest: string, state: SimulatedState): void => {
    started += 1
    const departure = departures.get(guest)
    if (departure === undefined) return
    departures.delete(guest)
    const isReboot = departure.boot !== state.boot.id
    const waited = clockOf(state) - departure.at
    const parts: readonly AbsencePart[] = [
      { what: 'shutdown', seconds: times('shutdown', guest) },
      ...(isReboot ? [{ what: 'host-boot', seconds: times('host-boot', host) } as const] : []),
      { what: 'waiting', seconds: Math.round(waited) },
      { what: 'start', seconds: times('start', guest) * (isReboot ? started : 1) },
      { what: 'boot', seconds: times('boot', guest) },
    ]
    const counted = parts.filter(({ seconds }) => seconds > 0)
    away.push({ guest, seconds: secondsOf(counted), parts: counted })
  }

  return {
    see: state => {
      if (state.domains === known) return
      known = state.domains
      const before = up
      const leaving = { at: clockOf(state), boot }
      if (state.boot.id !== boot) started = 0
      boot = state.boot.id
      up = new Map(known.filter(isRunning).map(({ config, domid }) => [config.name, domid]))
      for (const [guest, domid] of before)
        if (up.get(guest) !== domid && tracked.has(guest)) departures.set(guest, leaving)
      for (const [guest, domid] of up) if (before.get(guest) !== domid) comes(guest, state)
    },
    begin: () => {
      departures = new Map()
      away = []
      tracked = new Set(up.keys())
    },
    absences: () => [...away, ...[...departures.keys()].map(guest => ({ guest, seconds: null, parts: [] }))],
    isUp: guest => up.has(guest),
  }
}

const isRunning = ({ phase }: Domain): boolean => phase === undefined || phase === 'paused'
