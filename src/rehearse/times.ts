// How long things take that a simulated host does at once: the assumptions of a rehearsal, all of them here, each with
// where it comes from. Pure.
import { parseDuration } from '../model/quantity.js'

export type Duration = 'shutdown' | 'start' | 'boot' | 'host-boot' | 'copy' | 'interval'

/** `of` is whose time it is, where it is said of one machine. */
type Assumption = {
  readonly seconds: number
  readonly of: 'guest' | 'host'
  readonly what: string
  readonly source: string
}

export const assumptions: { readonly [duration in Duration]: Assumption } = {
  shutdown: { seconds: 30, of: 'guest', what: 'a guest that is asked shuts down', source: 'assumed' },
  start: {
    seconds: 8,
    of: 'guest',
    what: 'xl create',
    source: "measured in the lab, on an emulated processor: a host's own is faster",
  },
  boot: { seconds: 60, of: 'guest', what: 'a guest boots until its services answer', source: 'assumed' },
  'host-boot': {
    seconds: 300,
    of: 'host',
    what: 'a host restarts, from its end to dom0',
    source: 'assumed: 45 to 70 s in the lab, which has no firmware that tests its memory',
  },
  copy: { seconds: 10, of: 'guest', what: 'a GiB of disks goes to another host', source: 'assumed: 1 Gbit/s' },
  interval: { seconds: 900, of: 'host', what: "until the agent's next run", source: "the package's timer" },
}

export const durations = Object.keys(assumptions) as readonly Duration[]

/** What a duration is said to be, of one machine or (null) of all. */
export type TimeOverride = { readonly duration: Duration; readonly machine: string | null; readonly seconds: number }

/** `boot=90s`, `boot:ce=5min`. Undefined where it is none. */
export const parseOverride = (text: string): TimeOverride | undefined => {
  const [, duration, machine, time = ''] = /^([a-z-]+)(?::([^=]+))?=(.+)$/.exec(text) ?? []
  const known = durations.find(name => name === duration)
  const parsed = parseDuration(time)
  return known === undefined || !parsed.ok
    ? undefined
    : { duration: known, machine: machine ?? null, seconds: parsed.value }
}

/** Seconds; `machine` is the guest that it is about, of `host-boot` and `interval` the host. */
export type Times = (duration: Duration, machine: string) => number

/** The last word of several counts; one about the machine before one about all. */
export const timesWith =
  (overrides: readonly TimeOverride[]): Times =>
  (duration, machine) => {
    const said = overrides.filter(one => one.duration === duration)
    const found = said.findLast(one => one.machine === machine) ?? said.findLast(one => one.machine === null)
    return found?.seconds ?? assumptions[duration].seconds
  }
