// What is known of a host's guests before an intervention: how they go down, by its document and by the time that was
// asked for, and which of them could be migrated instead.
import type { AnyComponent, GuestStop } from '../model/component.js'
import type { Document } from '../model/document.js'
import type { Intervention } from '../model/intervention.js'
import { isMap } from '../model/json.js'
import { valueAt } from '../model/pointer.js'
import type { Reach } from '../remote/remote-host.js'
import { isHostFailure, withHost } from '../remote/with-host.js'
import { askAgent } from './ask-agent.js'

/** What whoever orders an intervention says of the way down; what is null the profiles say. */
export type DownOrder = Pick<Intervention, 'limit' | 'limits' | 'onTimeout' | 'reason'>

/** What is known of a host's guests before. */
export type GuestsOf = {
  readonly stops: readonly GuestStop[]
  /** By guest that runs: what keeps it from being migrated live. Undefined where the host could not be asked. */
  readonly migration?: { readonly [guest: string]: readonly string[] }
  /** Why it could not be asked. */
  readonly unknown?: string
}

/** By a host's document. */
export const stopsOf = (document: Document | undefined, components: readonly AnyComponent[]): readonly GuestStop[] =>
  components.flatMap(({ name, stops }) => {
    const desired = valueAt(document, ['software', 'components', name])
    return desired === undefined ? [] : (stops?.(desired) ?? [])
  })

/** A limit for one guest is told to its host alone. */
export const downArguments = (
  { limit, limits, onTimeout, reason }: DownOrder,
  stops: readonly GuestStop[],
): readonly string[] => [
  ...(limit === null ? [] : ['--limit', `${limit}s`]),
  ...stops.flatMap(({ guest }) => (limits[guest] === undefined ? [] : ['--limit', `${guest}=${limits[guest]}s`])),
  ...(onTimeout === null ? [] : ['--on-timeout', onTimeout]),
  ...(reason === null ? [] : ['--reason', reason]),
]

/** The host is asked, where it answers, what could be migrated. */
export const guestsOf = async (
  host: string,
  stops: readonly GuestStop[],
  { limit, limits, onTimeout }: DownOrder,
  reach: Reach,
): Promise<GuestsOf> => ({
  stops: stops.map(stop => ({
    ...stop,
    limit: limits[stop.guest] ?? limit ?? stop.limit,
    onTimeout: onTimeout ?? stop.onTimeout,
  })),
  ...(await askMigration(host, reach)),
})

/** Milliseconds for an answer. */
const short = 60_000

/** What the last report on a host says of its guests: which could be migrated, and why others could not. */
const askMigration = async (machine: string, reach: Reach): Promise<Pick<GuestsOf, 'migration' | 'unknown'>> => {
  try {
    return await withHost(reach, machine, async host => {
      const { report: status } = await askAgent(host, ['status'], { signal: AbortSignal.timeout(short) })
      const report = isMap(status) ? status.report : undefined
      if (!isMap(report) || !isMap(report.migration)) return { unknown: 'there is no report of its agent' }
      return { migration: report.migration as NonNullable<GuestsOf['migration']> }
    })
  } catch (error) {
    if (isHostFailure(error)) return { unknown: error.message }
    throw error
  }
}
