// An intervention: an administrator takes a host down for a while, and none of its guests is to run meanwhile. A file in
// the memory of the component that starts guests: that it is there counts, whatever can be read of it.
import { isMap, parseJson } from './json.js'

export type OnTimeout = 'wait' | 'destroy'

export type Intervention = {
  /** When it began, as ISO 8601 text; null: not recorded. */
  readonly since: string | null
  readonly reason: string | null
  /** The boot of the host in which it began: in another one, the host has been rebooted since. Null: not recorded. */
  readonly boot: string | null
  /** Its guests are coming up again: it holds nobody any more, and is forgotten when they are up. */
  readonly isEnding: boolean
  /** Seconds that every guest may take to shut down; null: as its profile says. */
  readonly limit: number | null
  /** By guest, before the one for all. */
  readonly limits: { readonly [guest: string]: number }
  /** What then becomes of one that still runs; null: what its profile says. */
  readonly onTimeout: OnTimeout | null
}

/** As a report tells it. */
export type OngoingIntervention = Pick<Intervention, 'since' | 'reason' | 'boot'> & {
  /** The domains that are not down: guests, and what no document declares. The host may be switched off without any. */
  readonly up: readonly string[]
}

/** The name of the file in that component's memory. */
export const interventionFile = 'intervention.json'

/** Null where there is no file. Of one that was cut short or edited, what is left counts. */
export const parseIntervention = (text: string | null): Intervention | null => {
  if (text === null) return null
  const record = parseJson(text)
  const { since, reason, boot, isEnding, limit, limits, onTimeout } = isMap(record) ? record : {}
  return {
    since: typeof since === 'string' ? since : null,
    reason: typeof reason === 'string' ? reason : null,
    boot: typeof boot === 'string' ? boot : null,
    isEnding: isEnding === true,
    limit: typeof limit === 'number' ? limit : null,
    limits: Object.fromEntries(
      Object.entries(isMap(limits) ? limits : {}).filter(
        (entry): entry is [string, number] => typeof entry[1] === 'number',
      ),
    ),
    onTimeout: onTimeout === 'wait' || onTimeout === 'destroy' ? onTimeout : null,
  }
}
