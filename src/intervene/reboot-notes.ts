// Which reboot of an enclosure this is. Every host keeps a note of the last one that it was rebooted for: one that has not
// come to its end on all its hosts goes on when it is called again, and none of them is rebooted twice for it.
import { isMap, parseJson } from '../model/json.js'
import { carriedPlace } from '../remote/carry.js'
import { inPool } from '../remote/pool.js'
import { readIfThere } from '../remote/read-there.js'
import type { Reach, RemoteHost } from '../remote/remote-host.js'
import { isHostFailure, withHost } from '../remote/with-host.js'

export type RebootOrder = {
  readonly enclosure: string
  /** When it began, as ISO 8601 text. */
  readonly begun: string
  /** All that it reboots. */
  readonly hosts: readonly string[]
}

/** `through`: its guests are up again, too. */
export type Stage = 'rebooted' | 'through'

export type RebootNote = RebootOrder & {
  readonly stage: Stage
  /** When the intervention began by which the host's guests went down for it; null: not known. */
  readonly since: string | null
}

/** Milliseconds: one that nobody has gone on with for so long is not meant any more. */
const forgotten = 24 * 60 * 60_000

/** The one that is to go on, or a new one. Pure. */
export const rebootOrderOf = (
  { enclosure, hosts }: Pick<RebootOrder, 'enclosure' | 'hosts'>,
  notes: ReadonlyMap<string, RebootNote>,
  now: Date,
): RebootOrder => {
  const recent = [...notes.values()].filter(({ begun }) => now.getTime() - Date.parse(begun) < forgotten)
  const [last] = recent.sort((a, b) => Date.parse(b.begun) - Date.parse(a.begun))
  const isThrough = (host: string): boolean => {
    const note = notes.get(host)
    return note?.begun === last?.begun && note?.stage === 'through'
  }
  const isOver = last === undefined || last.hosts.filter(host => hosts.includes(host)).every(isThrough)
  return isOver ? { enclosure, begun: now.toISOString(), hosts } : { enclosure, begun: last.begun, hosts: last.hosts }
}

/** How far each host is with it; those that were not rebooted yet are left out. Pure. */
export const stagesOf = ({ begun }: RebootOrder, notes: ReadonlyMap<string, RebootNote>): ReadonlyMap<string, Stage> =>
  new Map([...notes].filter(([, note]) => note.begun === begun).map(([host, { stage }]) => [host, stage]))

/** What the hosts have noted of reboots of this enclosure. One that cannot be asked has noted nothing. */
export const readNotes = async (
  { enclosure, hosts }: Pick<RebootOrder, 'enclosure' | 'hosts'>,
  { reach, jobs }: { readonly reach: Reach; readonly jobs: number },
): Promise<ReadonlyMap<string, RebootNote>> => {
  const notes = await inPool(hosts, jobs, async host => [host, await readNote(host, enclosure, reach)] as const)
  return new Map(notes.flatMap(([host, note]) => (note === undefined ? [] : [[host, note]])))
}

const readNote = async (machine: string, enclosure: string, reach: Reach): Promise<RebootNote | undefined> => {
  try {
    return await withHost(reach, machine, host => readNoteOn(host, enclosure))
  } catch (error) {
    if (isHostFailure(error)) return undefined
    throw error
  }
}

/** The note on this host; undefined where there is none that counts. */
export const readNoteOn = async (host: RemoteHost, enclosure: string): Promise<RebootNote | undefined> =>
  parseNote(await readIfThere(host, noteFile(enclosure)))

export const putNote = (host: RemoteHost, note: RebootNote): Promise<void> =>
  host.put(noteFile(note.enclosure), `${JSON.stringify(note)}\n`, 0o600)

/** With what was carried there: it goes with that after a day. */
const noteFile = (enclosure: string): string => `${carriedPlace}/reboot-${enclosure}.json`

/** Of one that was damaged, nothing counts. */
const parseNote = (text: string): RebootNote | undefined => {
  const note = parseJson(text)
  if (!isMap(note)) return undefined
  const { enclosure, begun, hosts, stage, since } = note
  if (typeof enclosure !== 'string' || typeof begun !== 'string' || Number.isNaN(Date.parse(begun))) return undefined
  if (!Array.isArray(hosts) || (stage !== 'rebooted' && stage !== 'through')) return undefined
  return {
    ...{ enclosure, begun, stage },
    hosts: hosts.filter(host => typeof host === 'string'),
    since: typeof since === 'string' ? since : null,
  }
}
